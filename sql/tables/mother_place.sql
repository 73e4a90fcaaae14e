-- Title:     mother_place: mothers, ready to be counted once per area
-- Purpose:   different mothers don't add up over places, unless all their children live in one. Nearly all do: they
--            are counted here, and only the others are carried on one by one.
-- Inputs:    atom
-- Variables: place_id; mother_key = a mother with children in several places, NULL for all others together;
--            mothers = their number
-- Note:      Children and mothers are the same for every definition: one is enough.
WITH child AS (
    SELECT place_id, unnest(mother_keys) AS mother_key
    FROM atom
    WHERE definition = (SELECT min(definition) FROM atom)
),

family AS (
    SELECT mother_key, min(place_id) AS place_id, max(place_id) AS last_place_id
    FROM child
    WHERE mother_key IS NOT NULL
    GROUP BY mother_key
)

SELECT place_id, NULL AS mother_key, count(*) AS mothers
FROM family
WHERE place_id = last_place_id
GROUP BY place_id
UNION ALL
SELECT DISTINCT place_id, mother_key, 1
FROM child
SEMI JOIN (SELECT mother_key FROM family WHERE place_id <> last_place_id) USING (mother_key)
