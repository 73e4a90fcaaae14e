-- Title:     area_factor_count: children by number of factors, exact
-- Purpose:   0, 1, 2 and 3+ factors surely present, over all children.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      n_factors counts yes only, so 3+ are the children at risk; a child with 2 yes and 3 unknown is under 2.
WITH counted AS (
    SELECT *, '0' AS n_factors, n0 AS n FROM area_count
    UNION ALL
    SELECT *, '1', n1 FROM area_count
    UNION ALL
    SELECT *, '2', n2 FROM area_count
    UNION ALL
    SELECT *, '3+', n3plus FROM area_count
)

SELECT reference_date, definition, level, area_id, n_factors, n AS children
FROM counted
ORDER BY reference_date, definition, level, area_id, n_factors
