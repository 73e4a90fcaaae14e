-- Title:     area_development: the share over time
-- Purpose:   the change since the area's previous reference date.
-- Inputs:    area_share
-- Variables: as in schemas/warehouse.py
-- Note:      A difference of two exact shares, not a test: small areas move by chance.
SELECT
    reference_date,
    definition,
    level,
    area_id,
    area_name,
    children,
    share_pct,
    lag(reference_date) OVER before AS previous_date,
    share_pct - lag(share_pct) OVER before AS change_points
FROM area_share
WINDOW before AS (PARTITION BY definition, level, area_id ORDER BY reference_date)
