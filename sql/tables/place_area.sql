-- Title:     place_area: which rows of the level tables an atom belongs to
-- Purpose:   one row per place (municipality and exact set of areas) and area, rests included. A place is in an area
--            once, however many areas overlap in it: that is what counts a child once per level.
-- Inputs:    atom, area
-- Variables: place_id; area_id
-- Note:      A child lives where BEF says (kom); the area list says where an area lies. Where the two disagree the
--            child counts in its municipality and not in the area: otherwise an area could hold more children than
--            its parent, and no sum would hold.
WITH place AS (
    SELECT DISTINCT place_id, kom, area_ids FROM atom
),

in_leverance AS (
    SELECT place_id, 'leverance' AS area_id FROM place
),

in_kommune AS (
    SELECT place_id, area.area_id
    FROM place
    JOIN area ON area.level = 'kommune' AND area.kom = place.kom
),

in_area AS (
    SELECT DISTINCT place_id, area.area_id
    FROM (SELECT place_id, kom, unnest(area_ids) AS area_id FROM place) AS listed
    JOIN area ON area.area_id = listed.area_id AND area.kom = listed.kom
    WHERE area.level IN ('afdeling', 'omraade', 'helhedsplan')
),

in_unit AS (
    SELECT * FROM in_leverance
    UNION ALL
    SELECT * FROM in_kommune
    UNION ALL
    SELECT * FROM in_area
),

-- In the parent, but in none of its children of that level.
in_rest AS (
    SELECT in_unit.place_id, rest.area_id
    FROM in_unit
    JOIN area AS rest ON rest.level = 'rest' AND rest.parent_id = in_unit.area_id
    WHERE NOT EXISTS (
        SELECT 1
        FROM in_unit AS sibling
        JOIN area AS child ON child.area_id = sibling.area_id
        WHERE sibling.place_id = in_unit.place_id
            AND child.parent_id = rest.parent_id
            AND child.level = rest.child_level
    )
)

SELECT * FROM in_unit
UNION ALL
SELECT * FROM in_rest
