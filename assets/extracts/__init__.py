"""Delivered register extracts as typed tables.

Belongs here: finding, reading and typing what was delivered. Extracts are opened for reading only.
Does not belong here: what a register must hold (`schemas/registers`), what its values mean for a child
(`assets/risk_factors`), Dagster (`assets/registers.py`).

The way: `discover` (names) -> `type_register` (chunks -> typed values -> checked rows -> Parquet).
"""

from assets.extracts.discovery import Delivery, Source, discover
from assets.extracts.markers import is_synthetic, is_synthetic_delivery
from assets.extracts.typed import TypingReport, type_register

__all__ = [
    "Delivery",
    "Source",
    "TypingReport",
    "discover",
    "is_synthetic",
    "is_synthetic_delivery",
    "type_register",
]
