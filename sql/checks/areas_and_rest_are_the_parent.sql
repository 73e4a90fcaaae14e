-- Title:     areas + rest - overlap = parent
-- Purpose:   each child counts once in a parent, however many of the parent's areas overlap where it lives.
-- Inputs:    area_risk, atom, area
-- Variables: rows that break it
-- Note:      The overlap is found anew from the atoms' lists, not from place_area, which it is to check.
WITH below AS (
    SELECT
        definition,
        parent_id,
        coalesce(child_level, level) AS child_level,
        sum(children) AS children,
        sum(at_risk) AS at_risk
    FROM area_risk
    WHERE parent_id IS NOT NULL
    GROUP BY ALL
),

-- A place in k areas of one parent and level is counted k - 1 times too often.
overlap AS (
    SELECT definition, parent_id, level AS child_level, sum(children) AS children, sum(at_risk) AS at_risk
    FROM (
        SELECT
            definition,
            area.parent_id,
            area.level,
            children * (count(*) - 1) AS children,
            at_risk * (count(*) - 1) AS at_risk
        FROM (SELECT definition, place_id, kom, children, at_risk, unnest(area_ids) AS area_id FROM atom) AS listed
        JOIN area USING (area_id)
        WHERE area.kom = listed.kom
        GROUP BY definition, place_id, area.parent_id, area.level, children, at_risk
    )
    GROUP BY ALL
)

SELECT below.definition, below.parent_id, below.child_level
FROM below
LEFT JOIN overlap USING (definition, parent_id, child_level)
LEFT JOIN area_risk AS parent ON parent.definition = below.definition AND parent.area_id = below.parent_id
WHERE below.children - coalesce(overlap.children, 0) IS DISTINCT FROM parent.children
    OR below.at_risk - coalesce(overlap.at_risk, 0) IS DISTINCT FROM parent.at_risk
