"""Charts: matplotlib artists on a bare figure, measured in millimetres, as reproducible SVG.

Belongs here: drawing. One accent colour; meaning never rests on colour alone; every value has its label.
Does not belong here: what the values are (`model`), what they are called (`texts`), alt texts (`view`).

No axes, ticks or legends: a figure with a handful of artists draws five times as fast as one with axes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from reports import fonts
from reports.numbers import decimal

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font
    from matplotlib.path import Path

ACCENT = "#0b5c7f"
ACCENT_TINT = "#cfe2ea"
INK = "#1c1c1c"
GREY = "#6b6b6b"
BAR_GREY = "#9a9a9a"
LINE = "#d4d4d4"
COMPARISON_ROW = 7.8
SIZE = 9.0  # points, the smallest text of a report
MM = 1 / 25.4
POINT = 25.4 / 72


@dataclass(frozen=True)
class Bar:
    """A share in percent; None = hidden. `kind`: area (accent), other (grey), benchmark (outline)."""

    name: str
    label: str
    share_pct: float | None
    low_pct: float | None = None
    high_pct: float | None = None
    kind: str = "other"


@dataclass(frozen=True)
class Point:
    """One date of a development: `label` stands at the value, or in its place where there is none."""

    day: date
    tick: str
    label: str
    share_pct: float | None
    low_pct: float | None = None
    high_pct: float | None = None


class Canvas:
    """A figure with the origin top left and millimetres both ways."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width * MM, height * MM))
        FigureCanvasSVG(self.figure)
        self.figure.patch.set_visible(False)
        self.space = Affine2D().scale(MM, -MM).translate(0, height * MM) + self.figure.dpi_scale_trans

    def _add(self, artist) -> None:
        artist.set(transform=self.space, zorder=len(self.figure.artists))  # painted in the order of the calls
        self.figure.add_artist(artist, clip=False)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, edge: str = "none", **style) -> None:
        from matplotlib.patches import Polygon

        self._add(Polygon(points, closed=True, facecolor=fill, edgecolor=edge, **{"linewidth": 0.7, **style}))

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none", **style
    ) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygon(corners, fill, edge, **style)

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float = 0.7, **style) -> None:
        from matplotlib.lines import Line2D

        xs, ys = zip(*points, strict=True)
        self._add(Line2D(xs, ys, color=color, linewidth=width, **style))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        color: str = INK,
        cut: str = "regular",
        ha: str = "left",
        turned: bool = False,
        backed: bool = False,
    ) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.transforms import Affine2D

        room = text_width(text, cut)
        if backed:
            self.rect(x - room / 2 if ha == "center" else x, y - 1.6, room, 3.2, "white")
        shift = {"left": 0.0, "center": -room / 2, "right": -room}["center" if turned else ha]
        # A third of the size below the middle: a centred box would move with descenders.
        place = Affine2D().translate(shift, SIZE * POINT * 0.33)
        if turned:
            place = place.rotate_deg(-90)
        path = place.translate(x, y).transform_path(_outline(text, cut))
        self._add(PathPatch(path, facecolor=color, linewidth=0))

    def svg(self) -> str:
        import matplotlib

        out = io.StringIO()
        with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "femfaktor"}):
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


@lru_cache(maxsize=4096)
def _outline(text: str, cut: str) -> Path:
    """The text as a path in millimetres, baseline at 0, y down. Cached: labels repeat from page to page.

    Set as plain text: matplotlib's own text would read $…$ in a name as mathematics.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import text_to_path

    font = FontProperties(fname=str(fonts.font_file(cut)), size=SIZE)
    vertices, codes = text_to_path.get_text_path(font, text, ismath=False)
    if not len(vertices):
        return Path([(0.0, 0.0)])
    scale = SIZE * POINT / text_to_path.FONT_SCALE
    return Path([(x * scale, -y * scale) for x, y in vertices], codes)


@cache
def _advance(char: str, cut: str) -> float:
    return _font(cut).load_char(ord(char)).linearHoriAdvance / 65536 * POINT


@cache
def _font(cut: str) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(fonts.font_file(cut)))
    font.set_size(SIZE, 72)
    return font


def text_width(text: str, cut: str = "regular") -> float:
    """Width in millimetres at the charts' text size, without kerning."""
    return sum(_advance(char, cut) for char in text)


