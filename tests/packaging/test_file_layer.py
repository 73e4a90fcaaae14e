"""Nothing but the file layer changes the home: `assets/files.py` alone renames, removes, syncs and opens for
writing, and a library writes where the file layer says.

Belongs here: the border, read from the source. Does not belong here: what the file layer does (tests/faults).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER = "assets/files.py"
NOT_OF_THE_HOME = {
    "assets/extracts/check.py": "a dry run, in a temporary folder of its own",
    "pipelines/locking.py": "the lock, which holds nothing",
    "pipelines/bundle.py": "an archive of the project",
    "pipelines/docs.py": "the project's own pages",
}
OF_PATHS = {
    *("rename", "unlink", "rmdir", "mkdir", "write_text", "write_bytes", "touch", "chmod"),
    *("symlink_to", "hardlink_to"),
}
OF_MODULES = {
    *("replace", "rename", "renames", "remove", "removedirs", "unlink", "rmdir", "mkdir", "makedirs", "link"),
    *("symlink", "chmod", "fsync", "truncate", "rmtree", "move", "copy", "copy2", "copyfile", "copytree"),
}
"""Of `os` and `shutil`."""
NATIVE = {"write_parquet", "sink_parquet", "write_csv", "sink_csv", "write_ipc", "write_ndjson", "Workbook"}
"""Writers of libraries: given a name, they stand inside a `with files.…(…)`."""


def changes(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of every call that changes files by itself."""
    tree = ast.parse(source)
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and any("files." in ast.unparse(each) for each in node.items):
            inside |= set(ast.walk(node))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if owner in ("files", "disk", "fingerprints"):
            continue
        first = node.args[0] if node.args else None
        is_mapping = isinstance(first, ast.Dict | ast.DictComp) or owner.endswith("frame")
        if (
            (owner in ("os", "shutil") and name in OF_MODULES)
            or (name in OF_PATHS and owner and not is_mapping)
            or (name == "replace" and takes_a_target(node) and not is_mapping)
            or (name == "open" and writes(node))
            or (name in NATIVE and node not in inside and is_given_a_name(node))
        ):
            yield node.lineno, name


def takes_a_target(call: ast.Call) -> bool:
    """Text has two arguments, a date and a dataclass named ones."""
    return len(call.args) == 1 and not call.keywords and isinstance(call.func, ast.Attribute)


def writes(call: ast.Call) -> bool:
    modes = [each.value for each in ast.walk(call) if isinstance(each, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) & set("wax+") and len(mode) <= 3 for mode in modes)


def is_given_a_name(call: ast.Call) -> bool:
    return bool(call.args) and ast.unparse(call.args[0]) != "buffer"


def test_only_the_file_layer_changes_files() -> None:
    found = []
    for folder in ("assets", "pipelines"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name == LAYER or name in NOT_OF_THE_HOME:
                continue
            found += [f"{name}:{line}: {what}" for line, what in changes(path.read_text(encoding="utf-8"))]
    assert not found, "use assets/files.py:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("os.replace(a, b)", True),
        ("path.replace(target)", True),
        ("text.replace('a', 'b')", False),
        ("day.replace(year=2024)", False),
        ("columns.rename({'a': 'b'})", False),
        ("frame.rename(names)", False),
        ("path.rename(b)", True),
        ("path.open('wb')", True),
        ("open(path, mode='a')", True),
        ("path.open('rb')", False),
        ("shutil.rmtree(path)", True),
        ("os.fsync(1)", True),
        ("frame.write_parquet(path)", True),
        ("with files.writing(path) as part:\n    frame.write_parquet(part)", False),
        ("frame.write_parquet(buffer)", False),
        ("files.remove(path)", False),
    ],
)
def test_changes_are_found_and_reading_is_none(source: str, found: bool) -> None:
    assert bool(list(changes(source))) is found
