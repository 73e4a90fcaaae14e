"""Maps of municipalities: tiles by municipality code, or outlines from a GeoJSON file where one is given.

Belongs here: where a municipality lies. Does not belong here: its number, its colour (`site_view`).

`tiles.csv` places the 98 municipalities of the 2007 reform on a grid, about where they lie: made for this
project, free of any geometry. A code that is not on the grid stands in a row of its own.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
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
    """Outlines of municipalities from GeoJSON: polygons in degrees (WGS 84) or metres (UTM).

    Raises:
        EnvironmentUnfit: the file is no GeoJSON of polygons with municipality codes.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        shapes: dict[str, list[list[tuple[float, float]]]] = {}
        for feature in features:
            code = _code(feature.get("properties") or {})
            if code:
                shapes.setdefault(code, []).extend(_rings(feature.get("geometry") or {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise EnvironmentUnfit(f"{path.name} is no GeoJSON of polygons") from None
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    if not points:
        raise EnvironmentUnfit(
            f"{path.name}: no polygon has a municipality code; known properties are {', '.join(CODE_KEYS)}"
        )
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    degrees = abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90
    squeeze = cos(radians((south + north) / 2)) if degrees else 1.0
    scale = SIZE / ((east - west) * squeeze or 1.0)

    def drawn(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
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


def _code(properties: dict[str, Any]) -> str:
    named = {name.lower(): value for name, value in properties.items()}
    return next((code_of(named[key]) for key in CODE_KEYS if named.get(key) not in (None, "")), "")


def _rings(geometry: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
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
