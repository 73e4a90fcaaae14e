"""Exact counts: scored children -> level tables per reference date -> the warehouse inside the authority.

Belongs here: running the SQL of `sql/` in DuckDB, assembling `warehouse.duckdb`.
Does not belong here: scoring (`risk_factors`), protection (`disclosure`).
Nothing from here may be published as it is.
"""

from assets.aggregation.counts import FILES, Counted, CountsBroken, aggregate
from assets.aggregation.warehouse import build_warehouse

__all__ = ["FILES", "Counted", "CountsBroken", "aggregate", "build_warehouse"]
