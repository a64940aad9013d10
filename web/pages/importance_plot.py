"""Where touchpoints stand in the drawing of importance against performance. Pure.

Unlike the matrix it shows the part of the scales where anything is: means of many answers lie close together.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backlog.importance.importance_map import Place
from backlog.importance.importance_performance import Cross
from web.pages import plots
from web.pages.plots import Name, Nudge, Window
from web.templating import step

WINDOW = Window(840, 560, 14.0)
"""Of 1440."""
SMALLEST, LARGEST, LARGEST_OF_MANY = 12.0, 22.0, 15.0
"""Radii in pixels; 24 across is the least that can be hit (WCAG 2.5.8)."""
MANY = 40
MARGIN_ACROSS, MARGIN_UP = 0.1, 0.17  # of what is shown, to each side of it; above and below stand the quadrants' names
LEAST = 1.5  # points of the scale that are shown in any case
NAMED = 24  # of more touchpoints only the first and signature have their names


@dataclass(frozen=True)
class Axis:
    """What is shown of a scale of 0-10, with a margin."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Percent of the way from low to high."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)

    @property
    def ticks(self) -> list[float]:
        span = self.high - self.low
        every = 0.5 if span <= 3.5 else 1.0 if span <= 7 else 2.0
        first, last = math.ceil(max(self.low, 0) / every), math.floor(min(self.high, 10) / every)
        return [place * every for place in range(first, last + 1)]


def axis(values: Iterable[float], margin: float) -> Axis:
    known = list(values)
    low, high = min(known), max(known)
    middle, span = (low + high) / 2, max(high - low, LEAST)
    reach = span * (0.5 + margin)
    return Axis(middle - reach, middle + reach)


@dataclass(frozen=True)
class Drawn:
    """A touchpoint as it is drawn, with its ``number`` in the list: centre in percent, radius and nudge in pixels."""

    place: Place
    number: int
    x: float
    y: float
    r: float
    nudge: Nudge

    @property
    def colour(self) -> str:
        return f"h{step(self.place.performance.value)}"

    @property
    def label(self) -> str:
        return self.place.name

    @property
    def is_ringed(self) -> bool:
        return self.place.is_signature


@dataclass(frozen=True)
class Reach:
    """The intervals of a touchpoint in percent of the plot."""

    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Plot:
    """``x`` and ``y`` of the cross-hairs in percent; ``across`` and ``up`` are what is shown of the two scales."""

    across: Axis
    up: Axis
    x: float
    y: float
    drawn: Sequence[Drawn]
    names: Sequence[Name[Drawn]]
    reaches: Sequence[Reach]

    def down(self, importance: float) -> float:
        """Percent from the top."""
        return _down(self.up, importance)


def plot(places: Sequence[Place], cross: Cross | None, *, with_intervals: bool = False) -> Plot | None:
    """None without touchpoints."""
    if not places or cross is None:
        return None
    across = axis([value for each in places for value in _shown(each, with_intervals)[0]], MARGIN_ACROSS)
    up = axis([value for each in places for value in _shown(each, with_intervals)[1]], MARGIN_UP)
    drawn = _drawn(places, across, up)
    reaches = [_reach(each.place, across, up) for each in drawn] if with_intervals else []
    wanted = drawn if len(drawn) <= NAMED else [each for each in drawn if each.is_ringed or each.number <= NAMED // 2]
    x, y = across.at(cross.performance), _down(up, cross.importance)
    return Plot(across, up, x, y, drawn, plots.names(drawn, wanted, WINDOW), reaches)


def _shown(place: Place, with_intervals: bool) -> tuple[list[float], list[float]]:
    if not with_intervals:
        return [place.performance.value], [place.importance]
    return [place.performance.value, *place.performance.ends], [place.importance, *place.importance_ends]


def _down(up: Axis, importance: float) -> float:
    return round(100 - up.at(importance), 2)


def _drawn(places: Sequence[Place], across: Axis, up: Axis) -> list[Drawn]:
    centres = [(across.at(each.performance.value), _down(up, each.importance)) for each in places]
    largest = LARGEST if len(places) < MANY else LARGEST_OF_MANY
    most = max(each.performance.n for each in places)
    radii = [round(max(SMALLEST, largest * math.sqrt(each.performance.n / max(most, 1))), 1) for each in places]
    discs = [
        plots.disc(x, y, r, WINDOW, is_ringed=each.is_signature)
        for each, (x, y), r in zip(places, centres, radii, strict=True)
    ]
    nudged = plots.nudges(tuple(discs), WINDOW)
    return [
        Drawn(each, number, x, y, r, nudge)
        for number, (each, (x, y), r, nudge) in enumerate(zip(places, centres, radii, nudged, strict=True), 1)
    ]


def _reach(place: Place, across: Axis, up: Axis) -> Reach:
    low, high = place.performance.ends
    least, most = place.importance_ends
    x, y = across.at(place.performance.value), _down(up, place.importance)
    return Reach(x, y, across.at(low), across.at(high), _down(up, most), _down(up, least))
