-- Title:     score and count one date by hand, in one DuckDB query
-- Purpose:   what femfaktor is measured against: the same counts for every level and rest, in one wide row per area.
-- Inputs:    those of handwritten_score.sql, which is put in as `scored`; omraader, omraade_adresser
-- Variables: those of handwritten_score.sql
-- Note:      Scored rows are kept once (they are used twice). Counting goes through the distinct combinations of
--            kommune and areas, so that each child is counted once and not once per level.
WITH scored AS MATERIALIZED (
    {score}
),

valid AS NOT MATERIALIZED (
    SELECT * FROM omraader
    WHERE coalesce(valid_from, $reference_date) <= $reference_date
        AND coalesce(valid_to, $reference_date) >= $reference_date
),

omraade AS NOT MATERIALIZED (
    SELECT omraade.area_id, coalesce(helhedsplan.area_id, omraade.parent) AS parent_id, omraade.parent AS kommune
    FROM valid AS omraade
    LEFT JOIN valid AS helhedsplan ON helhedsplan.area_id = omraade.plan AND helhedsplan.level = 'helhedsplan'
    WHERE omraade.level = 'omraade'
),

unit AS MATERIALIZED (
    SELECT 'leverance' AS level, 'leverance' AS area_id, NULL AS parent_id, NULL::SMALLINT AS kom
    UNION ALL
    SELECT level, area_id, 'leverance', area_id::SMALLINT FROM valid WHERE level = 'kommune'
    UNION ALL
    SELECT level, area_id, parent, parent::SMALLINT FROM valid WHERE level = 'helhedsplan'
    UNION ALL
    SELECT 'omraade', area_id, parent_id, kommune::SMALLINT FROM omraade
    UNION ALL
    SELECT 'afdeling', valid.area_id, valid.parent, omraade.kommune::SMALLINT
    FROM valid
    JOIN omraade ON omraade.area_id = valid.parent
    WHERE valid.level = 'afdeling'
),

row_ AS MATERIALIZED (
    SELECT level, area_id, parent_id, NULL AS child_level FROM unit
    UNION ALL
    SELECT DISTINCT 'rest', parent_id || ':rest:' || level, parent_id, level FROM unit WHERE parent_id IS NOT NULL
),

dwelling AS NOT MATERIALIZED (
    SELECT adresse_id, list_sort(list_distinct(flatten(list(area_ids)))) AS area_ids
    FROM omraade_adresser
    JOIN (
        SELECT
            self.area_id,
            list_filter(
                [self.area_id, parent.area_id, CASE WHEN parent.level = 'omraade' THEN parent.parent_id END],
                lambda area_id: area_id IS NOT NULL
            ) AS area_ids
        FROM unit AS self
        LEFT JOIN unit AS parent ON parent.area_id = self.parent_id AND parent.level <> 'kommune'
        WHERE self.level IN ('afdeling', 'omraade', 'helhedsplan')
    ) AS above USING (area_id)
    WHERE coalesce(valid_from, $reference_date) <= $reference_date
        AND coalesce(valid_to, $reference_date) >= $reference_date
    GROUP BY adresse_id
),

dwelling_numbered AS MATERIALIZED (
    SELECT adresse_id, area_ids, dense_rank() OVER (ORDER BY area_ids) AS areas FROM dwelling
),

atom AS MATERIALIZED (
    SELECT
        kom,
        areas,
        count(*) AS children,
        count_if(state = 'særlig') AS at_risk,
        count_if(state = 'ikke') AS not_at_risk,
        count_if(state = 'uafklaret') AS undetermined,
        count_if(f1_ikke_kernefamilie) AS f1_with,
        count(f1_ikke_kernefamilie) AS f1_known,
        count_if(f2_doemt) AS f2_with,
        count(f2_doemt) AS f2_known,
        count_if(f3_kontanthjaelp_pension) AS f3_with,
        count(f3_kontanthjaelp_pension) AS f3_known,
        count_if(f4_ingen_uddannelse) AS f4_with,
        count(f4_ingen_uddannelse) AS f4_known,
        count_if(f5_boligforhold) AS f5_with,
        count(f5_boligforhold) AS f5_known,
        count_if(n_yes = 0) AS n0,
        count_if(n_yes = 1) AS n1,
        count_if(n_yes = 2) AS n2,
        count_if(n_yes >= 3) AS n3plus,
        count_if(age_band = '0-2') AS age_0_2,
        count_if(age_band = '3-5') AS age_3_5,
        count_if(age_band = '6-9') AS age_6_9,
        count_if(age_band = '10-14') AS age_10_14,
        count_if(age_band = '15-17') AS age_15_17
    FROM scored
    LEFT JOIN dwelling_numbered USING (adresse_id)
    GROUP BY kom, areas
),

