-- Title:     the age bands add up to the children
-- Purpose:   every child is 0-17, and children don't depend on the definition.
-- Inputs:    area_children, area_risk
-- Variables: rows that break it
SELECT area_risk.definition, area_risk.area_id
FROM area_risk
JOIN (
    SELECT reference_date, level, area_id, sum(children) AS children
    FROM area_children
    GROUP BY ALL
) AS banded USING (reference_date, level, area_id)
WHERE banded.children IS DISTINCT FROM area_risk.children
