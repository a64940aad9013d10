"""Where things stand in the drawing of the matrix: places in percent of the plot, sizes and nudges in pixels. Pure.

The plot reaches half a point beyond the scale of 1 to 10, so that a bubble at its end is whole, and the cross of 5.5 is
its middle. Nudges are worked out for one size of window each; at any other they stay the same few pixels.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from backlog.ranking.matrix import Bubble, Extent
from web.templating import step

EDGE = 0.5
SMALLEST, LARGEST, LARGEST_OF_MANY = 12.0, 23.0, 17.0
"""Radii in pixels; 24 across is the least that can be hit (WCAG 2.5.8)."""
MANY = 60  # bubbles from which on they are smaller
RING = 5.0  # pixels around a signature
ROUNDS = 12
LETTER, LINE = 6.1, 15.0  # pixels of a letter and a line of a name
NAME_MOST = 34  # letters of a name
Nudge = tuple[float, float]
STILL: Nudge = (0.0, 0.0)


class Window(NamedTuple):
    """Pixels of the plot, and how far a bubble is pushed in it at most."""

    width: int
    height: int
    farthest: float


WIDE, NARROW = Window(1024, 640, 18.0), Window(320, 370, 10.0)
"""Of 1440 and of 390: pushed by less than two, or four, tenths of a point."""


def across(effort: float) -> float:
    """Percent from the left."""
    return round(10 * (effort - EDGE), 2)


def down(benefit: float) -> float:
    """Percent from the top."""
    return round(100 - 10 * (benefit - EDGE), 2)


def radius(importance: float | None, of: int = 1) -> float:
    """Pixels for an importance of 3 to 10; below 3 as 3, unknown as 5. ``of``: how many there are in all."""
    largest = LARGEST if of < MANY else LARGEST_OF_MANY
    known = 5.0 if importance is None else min(max(importance, 3.0), 10.0)
    return round(SMALLEST + (known - 3) / 7 * (largest - SMALLEST), 1)


def colour(urgency: float | None) -> str:
    """The ramp of scores turned round: what is urgent is loud."""
    return "bub--open" if urgency is None else f"h{7 - step(urgency)}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bubble as it is drawn: its centre in percent, its radius and nudges in pixels."""

    bubble: Bubble
    x: float
    y: float
    r: float
    colour: str
    nudge: Nudge
    nudge_narrow: Nudge

    @property
    def ring(self) -> float:
        return self.r + 4


def drawn(bubbles: Sequence[Bubble]) -> list[Drawn]:
    """By rank, as they come."""
    radii = [radius(each.importance, len(bubbles)) for each in bubbles]
    discs = [_disc(each, WIDE, r) for each, r in zip(bubbles, radii, strict=True)]
    wide = nudges(tuple(discs), WIDE)
    narrow = nudges(tuple(_disc(each, NARROW, SMALLEST) for each in bubbles), NARROW)
    return [
        Drawn(each, across(each.effort), down(each.benefit), r, colour(each.urgency), *pushed)
        for each, r, *pushed in zip(bubbles, radii, wide, narrow, strict=True)
    ]


Disc = tuple[float, float, float]
"""Centre and radius in pixels."""


def _disc(bubble: Bubble, window: Window, r: float) -> Disc:
    whole = r + RING if bubble.is_signature else r + 1
    return across(bubble.effort) / 100 * window.width, down(bubble.benefit) / 100 * window.height, whole


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
class Name:
    """A name beside its bubble, from its centre in pixels; ``anchor`` as SVG has it."""

    drawn: Drawn
    text: str
    dx: float
    dy: float
    anchor: str


def names(bubbles: Sequence[Drawn], at: str) -> list[Name]:
    """At signature, extreme and the chosen one, where there is room; the chosen one always has its name."""
    width, height, _ = WIDE
    taken = [_box(each) for each in bubbles]
    found = []
    for each in _named(bubbles, at):
        text = shortened(each.bubble.title)
        boxes = [(side, _name_box(each, text, side)) for side in SIDES]
        free = [
            (side, box)
            for side, box in boxes
            if box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height and not _hits(box, taken)
        ]
        if not free and each.bubble.key != at:
            continue
        side, box = (free or [boxes[1] if each.x > 60 else boxes[0]])[0]
        taken.append(box)
        dx, dy, anchor = _offset(each, side)
        found.append(Name(each, text, dx, dy, anchor))
    return found


def _named(bubbles: Sequence[Drawn], at: str) -> list[Drawn]:
    """The chosen one first, then the ends of both scales, then signature."""
    chosen = [each for each in bubbles if each.bubble.key == at]
    ends = [
        pick(bubbles, key=lambda each: getattr(each.bubble, name))
        for name in ("benefit", "effort")
        for pick in (max, min)
        if bubbles
    ]
    signature = [each for each in bubbles if each.bubble.is_signature]
    return list({each.bubble.id: each for each in chosen + ends + signature}.values())


SIDES = ("right", "left", "above", "below")
Box = tuple[float, float, float, float]


def _offset(each: Drawn, side: str) -> tuple[float, float, str]:
    gap = each.r + (9 if each.bubble.is_signature else 5)
    dx, dy = each.nudge
    return {
        "right": (dx + gap, dy + 4, "start"),
        "left": (dx - gap, dy + 4, "end"),
        "above": (dx, dy - gap, "middle"),
        "below": (dx, dy + gap + 10, "middle"),
    }[side]


def _centre(each: Drawn) -> tuple[float, float]:
    return each.x / 100 * WIDE[0], each.y / 100 * WIDE[1]


def _box(each: Drawn) -> Box:
    x, y = _centre(each)
    x, y = x + each.nudge[0], y + each.nudge[1]
    return x - each.r, y - each.r, x + each.r, y + each.r


def _name_box(each: Drawn, text: str, side: str) -> Box:
    x, y = _centre(each)
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


@dataclass(frozen=True, slots=True)
class Cross:
    """The interval of an initiative: from where to where its raters reach, in percent of the plot."""

    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float


def cross(each: Drawn, effort: Extent, benefit: Extent) -> Cross:
    return Cross(each.x, each.y, across(effort[0]), across(effort[1]), down(benefit[1]), down(benefit[0]))
