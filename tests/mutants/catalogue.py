"""Named wrong pipelines: what each gets wrong, and the one edit that makes it so.

Belongs here: reading `*.toml`, making the edit in a copy of the project.
Does not belong here: the mutants themselves (the TOML files, one per part of the pipeline), running tests.

A mutant is a mistake that a competent person makes, not a flipped operator: each says what is wrong in words
that somebody who knows the registers understands.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CATALOGUE = Path(__file__).parent
# What the tests need; the rest of the folder may be large, or somebody's data.
COPIED = (
    "assets",
    "docs",
    "pipelines",
    "reports",
    "schemas",
    "sql",
    "synthetic_data",
    "tests",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
)


class MutantStale(ValueError):
    """The code has moved on: the mutant no longer says what to change."""


@dataclass(frozen=True)
class Mutant:
    """`old`, which must stand exactly once in `file`, becomes `new`. `tests` are tried first."""

    name: str
    wrong: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def mutated(self, root: Path = ROOT) -> str:
        """The text of `file` with the mistake in it. Raises MutantStale."""
        path = root / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (times := text.count(self.old)) != 1:
            raise MutantStale(
                f"{self.name}: the old text stands {times} times in {self.file}, not once. "
                "Say it in today's words, in tests/mutants."
            )
        return text.replace(self.old, self.new)

    def missing_tests(self, root: Path = ROOT) -> list[str]:
        """Those of `tests` that no longer exist."""
        return [test for test in self.tests if not _is_there(root, test)]


def load_mutants(folder: Path = CATALOGUE) -> list[Mutant]:
    """Every mutant, in the order of the files and in them. Raises ValueError for a name used twice."""
    mutants: list[Mutant] = []
    for file in sorted(folder.glob("*.toml")):
        for name, content in tomllib.loads(file.read_text(encoding="utf-8")).items():
            mutants.append(Mutant(name=name, **content | {"tests": tuple(content["tests"])}))
    if len({mutant.name for mutant in mutants}) < len(mutants):
        raise ValueError("two mutants have the same name")
    return mutants


def copy_project(target: Path, mutant: Mutant | None = None, root: Path = ROOT) -> None:
    """The project's code and tests in `target`, with one mistake in it, or none."""
    target.mkdir(parents=True)
    for name in COPIED:
        if (source := root / name).is_dir():
            shutil.copytree(source, target / name)
        elif source.is_file():
            shutil.copy2(source, target / name)
    if mutant is not None:
        path = target / mutant.file
        path.write_text(mutant.mutated(root), encoding="utf-8")
        # Compiled code goes by size and second: never left to chance.
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink()


def _is_there(root: Path, test: str) -> bool:
    file, _, name = test.partition("::")
    path = root / file
    if not name:
        return path.exists()
    name = name.partition("[")[0]
    return path.is_file() and bool(
        re.search(rf"^def {re.escape(name)}\(", path.read_text(encoding="utf-8"), re.M)
    )
