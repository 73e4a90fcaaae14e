-- Title:     area: every row the level tables have
-- Purpose:   the hierarchy of the date, completed with the delivery itself and one rest per parent and child level,
--            so that an area without children is a row of zeros and not a missing row.
-- Inputs:    hierarchy (level, area_id, area_name, parent_id, kom), one row per area valid at the date
-- Variables: level, area_id, area_name; parent_id = the unit whose children the row is a part of;
--            child_level = for a rest, the level it is the rest of; kom = municipality, NULL for the delivery
-- Note:      parent_id of an omraade is its helhedsplan, else its kommune. A kommune can therefore have a rest for
--            helhedsplan and another for omraade (those without a plan); each is the rest of its own level only.
WITH listed AS (
    SELECT
        level,
        area_id,
        area_name,
        CASE WHEN level = 'kommune' THEN 'leverance' ELSE parent_id END AS parent_id,
        CAST(kom AS SMALLINT) AS kom
    FROM hierarchy
    WHERE level <> 'leverance'
),

unit AS (
    SELECT * FROM listed
    UNION ALL BY NAME
    SELECT 'leverance' AS level, 'leverance' AS area_id, 'Hele leverancen' AS area_name
),

-- A delivery without a listed municipality still has a rest: all its children.
parent_and_level AS (
    SELECT DISTINCT parent_id, level AS child_level FROM listed
    UNION
    SELECT 'leverance', 'kommune'
),

rest AS (
    SELECT
        'rest' AS level,
        parent.area_id || ':rest:' || child_level AS area_id,
        parent.area_name || ': børn uden for ' || CASE child_level
            WHEN 'afdeling' THEN 'afdelingerne'
            WHEN 'omraade' THEN 'områderne'
            WHEN 'helhedsplan' THEN 'helhedsplanerne'
            ELSE 'kommunerne på områdelisten'
        END AS area_name,
        parent_and_level.parent_id,
        child_level,
        parent.kom
    FROM parent_and_level
    JOIN unit AS parent ON parent.area_id = parent_and_level.parent_id
)

SELECT level, area_id, area_name, parent_id, NULL AS child_level, kom FROM unit
UNION ALL BY NAME
SELECT level, area_id, area_name, parent_id, child_level, kom FROM rest
