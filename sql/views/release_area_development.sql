-- Title:     area_development: each area's share from date to date
-- Purpose:   how it moves, and whether the movement may be called a change.
-- Inputs:    area_risk of the release
-- Variables: see schemas/release_views.py
-- Note:      Intervals that overlap are no proof of no change; they are where a change can't be claimed.
WITH moved AS (
    SELECT
        *,
        lag(reference_date) OVER before AS previous_date,
        lag(share_pct) OVER before AS previous_share_pct,
        lag(ci95_low_pct) OVER before AS previous_low,
        lag(ci95_high_pct) OVER before AS previous_high
    FROM area_risk
    WINDOW before AS (PARTITION BY level, area_id ORDER BY reference_date)
)

SELECT
    reference_date,
    level,
    area_id,
    area_name,
    share_pct,
    ci95_low_pct,
    ci95_high_pct,
    previous_date,
    previous_share_pct,
    round(share_pct - previous_share_pct, 1) AS change_points,
    CASE
        WHEN ci95_low_pct > previous_high THEN 'steget'
        WHEN ci95_high_pct < previous_low THEN 'faldet'
        WHEN ci95_low_pct <= previous_high AND previous_low <= ci95_high_pct THEN 'ikke større end usikkerheden'
    END AS change,
    marking
FROM moved
ORDER BY level, area_id, reference_date
