-- Title:     the delivery's row holds every scored child
-- Purpose:   nobody is lost or doubled on the way from the scored rows to the top of the hierarchy.
-- Inputs:    scored, area_risk
-- Variables: rows that break it; no scored row at all breaks it too
SELECT definition
FROM (SELECT definition, count(*) AS scored_children FROM scored GROUP BY ALL)
FULL JOIN (SELECT definition, children FROM area_risk WHERE level = 'leverance') USING (definition)
WHERE scored_children IS DISTINCT FROM children
UNION ALL
SELECT 'none'
WHERE NOT EXISTS (FROM scored)
