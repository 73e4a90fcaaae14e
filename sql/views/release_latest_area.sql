-- Title:     latest_area: the newest shares, each beside its municipality's and the delivery's
-- Purpose:   what is asked first: where does an area stand?
-- Inputs:    area_risk and area_place of the release
-- Variables: see schemas/release_views.py
-- Note:      What is hidden stays NULL: no share is computed here.
WITH latest AS (
    SELECT * FROM area_risk WHERE reference_date = (SELECT max(reference_date) FROM area_risk)
)

SELECT
    latest.reference_date,
    latest.level,
    latest.area_id,
    latest.area_name,
    place.kommune_name,
    latest.children,
    latest.share_pct,
    latest.ci95_low_pct,
    latest.ci95_high_pct,
    kommune.share_pct AS kommune_share_pct,
    leverance.share_pct AS leverance_share_pct,
    latest.cell_status,
    latest.marking
FROM latest
JOIN area_place AS place USING (reference_date, level, area_id)
LEFT JOIN latest AS kommune ON kommune.level = 'kommune' AND kommune.area_id = place.kommune_id
LEFT JOIN latest AS leverance ON leverance.level = 'leverance'
ORDER BY place.kommune_name, latest.level, latest.area_name
