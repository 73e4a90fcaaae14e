-- Title:     area_place: the municipality and the plan above each area
-- Purpose:   grouping and filtering areas without climbing.
-- Inputs:    area_risk of the release
-- Variables: see schemas/release_views.py
-- Note:      An area's parent may be an area or a plan, so both are found by climbing from parent to parent.
WITH RECURSIVE climb AS (
    SELECT reference_date, level, area_id, area_id AS above_id, level AS above_level, area_name AS above_name, parent_id
    FROM area_risk
    UNION ALL
    SELECT climb.reference_date, climb.level, climb.area_id, above.area_id, above.level, above.area_name, above.parent_id
    FROM climb
    JOIN area_risk AS above ON above.reference_date = climb.reference_date AND above.area_id = climb.parent_id
)

SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    plan.above_id AS plan_id,
    plan.above_name AS plan_name,
    kommune.above_id AS kommune_id,
    kommune.above_name AS kommune_name,
    risk.marking
FROM area_risk AS risk
LEFT JOIN climb AS plan
    ON plan.reference_date = risk.reference_date AND plan.level = risk.level AND plan.area_id = risk.area_id
    AND plan.above_level = 'helhedsplan'
LEFT JOIN climb AS kommune
    ON kommune.reference_date = risk.reference_date AND kommune.level = risk.level AND kommune.area_id = risk.area_id
    AND kommune.above_level = 'kommune'
ORDER BY risk.reference_date, risk.level, risk.area_id