in_unit AS MATERIALIZED (
    SELECT kom, areas, 'leverance' AS area_id FROM atom
    UNION ALL
    SELECT atom.kom, areas, area_id FROM atom JOIN unit ON unit.level = 'kommune' AND unit.kom = atom.kom
    UNION ALL
    SELECT listed.kom, areas, area_id
    FROM (
        SELECT kom, areas, unnest(area_ids) AS area_id
        FROM atom
        JOIN (SELECT DISTINCT areas, area_ids FROM dwelling_numbered) USING (areas)
    ) AS listed
    JOIN unit USING (area_id)
    WHERE unit.kom = listed.kom
),

place AS MATERIALIZED (
    SELECT * FROM in_unit
    UNION ALL
    SELECT kom, areas, row_.area_id
    FROM in_unit
    JOIN row_ ON row_.level = 'rest' AND row_.parent_id = in_unit.area_id
    WHERE (kom, coalesce(areas, 0), row_.parent_id, row_.child_level) NOT IN (
        SELECT (in_unit.kom, coalesce(areas, 0), unit.parent_id, unit.level)
        FROM in_unit
        JOIN unit USING (area_id)
        WHERE unit.parent_id IS NOT NULL
    )
),

counted AS NOT MATERIALIZED (
    SELECT area_id, sum(COLUMNS(atom.* EXCLUDE (kom, areas)))::INTEGER
    FROM place
    JOIN atom ON atom.kom = place.kom AND atom.areas IS NOT DISTINCT FROM place.areas
    GROUP BY area_id
),

-- Each mother once per kommune and set of areas; with her determined children (m) and those at risk (y).
family AS MATERIALIZED (
    SELECT
        mother,
        kom,
        areas,
        count_if(state <> 'uafklaret') AS m,
        count_if(state = 'særlig') AS y
    FROM scored
    LEFT JOIN dwelling_numbered USING (adresse_id)
    GROUP BY mother, kom, areas
),

mother_count AS NOT MATERIALIZED (
    SELECT area_id, count(DISTINCT mother) AS mothers
    FROM place
    JOIN family ON family.kom = place.kom AND family.areas IS NOT DISTINCT FROM place.areas
    WHERE mother IS NOT NULL
    GROUP BY area_id
),

cluster AS NOT MATERIALIZED (
    SELECT unit.area_id, mother, sum(m) AS m, sum(y) AS y
    FROM family
    JOIN unit ON unit.level = 'leverance' OR (unit.level = 'kommune' AND unit.kom = family.kom)
    GROUP BY unit.area_id, mother
    HAVING sum(m) > 0
),

spread AS NOT MATERIALIZED (
    SELECT
        area_id,
        sum(if(mother IS NULL, m, 1))::DOUBLE AS n,
        sum(m)::DOUBLE AS m,
        sum(y)::DOUBLE AS y,
        sum(if(mother IS NULL, m, m * m))::DOUBLE AS mm,
        sum(if(mother IS NULL, y, y * m))::DOUBLE AS ym,
        sum(if(mother IS NULL, y, y * y))::DOUBLE AS yy
    FROM cluster
    GROUP BY area_id
),

effect AS NOT MATERIALIZED (
    SELECT
        area_id,
        greatest(
            1.0,
            n / (n - 1) * (yy - 2 * (y / m) * ym + (y / m) * (y / m) * mm) / (m * m)
            / ((y / m) * (1 - y / m) / (m - 1))
        ) AS design_effect
    FROM spread
    WHERE n > 1 AND y > 0 AND y < m
)

SELECT
    row_.*,
    coalesce(mothers, 0)::INTEGER AS mothers,
    coalesce(COLUMNS(counted.* EXCLUDE (area_id)), 0),
    CASE WHEN level IN ('kommune', 'leverance') THEN coalesce(design_effect, 1.0) END AS design_effect
FROM row_
LEFT JOIN counted USING (area_id)
LEFT JOIN mother_count USING (area_id)
LEFT JOIN effect USING (area_id)
ORDER BY level, area_id
