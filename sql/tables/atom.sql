-- Title:     atom: what every count is a sum of
-- Purpose:   children per definition, municipality and exact set of areas, now and by the list of the date before. No
--            border cuts an atom, so any level, rest, overlap or sliver is a plain sum of atoms. One pass over the
--            scored rows.
-- Inputs:    scored (one row per child and definition)
-- Variables: place_id = number of kom, area_ids, earlier_area_ids; area_ids = every afdeling, omraade and helhedsplan
--            of the dwelling, sorted; earlier_area_ids = the same by the list of earlier_date, the reference date
--            before; newcomers = children who lived in none of these then; mother_keys = one entry per child, NULL if unknown; counts of children: children,
--            at_risk, not_at_risk, undetermined; f<i>_with, f<i>_known; n0..n2, n3plus = number of factors surely
--            present, over all children; age_* = children by age
-- Note:      f<i>_known counts yes and no; unknown is children - f<i>_known. A NULL factor is counted by neither, so
--            unknown never becomes a no.
WITH counted AS (
    SELECT
        reference_date,
        definition,
        definition_hash,
        kom,
        coalesce(area_ids, []) AS area_ids,
        earlier_date,
        coalesce(earlier_area_ids, []) AS earlier_area_ids,
        list(mother_key) AS mother_keys,
        count(*) AS children,
        count_if(is_new) AS newcomers,

        count_if(state = 'særlig') AS at_risk,
        count_if(state = 'ikke') AS not_at_risk,
        count_if(state = 'uafklaret') AS undetermined,

        count(*) FILTER (f1_ikke_kernefamilie) AS f1_with,
        count(f1_ikke_kernefamilie) AS f1_known,
        count(*) FILTER (f2_doemt) AS f2_with,
        count(f2_doemt) AS f2_known,
        count(*) FILTER (f3_kontanthjaelp_pension) AS f3_with,
        count(f3_kontanthjaelp_pension) AS f3_known,
        count(*) FILTER (f4_ingen_uddannelse) AS f4_with,
        count(f4_ingen_uddannelse) AS f4_known,
        count(*) FILTER (f5_boligforhold) AS f5_with,
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
    GROUP BY
        reference_date,
        definition,
        definition_hash,
        kom,
        coalesce(area_ids, []),
        earlier_date,
        coalesce(earlier_area_ids, [])
)

SELECT
    reference_date,
    definition,
    definition_hash,
    dense_rank() OVER (ORDER BY kom, area_ids, earlier_area_ids) AS place_id,
    kom,
    area_ids,
    earlier_date,
    earlier_area_ids,
    mother_keys,
    CAST(
        COLUMNS(
            * EXCLUDE (
                reference_date, definition, definition_hash, kom, area_ids, earlier_date, earlier_area_ids, mother_keys
            )
        ) AS INTEGER
    )
FROM counted
