-- Title:     area_risk: children i særlig risiko per area, exact
-- Purpose:   the state of every child (at risk, not, undetermined) summed to each level and rest.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      Undetermined is a state of its own: neither numerator nor denominator of the share.
SELECT
    reference_date,
    definition,
    level,
    area_id,
    area_name,
    parent_id,
    child_level,
    children,
    mothers,
    at_risk,
    not_at_risk,
    undetermined,
    definition_hash
FROM area_count
ORDER BY reference_date, definition, level, area_id
