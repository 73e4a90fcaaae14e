-- Title:     area_factor_count: children by number of factors, exact
-- Purpose:   0, 1, 2 and 3+ factors surely present, over all children.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      n_factors counts yes only, so 3+ are the children at risk; a child with 2 yes and 3 unknown is under 2.
WITH counted AS (
    SELECT
        reference_date,
        definition,
        level,
        area_id,
        unnest([
            {n_factors: '0', children: n0},
            {n_factors: '1', children: n1},
            {n_factors: '2', children: n2},
            {n_factors: '3+', children: n3plus}
        ], recursive := true)
    FROM area_count
)

SELECT reference_date, definition, level, area_id, n_factors, children
FROM counted
ORDER BY reference_date, definition, level, area_id, n_factors
