"""Where things stand in the drawing of the matrix: places in percent of the plot, sizes and nudges in pixels. Pure.

The plot reaches half a point beyond the scale of 1 to 10, so that a bubble at its end is whole, and the cross of 5.5 is
its middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backlog.ranking.matrix import Bubble, Extent
from web.pages import plots
from web.pages.plots import Disc, Name, Nudge, Window
from web.templating import step

EDGE = 0.5
SMALLEST, LARGEST, LARGEST_OF_MANY = 12.0, 23.0, 17.0
"""Radii in pixels; 24 across is the least that can be hit (WCAG 2.5.8)."""
MANY = 60  # bubbles from which on they are smaller
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
    def label(self) -> str:
        return self.bubble.title

    @property
    def is_ringed(self) -> bool:
        return self.bubble.is_signature


def drawn(bubbles: Sequence[Bubble]) -> list[Drawn]:
    """By rank, as they come."""
    radii = [radius(each.importance, len(bubbles)) for each in bubbles]
    discs = [_disc(each, WIDE, r) for each, r in zip(bubbles, radii, strict=True)]
    wide = plots.nudges(tuple(discs), WIDE)
    narrow = plots.nudges(tuple(_disc(each, NARROW, SMALLEST) for each in bubbles), NARROW)
    return [
        Drawn(each, across(each.effort), down(each.benefit), r, colour(each.urgency), *pushed)
        for each, r, *pushed in zip(bubbles, radii, wide, narrow, strict=True)
    ]


def _disc(bubble: Bubble, window: Window, r: float) -> Disc:
    return plots.disc(across(bubble.effort), down(bubble.benefit), r, window, is_ringed=bubble.is_signature)


def names(bubbles: Sequence[Drawn], at: str) -> list[Name[Drawn]]:
    """At signature, extreme and the chosen one, where there is room; the chosen one always has its name."""
    return plots.names(bubbles, _named(bubbles, at), WIDE, [each for each in bubbles if each.bubble.key == at])


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
