"""`make mutants`: each wrong pipeline must turn the suite red.

Each mutant is tried in a copy of the project: the tests it names first, then, if none objects, the whole
suite. At the end every test that objected runs once more on an unmutated copy, where it must pass. Exit code
1 when a mutant survives or a test objects to the right pipeline too, 2 when a mutant no longer applies.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.mutants.catalogue import Mutant, MutantStale, copy_project, load_mutants
from tests.mutants.verdict import VERDICT_FILE

SUITE = ("tests/spec", "tests/unit", "tests/pipeline", "tests/privacy")
"""Without tests/packaging: what looks at the source as text would object to any change."""
TIME_LIMIT = 1_200
RIGHT = "the right pipeline"
PYTEST = (
    *("-m", "pytest", "-q", "-p", "tests.mutants.verdict", "-p", "no:cacheprovider"),
    # The project's own filters name Dagster's warnings, and so import it for every run.
    *("-o", "filterwarnings="),
)


@dataclass(frozen=True)
class Trial:
    """What came of one mutant. `caught_by` is empty if it survived; then `accidents` may say why."""

    mutant: Mutant
    seconds: float
    caught_by: str = ""
    by_first_choice: bool = True
    accidents: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these mutants")
    parser.add_argument("--parallel", type=int, default=2)
    options = parser.parse_args(arguments)
    mutants = load_mutants()
    if unknown := set(options.names) - {mutant.name for mutant in mutants}:
        parser.error(f"no such mutant: {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in mutants if not options.names or mutant.name in options.names]
    console = Console(width=None if sys.stdout.isatty() else 160)
    if stale := [str(error) for mutant in chosen if (error := staleness(mutant))]:
        console.print("\n".join(stale), style="red", highlight=False)
        return 2
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="femfaktor-mutants-") as folder:
        scratch = Path(folder)
        # What is edited meanwhile is not mixed in.
        copy_project(scratch / RIGHT / "project")
        trials = try_all(chosen, scratch, options.parallel)
        false_alarms = objections_to_the_right_pipeline(trials, scratch)
    show(console, trials)
    minutes, seconds = divmod(round(time.perf_counter() - started), 60)
    survivors = [trial for trial in trials if not trial.caught_by]
    found_out = f"{len(trials) - len(survivors)} of {len(trials)} wrong pipelines found out"
    console.print(f"{found_out} in {minutes}:{seconds:02}.", highlight=False)
    for trial in survivors:
        console.print(f"SURVIVED: {trial.mutant.name} ({trial.mutant.wrong})", style="red")
        for accident in trial.accidents[:5]:
            console.print(f"  not an objection: {escape(accident)}", highlight=False)
    if survivors:
        console.print("A survivor is a missing test: write it, and name it in the mutant's `tests`.")
    for test in false_alarms:
        console.print(f"FAILS WITHOUT A MUTANT: {escape(test)}", style="red", highlight=False)
    return 1 if survivors or false_alarms else 0


def staleness(mutant: Mutant) -> MutantStale | None:
    try:
        mutant.mutated()
    except MutantStale as error:
        return error
    return None


def try_all(mutants: list[Mutant], scratch: Path, parallel: int) -> list[Trial]:
    """Every mutant's trial, in the order of the catalogue."""
    trials: dict[str, Trial] = {}
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("mutants"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
        console=console,
        disable=not console.is_terminal,
    )
    with progress, ThreadPoolExecutor(parallel) as pool:
        task = progress.add_task("", total=len(mutants), last="")
        running = [pool.submit(try_mutant, mutant, scratch) for mutant in mutants]
        for done in as_completed(running):
            trial = done.result()
            trials[trial.mutant.name] = trial
            progress.update(task, advance=1, last=trial.mutant.name)
            if not console.is_terminal:
                word = "caught" if trial.caught_by else "SURVIVED"
                console.print(f"{len(trials)}/{len(mutants)} {word}: {trial.mutant.name}", highlight=False)
    return [trials[mutant.name] for mutant in mutants]


def try_mutant(mutant: Mutant, scratch: Path) -> Trial:
    started = time.perf_counter()
    folder = scratch / mutant.name
    copy_project(folder / "project", mutant, scratch / RIGHT / "project")
    found: dict = {}
    accidents: list[str] = []
    for tests in (mutant.tests, SUITE):
        found = run_tests(folder, tests)
        accidents += found["accidents"]
        if found["caught_by"]:
            break
    shutil.rmtree(folder)
    return Trial(
        mutant,
        time.perf_counter() - started,
        found["caught_by"],
        by_first_choice=tests is mutant.tests,
        accidents=accidents,
    )


def objections_to_the_right_pipeline(trials: list[Trial], scratch: Path) -> list[str]:
    """The tests that caught a mutant but don't pass on the unmutated project either."""
    tests = sorted({trial.caught_by for trial in trials if trial.caught_by})
    if not tests:
        return []
    return sorted(set(tests) - set(run_tests(scratch / RIGHT, tests)["passed"]))


def run_tests(folder: Path, tests: tuple[str, ...] | list[str]) -> dict:
    """What the plugin noted in the copy below `folder`."""
    project, verdict = folder / "project", folder / "verdict.json"
    verdict.unlink(missing_ok=True)
    environment = os.environ | {
        VERDICT_FILE: str(verdict),
        "PYTHONPATH": str(project),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        # A skip is a matter of the machine, not of the mutant.
        "CI": "",
    }
    command = [sys.executable, *PYTEST, f"--basetemp={folder / 'tmp'}", *tests]
    try:
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT
        )
        last_words = (done.stdout + done.stderr).strip().splitlines()[-1:]
    except subprocess.TimeoutExpired:
        last_words = [f"no end after {TIME_LIMIT} s"]
    if not verdict.exists():
        return {"caught_by": "", "passed": [], "accidents": ["the tests didn't run", *last_words]}
    found = json.loads(verdict.read_text(encoding="utf-8"))
    if found["elsewhere"]:
        raise RuntimeError(f"not the copy was tested: {', '.join(found['elsewhere'])}")
    return found


def show(console: Console, trials: list[Trial]) -> None:
    table = Table(show_lines=False)
    table.add_column("mutant", no_wrap=True)
    table.add_column("what is wrong", ratio=3)
    table.add_column("caught by", ratio=3, overflow="fold")
    table.add_column("s", justify="right")
    for trial in trials:
        caught = escape(in_words(trial.caught_by)) or "SURVIVED"
        if trial.caught_by and not trial.by_first_choice:
            caught += "\nfound by the whole suite only: name it in `tests`"
        table.add_row(
            trial.mutant.name,
            trial.mutant.wrong,
            caught,
            f"{trial.seconds:.0f}",
            style="" if trial.caught_by else "red",
        )
    console.print(table)


def in_words(test: str) -> str:
    """The test's file, and its name as the sentence it is."""
    file, _, name = test.partition("::")
    return f"{file.removeprefix('tests/')}\n{name.removeprefix('test_').replace('_', ' ')}" if test else ""


if __name__ == "__main__":
    raise SystemExit(main())