def wrapped(text: str, width: float, lines: int = 2, cut: str = "regular") -> list[str]:
    """`text` in at most `lines` lines of `width` millimetres; what does not fit ends in …"""
    rows: list[str] = []
    rest = text
    while rest and len(rows) < lines:
        if text_width(rest, cut) <= width:
            return [*rows, rest]
        last = len(rows) == lines - 1
        room = width - (text_width("…", cut) if last else 0)
        end = next(n for n in range(len(rest)) if text_width(rest[: n + 1], cut) > room)
        space = rest.rfind(" ", 0, end + 1)
        cut_at = space if space > 0 else max(end, 1)
        rows.append(rest[:cut_at].rstrip() + ("…" if last else ""))
        rest = rest[cut_at:].lstrip()
    return rows


def comparison(bars: Sequence[Bar], width: float) -> str:
    """Horizontal bars, one per unit, with interval where there is one. Height follows from the bars."""
    row, names, scale_gap = COMPARISON_ROW, width * 0.51, 2.0
    canvas = Canvas(width, row * len(bars))
    left = names + scale_gap
    per_point = _scale(bars, width - left)
    for i, bar in enumerate(bars):
        y = row * (i + 0.5)
        own = bar.kind == "area"
        cut = "semibold" if own else "regular"
        lines = wrapped(bar.name, names, cut=cut)
        for n, text in enumerate(lines):
            canvas.text(0, y + (n - (len(lines) - 1) / 2) * 3.6, text, INK, cut)
        if bar.share_pct is None:
            _hidden(canvas, left, y, bar.label)
            continue
        end = left + bar.share_pct * per_point
        fill, edge = {"area": (ACCENT, "none"), "other": (BAR_GREY, "none")}.get(bar.kind, ("white", GREY))
        canvas.rect(left, y - 2.1, end - left, 4.2, fill, edge)
        if bar.low_pct is not None and bar.high_pct is not None:
            _whisker(canvas, left + bar.low_pct * per_point, left + bar.high_pct * per_point, y)
            end = max(end, left + bar.high_pct * per_point)
        canvas.text(end + 1.5, y, bar.label, INK, cut)
    canvas.line([(left, 0.6), (left, row * len(bars) - 0.6)], GREY, 0.7)
    return canvas.svg()


def _scale(bars: Sequence[Bar], width: float) -> float:
    """Millimetres per point, so that every bar and the label at its end fit in `width`."""
    ends = [(b.high_pct or b.share_pct, b.label) for b in bars if b.share_pct is not None]
    return min(
        [(width - text_width(label, "semibold") - 3.5) / max(end or 0.0, 10.0) for end, label in ends]
        or [1.0]
    )


def _whisker(canvas: Canvas, low: float, high: float, y: float) -> None:
    for color, weight in (("white", 2.6), (INK, 1.0)):
        canvas.line([(low, y), (high, y)], color, weight)
        for x in (low, high):
            canvas.line([(x, y - 1.1), (x, y + 1.1)], color, weight)


def _hidden(canvas: Canvas, x: float, y: float, label: str) -> None:
    """A dotted box instead of a bar: something is there, its length is not told."""
    width = text_width(label, "italic") + 3
    canvas.rect(x + 0.8, y - 2.1, width, 4.2, "white", BAR_GREY, linestyle=(0, (1.5, 1.5)))
    canvas.text(x + 2.3, y, label, GREY, "italic")


def factor_bars(rows: Sequence[tuple[Bar, Bar | None]], width: float, row: float) -> str:
    """Two bars a row, the area's and the municipality's, beside a table whose rows are `row` mm high."""
    canvas = Canvas(width, row * len(rows))
    per_point = _scale([bar for pair in rows for bar in pair if bar], width)
    for i, pair in enumerate(rows):
        top = row * i
        offsets = (0.30, 0.77) if pair[1] is not None else (0.5, 0.5)
        for bar, offset in zip(pair, offsets, strict=True):
            if bar is None:
                continue
            y, own = top + row * offset, bar.kind == "area"
            height = 3.6 if own else 1.4
            if bar.share_pct is None:
                _hidden(canvas, 0.3, y, bar.label)
                continue
            canvas.rect(0.3, y - height / 2, bar.share_pct * per_point, height, ACCENT if own else BAR_GREY)
            canvas.text(
                bar.share_pct * per_point + 1.8,
                y,
                bar.label,
                INK if own else GREY,
                "semibold" if own else "regular",
            )
    canvas.line([(0.3, 0.8), (0.3, row * len(rows) - 0.8)], GREY, 0.7)
    return canvas.svg()


