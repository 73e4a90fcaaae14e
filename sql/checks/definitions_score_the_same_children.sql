-- Title:     every definition scores the same children
-- Purpose:   children, mothers and ages are taken from one definition; that holds only if all have the same.
-- Inputs:    atom
-- Variables: rows that break it
SELECT place_id
FROM atom
GROUP BY place_id
HAVING count(DISTINCT children) > 1
    OR count(*) <> (SELECT count(DISTINCT definition) FROM atom)
