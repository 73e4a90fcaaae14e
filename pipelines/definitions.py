"""What `dagster -m pipelines.definitions` loads."""

from pipelines.build import build_defs

defs = build_defs()
