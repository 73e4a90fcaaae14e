"""Maps of municipalities: tiles by municipality code, or outlines from a GeoJSON file where one is given.

Belongs here: where a municipality lies. Does not belong here: its number, its colour (`site_view`).

`tiles.csv` places the 98 municipalities of the 2007 reform on a grid, about where they lie: made for this
project, free of any geometry. A code that is not on the grid stands in a row of its own.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path
from typing import Any

from schemas.errors import EnvironmentUnfit

TILES_FILE = Path(__file__).with_name("tiles.csv")
CODE_KEYS = ("kom", "kode", "komkode", "kommunekode", "lau_1", "area_id")
"""Properties in which public Danish outlines carry the municipality code, in any casing."""
SIZE = 600.0
DETAIL = 0.6
"""Width of the drawn map, and the detail that is dropped: less than a pixel."""
CODE = re.compile(r"0?[1-9]\d\d")
DENMARK = ((True, 7.0, 16.0, 54.0, 58.5), (False, 400_000.0, 950_000.0, 6_000_000.0, 6_450_000.0))
"""Whether in degrees; where Denmark lies west, east, south and north, with room around it."""
Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Tile:
    """A municipality's place on the grid; row and column from 1."""

    kom: str
    name: str
    row: int
    column: int


@dataclass(frozen=True)
class Outlines:
    """SVG paths by municipality code, in a drawing of `width` × `height`."""

    width: float
    height: float
    paths: dict[str, str]


@cache
def tiles() -> dict[str, Tile]:
    """The grid by municipality code without leading zeros."""
    with TILES_FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter=";")
        return {r["kom"]: Tile(r["kom"], r["name"], int(r["row"]), int(r["column"])) for r in rows}


def code_of(text: object) -> str:
    """The code as the grid has it: 0101 and 101 are the same municipality."""
    return str(text).strip().lstrip("0")


def read_outlines(path: Path) -> Outlines:
    """Outlines of municipalities from GeoJSON: polygons in degrees (WGS 84) or metres (UTM zone 32), each
    with a municipality code in one of `CODE_KEYS`. All of them or none: a municipality that is left out, or
    drawn in the wrong place, would look like one without numbers.

    Raises:
        EnvironmentUnfit: the file is no such GeoJSON; says what is wrong and how often, never a value.
    """

    def no_number(_: str) -> float:
        raise ValueError

    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=no_number)["features"]
        read = [
            (_code(feature.get("properties") or {}), [*_rings(feature.get("geometry") or {})])
            for feature in features
        ]
    except OSError:
        raise _unfit(path, "can't be read") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise _unfit(path, "is no GeoJSON of polygons with numbers as coordinates") from None
    if not read:
        raise _unfit(path, "has no features")
    for count, what in (
        (sum(code is None for code, _ in read), f"without a municipality code in {', '.join(CODE_KEYS)}"),
        (
            sum(code is not None and not CODE.fullmatch(code) for code, _ in read),
            "whose municipality code is not three digits, with or without a zero before them",
        ),
        (sum(not rings for _, rings in read), "that are no polygon"),
    ):
        if count:
            raise _unfit(path, f"{count} of {len(read)} features {what}")
    shapes: dict[str, list[Ring]] = {}
    for code, rings in read:
        shapes.setdefault(code_of(code), []).extend(rings)
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    degrees = next(
        (
            degrees
            for degrees, low_x, high_x, low_y, high_y in DENMARK
            if low_x <= west and east <= high_x and low_y <= south and north <= high_y
        ),
        None,
    )
    if degrees is None:
        raise _unfit(
            path,
            "its coordinates do not lie in Denmark, neither in degrees (WGS 84, longitude first) nor in "
            "metres (UTM zone 32)",
        )
    squeeze = cos(radians((south + north) / 2)) if degrees else 1.0
    scale = SIZE / ((east - west) * squeeze or 1.0)

    def drawn(ring: Ring) -> Ring:
        return _simplified(_thinned([((x - west) * squeeze * scale, (north - y) * scale) for x, y in ring]))

    paths = {
        code: "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) + "Z"
            for ring in rings
            if len(line := drawn(ring)) > 2
        )
        for code, rings in sorted(shapes.items())
    }
    return Outlines(SIZE, round((north - south) * scale, 1), paths)


def check_codes(outlines: Outlines, path: Path, codes: Iterable[str]) -> None:
    """Raises EnvironmentUnfit where none of the municipalities that have these codes is drawn."""
    if not outlines.paths.keys() & set(codes):
        raise _unfit(path, "no feature has the code of a municipality of this release")


def _unfit(path: Path, what: str) -> EnvironmentUnfit:
    return EnvironmentUnfit(f"{path.name}, the outlines for the map: {what}; see docs/releasing.md.")


def _code(properties: dict[str, Any]) -> str | None:
    """What stands for the municipality's code, as text; None where there is nothing."""
    named = {name.lower(): value for name, value in properties.items()}
    return next((str(named[key]).strip() for key in CODE_KEYS if named.get(key) not in (None, "")), None)


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(kind), [])
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _thinned(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that follow closer than half the detail: public outlines have a point every metre."""
    kept = line[:1]
    for x, y in line[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > DETAIL / 2:
            kept.append((x, y))
    return [*kept, line[-1]] if kept and kept[-1] != line[-1] else kept


def _simplified(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Douglas and Peucker's line without points closer than `DETAIL` to it; a ring is cut at its far side."""
    if len(line) < 4:
        return []
    far = max(range(len(line)), key=lambda i: (line[i][0] - line[0][0]) ** 2 + (line[i][1] - line[0][1]) ** 2)
    kept = {0, far, len(line) - 1}
    work = [(0, far), (far, len(line) - 1)]
    while work:
        first, last = work.pop()
        (x1, y1), (x2, y2) = line[first], line[last]
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1e-9
        best, at = 0.0, -1
        for i in range(first + 1, last):
            x, y = line[i]
            distance = abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
            if distance > best:
                best, at = distance, i
        if best > DETAIL:
            kept.add(at)
            work += [(first, at), (at, last)]
    return [line[i] for i in sorted(kept)]
