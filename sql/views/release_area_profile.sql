-- Title:     area_profile: the five factors side by side
-- Purpose:   what drives an area's share.
-- Inputs:    area_risk and area_factor of the release
-- Variables: see schemas/release_views.py
-- Note:      max over the one row of each factor; a hidden share stays NULL.
SELECT
    risk.reference_date,
    risk.level,
    risk.area_id,
    risk.area_name,
    risk.share_pct,
    max(factor.share_pct) FILTER (factor = 'f1_ikke_kernefamilie') AS f1_ikke_kernefamilie_pct,
    max(factor.share_pct) FILTER (factor = 'f2_doemt') AS f2_doemt_pct,
    max(factor.share_pct) FILTER (factor = 'f3_kontanthjaelp_pension') AS f3_kontanthjaelp_pension_pct,
    max(factor.share_pct) FILTER (factor = 'f4_ingen_uddannelse') AS f4_ingen_uddannelse_pct,
    max(factor.share_pct) FILTER (factor = 'f5_boligforhold') AS f5_boligforhold_pct,
    risk.marking
FROM area_risk AS risk
JOIN area_factor AS factor USING (reference_date, definition, level, area_id)
GROUP BY risk.reference_date, risk.level, risk.area_id, risk.area_name, risk.share_pct, risk.marking
ORDER BY risk.reference_date, risk.level, risk.area_id
