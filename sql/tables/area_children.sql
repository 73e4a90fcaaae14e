-- Title:     area_children: children by age, exact
-- Purpose:   the age bands users ask for, from omraade upwards.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      Ages don't depend on a definition: the first one's rows are taken. Afdelinger, and what is left of an
--            omraade beside them, are too small for ages.
WITH one_definition AS (
    SELECT *
    FROM area_count
    WHERE definition = (SELECT min(definition) FROM area_count)
        AND level <> 'afdeling'
        AND child_level IS DISTINCT FROM 'afdeling'
),

band AS (
    SELECT *, 1 AS place, '0-2' AS age_band, age_0_2 AS n FROM one_definition
    UNION ALL
    SELECT *, 2, '3-5', age_3_5 FROM one_definition
    UNION ALL
    SELECT *, 3, '6-9', age_6_9 FROM one_definition
    UNION ALL
    SELECT *, 4, '10-14', age_10_14 FROM one_definition
    UNION ALL
    SELECT *, 5, '15-17', age_15_17 FROM one_definition
)

SELECT reference_date, level, area_id, age_band, n AS children
FROM band
ORDER BY reference_date, level, area_id, place
