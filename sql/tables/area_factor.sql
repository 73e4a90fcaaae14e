-- Title:     area_factor: children with, without and with unknown factor, exact
-- Purpose:   the five factors one below the other.
-- Inputs:    area_count
-- Variables: as in schemas/warehouse.py
-- Note:      with + without + unknown = children, for each factor.
WITH factor AS (
    SELECT
        reference_date,
        definition,
        level,
        area_id,
        children,
        unnest([
            {factor: 'f1_ikke_kernefamilie', yes: f1_with, known: f1_known},
            {factor: 'f2_doemt', yes: f2_with, known: f2_known},
            {factor: 'f3_kontanthjaelp_pension', yes: f3_with, known: f3_known},
            {factor: 'f4_ingen_uddannelse', yes: f4_with, known: f4_known},
            {factor: 'f5_boligforhold', yes: f5_with, known: f5_known}
        ], recursive := true)
    FROM area_count
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
