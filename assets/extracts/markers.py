"""What a file says about itself: whether it is synthetic.

Belongs here: the synthetic marker of each form.
Does not belong here: register columns and values.

Marker: Parquet key-value metadata `femfaktor_synthetic` = "1"; for CSV a companion file `<file>.syntetisk`;
in SAS files the file label.
"""

from __future__ import annotations

from pathlib import Path

from assets.extracts.discovery import MARKER_SUFFIX, Delivery
from schemas.release import SYNTHETIC

PARQUET_KEY = "femfaktor_synthetic"


def is_synthetic(path: Path) -> bool:
    """Does this file carry the marker of synthetic data? A file that can't be read does not."""
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return path.with_name(path.name + MARKER_SUFFIX).is_file()
    try:
        if name.endswith(".parquet"):
            import polars as pl

            return pl.read_parquet_metadata(path).get(PARQUET_KEY) == "1"
        if name.endswith((".xpt", ".sas7bdat")):
            import pyreadstat

            read = pyreadstat.read_xport if name.endswith(".xpt") else pyreadstat.read_sas7bdat
            _, metadata = read(str(path), metadataonly=True, output_format="polars")
            return metadata.file_label == SYNTHETIC
    except Exception:  # broken files are refused when they are typed, with a better message
        return False
    return False


def is_synthetic_delivery(delivery: Delivery) -> bool:
    """Synthetic only if every file is, and there is at least one."""
    files = [path for source in delivery.sources for path in source.files]
    return bool(files) and all(is_synthetic(path) for path in files)
