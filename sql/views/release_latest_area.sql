-- Title:     latest_area: the newest shares, each beside its municipality's and the delivery's
-- Purpose:   what is asked first: where does an area stand?
-- Inputs:    area_risk of the release
-- Variables: see schemas/release.py, RELEASE_VIEWS
-- Note:      An area's parent may be an area or a plan, so its municipality is found by climbing. What is hidden stays
--            NULL: no share is computed here.
WITH RECURSIVE latest AS (
    SELECT * FROM area_risk WHERE reference_date = (SELECT max(reference_date) FROM area_risk)
),

climb AS (
    SELECT area_id, area_id AS above, level AS above_level, parent_id AS next FROM latest
    UNION ALL
    SELECT climb.area_id, latest.area_id, latest.level, latest.parent_id
    FROM climb
    JOIN latest ON latest.area_id = climb.next
)

SELECT
    latest.reference_date,
    latest.level,
    latest.area_id,
    latest.area_name,
    kommune.area_name AS kommune_name,
    latest.children,
    latest.share_pct,
    latest.ci95_low_pct,
    latest.ci95_high_pct,
    kommune.share_pct AS kommune_share_pct,
    leverance.share_pct AS leverance_share_pct,
    latest.cell_status,
    latest.marking
FROM latest
LEFT JOIN climb ON climb.area_id = latest.area_id AND climb.above_level = 'kommune'
LEFT JOIN latest AS kommune ON kommune.area_id = climb.above
LEFT JOIN latest AS leverance ON leverance.level = 'leverance'
ORDER BY kommune_name, latest.level, latest.area_name
