"""The importance-performance map of touchpoints, and how big an opportunity each is. Pure; 0-10 unless it says else.

Martilla and James 1977, Journal of Marketing 41(1): importance I against performance P, gap = I - P. The cross-hairs
stand at the grand means of the touchpoints shown, each counting once, not at the middle of the scale: stated importance
piles up at the top, and a cross at 5 would call everything important. So a quadrant is relative to what is shown.
Opportunity: Ulwick 2002, Harvard Business Review 80(1).
"""

import enum
import math
from collections.abc import Iterable
from dataclasses import dataclass

from backlog.errors import N_

UNDERSERVED = 10.0
"""Opportunity scores above it; the highest is 20."""
SAME = 1e-9  # closer to a cross-hair than this is on it


class Quadrant(enum.StrEnum):
    """Importance and performance, each above or below the average of the touchpoints shown."""

    CONCENTRATE = "concentrate"
    KEEP_UP = "keep_up"
    LOW_PRIORITY = "low_priority"
    OVERKILL = "overkill"


LABELS = {
    Quadrant.CONCENTRATE: N_("Concentrate here"),
    Quadrant.KEEP_UP: N_("Keep it up"),
    Quadrant.LOW_PRIORITY: N_("Low priority"),
    Quadrant.OVERKILL: N_("Possible overkill"),
}


@dataclass(frozen=True)
class Measured:
    """A touchpoint by a key of the caller. Raises ValueError for importance or performance off 0-10."""

    key: str | int
    importance: float
    performance: float

    def __post_init__(self) -> None:
        _check(importance=self.importance, performance=self.performance)


@dataclass(frozen=True)
class Placed:
    """A touchpoint in the map; `quadrant` is None on a cross-hair, where it is as the average and no advice follows."""

    touchpoint: Measured
    quadrant: Quadrant | None


@dataclass(frozen=True)
class Cross:
    """Grand means of the touchpoints shown."""

    importance: float
    performance: float

    def quadrant(self, touchpoint: Measured) -> Quadrant | None:
        above, better = touchpoint.importance - self.importance, touchpoint.performance - self.performance
        if abs(above) < SAME or abs(better) < SAME:
            return None
        if above > 0:
            return Quadrant.KEEP_UP if better > 0 else Quadrant.CONCENTRATE
        return Quadrant.OVERKILL if better > 0 else Quadrant.LOW_PRIORITY


@dataclass(frozen=True)
class Map:
    """`cross` is None without touchpoints; `places` in the order given. One touchpoint alone, or all alike, are on the
    cross: they cannot be compared with themselves."""

    cross: Cross | None
    places: tuple[Placed, ...]


def importance_performance(touchpoints: Iterable[Measured]) -> Map:
    """The map of the touchpoints shown."""
    shown = list(touchpoints)
    if not shown:
        return Map(None, ())
    cross = Cross(
        math.fsum(each.importance for each in shown) / len(shown),
        math.fsum(each.performance for each in shown) / len(shown),
    )
    return Map(cross, tuple(Placed(each, cross.quadrant(each)) for each in shown))


@dataclass(frozen=True)
class Opportunity:
    """`score` = I + max(I - S, 0), 0-20: what matters counts, and what matters and does not satisfy counts twice."""

    score: float

    @property
    def is_underserved(self) -> bool:
        return self.score > UNDERSERVED


def opportunity(importance: float, satisfaction: float) -> Opportunity:
    """From top-box shares times 10, 0-10 each. Raises ValueError off 0-10."""
    _check(importance=importance, satisfaction=satisfaction)
    return Opportunity(importance + max(importance - satisfaction, 0.0))


def _check(**values: float) -> None:
    for name, value in values.items():
        if not 0 <= value <= 10:
            raise ValueError(f"{name} is between 0 and 10, not {value}")
