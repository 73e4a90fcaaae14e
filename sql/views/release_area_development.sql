-- Title:     area_development: each area's share from date to date
-- Purpose:   how it moves, and whether the movement may be called one.
-- Inputs:    area_risk of the release
-- Variables: see schemas/release.py, RELEASE_VIEWS
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
    CASE
        WHEN ci95_low_pct <= previous_high AND previous_low <= ci95_high_pct THEN 'ja'
        WHEN ci95_low_pct > previous_high OR previous_low > ci95_high_pct THEN 'nej'
    END AS intervals_overlap,
    marking
FROM moved
ORDER BY level, area_id, reference_date
