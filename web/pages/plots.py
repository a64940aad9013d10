"""Bubbles in any plot: pushed apart where they overlap, and names beside them where there is room. Places are percent of
the plot, sizes and nudges pixels. Pure.

Nudges are worked out for one size of window each; at any other they stay the same few pixels.
"""

import itertools
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

RING = 5.0  # pixels around a signature
ROUNDS = 12
LETTER, LINE = 6.1, 15.0  # pixels of a letter and a line of a name
NAME_MOST = 34  # letters of a name
Nudge = tuple[float, float]
Disc = tuple[float, float, float]
"""Centre and radius in pixels."""


class Window(NamedTuple):
    """Pixels of the plot, and how far a bubble is pushed in it at most."""

    width: int
    height: int
    farthest: float


class Spot(Protocol):
    """A bubble as it is drawn."""

    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def r(self) -> float: ...
    @property
    def nudge(self) -> Nudge: ...
    @property
    def label(self) -> str: ...
    @property
    def is_ringed(self) -> bool: ...


S = TypeVar("S", bound=Spot)


def disc(x: float, y: float, r: float, window: Window, *, is_ringed: bool) -> Disc:
    """Of a bubble at percents of the window, with all that is drawn around it."""
    return x / 100 * window.width, y / 100 * window.height, r + RING if is_ringed else r + 1


@lru_cache(maxsize=64)
def nudges(discs: tuple[Disc, ...], window: Window) -> list[Nudge]:
    """How far each is pushed so that as few as possible overlap; none farther than is allowed, none out of the plot."""
    places = [[x, y] for x, y, _ in discs]
    near = _near(discs, 2 * window.farthest)
    for _ in range(ROUNDS):
        if not _push(discs, places, near):
            break
        for place, (x, y, r) in zip(places, discs, strict=True):
            _hold(place, (x, y, r), window)
    moved = zip(places, discs, strict=True)
    return [(round(place[0] - x, 1) + 0.0, round(place[1] - y, 1) + 0.0) for place, (x, y, _) in moved]


def _near(discs: Sequence[Disc], reach: float) -> list[tuple[int, int]]:
    """Pairs that may come to touch, looked for from left to right."""
    order = sorted(range(len(discs)), key=lambda at: discs[at][0])
    widest = max((disc[2] for disc in discs), default=0.0)
    pairs = []
    for place, one in enumerate(order):
        x, y, r = discs[one]
        for other in order[place + 1 :]:
            other_x, other_y, other_r = discs[other]
            if other_x - x > r + widest + reach:
                break
            if math.hypot(other_x - x, other_y - y) < r + other_r + reach:
                pairs.append((min(one, other), max(one, other)))
    return sorted(pairs)


def _push(discs: Sequence[Disc], places: list[list[float]], near: Iterable[tuple[int, int]]) -> bool:
    """One round: pairs that overlap go half of the way apart each. Whether any did."""
    pushed = False
    for one, other in near:
        a, b = places[one], places[other]
        dx, dy = b[0] - a[0], b[1] - a[1]
        apart, needed = math.hypot(dx, dy), discs[one][2] + discs[other][2]
        if apart >= needed - 0.1:
            continue
        pushed = True
        if apart < 0.1:  # at the same place: each pair in a direction of its own
            turn = 2.4 * (one + other)
            dx, dy, apart = math.cos(turn), math.sin(turn), 1.0
        share = (needed - apart) / 2 / apart if apart else 0.0
        a[0] -= dx * share
        a[1] -= dy * share
        b[0] += dx * share
        b[1] += dy * share
    return pushed


def _hold(place: list[float], disc: Disc, window: Window) -> None:
    x, y, r = disc
    dx, dy = place[0] - x, place[1] - y
    far = math.hypot(dx, dy)
    if far > window.farthest:
        place[0], place[1] = x + dx * window.farthest / far, y + dy * window.farthest / far
    for axis, most in enumerate(window[:2]):
        place[axis] = min(max(place[axis], r), most - r)


@dataclass(frozen=True, slots=True)
class Name(Generic[S]):
    """A name beside its bubble, from its centre in pixels; ``anchor`` as SVG has it."""

    drawn: S
    text: str
    dx: float
    dy: float
    anchor: str


def names(spots: Sequence[S], wanted: Iterable[S], window: Window, always: Collection[S] = ()) -> list[Name[S]]:
    """Names of those wanted, in their order, where there is room; those of ``always`` in any case."""
    taken = [_box(each, window) for each in spots]
    found = []
    for each in wanted:
        text = shortened(each.label)
        boxes = [(side, _name_box(each, text, side, window)) for side in SIDES]
        free = [(side, box) for side, box in boxes if _is_within(box, window) and not _hits(box, taken)]
        if not free and each not in always:
            continue
        side, box = (free or [boxes[1] if each.x > 60 else boxes[0]])[0]
        taken.append(box)
        dx, dy, anchor = _offset(each, side)
        found.append(Name(each, text, dx, dy, anchor))
    return found


SIDES = ("right", "left", "above", "below")
Box = tuple[float, float, float, float]


def _is_within(box: Box, window: Window) -> bool:
    return box[0] >= 0 and box[2] <= window.width and box[1] >= 0 and box[3] <= window.height


def _offset(each: Spot, side: str) -> tuple[float, float, str]:
    gap = each.r + (9 if each.is_ringed else 5)
    dx, dy = each.nudge
    return {
        "right": (dx + gap, dy + 4, "start"),
        "left": (dx - gap, dy + 4, "end"),
        "above": (dx, dy - gap, "middle"),
        "below": (dx, dy + gap + 10, "middle"),
    }[side]


def _centre(each: Spot, window: Window) -> tuple[float, float]:
    return each.x / 100 * window.width, each.y / 100 * window.height


def _box(each: Spot, window: Window) -> Box:
    x, y = _centre(each, window)
    x, y = x + each.nudge[0], y + each.nudge[1]
    return x - each.r, y - each.r, x + each.r, y + each.r


def _name_box(each: Spot, text: str, side: str, window: Window) -> Box:
    x, y = _centre(each, window)
    dx, dy, anchor = _offset(each, side)
    wide = LETTER * len(text)
    left = x + dx - {"start": 0, "end": wide, "middle": wide / 2}[anchor]
    return left, y + dy - LINE * 0.75, left + wide, y + dy + LINE * 0.25


def _hits(box: Box, others: Iterable[Box]) -> bool:
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others)


def shortened(title: str) -> str:
    """At the end of a word."""
    if len(title) <= NAME_MOST:
        return title
    words = itertools.accumulate(title.split(), lambda whole, word: f"{whole} {word}")
    fitting = [each for each in words if len(each) < NAME_MOST]
    return f"{fitting[-1] if fitting else title[: NAME_MOST - 1]}…"
