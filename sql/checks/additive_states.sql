-- Title:     at risk + not + undetermined = children
-- Purpose:   a child has exactly one state.
-- Inputs:    area_risk
-- Variables: rows that break it
SELECT definition, area_id
FROM area_risk
WHERE at_risk + not_at_risk + undetermined IS DISTINCT FROM children
