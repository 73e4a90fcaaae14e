"""What a fault is: what arrives, how it is planted, and what must come of it.

Belongs here: the declaration and the page rendered from the declarations (docs/faults.md).
Does not belong here: the faults (`cases/`), playing them (`play.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from synthetic_data.deliveries import Format
from tests.faults.delivery import FORMS, Delivered
from tests.faults.machine import render_troubles

CSV: tuple[Format, ...] = ("csv", "csv.gz")
PARQUET: tuple[Format, ...] = ("parquet", "yearly")


@dataclass(frozen=True)
class Said:
    """One message: register, column, rule (how it begins) and count."""

    register: str
    column: str
    rule: str
    count: int = 1


@dataclass(frozen=True)
class LeftAside:
    """What is counted and left aside without stopping the night."""

    register: str
    column: str
    rule: str
    count: int


@dataclass(frozen=True)
class Fault:
    """`name`: a sentence. `plant` puts it into a good delivery, in one of `forms`.

    Refused with `says` (exit 20), or, without, taken as it should be, with `leaves_aside`. `echoes`: what was
    planted and may be said nowhere. `needs_last_night`: can be seen only beside a good night before.
    """

    name: str
    arrives: str
    plant: Callable[[Delivered], None]
    says: tuple[Said, ...] = ()
    leaves_aside: tuple[LeftAside, ...] = ()
    forms: tuple[Format, ...] = FORMS
    echoes: tuple[str, ...] = ()
    needs_last_night: bool = False
    exit_code: int = 20
    """Of a refusal."""

    @property
    def exit(self) -> int:
        return self.exit_code if self.says else 0


@dataclass(frozen=True)
class Group:
    title: str
    about: str
    faults: tuple[Fault, ...]


_INTRO = """# Bad deliveries, and what comes of them

<!-- Rendered from tests/faults: don't edit. FEMFAKTOR_UPDATE_SNAPSHOT=1 and test_page.py there render it. -->

Every fault below is planted into a good delivery in its forms (hive and yearly Parquet, CSV, gzipped CSV, SAS
transport), on a first and on a later night: `make test` plays each once, `make faults` all of them, and one
of each group through the whole night with its real command.

**Refused** (exit 20): the last good release stays byte for byte, and the next good delivery goes on as if
nothing had happened. **Taken**: the night goes on with what can be used; what was left aside is counted. No
message, log or history holds a value.
"""


def render_page(groups: Iterable[Group]) -> str:
    """docs/faults.md, from the declarations."""
    lines = [_INTRO]
    for group in groups:
        lines += [f"## {group.title}", "", group.about, ""]
        lines += ["| what arrives | comes to | what is said |", "| --- | --- | --- |"]
        lines += [_row(fault) for fault in group.faults]
        lines.append("")
    return "\n".join([*lines, *render_troubles()])


def _row(fault: Fault) -> str:
    words = [
        f"`{'.'.join(part for part in (said.register, said.column) if part)}` {said.rule}: {said.count:,}"
        for said in (*fault.says, *fault.leaves_aside)
    ]
    outcome = f"refused ({fault.exit})" if fault.says else "taken, counted" if fault.leaves_aside else "taken"
    if fault.needs_last_night:
        outcome += ", beside the last good night"
    cells = (fault.arrives, outcome, "<br>".join(words))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
