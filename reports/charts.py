"""Charts: drawn through matplotlib's SVG renderer, measured in millimetres, reproducible; one code for PDF,
HTML and PNG.

Belongs here: drawing. One accent colour; meaning never rests on colour alone; every value has its label where
it stands, so there is no legend to decode. Hidden is a dotted box with a word in it, never a length.
Does not belong here: what the values are (`model`), what they are called (`texts`), alt texts (`view`).

The renderer is called directly: figures, axes and text artists take ten to twenty times as long for the same
strokes, and charts are what a release waits for. Text stays text (`svg.fonttype: none`): a twentieth of the
size of outlines, and a reader of the file, also the audit, can read it. Whoever places a chart must have the
font (`fonts`).
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from reports import fonts
from reports.numbers import decimal

if TYPE_CHECKING:
    from matplotlib.backends.backend_svg import RendererSVG
    from matplotlib.ft2font import FT2Font
    from matplotlib.path import Path

ACCENT = "#0b5c7f"
ACCENT_TINT = "#c5dce6"
INK = "#1c1c1c"
GREY = "#595959"
BAR_GREY = "#9a9a9a"
LINE = "#d4d4d4"
SIZE = 9.0  # points, the smallest text of a report
POINT = 25.4 / 72
WEIGHTS = {"regular": 400, "italic": 400, "semibold": 600, "bold": 700}
DOTTED, DASHED = (0.0, (1.2, 1.2)), (0.0, (3.0, 2.0))
COMPARISON_ROW, FACTOR_ROW, COUNT_ROW = 5.4, 6.2, 4.6


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
    """One date of a development: `label` stands at the value, or in its place where there is none.

    `mark`: what breaks the series just before this date, in a word or two.
    """

    day: date
    tick: str
    label: str
    share_pct: float | None
    low_pct: float | None = None
    high_pct: float | None = None
    mark: str = ""


@dataclass(frozen=True)
class Count:
    """A number of children as a bar; None = hidden. `strong`: in the accent colour."""

    name: str
    label: str
    children: int | None
    strong: bool = False


class Canvas:
    """A drawing with the origin top left and millimetres both ways; painted in the order of the calls."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.transforms import Affine2D

        self.width, self.height = width, height
        self._strokes: list[Callable[[RendererSVG], None]] = []
        self._space = Affine2D().scale(1 / POINT, -1 / POINT).translate(0, height / POINT)

    def _path(self, points, *, fill=None, edge=None, stroke=0.7, dash=None, closed=False) -> None:
        from matplotlib.path import Path

        vertices = [*points, points[0]] if closed else points
        self._draw(Path(vertices, closed=closed), fill, edge, stroke, dash)

    def _draw(self, path: Path, fill: str | None, edge: str | None, stroke: float, dash=None) -> None:
        from matplotlib.colors import to_rgba

        def draw(to: RendererSVG) -> None:
            gc = to.new_gc()
            gc.set_linewidth(stroke if edge else 0)
            gc.set_joinstyle("round")
            if edge:
                gc.set_foreground(edge)
                if dash:
                    gc.set_dashes(*dash)
            to.draw_path(gc, path, self._space, to_rgba(fill) if fill is not None else None)

        self._strokes.append(draw)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, edge: str | None = None, **style):
        self._path(points, fill=fill, edge=edge, closed=True, **style)

    def rect(self, x: float, y: float, width: float, height: float, fill: str, edge: str | None = None, **s):
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], fill, edge, **s)

    def line(self, points: Sequence[tuple[float, float]], color: str, width: float = 0.7, dash=None) -> None:
        self._path(points, edge=color, stroke=width, dash=dash)

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str, width: float = 1.2) -> None:
        from matplotlib.path import Path
        from matplotlib.transforms import Affine2D

        circle = Affine2D().scale(radius).translate(x, y).transform_path(Path.unit_circle())
        self._draw(circle, fill, edge, width)

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
        """`text` with its middle at `y`: a third of the size below it lies the baseline."""
        room = text_width(text, cut)
        x -= {"left": 0.0, "center": room / 2, "right": room}["left" if turned else ha]
        if backed:
            self.rect(x - 0.4, y - 1.6, room + 0.8, 3.3, "white")
        drop = SIZE * POINT * 0.33
        x, y = (x + drop, y + room / 2) if turned else (x, y + drop)

        def draw(to: RendererSVG) -> None:
            gc = to.new_gc()
            gc.set_foreground(color)
            to.draw_text(gc, x / POINT, y / POINT, text, _properties(cut), 90 if turned else 0)

        self._strokes.append(draw)

    def svg(self) -> str:
        """The drawing without XML prologue, metadata and global style: as it may stand inside a page."""
        import matplotlib
        from matplotlib.backends.backend_svg import RendererSVG

        out = io.StringIO()
        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "femfaktor"}):
            renderer = RendererSVG(
                self.width / POINT, self.height / POINT, out, metadata={"Date": None, "Creator": None}
            )
            for draw in self._strokes:
                draw(renderer)
            renderer.finalize()
        text = out.getvalue()
        text = text[text.index("<svg") :]
        return re.sub(r"\s*<(metadata|defs)>.*?</\1>", "", text, flags=re.DOTALL)


