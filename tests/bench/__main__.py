"""`make bench`: score + aggregate 1 M persons, femfaktor against one hand-written DuckDB query.

Both do the whole job for one date and the default definition, from the same typed Parquet files on two
threads, and must come to the same counts. Timed in one process after a warm-up, in alternating runs, without
imports; peak memory in a process of its own each. Exit code 1 when femfaktor is the slower one, 2 when the
counts differ.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from tests.bench.contestants import read_wide, run_femfaktor, run_handwritten
from tests.bench.dataset import make_dataset
from tests.bench.words import say

AIM, LIMIT = 0.7, 1.0
CONTESTANTS = ("femfaktor", "handwritten")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--peak-of", choices=CONTESTANTS, help="run one once and print its peak memory in MB")
    options = parser.parse_args()
    folder = Path(tempfile.gettempdir()) / "femfaktor-bench" / str(options.persons)
    out = folder / "out"
    typed = make_dataset(folder, options.persons)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if options.peak_of:
        run_femfaktor(typed, out) if options.peak_of == "femfaktor" else run_handwritten(typed, out)
        say(str(own_peak()))
        return 0

    say(f"data: {options.persons:,} synthetic persons in {folder}")
    run_femfaktor(typed, out)
    handwritten = pl.read_parquet(run_handwritten(typed, out))
    try:
        assert_frame_equal(
            read_wide(out),
            only_published_ages(handwritten),
            check_column_order=False,
            check_row_order=False,
            check_dtypes=False,
        )
    except AssertionError:
        say("the two come to different counts")
        return 2
    say(f"same counts in {handwritten.height} areas and rests")

    say(f"{'run':>5} {'femfaktor':>10} {'DuckDB':>10} {'ratio':>7}   seconds")
    pairs = []
    for run in range(1, options.runs + 1):
        # Who goes first changes from run to run: a warm cache or a busy moment favours neither.
        order = ["a", "b"] if run % 2 else ["b", "a"]
        jobs = {"a": lambda: run_femfaktor(typed, out), "b": lambda: run_handwritten(typed, out)}
        took = {name: timed(jobs[name]) for name in order}
        pairs.append((took["a"], took["b"]))
        say(f"{run:>5} {took['a']:>10.2f} {took['b']:>10.2f} {took['a'] / took['b']:>7.2f}")
    ratio = statistics.median(a / b for a, b in pairs)
    a, b = (statistics.median(times) for times in zip(*pairs, strict=True))
    say(f"{'median':>6} {a:>9.2f} {b:>10.2f} {ratio:>7.2f}")
    memory = [peak(contestant, options.persons) for contestant in CONTESTANTS]
    say("peak memory: femfaktor {} MB, DuckDB {} MB".format(*memory))
    verdict = "aim met" if ratio <= AIM else "faster, aim missed" if ratio <= LIMIT else "SLOWER"
    say(f"ratio {ratio:.2f} (aim {AIM}, limit {LIMIT}): {verdict}")
    return 0 if ratio <= LIMIT else 1


def only_published_ages(wide):
    """Ages are counted from omraade upwards only: blank where femfaktor has none."""

    fine = (pl.col("level") == "afdeling") | (pl.col("child_level") == "afdeling")
    return wide.with_columns(pl.when(~fine.fill_null(False)).then(pl.col("^age_.*$")))


def timed(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def peak(contestant: str, persons: int) -> int:
    """Peak resident memory in MB, imports included, in a fresh process."""
    command = [sys.executable, "-m", "tests.bench", "--persons", str(persons), "--peak-of", contestant]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def own_peak() -> int:
    """VmHWM, not getrusage: ru_maxrss of a started process begins at what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


if __name__ == "__main__":
    raise SystemExit(main())
