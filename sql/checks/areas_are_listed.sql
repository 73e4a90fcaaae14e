-- Title:     every area of a child is in the hierarchy of the date
-- Purpose:   scoring and counting use one and the same list.
-- Inputs:    atom, area
-- Variables: rows that break it
SELECT listed.area_id
FROM (SELECT DISTINCT unnest(area_ids) AS area_id FROM atom) AS listed
ANTI JOIN area USING (area_id)
