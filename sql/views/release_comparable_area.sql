-- Title:     comparable_area: the five most similar areas of each area
-- Purpose:   whom to call: areas of the same size and profile.
-- Inputs:    latest_area and area_profile of the release
-- Variables: see schemas/release_views.py
-- Note:      Distance: mean over what is shown for both of the squared difference in points, with twice the size counted
--            as 10 points. At least size and two factors must be shown for both. f2 is left out: mothers' convictions are
--            no ground for likeness. A difference of one point is within the rounding.
WITH area AS (
    SELECT latest.*, profile.* EXCLUDE (reference_date, level, area_id, area_name, share_pct, marking)
    FROM latest_area AS latest
    JOIN area_profile AS profile USING (reference_date, level, area_id)
    WHERE latest.level = 'omraade' AND latest.share_pct IS NOT NULL AND latest.children > 0
),

pair AS (
    SELECT
        own.reference_date,
        own.level,
        own.area_id,
        own.area_name,
        own.share_pct,
        other.area_id AS similar_id,
        other.area_name AS similar_name,
        other.kommune_name AS similar_kommune_name,
        other.share_pct AS similar_share_pct,
        own.marking,
        list_filter([
            10 * log2(own.children / other.children),
            own.f1_ikke_kernefamilie_pct - other.f1_ikke_kernefamilie_pct,
            own.f3_kontanthjaelp_pension_pct - other.f3_kontanthjaelp_pension_pct,
            own.f4_ingen_uddannelse_pct - other.f4_ingen_uddannelse_pct,
            own.f5_boligforhold_pct - other.f5_boligforhold_pct
        ], lambda point: point IS NOT NULL) AS points
    FROM area AS own
    JOIN area AS other ON other.area_id <> own.area_id
)

SELECT
    reference_date,
    level,
    area_id,
    area_name,
    share_pct,
    row_number() OVER (
        PARTITION BY area_id
        ORDER BY list_avg(list_transform(points, lambda point: point * point)), similar_id
    ) AS nearness,
    similar_id,
    similar_name,
    similar_kommune_name,
    similar_share_pct,
    marking
FROM pair
WHERE len(points) >= 3
QUALIFY nearness <= 5
ORDER BY area_id, nearness
