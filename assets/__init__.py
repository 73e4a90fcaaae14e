"""What exists: one module per data state, in the order of `STAGES`; edges only lead forward.

Belongs here: thin Dagster wrappers (one module per state) and, in packages of their own, the work they wrap.
Does not belong here: how and when things run (`pipelines/`), rendering (`reports/`), declarations
(`schemas/`).

The modules `home`, `settings`, `fingerprints` and `workspace` are what every wrapper stands on; they know no
Dagster.
"""

STAGES = (
    "registers",
    "validated",
    "scored",
    "aggregated",
    "disclosed",
    "rendered",
    "audited",
    "published",
)
"""The data states, left to right. Everything up to `aggregated` is private; from `disclosed` on, safe."""
