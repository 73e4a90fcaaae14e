"""The one loader of the SQL files in `sql/`.

Belongs here: finding and reading them. Does not belong here: SQL, running it.
`sql/` is plain files beside the packages, not a package. The project is always installed editable, so the
repository is where this file is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

SQL_DIR = Path(__file__).resolve().parents[2] / "sql"


@cache
def load_sql(name: str) -> str:
    """Text of `sql/<name>.sql`, e.g. `tables/cell`. Raises FileNotFoundError for an unknown name."""
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


def list_sql(folder: str) -> list[str]:
    """Names of the files in `sql/<folder>`, sorted, as `load_sql` takes them."""
    return sorted(f"{folder}/{path.stem}" for path in (SQL_DIR / folder).glob("*.sql"))
