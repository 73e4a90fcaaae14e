-- Title:     design_effect: how much siblings widen the uncertainty
-- Purpose:   variance of the share at risk with mothers as clusters / variance as if children were drawn one by one.
-- Reference: L. Kish (1965), Survey Sampling, section 8.2 (design effect); W. G. Cochran (1977), Sampling Techniques,
--            section 3.12 (a proportion from clusters of unequal size: a ratio estimator).
-- Inputs:    scored, atom (for the definitions), area
-- Variables: for each cluster i of n: m = determined children, y = those at risk; M = sum of m, p = sum of y / M
--              v_cluster = n / (n - 1) * sum((y - p m)^2) / M^2
--              v_simple  = p (1 - p) / (M - 1)
--              design_effect = v_cluster / v_simple, at least 1
-- Note:      Undetermined children are in neither number. A child without a known mother is a cluster of its own:
--            y^2 = y, m^2 = m, so such children are added without being listed. With one child per mother the ratio
--            is exactly 1. Below 1 is chance in a small municipality (siblings don't differ from each other on
--            purpose) and would make an interval narrower than children counted one by one: 1 is the floor. Where p is
--            0 or 1, or there are fewer than two clusters, nothing can be estimated: 1.
WITH family AS (
    SELECT
        definition,
        kom,
        mother_key,
        count(*)::DOUBLE AS m,
        count_if(state = 'særlig')::DOUBLE AS y
    FROM scored
    WHERE state <> 'uafklaret'
    GROUP BY definition, kom, mother_key
),

-- Sums that (y - p m)^2 needs once p is known. mother_key is NULL for the lone children of a municipality together. DOUBLE holds such whole numbers exactly.
kommune AS (
    SELECT
        definition,
        area.area_id,
        sum(CASE WHEN mother_key IS NULL THEN m ELSE 1 END) AS n,
        sum(m) AS m,
        sum(y) AS y,
        sum(CASE WHEN mother_key IS NULL THEN m ELSE m * m END) AS mm,
        sum(CASE WHEN mother_key IS NULL THEN y ELSE y * m END) AS ym,
        sum(CASE WHEN mother_key IS NULL THEN y ELSE y * y END) AS yy
    FROM family
    JOIN area ON area.level = 'kommune' AND area.kom = family.kom
    GROUP BY definition, area.area_id
),

-- A mother with children in two municipalities is one cluster of the delivery.
family_anywhere AS (
    SELECT definition, mother_key, sum(m) AS m, sum(y) AS y
    FROM family
    GROUP BY definition, mother_key
),

leverance AS (
    SELECT
        definition,
        'leverance' AS area_id,
        sum(CASE WHEN mother_key IS NULL THEN m ELSE 1 END) AS n,
        sum(m) AS m,
        sum(y) AS y,
        sum(CASE WHEN mother_key IS NULL THEN m ELSE m * m END) AS mm,
        sum(CASE WHEN mother_key IS NULL THEN y ELSE y * m END) AS ym,
        sum(CASE WHEN mother_key IS NULL THEN y ELSE y * y END) AS yy
    FROM family_anywhere
    GROUP BY definition
),

variance AS (
    SELECT
        definition,
        area_id,
        n / (n - 1) * (yy - 2 * (y / m) * ym + (y / m) * (y / m) * mm) / (m * m) AS v_cluster,
        (y / m) * (1 - y / m) / (m - 1) AS v_simple
    FROM (SELECT * FROM kommune UNION ALL SELECT * FROM leverance)
    WHERE n > 1 AND y > 0 AND y < m
),

definition AS (
    SELECT DISTINCT reference_date, definition FROM atom
)

SELECT
    reference_date,
    definition,
    area_id,
    coalesce(greatest(v_cluster / v_simple, 1.0), 1.0) AS design_effect
FROM definition
CROSS JOIN (SELECT area_id FROM area WHERE level IN ('kommune', 'leverance'))
LEFT JOIN variance USING (definition, area_id)
ORDER BY reference_date, definition, area_id
