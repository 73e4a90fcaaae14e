-- Title:     factor_driver: each factor's share beside the municipality's
-- Purpose:   which factors set an area apart.
-- Inputs:    area_factor and area_place of the release
-- Variables: see schemas/release_views.py
-- Note:      A difference, not a cause; shares of the same children overlap and don't add up.
SELECT
    place.reference_date,
    place.level,
    place.area_id,
    place.area_name,
    own.factor,
    own.share_pct AS factor_share_pct,
    kommune.share_pct AS kommune_factor_share_pct,
    round(own.share_pct - kommune.share_pct, 1) AS difference_points,
    own.marking
FROM area_factor AS own
JOIN area_place AS place USING (reference_date, level, area_id)
LEFT JOIN area_factor AS kommune
    ON kommune.reference_date = own.reference_date AND kommune.level = 'kommune'
    AND kommune.area_id = place.kommune_id AND kommune.factor = own.factor
ORDER BY place.reference_date, place.level, place.area_id, own.factor
