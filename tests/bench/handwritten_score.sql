-- Title:     the default definition (sfi5-v1), scored by hand in one DuckDB query
-- Purpose:   what femfaktor is measured against, and another opinion on every child's score.
-- Inputs:    typed registers as views: bef (every vintage up to the date), bef_now (the date's), akm, udda and bol
--            (the latest), kraf (the years of the window), hfaudd
-- Variables: $reference_date; $window_from, $window_to: decisions in (from, to]
--            out: child, mother, kom, adresse_id, age_band, f1..f5, n_yes, n_known, state
-- Note:      Written from the definition's text, not from femfaktor's code. Only the mothers are kept, because they
--            are used six times; everything else streams.
WITH child AS NOT MATERIALIZED (
    SELECT pnr, mor_id, kom, adresse_id, fm_mark, foed_dag
    FROM bef_now
    WHERE civst IS DISTINCT FROM 'D'
        AND foed_dag <= $reference_date
        AND foed_dag > $reference_date - INTERVAL 18 YEARS
),

mother AS MATERIALIZED (
    SELECT DISTINCT mor_id FROM child WHERE mor_id IS NOT NULL
),

-- Her latest row says whether she lives; the year-ends, whether she was here for the whole window.
seen AS NOT MATERIALIZED (
    SELECT
        pnr,
        arg_max(civst IS NOT DISTINCT FROM 'D', referencetid) AS is_dead,
        arg_max(year(foed_dag), referencetid) AS birth_year,
        count_if(
            referencetid >= make_date(year($window_from), 12, 31)
            AND referencetid <= $window_to
            AND month(referencetid) = 12
            AND year(referencetid) >= year(foed_dag)
        ) AS year_ends
    FROM bef
    SEMI JOIN mother ON mother.mor_id = bef.pnr
    GROUP BY pnr
),

tenure AS NOT MATERIALIZED (
    SELECT bef_now.pnr, bol.udlejningfh
    FROM bef_now
    SEMI JOIN mother ON mother.mor_id = bef_now.pnr
    JOIN bol USING (adresse_id)
    WHERE bef_now.civst IS DISTINCT FROM 'D'
),

convicted AS NOT MATERIALIZED (
    SELECT DISTINCT pnr
    FROM kraf
    SEMI JOIN mother ON mother.mor_id = kraf.pnr
    WHERE afg_dato > $window_from
        AND afg_dato <= $window_to
        AND afg_afgtypko IN (1, 2, 3, 4, 5, 6, 70, 81, 82, 83, 84, 86, 88)
        AND (
            afg_ger7::VARCHAR LIKE '1%'
            OR afg_ger7::VARCHAR LIKE '3210%'
            OR afg_ger7::VARCHAR LIKE '3410%'
        )
),

education AS NOT MATERIALIZED (
    SELECT udda.pnr, hfaudd.hovedomraade
    FROM udda
    SEMI JOIN mother ON mother.mor_id = udda.pnr
    JOIN hfaudd USING (hfaudd)
),

status AS NOT MATERIALIZED (
    SELECT pnr, socio13 FROM akm SEMI JOIN mother ON mother.mor_id = akm.pnr
),

mother_fact AS NOT MATERIALIZED (
    SELECT
        mother.mor_id,
        seen.is_dead,
        CASE
            WHEN convicted.pnr IS NOT NULL THEN true
            WHEN seen.year_ends > 0
                AND seen.year_ends = year($window_to)
                    - (strftime($window_to, '%m%d') < '1231')::INTEGER
                    - greatest(year($window_from), seen.birth_year) + 1
                THEN false
        END AS f2,
        socio13 IN (321, 322, 330) AS f3,
        CASE WHEN hovedomraade <> 90 THEN hovedomraade = 10 END AS f4,
        CASE udlejningfh WHEN 1 THEN true WHEN 2 THEN false END AS f5
    FROM mother
    LEFT JOIN seen ON seen.pnr = mother.mor_id
    LEFT JOIN convicted ON convicted.pnr = mother.mor_id
    LEFT JOIN status ON status.pnr = mother.mor_id
    LEFT JOIN education ON education.pnr = mother.mor_id
    LEFT JOIN tenure ON tenure.pnr = mother.mor_id
),

answered AS NOT MATERIALIZED (
    SELECT
        child.pnr AS child,
        child.mor_id AS mother,
        child.kom,
        child.adresse_id,
        CASE
            WHEN foed_dag > $reference_date - INTERVAL 3 YEARS THEN '0-2'
            WHEN foed_dag > $reference_date - INTERVAL 6 YEARS THEN '3-5'
            WHEN foed_dag > $reference_date - INTERVAL 10 YEARS THEN '6-9'
            WHEN foed_dag > $reference_date - INTERVAL 15 YEARS THEN '10-14'
            ELSE '15-17'
        END AS age_band,
        CASE WHEN NOT is_dead THEN fm_mark <> 1 END AS f1_ikke_kernefamilie,
        f2 AS f2_doemt,
        f3 AS f3_kontanthjaelp_pension,
        f4 AS f4_ingen_uddannelse,
        f5 AS f5_boligforhold
    FROM child
    LEFT JOIN mother_fact USING (mor_id)
),

counted AS NOT MATERIALIZED (
    SELECT
        *,
        coalesce(f1_ikke_kernefamilie, false)::TINYINT
            + coalesce(f2_doemt, false)::TINYINT
            + coalesce(f3_kontanthjaelp_pension, false)::TINYINT
            + coalesce(f4_ingen_uddannelse, false)::TINYINT
            + coalesce(f5_boligforhold, false)::TINYINT AS n_yes,
        (f1_ikke_kernefamilie IS NOT NULL)::TINYINT
            + (f2_doemt IS NOT NULL)::TINYINT
            + (f3_kontanthjaelp_pension IS NOT NULL)::TINYINT
            + (f4_ingen_uddannelse IS NOT NULL)::TINYINT
            + (f5_boligforhold IS NOT NULL)::TINYINT AS n_known
    FROM answered
)

SELECT
    *,
    CASE
        WHEN n_yes >= 3 THEN 'særlig'
        WHEN n_yes + 5 - n_known <= 2 THEN 'ikke'
        ELSE 'uafklaret'
    END AS state
FROM counted
