"""Several raters of one input: what they agree on, how far they are apart, who the two ends are. Pure.

Agreement is r_wg = 1 - s^2 / s_random^2, floor 0 (James, Demaree and Wolf 1984, Journal of Applied Psychology 69): s^2
the variance of the ratings (divisor n - 1), s_random^2 = (A^2 - 1) / 12 that of somebody who picks any of A answers
with equal probability, in steps. A counts the whole points, 11 on 0-10 and 10 on 1-10: decimals may be entered, but
people choose between written anchors and the points between them. It hardly matters: 10 for whole points, 8.5 for
tenths. Quartiles are interpolated linearly (type 7 of Hyndman and Fan 1996, American Statistician 50).
"""

import enum
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CONTESTED = 3.0
"""Points between the quartiles from which on raters should talk."""
FINEST = 6  # decimals; what differs by less is rounding


@dataclass(frozen=True)
class Steps:
    """A rating scale from `low` to `high` in steps of `step`. Raises ValueError when these do not fit."""

    low: float
    high: float
    step: float = 1.0

    def __post_init__(self) -> None:
        fits = math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high and self.step > 0
        steps = (self.high - self.low) / self.step if fits else 0.5
        if abs(steps - round(steps)) > 1e-9 * max(steps, 1):
            raise ValueError(f"{self.low} to {self.high} is not made of whole steps of {self.step}")

    @property
    def answers(self) -> int:
        """A, the answers to choose from, at least 2."""
        return round((self.high - self.low) / self.step) + 1

    @property
    def random_variance(self) -> float:
        """Squared points: what ratings at random would have."""
        return self.step**2 * (self.answers**2 - 1) / 12


ZERO_TO_TEN = Steps(0, 10)
"""Importance, urgency, maturity."""
ONE_TO_TEN = Steps(1, 10)
"""Effort and benefit."""


@dataclass(frozen=True)
class Opinion:
    """What somebody rated, on the points of the scale; customer representatives are told from those inside."""

    rater: str
    value: float
    is_customer: bool = False


class Agreement(enum.StrEnum):
    """r_wg in words, after LeBreton and Senter 2008 (Organizational Research Methods 11, table 3), where `lacking` is up
    to .30, weak to .50, moderate to .70, strong to .90."""

    LACKING = "lacking"
    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"
    VERY_STRONG = "very strong"


AGREEMENT_UP_TO = (
    (0.305, Agreement.LACKING),
    (0.505, Agreement.WEAK),
    (0.705, Agreement.MODERATE),
    (0.905, Agreement.STRONG),
)
"""Their table has two decimals."""


@dataclass(frozen=True)
class Side:
    """Customers, or those inside: how many (at least 1) and what they agree on."""

    n: int
    median: float


@dataclass(frozen=True)
class Spread:
    """`n` raters (at least 1); median and quartiles in points.

    `r_wg` is 0-1, None for a single rater. `lowest` and `highest` are the raters at the two ends by name, empty when
    all say the same: then there are no ends.
    """

    n: int
    median: float
    lower: float
    upper: float
    r_wg: float | None
    lowest: tuple[str, ...]
    highest: tuple[str, ...]
    customers: Side | None
    internal: Side | None

    @property
    def interquartile_range(self) -> float:
        return round(self.upper - self.lower, FINEST)

    @property
    def is_contested(self) -> bool:
        """3 points or more between the quartiles."""
        return self.interquartile_range >= CONTESTED

    @property
    def agreement(self) -> Agreement | None:
        """r_wg in a word; None for a single rater."""
        if self.r_wg is None:
            return None
        r_wg = self.r_wg
        return next((word for most, word in AGREEMENT_UP_TO if r_wg < most), Agreement.VERY_STRONG)

    @property
    def customers_less_internal(self) -> float | None:
        """Difference of medians in points, above 0 when customers rate higher; None unless both have rated."""
        if self.customers is None or self.internal is None:
            return None
        return round(self.customers.median - self.internal.median, FINEST)


def spread(opinions: Iterable[Opinion], steps: Steps = ZERO_TO_TEN) -> Spread | None:
    """None without raters. Raises ValueError for a rating off the scale."""
    given = list(opinions)
    values = [each.value for each in given]
    for value in values:
        if not steps.low <= value <= steps.high:
            raise ValueError(f"a rating is from {steps.low:g} to {steps.high:g}, not {value}")
    if not given:
        return None
    lower, median, upper = quartiles(values)
    lowest, highest = _ends(given)
    customers, internal = (_side(given, is_customer) for is_customer in (True, False))
    return Spread(len(given), median, lower, upper, agreement(values, steps), lowest, highest, customers, internal)


def agreement(values: Sequence[float], steps: Steps) -> float | None:
    """r_wg, 0 (as at random, or further apart) to 1 (all the same); None below two ratings."""
    if len(values) < 2:
        return None
    return max(0.0, 1 - statistics.variance(values) / steps.random_variance)


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile, interpolated linearly; raises ValueError without values."""
    if not values:
        raise ValueError("nothing has no quartiles")
    ordered = sorted(values)
    return _quantile(ordered, 0.25), statistics.median(ordered), _quantile(ordered, 0.75)


def _quantile(ordered: Sequence[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def _ends(opinions: Sequence[Opinion]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    low, high = min(each.value for each in opinions), max(each.value for each in opinions)
    if low == high:
        return (), ()
    return _raters(opinions, low), _raters(opinions, high)


def _raters(opinions: Sequence[Opinion], value: float) -> tuple[str, ...]:
    return tuple(sorted(each.rater for each in opinions if each.value == value))


def _side(opinions: Sequence[Opinion], is_customer: bool) -> Side | None:
    values = [each.value for each in opinions if each.is_customer is is_customer]
    return Side(len(values), statistics.median(values)) if values else None
