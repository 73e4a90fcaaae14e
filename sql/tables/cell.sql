-- Title:     cell: the atoms as they are kept
-- Purpose:   the finest exact counts, for overlaps and slivers between old and new borders. They stay private.
-- Inputs:    atom, mother_place
-- Variables: those of atom; mothers = different known mothers with a child in the cell
-- Note:      Counts add up over cells; mothers don't.
WITH mother AS (
    SELECT place_id, CAST(sum(mothers) AS INTEGER) AS mothers
    FROM mother_place
    GROUP BY place_id
)

SELECT atom.* EXCLUDE (place_id, mother_keys), coalesce(mothers, 0) AS mothers
FROM atom
LEFT JOIN mother USING (place_id)
ORDER BY definition, kom, area_ids, earlier_area_ids
