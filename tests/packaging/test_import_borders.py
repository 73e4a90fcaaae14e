"""Who may import whom (DESIGN: layers), read from the source, imports inside functions included.

Belongs here: the borders as one table. Does not belong here: edges of the asset graph (tests/pipeline).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("assets", "pipelines", "reports", "schemas", "synthetic_data")


@dataclass(frozen=True)
class Border:
    """Modules matching `files` import none of `never`, except what starts with one of `but`."""

    files: str
    never: tuple[str, ...]
    but: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        return self.files


BORDERS = (
    Border("schemas/**/*.py", (*OURS, "dagster"), ("schemas",), "the lowest layer"),
    Border(
        "reports/**/*.py",
        (*OURS, "dagster", "duckdb"),
        ("reports", "schemas"),
        "renders protected frames only",
    ),
    Border(
        "synthetic_data/**/*.py",
        (*OURS, "dagster"),
        ("synthetic_data", "schemas"),
        "its truth must be its own",
    ),
    Border(
        "assets/audit/**/*.py",
        (*OURS, "dagster"),
        ("assets.audit",),
        "the attacker shares no code with protection",
    ),
    Border(
        "assets/risk_factors/**/*.py",
        ("dagster", "duckdb", "pipelines", "reports"),
        (),
        "the heart is engine-neutral",
    ),
    Border("assets/disclosure/**/*.py", ("dagster", "duckdb", "pipelines", "reports"), (), "works on frames"),
    Border(
        "assets/statistics/**/*.py", ("dagster", "duckdb", "pipelines", "reports"), (), "works on numbers"
    ),
    Border(
        "assets/*/**/*.py",
        ("dagster", "pipelines", "synthetic_data"),
        (),
        "only the thin wrappers know Dagster",
    ),
    Border("assets/*.py", ("pipelines", "synthetic_data"), (), "imports go down only"),
    Border("assets/__init__.py", OURS, (), "importing one stage must not import the others"),
    Border(
        "tests/oracle/**/*.py",
        ("assets", "pipelines"),
        (),
        "an oracle that shares code agrees with its mistakes",
    ),
)


def imported(path: Path) -> set[str]:
    """Every module that `path` imports, absolute; `from a import b` counts as `a` and `a.b`."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return names


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


@pytest.mark.parametrize("border", BORDERS, ids=str)
def test_the_border_holds(border: Border) -> None:
    files = sorted(ROOT.glob(border.files))
    assert files, f"a border around nothing holds nothing: {border.files}"
    crossings = []
    for path in files:
        for name in sorted(imported(path)):
            # `from assets import audit` names the bare package too; what counts is what is taken from it.
            allowed = any(is_below(name, prefix) or is_below(prefix, name) for prefix in border.but)
            if not allowed and any(is_below(name, prefix) for prefix in border.never):
                crossings.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not crossings, f"{border.why}:\n" + "\n".join(crossings)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import duckdb", {"duckdb"}),
        ("def f():\n    import dagster as dg", {"dagster"}),
        ("from assets import home", {"assets", "assets.home"}),
        ("from . import policy", {"assets.disclosure", "assets.disclosure.policy"}),
        ("from ..home import Home", {"assets.home", "assets.home.Home"}),
    ],
)
def test_imports_are_found_wherever_they_stand(
    source: str, names: set[str], tmp_path: Path, monkeypatch
) -> None:
    path = tmp_path / "assets" / "disclosure" / "module.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    monkeypatch.setitem(imported.__globals__, "ROOT", tmp_path)
    assert imported(path) == names
