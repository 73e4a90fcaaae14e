-- Title:     factor_number: children by number of factors, side by side
-- Purpose:   the distribution on one row.
-- Inputs:    area_risk and area_factor_count of the release
-- Variables: see schemas/release_views.py
-- Note:      max over the one row of each number; a hidden count stays NULL.
SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    max(number.children) FILTER (n_factors = '0') AS children_0,
    max(number.children) FILTER (n_factors = '1') AS children_1,
    max(number.children) FILTER (n_factors = '2') AS children_2,
    max(number.children) FILTER (n_factors = '3+') AS children_3plus,
    risk.marking
FROM area_risk AS risk
JOIN area_factor_count AS number USING (reference_date, definition, level, area_id)
GROUP BY risk.reference_date, risk.level, risk.area_id, risk.area_name, risk.marking
ORDER BY risk.reference_date, risk.level, risk.area_id
