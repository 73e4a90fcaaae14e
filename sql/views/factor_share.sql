-- Title:     factor_share: the share with each factor
-- Purpose:   what drives an area's share.
-- Inputs:    area_factor, area_risk
-- Variables: as in schemas/warehouse.py
-- Note:      Among the children where the factor is known; the number unknown stands beside it.
SELECT
    area_factor.reference_date,
    area_factor.definition,
    area_factor.level,
    area_factor.area_id,
    area_risk.area_name,
    area_factor.factor,
    area_factor.children_with,
    area_factor.children_with + area_factor.children_without AS children_known,
    area_factor.children_unknown,
    100.0 * area_factor.children_with
        / nullif(area_factor.children_with + area_factor.children_without, 0) AS share_pct
FROM area_factor
JOIN area_risk
    ON area_risk.reference_date = area_factor.reference_date
    AND area_risk.definition = area_factor.definition
    AND area_risk.area_id = area_factor.area_id
