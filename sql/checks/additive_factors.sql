-- Title:     with + without + unknown = children, for each factor
-- Purpose:   unknown is neither yes nor no, no child is lost, and all five factors are there.
-- Inputs:    area_factor, area_risk
-- Variables: rows that break it
SELECT definition, area_id
FROM area_risk
LEFT JOIN area_factor USING (reference_date, definition, level, area_id)
GROUP BY definition, area_id, children
HAVING count(factor) <> 5
    OR count_if(children_with + children_without + children_unknown <> children) > 0
    OR count_if(least(children_with, children_without, children_unknown) < 0) > 0
