"""Weights from comparing the criteria in pairs: the principal eigenvector of the analytic hierarchy process. Pure.

Saaty 1980, The Analytic Hierarchy Process; the pair to look at again: Saaty 2003, Decision-making with the AHP: why is
the principal eigenvector necessary, European Journal of Operational Research 145(1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from backlog.errors import N_, Text, checked
from backlog.scoring import CRITERIA, Weights

PAIRS = tuple(combinations(CRITERIA, 2))
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45)
"""Saaty 1980: the mean consistency index of random comparisons of 1-9 criteria."""
ACCEPTABLE = 0.1  # Saaty 1980: a tenth of what chance would give
LEAST, MOST = 1 / 9, 9.0
ROUNDED = 9.1  # a ninth is often entered as 0.11
INVERSE = 0.05  # likewise 3 and 0.33, or 8 and 0.13, are inverse to each other
ALMOST = 1e-9

Comparisons = Mapping[tuple[str, str], float | None]
"""How many times the first of two criteria counts the second, 1/9 to 9; from either side, or from both."""


@dataclass(frozen=True)
class Pair:
    """`one` was said to count `given` times `other`; by all comparisons together `fits` times, both 1/9-9.
    `deviation` is given over fitting, or the other way round: 1 or more."""

    one: str
    other: str
    given: float
    fits: float
    deviation: float


@dataclass(frozen=True)
class Compared:
    """`largest`: lambda max, 4 or more. `index`: (lambda - n) / (n - 1). `consistency`: that over the random index, 0
    or more, acceptable up to 0.1. `again`: the pairs to look at again, the furthest off and those as far off; none when
    all agree. `circles`: of three criteria each counts more than the next, and the last more than the first."""

    weights: Weights
    largest: float
    index: float
    consistency: float
    again: tuple[Pair, ...]
    circles: tuple[tuple[str, str, str], ...]

    @property
    def worst(self) -> Pair | None:
        return self.again[0] if self.again else None

    @property
    def consistent(self) -> bool:
        return self.consistency <= ACCEPTABLE


def weigh(comparisons: Comparisons) -> Compared:
    """From all six PAIRS. Invalid names `<one>_<other>`, as in PAIRS, when the pair is missing, off 1/9-9, or given
    both ways without one being the inverse of the other."""
    checked(**{f"{one}_{other}": _wrong(_sides(comparisons, one, other)) for one, other in PAIRS})
    given = {pair: _on_scale(_sides(comparisons, *pair)[0]) for pair in PAIRS}
    weights, largest = principal(_matrix(given))
    by_criterion = dict(zip(CRITERIA, weights, strict=True))
    return Compared(
        Weights(**by_criterion),
        largest,
        consistency_index(largest, len(CRITERIA)),
        consistency_ratio(largest, len(CRITERIA)),
        _furthest(given, by_criterion),
        circles(given),
    )


def principal(matrix: NDArray[np.float64]) -> tuple[list[float], float]:
    """The weights, together 1, with matrix w = lambda w for the largest lambda, and that lambda. `matrix` is positive
    and reciprocal, so both are real and positive."""
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = abs(vectors[:, first].real)
    return [float(weight) for weight in vector / vector.sum()], float(values[first].real)


def consistency_index(largest: float, number: int) -> float:
    """CI = (lambda - n) / (n - 1), 0 when the comparisons agree."""
    return max((largest - number) / (number - 1), 0.0)


def consistency_ratio(largest: float, number: int) -> float:
    """CR = CI / RI for 2-9 criteria; two always agree."""
    chance = RANDOM_INDEX[number - 1]
    return consistency_index(largest, number) / chance if chance else 0.0


def _sides(comparisons: Comparisons, one: str, other: str) -> list[float]:
    """What is given of one over the other: directly, and as the inverse of the opposite."""
    direct, opposite = comparisons.get((one, other)), comparisons.get((other, one))
    turned = None if opposite is None else 1 / opposite if opposite else 0.0
    return [each for each in (direct, turned) if each is not None]


def _wrong(sides: list[float]) -> Text | None:
    if not sides:
        return Text(N_("This comparison is missing."))
    if not all(1 / ROUNDED <= each <= ROUNDED for each in sides):
        return Text(N_("A comparison is between 1/9 and 9."))
    if abs(sides[0] / sides[-1] - 1) > INVERSE:
        return Text(N_("This pair is given both ways, and one is not the inverse of the other."))
    return None


def _matrix(given: Mapping[tuple[str, str], float]) -> NDArray[np.float64]:
    matrix = np.eye(len(CRITERIA))
    for (one, other), value in given.items():
        row, column = CRITERIA.index(one), CRITERIA.index(other)
        matrix[row, column], matrix[column, row] = value, 1 / value
    return matrix


def _furthest(given: Mapping[tuple[str, str], float], weights: Mapping[str, float]) -> tuple[Pair, ...]:
    """The pairs with the largest a_ij w_j / w_i, or its inverse."""
    found = [_judged(one, other, value, weights[one] / weights[other]) for (one, other), value in given.items()]
    most = max(pair.deviation for pair in found)
    return tuple(pair for pair in found if pair.deviation > max(1 + ALMOST, most * (1 - ALMOST)))


def circles(given: Mapping[tuple[str, str], float]) -> tuple[tuple[str, str, str], ...]:
    """The circular triads: no weights can make all three pairs of one true (Kendall and Babington Smith 1940)."""
    more = {(one, other) if value > 1 else (other, one) for (one, other), value in given.items() if value != 1}
    both_ways = (way for one, two, three in combinations(CRITERIA, 3) for way in ((one, two, three), (one, three, two)))
    return tuple((a, b, c) for a, b, c in both_ways if {(a, b), (b, c), (c, a)} <= more)


def _judged(one: str, other: str, given: float, implied: float) -> Pair:
    deviation = max(given / implied, implied / given)
    return Pair(one, other, given, _on_scale(implied), deviation)


def _on_scale(value: float) -> float:
    return min(max(value, LEAST), MOST)
