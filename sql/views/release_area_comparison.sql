-- Title:     area_comparison: each area against its municipality, everyone and the known benchmarks
-- Purpose:   says higher or lower only where that may be said.
-- Inputs:    latest_area and benchmark of the release
-- Variables: see schemas/release_views.py
-- Note:      Benchmarks are not necessarily computed the same way. A municipality is not held against itself.
WITH compared AS (
    SELECT *, 'kommunen' AS compared_with, kommune_share_pct AS compared_share_pct
    FROM latest_area WHERE level NOT IN ('kommune', 'leverance')
    UNION ALL
    SELECT *, 'alle i opgørelsen', leverance_share_pct FROM latest_area WHERE level <> 'leverance'
    UNION ALL
    SELECT area.*, benchmark.population || ' (' || benchmark.year || ')', benchmark.share_pct
    FROM latest_area AS area CROSS JOIN benchmark
)

SELECT
    reference_date,
    level,
    area_id,
    area_name,
    share_pct,
    ci95_low_pct,
    ci95_high_pct,
    compared_with,
    compared_share_pct,
    round(share_pct - compared_share_pct, 1) AS difference_points,
    CASE
        WHEN ci95_low_pct > compared_share_pct THEN 'højere'
        WHEN ci95_high_pct < compared_share_pct THEN 'lavere'
        WHEN ci95_low_pct <= compared_share_pct AND compared_share_pct <= ci95_high_pct
            THEN 'ikke større end usikkerheden'
    END AS verdict,
    marking
FROM compared
ORDER BY level, area_id, compared_with
