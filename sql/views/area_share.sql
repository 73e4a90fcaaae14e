-- Title:     area_share: the share at risk, with its bounds
-- Purpose:   what analysts ask first.
-- Inputs:    area_risk
-- Variables: as in schemas/warehouse.py
-- Note:      The share is among the determined; the bounds say what the undetermined could make of it.
SELECT
    reference_date,
    definition,
    level,
    area_id,
    area_name,
    children,
    at_risk + not_at_risk AS determined,
    at_risk,
    undetermined,
    100.0 * at_risk / nullif(at_risk + not_at_risk, 0) AS share_pct,
    100.0 * at_risk / nullif(children, 0) AS share_if_unknown_no_pct,
    100.0 * (at_risk + undetermined) / nullif(children, 0) AS share_if_unknown_yes_pct
FROM area_risk
