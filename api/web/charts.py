"""Charts as geometry: what ``templates/charts.html`` draws as SVG.

Places along a chart are percent of its width, heights are pixels, so that text keeps its size on every screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log10

from api.web.numbers import shown_number
from corpus.errors import Language

BAR_HEIGHT, LINE_HEIGHT = 72.0, 200.0
"""Pixels between the foot and the top of what is drawn."""

WIDE, NARROW, WIDE_BARS = 520, 300, 700
"""Pixels that labels along a chart share on a desk, on a phone, and bars on a desk: what finds no room is left out."""

MOST_LINES = 8
"""Lines that one chart can tell apart: eight marks, without their colours."""

_LETTER = 7  # pixels of a letter of a label
_APART = 8  # pixels between labels
_FILLED = 0.75  # of the room of a bar
_WIDEST_BAR = 7.0  # percent: a few bars are no blocks
_LEAST_BAR = 2.0  # pixels: a bar that is not nothing is seen
_EDGE = 9.0  # percent of the width left free beside the first and last point
_TICKS = 4  # lines across that are wished for
_MARK = 5.0  # pixels from the middle of a point to its rim
_LINE = 15.0  # pixels of a line of text
_HIGHEST = 1e15  # what lies beyond is a slip of reading, and would press all the rest flat
_FLAT = 0.02  # of a value: less than that between the lowest and the highest is drawn as a level line
_NOTHING = 1e-9  # no goal of a plan differs by so little: it too is a level line, and its steps have logarithms


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar to draw: its label below, its value (not negative) and how that is told, where it leads, whether chosen."""

    label: str
    value: float
    shown: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar in its place: ``left``, ``width`` and ``middle`` in percent, ``top`` and ``height`` in pixels.

    ``wide`` and ``narrow``: whether its label finds room on a desk, on a phone.
    """

    bar: Bar
    left: float
    width: float
    middle: float
    top: float
    height: float
    wide: bool
    narrow: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars in their places; ``height``: pixels from the top to the foot on which they stand."""

    bars: tuple[DrawnBar, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A point to draw: ``label`` names its ``x`` ("2018"), ``shown`` its ``y`` ("82 %"); where it leads."""

    x: float
    y: float
    label: str
    shown: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Points that belong together, by ``x``, and their name."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class DrawnPoint:
    """A point in its place: ``left`` in percent, ``top`` in pixels.

    ``wide`` and ``narrow``: whether its value finds room on a desk, on a phone.
    """

    point: Point
    left: float
    top: float
    wide: bool
    narrow: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece of a line: percent of the width, pixels from the top."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line in its place; ``style`` counts from 0 and chooses mark and colour."""

    name: str
    style: int
    points: tuple[DrawnPoint, ...]
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across at a value."""

    value: float
    top: float

    def text(self, language: Language) -> str:
        """The value as people write it."""
        return shown_number(self.value, language)


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the foot."""

    text: str
    left: float
    wide: bool
    narrow: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    """Lines in their places over lines across, with labels at the foot."""

    lines: tuple[DrawnLine, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    unit: str
    height: float


def bars(items: Sequence[Bar]) -> BarChart:
    """Bars side by side in the order given, the longest as high as the chart; ValueError for a negative value."""
    if any(not isfinite(item.value) or item.value < 0 for item in items):
        raise ValueError("a bar has a finite value that is not negative")
    if not items:
        return BarChart((), BAR_HEIGHT)
    room = 100.0 / len(items)
    width = min(room * _FILLED, _WIDEST_BAR)
    most = max(item.value for item in items) or 1.0
    widest = max(max(len(item.label), len(item.shown)) for item in items)
    wide, narrow = _every(len(items), widest, WIDE_BARS), _every(len(items), widest, NARROW)
    drawn = []
    for at, item in enumerate(items):
        height = max(_LEAST_BAR, BAR_HEIGHT * item.value / most) if item.value else 0.0
        middle = room * (at + 0.5)
        drawn.append(
            DrawnBar(
                bar=item,
                left=round(middle - width / 2, 3),
                width=round(width, 3),
                middle=round(middle, 3),
                top=round(BAR_HEIGHT - height, 2),
                height=round(height, 2),
                wide=at % wide == 0,
                narrow=at % narrow == 0,
            )
        )
    return BarChart(tuple(drawn), BAR_HEIGHT)


def lines(items: Sequence[Line], unit: str = "") -> LineChart:
    """Lines over one scale, each with a mark of its own; ValueError for more than :data:`MOST_LINES`.

    Points that are no finite numbers are left out.
    """
    if len(items) > MOST_LINES:
        raise ValueError(f"at most {MOST_LINES} lines can be told apart, here are {len(items)}")
    kept = [(line.name, _drawable(line.points)) for line in items]
    points = [point for _, some in kept for point in some]
    if not points:
        return LineChart((), (), (), unit, LINE_HEIGHT)
    scale = _scale([point.y for point in points])
    low, high = scale[0], scale[-1]
    first, last = min(point.x for point in points), max(point.x for point in points)

    def left(x: float) -> float:
        share = (x - first) / (last - first) if last > first else 0.5
        return round(_EDGE + share * (100.0 - 2 * _EDGE), 2)

    def top(y: float) -> float:
        return round(LINE_HEIGHT * (1.0 - (y - low) / (high - low)), 1)

    ticks = tuple(Tick(value, top(value)) for value in scale)
    places = [[(point, left(point.x), top(point.y)) for point in some] for _, some in kept]
    wide, narrow = (_with_room(places, ticks, width) for width in (WIDE, NARROW))
    drawn = tuple(
        DrawnLine(
            name,
            style,
            tuple(
                DrawnPoint(point, x, y, (style, at) in wide, (style, at) in narrow)
                for at, (point, x, y) in enumerate(placed)
            ),
            tuple(Segment(x1, y1, x2, y2) for (_, x1, y1), (_, x2, y2) in pairwise(placed)),
        )
        for style, ((name, _), placed) in enumerate(zip(kept, places, strict=True))
    )
    named = {point.x: point.label for point in sorted(points, key=lambda point: point.x, reverse=True)}
    labels = _labels([(x, named[x]) for x in sorted(named)], left)
    return LineChart(drawn, ticks, labels, unit, LINE_HEIGHT)


def _drawable(points: Sequence[Point]) -> list[Point]:
    finite = (point for point in points if isfinite(point.x) and abs(point.y) < _HIGHEST)
    return sorted(finite, key=lambda point: point.x)


def _scale(values: Sequence[float]) -> list[float]:
    """Round values, evenly apart, the first below and the last above all values given."""
    low, high = min(values), max(values)
    if high - low < max(_FLAT * max(abs(low), abs(high)), _NOTHING):
        low, high = low - max(1.0, abs(low) * _FLAT), high + max(1.0, abs(high) * _FLAT)
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in (1.0, 2.0, 5.0, 10.0) if each * power >= rough)
    first = floor(low / step)
    if low >= 0.0:
        first = max(first, 0)
    return [float(f"{at * step:.12g}") for at in range(first, max(ceil(high / step), first + 1) + 1)]


def _labels(named: Sequence[tuple[float, str]], left: Callable[[float], float]) -> tuple[Label, ...]:
    wide, narrow = (_spread([(left(x), text) for x, text in named], width) for width in (WIDE, NARROW))
    return tuple(
        Label(text, left(x), at in wide, at in narrow) for at, (x, text) in enumerate(named) if at in wide | narrow
    )


def _spread(places: Sequence[tuple[float, str]], width: int) -> set[int]:
    """Which of the labels stand without touching each other, from the last, which is the latest."""
    kept: set[int] = set()
    free = float("inf")
    for at in range(len(places) - 1, -1, -1):
        middle, half = places[at][0] * width / 100, len(places[at][1]) * _LETTER / 2
        if middle + half + _APART <= free:
            kept.add(at)
            free = middle - half
    return kept


def _with_room(
    lines_: Sequence[Sequence[tuple[Point, float, float]]], ticks: Sequence[Tick], width: int
) -> set[tuple[int, int]]:
    """Line and number of the points whose values can be told without touching, the latest first."""
    order = [(style, at) for style, line in enumerate(lines_) for at in range(len(line))]
    order.sort(key=lambda place: (-lines_[place[0]][place[1]][1], place))
    taken: list[tuple[float, float, float, float]] = [
        (x * width / 100 - _MARK, y - _MARK, x * width / 100 + _MARK, y + _MARK) for line in lines_ for _, x, y in line
    ]
    taken += [(0.0, tick.top - _LINE, len(tick.text("vi")) * _LETTER, tick.top) for tick in ticks]
    kept: set[tuple[int, int]] = set()
    for style, at in order:
        point, x, y = lines_[style][at]
        middle, half = x * width / 100, len(point.shown) * _LETTER / 2
        box = (middle - half, y - _MARK - _LINE, middle + half, y - _MARK)
        inside = half <= middle <= width - half
        if inside and not any(_touch(box, other) for other in taken):
            kept.add((style, at))
            taken.append(box)
    return kept


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _every(count: int, letters: int, width: int) -> int:
    """Of how many labels one finds room, where so many share a width."""
    return max(1, ceil(count * (letters * _LETTER + _APART) / width))
