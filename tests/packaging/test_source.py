"""What holds for every committed file: modules say what they are, nothing tells of a machine or registry."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written in pieces, so that this file doesn't find itself.
TRACES = {
    "an absolute path of one machine": r"(?<![\w.~}])/(?:wo" + r"rk|ho" + r"me|ro" + r"ot|Us" + r"ers)/\w",
    "a package registry": r"//[\w.-]*(?:py"
    + r"pi|python"
    + r"hosted|arti"
    + r"factory|ne"
    + r"xus|np"
    + r"mjs)\b",
    "a package source": r"(?:^|\s)--(?:extra-)?ind" + r"ex-url[ =]\S",
}


def committed(suffix: str = "") -> list[Path]:
    """The tracked files that are still there (another's deletion may be on its way)."""
    out = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [path for name in out.split("\0") if name.endswith(suffix) and (path := ROOT / name).is_file()]


def test_every_module_opens_with_what_it_is() -> None:
    silent = []
    for path in committed(".py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
    assert not silent


@pytest.mark.parametrize("what", TRACES)
def test_no_committed_file_tells_of_a_machine_or_a_registry(what: str) -> None:
    found = []
    for path in committed():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # fonts, images
        name = path.relative_to(ROOT)
        found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if re.search(TRACES[what], line)]
    assert not found, what


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("an absolute path of one machine", "read('/ho" + "me/anna/bef.csv')"),
        ("a package registry", "https://files.python" + "hosted.org/x.whl"),
        ("a package source", "pip install --ind" + "ex-url https://x y"),
    ],
)
def test_the_search_finds_a_planted_trace(what: str, line: str) -> None:
    assert re.search(TRACES[what], line)


def test_sql_is_files_not_a_package() -> None:
    # `import sql` collides with ipython-sql.
    assert list(ROOT.glob("sql/**/*.sql"))
    assert not list(ROOT.glob("sql/**/*.py"))
