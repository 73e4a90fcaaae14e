-- Title:     hidden_area: what is hidden for each area, and why
-- Purpose:   an answer to "why is there no number?".
-- Inputs:    area_risk, area_factor, area_factor_count and area_children of the release
-- Variables: see schemas/release_views.py
-- Note:      One row per thing that is hidden; an area of which everything is shown has none.
WITH hidden AS (
    SELECT reference_date, level, area_id, 'andel i særlig risiko' AS what, cell_status
    FROM area_risk WHERE share_pct IS NULL AND children IS DISTINCT FROM 0
    UNION ALL
    SELECT reference_date, level, area_id, 'antal i særlig risiko', cell_status
    FROM area_risk WHERE at_risk IS NULL
    UNION ALL
    SELECT reference_date, level, area_id, 'antal børn', cell_status
    FROM area_risk WHERE children IS NULL
    UNION ALL
    SELECT reference_date, level, area_id, 'faktor ' || factor, cell_status
    FROM area_factor WHERE children_with IS NULL
    UNION ALL
    SELECT reference_date, level, area_id, 'antal faktorer', any_value(cell_status)
    FROM area_factor_count WHERE children IS NULL GROUP BY reference_date, level, area_id
    UNION ALL
    SELECT reference_date, level, area_id, 'børn efter alder', any_value(cell_status)
    FROM area_children WHERE children IS NULL GROUP BY reference_date, level, area_id
)

SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    hidden.what,
    hidden.cell_status,
    CASE hidden.cell_status
        WHEN 'too_small' THEN 'for få børn eller mødre i området til egne tal'
        WHEN 'group_hidden' THEN 'tallet siger noget om næsten alle i gruppen'
        WHEN 'hidden' THEN 'skjult af hensyn til diskretion'
        ELSE 'kan ikke beregnes sikkert nok af de viste antal'
    END AS why,
    risk.marking
FROM hidden
JOIN area_risk AS risk USING (reference_date, level, area_id)
ORDER BY risk.reference_date, risk.level, risk.area_id, hidden.what
