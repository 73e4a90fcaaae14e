-- Title:     area_count: all counts of a level row side by side
-- Purpose:   the sums of atoms that area_risk, area_factor, area_factor_count and area_children lay out. Areas
--            without children are there with 0.
-- Inputs:    atom, mother_place, place_area, area
-- Variables: those of atom, per definition and area; mothers = different known mothers
-- Note:      Mothers don't add up: one with children in two areas counts in both, and once in their parent.
WITH definition AS (
    SELECT DISTINCT reference_date, definition, definition_hash FROM atom
),

counted AS (
    SELECT
        definition,
        area_id,
        sum(
            COLUMNS(
                * EXCLUDE (
                    definition,
                    area_id,
                    reference_date,
                    definition_hash,
                    place_id,
                    kom,
                    area_ids,
                    earlier_date,
                    earlier_area_ids,
                    mother_keys
                )
            )
        )
    FROM atom
    JOIN place_area USING (place_id)
    GROUP BY definition, area_id
),

mother AS (
    SELECT area_id, coalesce(sum(mothers) FILTER (mother_key IS NULL), 0) + count(DISTINCT mother_key) AS mothers
    FROM mother_place
    JOIN place_area USING (place_id)
    GROUP BY area_id
)

SELECT
    reference_date,
    definition,
    definition_hash,
    area.*,
    CAST(coalesce(mother.mothers, 0) AS INTEGER) AS mothers,
    CAST(coalesce(COLUMNS(counted.* EXCLUDE (definition, area_id)), 0) AS INTEGER)
FROM definition
CROSS JOIN area
LEFT JOIN counted USING (definition, area_id)
LEFT JOIN mother USING (area_id)
