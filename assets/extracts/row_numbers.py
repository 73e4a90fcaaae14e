"""Which rows of a delivery break which rule, for whoever corrects it at the source: in a file below
`private/` and nowhere else.

Belongs here: gathering row numbers and writing them. Does not belong here: finding the rows (the other
modules here), how long the file stays (`assets/retention.py`).

Register, status day, file, column, rule, row number; never a value. What is said elsewhere is counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from assets import files
from assets.home import name_vintage

ROW = " row"
"""In a frame: how many rows of the register year were read before this one."""
MOST = 1_000
"""So many row numbers a rule: more don't help to find the mistake."""


@dataclass
class RowNumbers:
    """Of one register and status day. Rows are noted by their place over all files, from 0."""

    register: str
    vintage: date | None
    _begins: list[tuple[str, int]] = field(default_factory=list)
    _found: list[tuple[str, str, list[int]]] = field(default_factory=list)

    @property
    def place(self) -> Path:
        """Below the folder of rejects."""
        return Path(self.register, f"{name_vintage(self.vintage)}.csv")

    def begin(self, file: str, at: int) -> None:
        """From the place `at` on rows are those of `file`."""
        self._begins.append((file, at))

    def note(self, column: str, rule: str, places: pl.Series | list[int]) -> None:
        self._found.append((column, rule, list(places[:MOST])))

    def knows(self, column: str, rule: str) -> bool:
        return any(found[:2] == (column, rule) and found[2] for found in self._found)

    def write(self, rejects: Path) -> bool:
        """Write what was noted, or remove what is there; whether there is anything."""
        lines = ["register;status_day;file;column;rule;row"]
        day = name_vintage(self.vintage)
        for column, rule, places in self._found:
            for place in sorted(places):
                file, first = next(each for each in reversed(self._begins) if each[1] <= place)
                lines.append(f"{self.register};{day};{file};{column};{rule};{place - first + 1}")
        target = rejects / self.place
        if len(lines) == 1:
            files.remove(target)
            return False
        files.make_folder(target.parent)
        files.write(target, "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig"))
        return True
