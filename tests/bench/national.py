"""A night on the whole country, step by step: `make bench-national` (synthetic registers, one date).

Belongs here: making the registers, watching the run's processes from outside, the table. Does not belong
here: a limit; a machine's speed is no test.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.words import say

FEMFAKTOR = Path(sys.executable).with_name("femfaktor")
PAUSE = 0.2  # seconds between two looks at the processes
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Look:
    """What a process and those it started held at a moment."""

    at: float
    processor: float  # seconds since the start, of those that still run
    own: int  # bytes
    all: int


def _stat(process: int) -> tuple[int, float, int] | None:
    """Parent, processor seconds with those of ended children, resident bytes."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(map(int, fields[11:15])) / TICKS, int(fields[21]) * PAGE


def look_at(root: int) -> Look:
    stats = {int(path.name): _stat(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    family, grown = {root}, True
    while grown:
        more = {pid for pid, stat in stats.items() if stat and stat[0] in family} - family
        family |= more
        grown = bool(more)
    held = {pid: stat for pid in family if (stat := stats.get(pid))}
    own = held[root][2] if root in held else 0
    return Look(time.time(), sum(s[1] for s in held.values()), own, sum(s[2] for s in held.values()))


def watch(command: Sequence[str | Path], log: Path) -> list[Look]:
    """Run to the end and look all the time; CalledProcessError if it fails."""
    looks: list[Look] = []
    with log.open("w") as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=subprocess.STDOUT)
        ended = threading.Event()

        def keep_looking() -> None:
            while not ended.wait(PAUSE):
                looks.append(look_at(process.pid))

        watcher = threading.Thread(target=keep_looking)
        watcher.start()
        code = process.wait()
        ended.set()
        watcher.join()
    if code:
        say(log.read_text()[-2000:])
        raise subprocess.CalledProcessError(code, [str(part) for part in command])
    return looks


def _processor(looks: Sequence[Look], at: float) -> float:
    return max((look.processor for look in looks if look.at <= at), default=0)


def _line(name: str, looks: Sequence[Look], start: float, end: float) -> str:
    within = [look for look in looks if start - PAUSE <= look.at <= end + PAUSE]
    own, all = max(look.own for look in within), max(look.all for look in within)
    spent = _processor(looks, end + PAUSE) - _processor(looks, start)
    return f"| {name} | {end - start:.0f} | {spent:.0f} | {own / 1e9:.1f} | {all / 1e9:.1f} |"


def steps_of(home: Path) -> list[tuple[str, float, float]]:
    """Name, start and end of every step that ran in `home`, in order."""
    os.environ["DAGSTER_HOME"] = str(home / "dagster")
    from dagster import DagsterInstance

    with DagsterInstance.get() as instance:
        stats = [s for run in instance.get_runs() for s in instance.get_run_step_stats(run.run_id)]
    timed = [(s.step_key, s.start_time, s.end_time) for s in stats if s.start_time and s.end_time]
    return sorted(timed, key=lambda step: step[1])


def shares_of(home: Path) -> str:
    with duckdb.connect(home / "releases" / "latest" / "femfaktor.duckdb", read_only=True) as release:
        rows = release.sql(
            """
            SELECT level, count(share_pct), median(share_pct), min(share_pct), max(share_pct)
            FROM area_risk WHERE definition = 'sfi5-v1' GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
    head = "| level | shares | median | from | to |\n| --- | --- | --- | --- | --- |\n"
    return head + "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--persons", type=int, default=5_900_000)
    parser.add_argument("--home", type=Path, help="keep everything here; extracts found here are used")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="femfaktor-national-") as temporary:
        home = (options.home or Path(temporary)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        say("| step | seconds | processor seconds | peak GB, own process | peak GB, with those it starts |")
        say("| --- | --- | --- | --- | --- |")
        if not (home / "extracts").exists():
            synth = [FEMFAKTOR, "--home", home, "synth", "--persons", str(options.persons), "--years", "1"]
            looks = watch(synth, home / "synth.txt")
            say(_line("synth", looks, looks[0].at, looks[-1].at))
        subprocess.run([FEMFAKTOR, "--home", home, "init"], check=True, stdout=subprocess.DEVNULL)
        (home / "femfaktor.toml").write_text("[release]\nreference_years = 1\n", encoding="utf-8")
        looks = watch([FEMFAKTOR, "--home", home, "nightly"], home / "nightly.txt")
        for step in steps_of(home):
            say(_line(step[0], looks, step[1], step[2]))
        say(_line("the whole night", looks, looks[0].at, looks[-1].at))
        say(f"\n{shares_of(home)}")


if __name__ == "__main__":
    main()
