"""Weights from an order of the criteria: rank order centroids, ties allowed. Pure.

Barron and Barrett 1996, Decision quality using ranked attribute weights, Management Science 42(11).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from backlog.errors import N_, Text, checked
from backlog.scoring import CRITERIA, Weights

LAST = len(CRITERIA)


@dataclass(frozen=True)
class Ordered:
    """The weights an order stands for, and the order itself: `levels` are the criteria, the most important first,
    those of one level tied."""

    weights: Weights
    levels: tuple[tuple[str, ...], ...]


def centroids(number: int) -> list[float]:
    """w_k = 1/n sum_{i=k..n} 1/i: the mean of all weights in this order, for each place; together 1."""
    return [math.fsum(1 / place for place in range(first, number + 1)) / number for first in range(1, number + 1)]


def weigh(places: Mapping[str, float | None]) -> Ordered:
    """From a place for each criterion, 1 the most important to 4. Tied criteria have the same place and share the mean
    of the weights of those they take up; only the order counts, so 1, 2, 2, 3 is 1, 2, 2, 4.

    Invalid names each criterion whose place is missing or no whole number from 1 to 4.
    """
    checked(**{criterion: _wrong(places.get(criterion)) for criterion in CRITERIA})
    levels = _levels(places)
    left = iter(centroids(LAST))
    shares = [(level, math.fsum(next(left) for _ in level) / len(level)) for level in levels]
    return Ordered(Weights(**{criterion: share for level, share in shares for criterion in level}), levels)


def _wrong(place: float | None) -> Text | None:
    if place is None:
        return Text(N_("Give this criterion a place."))
    if place not in range(1, LAST + 1):
        return Text(N_("A place is a whole number from 1 to %(last)s."), {"last": LAST})
    return None


def _levels(places: Mapping[str, float | None]) -> tuple[tuple[str, ...], ...]:
    taken = sorted({places[criterion] or LAST for criterion in CRITERIA})
    return tuple(tuple(each for each in CRITERIA if places[each] == place) for place in taken)
