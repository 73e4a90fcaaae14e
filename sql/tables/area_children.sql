-- Title:     area_children: children by age, exact
-- Purpose:   the age bands users ask for, from omraade upwards.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      Ages don't depend on a definition: the first one's rows are taken. Afdelinger, and what is left of an
--            omraade beside them, are too small for ages.
WITH band AS (
    SELECT
        reference_date,
        level,
        area_id,
        unnest([
            {place: 1, age_band: '0-2', children: age_0_2},
            {place: 2, age_band: '3-5', children: age_3_5},
            {place: 3, age_band: '6-9', children: age_6_9},
            {place: 4, age_band: '10-14', children: age_10_14},
            {place: 5, age_band: '15-17', children: age_15_17}
        ], recursive := true)
    FROM area_count
    WHERE definition = (SELECT min(definition) FROM area_count)
        AND level <> 'afdeling'
        AND child_level IS DISTINCT FROM 'afdeling'
)

SELECT reference_date, level, area_id, age_band, children
FROM band
ORDER BY reference_date, level, area_id, place