@cache
def _properties(cut: str):
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(str(fonts.font_file(cut)))
    return FontProperties(
        family=fonts.FAMILY, size=SIZE, weight=WEIGHTS[cut], style="italic" if cut == "italic" else "normal"
    )


@cache
def _advance(char: str, cut: str) -> float:
    if fonts.drawable(char) != char:
        return SIZE * POINT  # set in another font on a web page, about as wide as it is high
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


def clipped(text: str, width: float, cut: str = "regular") -> str:
    """`text` in one line of `width` millimetres; what does not fit ends in …, never inside a number."""
    if text_width(text, cut) <= width:
        return text
    room = width - text_width("…", cut)
    kept = next(n for n in range(len(text)) if text_width(text[: n + 1], cut) > room)
    if text[kept : kept + 1].isdigit():
        return f"{text[:kept].rstrip('0123456789.,').rstrip()}…"
    return f"{text[:kept].rstrip()}…"


def shortened(text: str, width: float, cut: str = "regular") -> str:
    """`text` in one line of `width` millimetres: a long one keeps its beginning and its last words, and what
    is left out between them is one …, never inside a number.
    """
    if text_width(text, cut) <= width:
        return text
    words, end = text.split(" "), ""
    while len(words) > 1 and text_width(f"… {words[-1]} {end}".rstrip(), cut) <= width / 3:
        end = f"{words.pop()} {end}".rstrip()
    if not end:
        return clipped(text, width, cut)
    begin = clipped(" ".join(words), width - text_width(f" {end}", cut), cut)
    return f"{begin} {end}" if begin.endswith("…") else f"{begin} … {end}"


def _hidden(canvas: Canvas, x: float, y: float, label: str, height: float = 4.0) -> None:
    """A dotted box instead of a bar: something is there, its length is not told."""
    width = text_width(label, "italic") + 3
    canvas.rect(x, y - height / 2, width, height, "white", GREY, dash=DOTTED)
    canvas.text(x + 1.5, y, label, GREY, "italic")


def _whisker(canvas: Canvas, low: float, high: float, y: float) -> None:
    for color, weight in (("white", 2.8), (INK, 1.1)):
        canvas.line([(low, y), (high, y)], color, weight)
        for x in (low, high):
            canvas.line([(x, y - 1.1), (x, y + 1.1)], color, weight)


def _ceiling(shares: Sequence[float]) -> int:
    top = min(max([*shares, 0.0]) * 1.05, 100.0)
    return next(c for c in (10, 20, 30, 40, 50, 60, 80, 100) if c >= top)


def interval(bar: Bar, others: Sequence[Bar], width: float) -> str:
    """The key figure on a scale: where the level may lie (band), the share (dot), others as ticks above."""
    canvas = Canvas(width, 19.0)
    known = [b for b in (bar, *others) if b.share_pct is not None]
    ceiling = _ceiling([b.high_pct or b.share_pct or 0.0 for b in known])
    left, right, y = 1.5, width - 6.0, 11.2
    zero = text_width("0") / 2

    def x_of(share: float) -> float:
        return left + zero + min(share, ceiling) / ceiling * (right - left - zero)

    canvas.line([(x_of(0), y), (x_of(ceiling), y)], BAR_GREY, 0.8)
    for step in (0, ceiling / 2, ceiling):
        canvas.line([(x_of(step), y - 1), (x_of(step), y + 1)], BAR_GREY, 0.8)
        label = decimal(step)
        canvas.text(x_of(step), y + 5.2, label, GREY, ha="center")
    if bar.share_pct is None:
        _hidden(canvas, x_of(0) + 2, y, bar.label)
    else:
        if bar.low_pct is not None and bar.high_pct is not None:
            low, high = x_of(bar.low_pct), x_of(bar.high_pct)
            canvas.rect(low, y - 2.3, max(high - low, 0.6), 4.6, ACCENT_TINT, ACCENT, stroke=0.6)
        canvas.dot(x_of(bar.share_pct), y, 1.5, ACCENT, "white", 0.8)
    end = -1.0
    for other in sorted((o for o in others if o.share_pct is not None), key=lambda o: o.share_pct or 0.0):
        x, room = x_of(other.share_pct or 0.0), text_width(other.label)
        start = min(max(x - room / 2, end + 2), width - room)
        canvas.line([(x, y - 4.6), (x, y + 1.6)], INK, 1.1)
        canvas.text(start, y - 7.0, other.label, INK)
        end = start + room
    return canvas.svg()


