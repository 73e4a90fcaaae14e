-- Title:     uncertainty: how sure each share is
-- Purpose:   finding the shares to be read with the most care.
-- Inputs:    area_risk of the release
-- Variables: see schemas/release_views.py
-- Note:      Two different things: the interval (an area of this size varies) and the bounds (answers are missing).
SELECT
    reference_date,
    level,
    area_id,
    area_name,
    share_pct,
    ci95_low_pct,
    ci95_high_pct,
    round(ci95_high_pct - ci95_low_pct, 1) AS interval_points,
    share_if_unknown_no_pct,
    share_if_unknown_yes_pct,
    round(share_if_unknown_yes_pct - share_if_unknown_no_pct, 1) AS bounds_points,
    marking
FROM area_risk
ORDER BY reference_date, level, area_id
