-- Title:     age_profile: children by age band, side by side
-- Purpose:   how old the children of an area are.
-- Inputs:    area_risk and area_children of the release
-- Variables: see schemas/release_views.py
-- Note:      max over the one row of each band; a hidden count stays NULL. No row below område.
SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    max(age.children) FILTER (age_band = '0-2') AS age_0_2,
    max(age.children) FILTER (age_band = '3-5') AS age_3_5,
    max(age.children) FILTER (age_band = '6-9') AS age_6_9,
    max(age.children) FILTER (age_band = '10-14') AS age_10_14,
    max(age.children) FILTER (age_band = '15-17') AS age_15_17,
    risk.marking
FROM area_risk AS risk
JOIN area_children AS age USING (reference_date, level, area_id)
GROUP BY risk.reference_date, risk.level, risk.area_id, risk.area_name, risk.marking
ORDER BY risk.reference_date, risk.level, risk.area_id