def comparison(bars: Sequence[Bar], width: float) -> str:
    """Horizontal bars, one per unit, with interval where there is one. Height follows from the bars."""
    row, names = COMPARISON_ROW, width * 0.50
    canvas = Canvas(width, row * len(bars))
    left = names + 1.5
    per_point = _scale(bars, width - left)
    for i, bar in enumerate(bars):
        y, own = row * (i + 0.5), bar.kind == "area"
        cut = "semibold" if own else "regular"
        canvas.text(names, y, shortened(bar.name, names, cut), INK, cut, ha="right")
        if bar.share_pct is None:
            _hidden(canvas, left + 0.8, y, bar.label)
            continue
        end = left + bar.share_pct * per_point
        fill, edge = {"area": (ACCENT, None), "other": (BAR_GREY, None)}.get(bar.kind, ("white", GREY))
        canvas.rect(left, y - 1.9, max(end - left, 0.3), 3.8, fill, edge)
        if bar.low_pct is not None and bar.high_pct is not None:
            _whisker(canvas, left + bar.low_pct * per_point, left + bar.high_pct * per_point, y)
            end = max(end, left + bar.high_pct * per_point)
        canvas.text(end + 1.5, y, bar.label, INK, cut)
    canvas.line([(left, 0.6), (left, row * len(bars) - 0.6)], GREY, 0.8)
    return canvas.svg()


def _scale(bars: Sequence[Bar], width: float) -> float:
    """Millimetres per point, so that every bar and the label at its end fit in `width`."""
    ends = [(b.high_pct or b.share_pct, b.label) for b in bars if b.share_pct is not None]
    return min(
        [(width - text_width(label, "semibold") - 3.0) / max(end or 0.0, 10.0) for end, label in ends]
        or [1.0]
    )


def factor_dots(
    rows: Sequence[tuple[Bar, Bar | None]], width: float, own_name: str, other_name: str, names: float = 0.0
) -> str:
    """Per factor the unit's share (dot) and the other's (upright stroke) on one scale, 0 to 100.

    Numbers stand on the outer sides of the two, so they never meet; the first row with both names them.
    `names`: room for the factors' names, where no table beside the chart has them.
    """
    top = 5.0
    canvas = Canvas(width, top + FACTOR_ROW * len(rows))
    margin = text_width("100", "semibold") + 3.0
    left, right = names + margin, width - margin

    def x_of(share: float) -> float:
        return left + share / 100 * (right - left)

    bottom = top + FACTOR_ROW * len(rows)
    for step in (0, 25, 50, 75, 100):
        canvas.line([(x_of(step), top), (x_of(step), bottom)], LINE if step else BAR_GREY, 0.6)
    named = next(
        (i for i, (a, b) in enumerate(rows) if b and a.share_pct is not None and b.share_pct is not None),
        None,
    )
    for i, (own, other) in enumerate(rows):
        y = top + FACTOR_ROW * (i + 0.5)
        if names:
            canvas.text(0, y, clipped(own.name, names), INK)
        a, b = own.share_pct, other.share_pct if other else None
        if a is not None and b is not None:
            canvas.line([(x_of(b), y), (x_of(a), y)], ACCENT_TINT, 3.0)
        own_right = b is None or a is None or a >= b
        if b is not None and other is not None:
            _beside(canvas, x_of(b), y, other.label, GREY, "regular", right=not own_right)
        if a is None:
            _hidden(canvas, x_of(b or 0.0) + (4.0 if b is not None else 1.0), y, own.label)
        else:
            canvas.dot(x_of(a), y, 1.6, ACCENT, "white", 0.6)
            _beside(canvas, x_of(a), y, own.label, ACCENT, "semibold", right=own_right)
        if b is not None:
            # Over the dot: alike shares must not hide one another.
            for color, weight in (("white", 3.2), (INK, 1.3)):
                canvas.line([(x_of(b), y - 2.1), (x_of(b), y + 2.1)], color, weight)
        if i == named and a is not None and b is not None:
            first, second = sorted(((a, own_name, ACCENT, "semibold"), (b, other_name, GREY, "regular")))
            start = x_of(first[0])
            room = text_width(first[1], first[3])
            x = max(names, min(start - room / 2, x_of(second[0]) - room - 2))
            canvas.text(x, top - 2.6, first[1], first[2], first[3])
            x = min(max(x_of(second[0]) - 1, x + room + 3), width - text_width(second[1], second[3]))
            canvas.text(x, top - 2.6, second[1], second[2], second[3])
    return canvas.svg()


