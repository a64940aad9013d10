"""Sums over answers as they stream by, in the form the tally table keeps them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from operator import itemgetter

# What a loaded answer looks like, column by column.
Answer = tuple[int | None, int, int | None, date, float, float, str | None]
"""(touchpoint id, measure id, persona id, day, value 0-10, weight, respondent)"""

Place = tuple[int | None, int, date, int | None, float | None]
"""(touchpoint id, measure id, first of the month, persona id, value or None for a summary)"""

_countable = itemgetter(0, 1, 2, 3, 4, 5)


class Tallies:
    """``sums[place]`` is [n, sum w, sum w^2, sum w*x, sum w*x^2]."""

    def __init__(self) -> None:
        self.sums: dict[Place, list[float]] = {}
        self.weight = 0.0
        self.n = 0

    def count(self, answers: Iterable[Answer]) -> None:
        """Add answers. Alike ones are counted in C first, so a million cost a fraction of a second."""
        for (touchpoint, measure, persona, day, value, weight), n in Counter(map(_countable, answers)).items():
            self.add(
                (touchpoint, measure, day.replace(day=1), persona, value), n, n * weight, n * weight * weight, value
            )

    def add(self, place: Place, n: int, weight: float, weight_squared: float, value: float) -> None:
        sums = self.sums.get(place)
        if sums is None:
            self.sums[place] = sums = [0, 0.0, 0.0, 0.0, 0.0]
        sums[0] += n
        sums[1] += weight
        sums[2] += weight_squared
        sums[3] += weight * value
        sums[4] += weight * value * value
        self.n += n
        self.weight += weight

    def add_summary(self, place: Place, n: int, mean: float, deviation: float) -> None:
        """Add n answers known only by mean and standard deviation, both on 0-10 (n - 1 in the denominator)."""
        self.add(place, n, n, n, mean)
        self.sums[place][4] += deviation * deviation * (n - 1)
