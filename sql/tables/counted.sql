-- Title:     counted: what an aggregation says about itself
-- Purpose:   counts for the log and the run's metadata.
-- Inputs:    atom, area
-- Variables: children; definitions; children_outside_kommune = children whose dwelling is listed in an area of another
--            municipality than BEF's, and who therefore count in their municipality only
WITH one_definition AS (
    SELECT * FROM atom WHERE definition = (SELECT min(definition) FROM atom)
),

elsewhere AS (
    SELECT DISTINCT listed.place_id
    FROM (SELECT place_id, kom, unnest(area_ids) AS area_id FROM one_definition) AS listed
    JOIN area USING (area_id)
    WHERE area.kom IS DISTINCT FROM listed.kom
)

SELECT
    CAST(coalesce(sum(children), 0) AS BIGINT) AS children,
    (SELECT count(DISTINCT definition) FROM atom) AS definitions,
    CAST(coalesce(sum(children) FILTER (place_id IN (SELECT place_id FROM elsewhere)), 0) AS BIGINT)
        AS children_outside_kommune
FROM one_definition
