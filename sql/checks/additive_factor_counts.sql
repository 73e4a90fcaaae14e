-- Title:     0 + 1 + 2 + 3+ = children, and 3+ = at risk
-- Purpose:   n_factors counts all children; three surely present is what særlig risiko means.
-- Inputs:    area_factor_count, area_risk
-- Variables: rows that break it
SELECT definition, area_id
FROM area_risk
LEFT JOIN area_factor_count AS counted USING (reference_date, definition, level, area_id)
GROUP BY definition, area_id, area_risk.children, at_risk
HAVING sum(counted.children) IS DISTINCT FROM area_risk.children
    OR sum(counted.children) FILTER (n_factors = '3+') IS DISTINCT FROM at_risk
