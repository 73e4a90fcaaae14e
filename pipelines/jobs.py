"""The two jobs: the night (extracts to warehouse) and the release (protected, rendered, audited, published).

Belongs here: which assets run together. Does not belong here: what they do (`assets/`), when
(`schedules.py`).

They are two, because nights verify and releases are proposed by people: only synthetic data runs through
both at once.
"""

import dagster as dg

from assets import STAGES

NIGHT_STAGES = STAGES[: STAGES.index("aggregated") + 1]
RELEASE_STAGES = STAGES[STAGES.index("disclosed") :]

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.groups(*NIGHT_STAGES),
    description="Extracts to exact counts in the warehouse, all reference dates in one run.",
)
release = dg.define_asset_job(
    "release",
    selection=dg.AssetSelection.groups(*RELEASE_STAGES),
    description="Protect, render, audit, then publish (synthetic data) or propose (real data).",
)
