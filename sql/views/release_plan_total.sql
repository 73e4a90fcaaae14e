-- Title:     plan_total: each plan's own numbers and how many of its areas are shown
-- Purpose:   totals of a helhedsplan, protected as one; not the sum of its shown areas.
-- Inputs:    area_risk and area_place of the release
-- Variables: see schemas/release_views.py
-- Note:      Counts of areas, never of children, are made here. An area is shown with its counts, or as a group.
SELECT
    plan.reference_date,
    plan.level,
    plan.area_id,
    plan.area_name,
    place.kommune_name,
    plan.children,
    plan.at_risk,
    plan.not_at_risk,
    plan.undetermined,
    plan.share_pct,
    plan.ci95_low_pct,
    plan.ci95_high_pct,
    count(area.area_id) AS areas,
    count(*) FILTER (area.at_risk IS NOT NULL OR area.cell_status = 'group_hidden') AS areas_shown,
    plan.cell_status,
    plan.marking
FROM area_risk AS plan
JOIN area_place AS place USING (reference_date, level, area_id)
LEFT JOIN area_risk AS area
    ON area.reference_date = plan.reference_date AND area.level = 'omraade' AND area.parent_id = plan.area_id
WHERE plan.level = 'helhedsplan'
GROUP BY ALL
ORDER BY plan.reference_date, plan.area_id
