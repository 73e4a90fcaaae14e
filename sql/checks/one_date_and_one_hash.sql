-- Title:     one reference date, and one hash per definition
-- Purpose:   rows of two dates, or scored under two versions of one definition, must not be added up.
-- Inputs:    atom
-- Variables: rows that break it
SELECT 'reference_date' AS rule
FROM atom
HAVING count(DISTINCT reference_date) > 1
UNION ALL
SELECT 'definition_hash'
FROM atom
GROUP BY definition
HAVING count(DISTINCT definition_hash) > 1
