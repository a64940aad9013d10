"""Sums over answers as they stream by, in the form the tally table keeps them."""

from collections.abc import Mapping
from datetime import date

# What a loaded answer looks like, column by column.
Answer = tuple[int | None, int, int | None, date | str, float, float, str | None]
"""(touchpoint id, measure id, persona id, day or its ISO text, value 0-10, weight, respondent)"""

WIDTH = 7
"""Values of an answer."""

Place = tuple[int | None, int, date, int | None, float | None]
"""(touchpoint id, measure id, first of the month, persona id, value or None for a summary)"""

Alike = tuple[int | None, int, date, int | None, float, float]
"""Answers that count the same: (touchpoint id, measure id, first of the month, persona id, value, weight)"""


class Tallies:
    """``sums[place]`` is [n, sum w, sum w^2, sum w*x, sum w*x^2]."""

    def __init__(self) -> None:
        self.sums: dict[Place, list[float]] = {}

    def count(self, alike: Mapping[Alike, int]) -> None:
        """Add answers, the alike ones at once: counting them in C first makes a million cost half a second."""
        for (touchpoint, measure, month, persona, value, weight), n in alike.items():
            self.add((touchpoint, measure, month, persona, value), n, n * weight, n * weight * weight, value)

    def add(self, place: Place, n: int, weight: float, weight_squared: float, value: float) -> None:
        sums = self.sums.get(place)
        if sums is None:
            self.sums[place] = sums = [0, 0.0, 0.0, 0.0, 0.0]
        sums[0] += n
        sums[1] += weight
        sums[2] += weight_squared
        sums[3] += weight * value
        sums[4] += weight * value * value

    def add_summary(self, place: Place, n: int, mean: float, deviation: float) -> None:
        """Add n answers known only by mean and standard deviation, both on 0-10 (n - 1 in the denominator)."""
        self.add(place, n, n, n, mean)
        self.sums[place][4] += deviation * deviation * (n - 1)
