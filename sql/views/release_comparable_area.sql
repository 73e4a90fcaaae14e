-- Title:     comparable_area: the five most similar units of each område, plan and municipality
-- Purpose:   whom to call: units of the same size and profile; the same that the reports name.
-- Inputs:    latest_area, area_children, area_factor_count and area_factor of the release
-- Variables: see schemas/release_views.py
-- Reference: reports/compare.py, `nearest`; a test holds the two to the same answer.
-- Note:      Three blocks weigh alike: size (log of children), ages, and profile (number of factors, each factor). A
--            feature is scaled by its spread; what is hidden for either of two units is left out for that pair. The
--            share itself is no part of it: comparing it is the point.
WITH unit AS (
    SELECT latest.*
    FROM latest_area AS latest
    JOIN area_factor_count AS number USING (reference_date, level, area_id)
    WHERE latest.level IN ('omraade', 'helhedsplan', 'kommune') AND latest.children > 0
        AND number.n_factors = '0' AND number.children IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY latest.level) >= 3
),

feature AS (
    SELECT level, area_id, 'size' AS block, 'children' AS name, ln(children) AS value FROM unit
    UNION ALL
    SELECT level, area_id, 'ages', age_band, age.children / sum(age.children) OVER whole
    FROM area_children AS age
    JOIN unit USING (reference_date, level, area_id)
    WINDOW whole AS (PARTITION BY level, area_id)
    QUALIFY count(age.children) OVER whole = count(*) OVER whole AND sum(age.children) OVER whole > 0
    UNION ALL
    SELECT level, area_id, 'profile', n_factors, number.children / sum(number.children) OVER whole
    FROM area_factor_count AS number
    JOIN unit USING (reference_date, level, area_id)
    WINDOW whole AS (PARTITION BY level, area_id)
    QUALIFY count(number.children) OVER whole = count(*) OVER whole AND sum(number.children) OVER whole > 0
    UNION ALL
    SELECT level, area_id, 'profile', factor, factor.share_pct
    FROM area_factor AS factor
    JOIN unit USING (reference_date, level, area_id)
    WHERE factor.share_pct IS NOT NULL
),

scaled AS (
    SELECT
        level,
        area_id,
        block,
        name,
        value / coalesce(nullif(stddev_pop(value) OVER (PARTITION BY level, block, name), 0), 1) AS value
    FROM feature
),

block_distance AS (
    SELECT own.level, own.area_id, other.area_id AS similar_id, own.block, avg((own.value - other.value) ** 2) AS distance
    FROM scaled AS own
    JOIN scaled AS other
        ON other.level = own.level AND other.block = own.block AND other.name = own.name
        AND other.area_id <> own.area_id
    GROUP BY ALL
),

pair AS (
    SELECT level, area_id, similar_id, round(avg(distance), 9) AS distance FROM block_distance GROUP BY ALL
)

SELECT
    own.reference_date,
    own.level,
    own.area_id,
    own.area_name,
    own.share_pct,
    row_number() OVER (PARTITION BY own.level, own.area_id ORDER BY pair.distance, pair.similar_id) AS nearness,
    pair.similar_id,
    other.area_name AS similar_name,
    other.kommune_name AS similar_kommune_name,
    other.share_pct AS similar_share_pct,
    own.marking
FROM pair
JOIN unit AS own ON own.level = pair.level AND own.area_id = pair.area_id
JOIN unit AS other ON other.level = pair.level AND other.area_id = pair.similar_id
QUALIFY nearness <= 5
ORDER BY own.level, own.area_id, nearness
