-- Title:     hidden_rows: how much is hidden
-- Purpose:   says how complete a level is before anyone sums it.
-- Inputs:    area_risk of the release
-- Variables: see schemas/release_views.py
-- Note:      Counts rows (areas), never children.
SELECT
    reference_date,
    level,
    cell_status,
    count(*) AS areas,
    sum(count(*)) OVER (PARTITION BY reference_date, level) AS of_areas,
    any_value(marking) AS marking
FROM area_risk
GROUP BY reference_date, level, cell_status
ORDER BY reference_date, level, cell_status
