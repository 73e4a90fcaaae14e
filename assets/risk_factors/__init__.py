"""The heart: SFI's five risk factors about the mother, and "i særlig risiko" for the child.

Read in this order: `catalogue.py` (which five), `definitions/sfi5-v1.toml` (what they mean here), `f1_…` to
`f5_…` (one rule each), `saerlig_risiko.py` (three of five), `people.py` and `areas.py` (who and where),
`scoring.py` (all of it together), `explain.py` (the same in words).

Belongs here: rules, and the joins that fetch the facts a rule needs.
Does not belong here: reading deliveries (`assets/extracts`), counting areas (`assets/aggregation`), Dagster,
DuckDB.
What comes next: `assets/aggregation` counts the scored children; no row per child goes further than that.
"""
