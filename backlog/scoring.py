"""The score of an initiative: weighted criteria, exact contributions, ranks, and what would change them. Pure.

Criteria are 0-10. A score is kept as points, whole hundredths from 0 to 1000, so that what is printed is what counts.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

CRITERIA = ("importance", "urgency", "maturity", "effort_benefit")
MISSING = 5.0
"""What a criterion without rating and suggestion counts as; it is shown as missing all the same."""
MICRO = 1_000_000  # contributions are summed in whole millionths of a point: no order of adding changes them

Values = Mapping[str, float | None]
"""A value (0-10) for each criterion; None, or no entry, where it is missing."""


@dataclass(frozen=True)
class Weights:
    """What each criterion counts, 0 or more, together 1 (within a millionth). Raises ValueError otherwise."""

    importance: float = 0.35
    urgency: float = 0.25
    maturity: float = 0.15
    effort_benefit: float = 0.25

    def __post_init__(self) -> None:
        _check_each(self.as_dict())
        total = math.fsum(self.as_dict().values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"weights add up to 1, not to {total:g}")

    @classmethod
    def normalised(cls, importance: float, urgency: float, maturity: float, effort_benefit: float) -> Self:
        """From numbers in any unit (percent, sliders), divided by their sum. ValueError when that is 0."""
        given = dict(zip(CRITERIA, (importance, urgency, maturity, effort_benefit), strict=True))
        _check_each(given)
        total = math.fsum(given.values())
        if total <= 0:
            raise ValueError("at least one weight is above 0")
        return cls(**{criterion: weight / total for criterion, weight in given.items()})

    def as_dict(self) -> dict[str, float]:
        """By criterion, in the order of CRITERIA."""
        return {criterion: getattr(self, criterion) for criterion in CRITERIA}

    def percents(self) -> dict[str, int]:
        """Whole percents that add up to 100: rounded down, the largest remainders up."""
        exact = {criterion: 100 * weight for criterion, weight in self.as_dict().items()}
        shares = {criterion: math.floor(part + 1e-6) for criterion, part in exact.items()}
        left = 100 - sum(shares.values())
        for criterion in sorted(exact, key=lambda each: shares[each] - exact[each])[:left]:
            shares[criterion] += 1
        return shares

    def shown(self) -> Mapping[str, float]:
        """Percents as people read them: whole ones that add up to 100, but with one decimal where equal weights would
        else differ."""
        whole, exact = self.percents(), self.as_dict()
        pairs = combinations(CRITERIA, 2)
        if any(whole[one] != whole[other] and math.isclose(exact[one], exact[other]) for one, other in pairs):
            return {criterion: round(100 * weight, 1) for criterion, weight in exact.items()}
        return whole


def _check_each(weights: Mapping[str, float]) -> None:
    for criterion, weight in weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise ValueError(f"the weight of {criterion} is a number of 0 or more, not {weight}")


DEFAULT_WEIGHTS = Weights()


def missing(values: Values) -> list[str]:
    """The criteria without a value, in the order of CRITERIA."""
    return [criterion for criterion in CRITERIA if values.get(criterion) is None]


def points(values: Values, weights: Weights) -> int:
    """S = sum(weight * value) in hundredths, 0-1000, halves up; a missing criterion counts as 5.

    Never lower when a value is higher. ValueError for a value off 0-10.
    """
    return _rounded(sum(_millionths(values, weights).values()))


def contributions(values: Values, weights: Weights) -> dict[str, int]:
    """What each criterion brings, in hundredths, adding up to `points` exactly: each is rounded down, and what is
    left goes to the largest remainders (of equal ones, to the first criterion)."""
    exact = _millionths(values, weights)
    shares = {criterion: part // MICRO for criterion, part in exact.items()}
    left = _rounded(sum(exact.values())) - sum(shares.values())
    for criterion in sorted(exact, key=lambda each: -(exact[each] % MICRO))[:left]:
        shares[criterion] += 1
    return shares


def _millionths(values: Values, weights: Weights) -> dict[str, int]:
    return {
        criterion: math.floor(100 * MICRO * weight * _counted(values, criterion) + 0.5)  # as the database does it
        for criterion, weight in weights.as_dict().items()
    }


def _counted(values: Values, criterion: str) -> float:
    value = values.get(criterion)
    if value is None:
        return MISSING
    if not 0 <= value <= 10:
        raise ValueError(f"{criterion} is between 0 and 10, not {value}")
    return value


def _rounded(millionths: int) -> int:
    return (millionths + MICRO // 2) // MICRO


def ranks(all_points: Sequence[int]) -> list[int]:
    """The rank of each, in the order given: 1 plus the number of those with more points (1, 2, 2, 4)."""
    rank_of: dict[int, int] = {}
    ahead = 0
    for each, number in sorted(Counter(all_points).items(), reverse=True):
        rank_of[each] = ahead + 1
        ahead += number
    return [rank_of[each] for each in all_points]


@dataclass(frozen=True)
class Counterfactual:
    """`criterion` would have to rise from `now` to `needed`, a tenth on 0-10."""

    criterion: str
    now: float
    needed: float

    @property
    def change(self) -> float:
        return self.needed - self.now

    @property
    def decimals(self) -> int:
        """So many tell the one from the other; one where that is enough."""
        return next((each for each in range(1, 6) if round(self.now, each) < round(self.needed, each)), 6)


def counterfactual(values: Values, weights: Weights, neighbour_points: int) -> Counterfactual | None:
    """The smallest rise of a single criterion that gives more points than the neighbour ahead, in whole tenths as
    people rate. None when no single criterion can, or none need."""
    if points(values, weights) > neighbour_points:
        return None
    found = [_needed(values, weights, neighbour_points, criterion) for criterion in CRITERIA]
    return min((each for each in found if each is not None), key=lambda each: each.change, default=None)


def _needed(values: Values, weights: Weights, neighbour_points: int, criterion: str) -> Counterfactual | None:
    now = _counted(values, criterion)
    tenths = range(math.floor(now * 10) + 1, 101)
    index = bisect_right(tenths, neighbour_points, key=lambda tenth: points({**values, criterion: tenth / 10}, weights))
    return Counterfactual(criterion, now, tenths[index] / 10) if index < len(tenths) else None