def _beside(canvas: Canvas, x: float, y: float, label: str, color: str, cut: str, *, right: bool) -> None:
    if right:
        canvas.text(x + 2.6, y, label, color, cut, backed=True)
    else:
        canvas.text(x - 2.6, y, label, color, cut, ha="right", backed=True)


def counts(rows: Sequence[Count], width: float, names: float) -> str:
    """Numbers of children as bars; the longest bar leaves room for its label."""
    canvas = Canvas(width, COUNT_ROW * len(rows))
    left = names + 1.5
    shown = [r for r in rows if r.children is not None]
    per_child = min(
        [(width - left - text_width(r.label, "semibold") - 2.5) / max(r.children or 0, 1) for r in shown]
        or [1.0]
    )
    for i, row in enumerate(rows):
        y, cut = COUNT_ROW * (i + 0.5), "semibold" if row.strong else "regular"
        canvas.text(names, y, row.name, INK, cut, ha="right")
        if row.children is None:
            _hidden(canvas, left + 0.8, y, row.label)
            continue
        length = row.children * per_child
        if length:
            canvas.rect(left, y - 1.7, length, 3.4, ACCENT if row.strong else BAR_GREY)
        canvas.text(left + length + 1.3, y, row.label, INK, cut)
    canvas.line([(left, 0.5), (left, COUNT_ROW * len(rows) - 0.5)], GREY, 0.8)
    return canvas.svg()


def development(
    points: Sequence[Point], other: Sequence[Point], other_name: str, width: float, height: float
) -> str:
    """The share over the dates, its interval as a band; gaps stay gaps and say why. `other`: a thin line."""
    canvas = Canvas(width, height)
    left, right, bottom = 7.0, width - 1.0, height - 5.4
    shares = [value for p in points for value in (p.share_pct, p.high_pct) if value is not None]
    shares += [p.share_pct for p in other if p.share_pct is not None]
    ceiling = _ceiling(shares)
    days = [p.day.toordinal() for p in points]
    inner_left, inner_right = left + 6.5, right - 6.5

    def x_of(point: Point) -> float:
        if days[0] == days[-1]:
            return (inner_left + inner_right) / 2
        share = (point.day.toordinal() - days[0]) / (days[-1] - days[0])
        return inner_left + share * (inner_right - inner_left)

    marks = [
        _Mark((x_of(before) + x_of(point)) / 2, point.mark)
        for before, point in itertools.pairwise(points)
        if point.mark
    ]
    lanes = _lanes(marks, right)
    top = 5.0 + MARK_ROW * max(len(lanes) - 1, 0)

    def y_of(share: float) -> float:
        return bottom - min(share, ceiling) / ceiling * (bottom - top)

    for step in (0, ceiling / 2, ceiling) if shares else (0,):
        canvas.line([(left, y_of(step)), (right, y_of(step))], LINE if step else GREY, 0.6)
        canvas.text(left - 1.5, y_of(step), decimal(step), GREY, ha="right")
    for run in _runs(points):
        band = [
            (x_of(p), p.low_pct, p.high_pct) for p in run if p.low_pct is not None and p.high_pct is not None
        ]
        if len(band) > 1:
            upper = [(x, y_of(high)) for x, _, high in band]
            canvas.polygon(upper + [(x, y_of(low)) for x, low, _ in reversed(band)], ACCENT_TINT)
        elif band:
            x, low, high = band[0]
            canvas.rect(x - 1.5, y_of(high), 3.0, y_of(low) - y_of(high), ACCENT_TINT)
    for lane, entries in enumerate(lanes):
        for mark in entries:
            canvas.line([(mark.x, top - 1.5 - MARK_ROW * lane), (mark.x, bottom)], INK, 0.8, DASHED)
    for lane, entries in enumerate(lanes):
        for mark in entries:
            start, y = mark.start(right), top - 3.2 - MARK_ROW * lane
            canvas.text(start, y, mark.text, INK, "italic", backed=True)
    for run in _runs(other):
        canvas.line([(x_of(p), y_of(p.share_pct or 0.0)) for p in run], GREY, 1.0, DASHED)
        for p in run:
            canvas.dot(x_of(p), y_of(p.share_pct or 0.0), 0.7, "white", GREY, 0.8)
    for run in _runs(points):
        canvas.line([(x_of(p), y_of(p.share_pct or 0.0)) for p in run], ACCENT, 1.8)
        for p in run:
            canvas.dot(x_of(p), y_of(p.share_pct or 0.0), 1.0, "white", ACCENT, 1.4)
    there = {p.day: p.share_pct for p in other}
    taken: list[Box] = []
    for point in points:
        if point.share_pct is None:
            x, room = x_of(point), text_width(point.label, "italic") + 2
            middle = _beside_line(there.get(point.day), y_of, top, bottom, room)
            canvas.line([(x, top), (x, bottom)], BAR_GREY, 0.7, DOTTED)
            canvas.rect(x - 2, middle - room / 2, 4, room, "white")
            canvas.text(x, middle, point.label, GREY, "italic", turned=True)
            taken.append((x - 2.2, middle - room / 2, x + 2.2, middle + room / 2))
        else:
            high, low = point.high_pct or point.share_pct, point.low_pct or point.share_pct
            x, half = x_of(point), max(text_width(point.label, "semibold") / 2, 3.0)
            taken.append((x - half, y_of(high) - 4.2, x + half, y_of(low) + 1.5))
    _name_line(
        canvas,
        [(x_of(p), y_of(p.share_pct)) for p in other if p.share_pct is not None],
        other_name,
        (left, top, right, bottom),
        taken,
    )
    last = max((i for i, p in enumerate(points) if p.share_pct is not None), default=-1)
    first = min((i for i, p in enumerate(points) if p.share_pct is not None), default=-1)
    few = len(points) * 9.0 < width
    for i, point in enumerate(points):
        if few or (len(points) - 1 - i) % 2 == 0:
            canvas.text(x_of(point), bottom + 3.6, point.tick, INK, ha="center")
        if point.share_pct is not None and (few or i in (first, last)):
            # Clear of the interval, or of the dot where there is none.
            y = min(y_of(point.high_pct or 0.0) - 2.2, y_of(point.share_pct) - 3.2)
            canvas.text(x_of(point), y, point.label, ACCENT, "semibold", ha="center", backed=True)
    return canvas.svg()


