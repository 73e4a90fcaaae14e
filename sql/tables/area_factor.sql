-- Title:     area_factor: children with, without and with unknown factor, exact
-- Purpose:   the five factors one below the other.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      with + without + unknown = children, for each factor.
WITH factor AS (
    SELECT *, 'f1_ikke_kernefamilie' AS factor, f1_with AS yes, f1_known AS known FROM area_count
    UNION ALL
    SELECT *, 'f2_doemt', f2_with, f2_known FROM area_count
    UNION ALL
    SELECT *, 'f3_kontanthjaelp_pension', f3_with, f3_known FROM area_count
    UNION ALL
    SELECT *, 'f4_ingen_uddannelse', f4_with, f4_known FROM area_count
    UNION ALL
    SELECT *, 'f5_boligforhold', f5_with, f5_known FROM area_count
)

SELECT
    reference_date,
    definition,
    level,
    area_id,
    factor,
    yes AS children_with,
    known - yes AS children_without,
    children - known AS children_unknown
FROM factor
ORDER BY reference_date, definition, level, area_id, factor
