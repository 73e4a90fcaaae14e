-- Title:     area_sum: counts to add up, with how wrong each may be
-- Purpose:   sums over areas of the reader's choice, with their error.
-- Inputs:    area_risk and area_place of the release
-- Variables: see schemas/release_views.py
-- Note:      Sum one level at a time: areas of one level don't overlap unless the area list makes them. Rounding to
--            base 5 moves a count by 4 at most; errors of a published total are no larger, so prefer a total.
SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    place.kommune_name,
    risk.children,
    risk.at_risk,
    risk.not_at_risk,
    risk.undetermined,
    CASE WHEN risk.at_risk IS NULL THEN NULL WHEN risk.cell_status = 'shown' THEN 0 ELSE 4 END AS max_error,
    risk.marking
FROM area_risk AS risk
JOIN area_place AS place USING (reference_date, level, area_id)
ORDER BY risk.reference_date, risk.level, risk.area_id