MARK_ROW = 3.5
"""Millimetres between the rows of marks over a development."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class _Mark:
    """A break between two dates: where its line stands, and its word."""

    x: float
    text: str

    def start(self, right: float) -> float:
        """Where the word begins: over its line, but inside the drawing."""
        room = text_width(self.text, "italic")
        return max(0.5, min(self.x - room / 2, right - room))


def _lanes(marks: Sequence[_Mark], right: float) -> list[list[_Mark]]:
    """Rows of marks whose words don't meet, each mark in the lowest row that has room for it."""
    lanes: list[list[_Mark]] = []
    for mark in marks:
        for lane in lanes:
            if lane[-1].start(right) + text_width(lane[-1].text, "italic") + 1.5 < mark.start(right):
                lane.append(mark)
                break
        else:
            lanes.append([mark])
    return lanes


def _beside_line(
    share: float | None, y_of: Callable[[float], float], top: float, bottom: float, room: float
) -> float:
    """The middle of a word set upright, on the side of another line's value that has more room."""
    if share is None:
        return (top + bottom) / 2
    y = y_of(share)
    if y - top > bottom - y:
        return max((top + y) / 2 - 0.8, top + room / 2)
    return min((y + bottom) / 2 + 0.8, bottom - room / 2)


def _name_line(
    canvas: Canvas, line: Sequence[tuple[float, float]], name: str, inside: Box, taken: Sequence[Box]
) -> None:
    """A line's name over or under one of its points, where it meets as little as it can."""
    left, top, right, bottom = inside
    room = text_width(name)
    places = [
        (max(left + 0.5, min(x - 2, right - room)), y + away)
        for x, y in line
        for away in (-3.0, 3.0, -6.0, 6.0)
        if top < y + away < bottom - 1.5
    ]

    def met(place: tuple[float, float]) -> int:
        x, y = place
        return sum(a < x + room and x < c and b < y + 1.6 and y - 1.6 < d for a, b, c, d in taken)

    if places:
        canvas.text(*min(places, key=met), name, GREY, backed=True)


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Stretches of dates with a value, no more than a year and a bit apart and without a break: lines never
    bridge a gap.
    """
    runs: list[list[Point]] = []
    previous: Point | None = None
    for point in points:
        if point.share_pct is None:
            previous = None
            continue
        if previous is None or point.mark or (point.day - previous.day).days > 400:
            runs.append([])
        runs[-1].append(point)
        previous = point
    return runs
