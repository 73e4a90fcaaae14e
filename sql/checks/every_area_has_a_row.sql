-- Title:     every listed area has one row per definition
-- Purpose:   an area without children is a zero, not a missing row; an area whose parent isn't listed is found here.
-- Inputs:    area, atom, area_risk
-- Variables: rows that break it
SELECT wanted.definition, area.area_id
FROM (SELECT DISTINCT definition FROM atom) AS wanted
CROSS JOIN area
LEFT JOIN area_risk USING (definition, area_id)
GROUP BY ALL
HAVING count(area_risk.area_id) <> 1
UNION ALL
SELECT NULL, orphan.area_id
FROM area AS orphan
LEFT JOIN area AS parent ON parent.area_id = orphan.parent_id
WHERE orphan.level <> 'leverance' AND parent.area_id IS NULL