def development(
    points: Sequence[Point], other: Sequence[Point], other_name: str, width: float, height: float
) -> str:
    """The share over the dates, its interval as a band; gaps stay gaps and say why. `other`: a thin line."""
    canvas = Canvas(width, height)
    left, top, bottom = 9.0, 5.0, height - 6.0
    right = width - (text_width(points[-1].label, "semibold") / 2 + 3)
    shares = [p.high_pct or p.share_pct or 0.0 for p in points] + [p.share_pct or 0.0 for p in other]
    ceiling = next(c for c in (10, 20, 30, 40, 50, 60, 80, 100) if c >= min(max(shares) * 1.05, 100.0))
    days = [p.day.toordinal() for p in points]
    inner_left, inner_right = left + 7.0, right - 4.0

    def x_of(point: Point) -> float:
        if days[0] == days[-1]:
            return (inner_left + inner_right) / 2
        return inner_left + (point.day.toordinal() - days[0]) / (days[-1] - days[0]) * (
            inner_right - inner_left
        )

    def y_of(share: float) -> float:
        return bottom - min(share, ceiling) / ceiling * (bottom - top)

    for step in (0, ceiling / 2, ceiling):
        canvas.line([(left, y_of(step)), (width, y_of(step))], LINE if step else GREY, 0.6)
        canvas.text(left - 1.5, y_of(step), decimal(step), GREY, ha="right")
    for point in points:
        if point.share_pct is None:
            x, middle, room = x_of(point), (top + bottom) / 2, text_width(point.label, "italic") + 3
            canvas.line([(x, top), (x, bottom)], BAR_GREY, 0.7, linestyle=(0, (1.5, 2.0)))
            canvas.rect(x - 2, middle - room / 2, 4, room, "white")
            canvas.text(x, middle, point.label, GREY, "italic", turned=True)
    for run in _runs(points):
        band = [
            (x_of(p), p.low_pct, p.high_pct) for p in run if p.low_pct is not None and p.high_pct is not None
        ]
        if len(band) > 1:
            upper = [(x, y_of(high)) for x, _, high in band]
            lower = [(x, y_of(low)) for x, low, _ in reversed(band)]
            canvas.polygon(upper + lower, ACCENT_TINT)
        elif band:
            x, low, high = band[0]
            canvas.rect(x - 1.5, y_of(high), 3.0, y_of(low) - y_of(high), ACCENT_TINT)
    for run in _runs(other):
        canvas.line(
            [(x_of(p), y_of(p.share_pct or 0.0)) for p in run], BAR_GREY, 1.0, marker="o", markersize=2.2
        )
    named = next((p for p in other if p.share_pct is not None), None)
    if named is not None and named.share_pct is not None:
        y = y_of(named.share_pct)
        canvas.text(x_of(named) - 2, y - 3.2 if y - 3.2 > top else y + 3.2, other_name, GREY, backed=True)
    for run in _runs(points):
        line = [(x_of(p), y_of(p.share_pct or 0.0)) for p in run]
        canvas.line(line, ACCENT, 1.8, marker="o", markersize=4, markerfacecolor="white", markeredgewidth=1.4)
    last = max((i for i, p in enumerate(points) if p.share_pct is not None), default=-1)
    every = 1 if len(points) <= 7 else len(points)
    for i, point in enumerate(points):
        x, chosen = x_of(point), (len(points) - 1 - i) % every == 0 or i in (0, last)
        if chosen or len(points) <= 10:
            canvas.text(x, bottom + 4.0, point.tick, INK, ha="center")
        if point.share_pct is not None and chosen:
            above = max(point.share_pct, point.high_pct or 0.0)
            canvas.text(x, y_of(above) - 2.6, point.label, ACCENT, "semibold", ha="center", backed=True)
    return canvas.svg()


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Stretches of dates with a value, no more than a year and a bit apart: lines never bridge a gap."""
    runs: list[list[Point]] = []
    previous: Point | None = None
    for point in points:
        if point.share_pct is None:
            previous = None
            continue
        if previous is None or (point.day - previous.day).days > 400:
            runs.append([])
        runs[-1].append(point)
        previous = point
    return runs
