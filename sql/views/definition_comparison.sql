-- Title:     definition_comparison: two definitions side by side
-- Purpose:   how far the share depends on how a factor is defined. Filter compared_with to the default definition.
-- Inputs:    area_share
-- Variables: as in schemas/warehouse.py
-- Note:      For the authority only: two published definitions would difference out single families.
SELECT
    this.reference_date,
    this.level,
    this.area_id,
    this.area_name,
    this.children,
    this.definition,
    other.definition AS compared_with,
    this.share_pct,
    other.share_pct AS compared_share_pct,
    this.share_pct - other.share_pct AS difference_points
FROM area_share AS this
JOIN area_share AS other
    ON other.reference_date = this.reference_date
    AND other.area_id = this.area_id
    AND other.definition <> this.definition
