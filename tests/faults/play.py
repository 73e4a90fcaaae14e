"""Plays a fault: into a good delivery, through the functions that the night's assets call; and judges.

Belongs here: homes to play in, and the judgement. Does not belong here: Dagster (whole nights are in
`test_whole_nights.py`), expectations (`cases/`).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from assets.home import Home
from assets.quality import find_quarantined, keep_good_profiles
from assets.registers import type_vintages
from assets.validated import validate_together, validate_vintages
from assets.workspace import Voice, Workspace
from schemas.errors import FemfaktorError, InputRefused, Problem
from schemas.registers import READ
from synthetic_data.deliveries import Format
from tests.faults.delivery import Delivered, write_good
from tests.faults.fault import Fault, LeftAside, Said
from tests.support.homes import begin, copy_home, tree

SETTINGS = "[release]\nreference_years = 1\n"


@dataclass(frozen=True)
class Ingested:
    """What a delivery came to, up to the tables that are scored: exit code, problems, and every line said."""

    exit_code: int
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    quarantined: tuple[LeftAside, ...]


def make_home(folder: Path, form: Format) -> Home:
    home = Home(folder)
    begin(home)
    home.settings.write_text(SETTINGS, encoding="utf-8")
    write_good(home.root / "extracts", form)
    return home


def delivered(home: Home, form: Format) -> Delivered:
    return Delivered(home.root / "extracts", form)


def ingest(home: Home, *, accept_drift: tuple[str, ...] = ()) -> Ingested:
    """Type and validate what changed, as the night does, until the first stage that refuses."""
    lines: list[str] = []
    workspace = Workspace.open(home, Voice(lines.append))
    workspace.accept_drift = frozenset(accept_drift)
    try:
        for contract in READ.values():
            type_vintages(workspace, contract)
        for contract in READ.values():
            validate_vintages(workspace, contract)
        if not workspace.failures:
            validate_together(workspace)
    except FemfaktorError:
        pass
    failures = workspace.failures
    if not failures:
        keep_good_profiles(workspace.fingerprints)
    workspace.fingerprints.save()
    problems = [p for failure in failures if isinstance(failure, InputRefused) for p in failure.problems]
    lines += [str(failure) for failure in failures]
    left = [
        LeftAside(q.register, q.column, q.rule, q.count) for q in find_quarantined(workspace.fingerprints)
    ]
    code = failures[0].exit_code if failures else 0
    return Ingested(code, tuple(problems), tuple(lines), tuple(left))


def play(fault: Fault, good: Home, form: Format, folder: Path, *, is_later: bool) -> None:
    """Plant the fault into a copy of an ingested home, ingest, judge; then deliver what is good again."""
    home = copy_home(good, folder / "home")
    typed = tree(home.private / "registers")
    if not is_later:
        forget_night(home)
    extracts = delivered(home, form)
    before = {path: path.read_bytes() for path in sorted(extracts.folder.rglob("*")) if path.is_file()}
    settings = home.settings.read_bytes()
    fault.plant(extracts)
    judge(fault, ingest(home))
    if fault.needs_last_night:
        assert_accepted_once(home, fault)
    restore(extracts.folder, before)
    home.settings.write_bytes(settings)
    again = ingest(home)
    assert (again.exit_code, again.problems, again.quarantined) == (0, (), ()), "the next good night"
    assert tree(home.private / "registers") == typed, "as if nothing had happened"


def forget_night(home: Home) -> None:
    """As before the first night: nothing typed, nothing remembered."""
    shutil.rmtree(home.private / "registers")
    home.state.unlink()


def restore(folder: Path, files: dict[Path, bytes]) -> None:
    """The delivery as it was: what came since is gone, what changed is back."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path in files and path.is_file() and not path.is_symlink():
            continue
        if path.is_dir() and not path.is_symlink():
            if not any(file.is_relative_to(path) for file in files) or path in files:
                shutil.rmtree(path)
        else:
            path.unlink()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def judge(fault: Fault, found: Ingested) -> None:
    said = [Said(p.register, p.column, p.rule, p.count) for p in found.problems]
    assert found.exit_code == fault.exit, found.lines
    assert len(said) == len(fault.says), (said, found.lines)
    for wanted in fault.says:
        assert any(_is(wanted, each) for each in said), (wanted, said)
    assert all(problem.action for problem in found.problems), "each problem says what to do"
    if not fault.says:
        assert set(found.quarantined) == set(fault.leaves_aside)
    text = "\n".join(found.lines)
    for secret in fault.echoes:
        assert secret not in text, "a value was echoed"


def assert_accepted_once(home: Home, fault: Fault) -> None:
    """A drift passes when it is accepted by name, which is said; and from then on it is what was."""
    copy = copy_home(home, home.root.with_name("accepting"))
    names = tuple({said.register for said in fault.says})
    accepted = ingest(copy, accept_drift=names)
    assert accepted.exit_code == 0, accepted.lines
    assert sum("Accepted by" in line for line in accepted.lines) == len(fault.says)
    assert ingest(copy).exit_code == 0


def _is(wanted: Said, said: Said) -> bool:
    same = (wanted.register, wanted.column, wanted.count) == (said.register, said.column, said.count)
    return same and said.rule.startswith(wanted.rule)
