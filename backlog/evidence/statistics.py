"""From answers to estimates: scales, sums, intervals, shares, changes. Pure; all scores on 0-10.

Shrinkage of scores towards their common mean is in `shrinkage`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from backlog.evidence.student import NORMAL, t_quantile, t_tail

CONFIDENCE = 0.95
Z = NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
TEN_DECIMALS = 4
ROUNDED_BY = 1e-4
SMALLEST_TAIL = 1e-300  # beyond it a normal deviate cannot be told from the tail any more
LEAST_VARIANCE = 0.25
"""Floor of an answer's variance (0-10 scale, squared points) wherever a variance is divided by: a handful of equal
answers is a coarse scale and a small sample, not certainty. Half a point is finer than any scale in use."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """The answers a question allows, from `low` to `high` as printed; `reversed` when the low answer is the good one.

    Raises ValueError when the ends are not finite or not in order.
    """

    low: float
    high: float
    reversed: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"a scale runs from a lower to a higher number, not from {self.low} to {self.high}")

    @property
    def span(self) -> float:
        return self.high - self.low

    def to_ten(self, answer: float) -> float:
        """The answer on 0-10, 10 being good, to 4 decimals. Raises ValueError for an answer off the scale."""
        if not self.low <= answer <= self.high:
            raise ValueError(f"{answer} is not on the scale from {self.low} to {self.high}")
        distance = self.high - answer if self.reversed else answer - self.low
        return round(10 * distance / self.span, TEN_DECIMALS)

    def from_ten(self, value: float) -> float:
        """The answer that a value on 0-10 stands for; a whole answer comes back whole."""
        if not 0 <= value <= 10:
            raise ValueError(f"{value} is not between 0 and 10")
        distance = value * self.span / 10
        answer = self.high - distance if self.reversed else self.low + distance
        lost = 0.5000001 * ROUNDED_BY * self.span / 10  # what rounding in to_ten can have taken
        return float(round(answer)) if abs(answer - round(answer)) <= lost else round(answer, TEN_DECIMALS)


@dataclass(frozen=True)
class Sums:
    """All that means, intervals and trends need of `n` answers x (0-10) with weights w; sums of parts add up."""

    n: int = 0
    weight: float = 0.0
    weight_squared: float = 0.0
    total: float = 0.0
    total_squared: float = 0.0

    @classmethod
    def of(cls, values: Iterable[float], weights: Iterable[float] | None = None) -> Self:
        """Raises ValueError for a negative weight, or weights that are more or fewer than the values."""
        xs = list(values)
        ws = [1.0] * len(xs) if weights is None else list(weights)
        if any(not w >= 0 for w in ws):
            raise ValueError("a weight is 0 or more")
        pairs = list(zip(ws, xs, strict=True))
        return cls(
            n=len(xs),
            weight=math.fsum(ws),
            weight_squared=math.fsum(w * w for w in ws),
            total=math.fsum(w * x for w, x in pairs),
            total_squared=math.fsum(w * x * x for w, x in pairs),
        )

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.n + other.n,
            self.weight + other.weight,
            self.weight_squared + other.weight_squared,
            self.total + other.total,
            self.total_squared + other.total_squared,
        )

    @property
    def mean(self) -> float | None:
        """None without answers, or when all weights are 0."""
        return min(max(self.total / self.weight, 0.0), 10.0) if self.n > 0 and self.weight > 0 else None

    @property
    def effective_n(self) -> float:
        """Kish: how many equally weighted answers carry as much; at most n."""
        return min(self.weight**2 / self.weight_squared, float(self.n)) if self.weight_squared > 0 else 0.0

    @property
    def variance(self) -> float | None:
        """Of one answer, unbiased with reliability weights; None below two answers that count."""
        if self.n < 2 or self.weight <= 0 or self.effective_n <= 1 + 1e-9:
            return None
        squares = self.total_squared - self.total**2 / self.weight
        if squares <= 1e-12 * self.total_squared:  # what is left of equal answers is rounding
            return 0.0
        return squares / (self.weight - self.weight_squared / self.weight)

    @property
    def deviation(self) -> float | None:
        variance = self.variance
        return None if variance is None else math.sqrt(variance)

    @property
    def standard_error(self) -> float | None:
        """Of the mean."""
        variance = self.variance
        return None if variance is None else math.sqrt(variance / self.effective_n)


def interval(sums: Sums) -> Interval | None:
    """95 % interval of the mean by Student's t, within 0-10. None below two answers; equal answers give no width."""
    mean, error = sums.mean, sums.standard_error
    if mean is None or error is None:
        return None
    half = t_quantile((1 + CONFIDENCE) / 2, sums.effective_n - 1) * error
    return max(0.0, mean - half), min(10.0, mean + half)


def wilson(successes: float, n: float) -> Interval | None:
    """95 % interval of a share (0-1). Wilson 1927. None without answers; ValueError for more successes than answers."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a share")
    if n == 0:
        return None
    p, z2 = successes / n, Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return min(max(0.0, centre - half), p), max(min(1.0, centre + half), p)


@dataclass(frozen=True)
class PromoterScore:
    """-100 to 100: `raw` is what is published, `estimate` with `low` and `high` what is known."""

    raw: float
    estimate: float
    low: float
    high: float


def nps(promoters: int, detractors: int, n: int) -> PromoterScore | None:
    """Net promoter score with 95 % adjusted Wald interval (three answers added). None without answers."""
    if promoters < 0 or detractors < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors are not part of {n} answers")
    if n == 0:
        return None
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    half = Z * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
    return PromoterScore(
        raw=100 * (promoters - detractors) / n,
        estimate=100 * (p - d),
        low=max(-100.0, 100 * (p - d - half)),
        high=min(100.0, 100 * (p - d + half)),
    )


@dataclass(frozen=True)
class Share:
    """`count` of `n` answers; `value`, `low`, `high` on 0-1."""

    count: int
    n: int
    value: float
    low: float
    high: float


def top_box(counts: Mapping[float, int], scale: Scale, top: int = 2) -> Share | None:
    """Share of the `top` best answers of the scale, from answers counted by their value on 0-10.

    The boxes are the scale's, not the values that happen to occur: when nobody answered 5 of 1-5, top-2 is still
    4 and 5. A box is one step; on scales of more than ten steps it is a tenth of the span (0-100: 90 and above).
    """
    worst = 10 - (top - 1) * 10 / min(scale.span, 10) - ROUNDED_BY  # values carry the rounding of to_ten
    n, count = sum(counts.values()), sum(number for value, number in counts.items() if value >= worst)
    bounds = wilson(count, n)
    return None if bounds is None else Share(count, n, count / n, *bounds)


@dataclass(frozen=True)
class Change:
    """A mean after less the mean before (points on 0-10), and its standard error.

    `p` is two-sided by Welch's t; `z` (signed like the difference) is the normal deviate that is just as unlikely, so
    1.96 means 95 % also where answers are few.
    """

    before: float
    after: float
    difference: float
    standard_error: float
    z: float
    p: float


def change(before: Sums, after: Sums) -> Change | None:
    """None when either side has fewer than two answers that count. Variances below LEAST_VARIANCE count as that."""
    old, new = _error_squared(before), _error_squared(after)
    if before.mean is None or after.mean is None or old is None or new is None:
        return None
    # Welch and Satterthwaite
    degrees = (old + new) ** 2 / (old**2 / (before.effective_n - 1) + new**2 / (after.effective_n - 1))
    difference, error = after.mean - before.mean, math.sqrt(old + new)
    tail = t_tail(abs(difference) / error, degrees)
    z = -NORMAL.inv_cdf(tail) if tail > SMALLEST_TAIL else abs(difference) / error
    return Change(before.mean, after.mean, difference, error, math.copysign(z, difference), 2 * tail)


def _error_squared(sums: Sums) -> float | None:
    variance = sums.variance
    return None if variance is None else max(variance, LEAST_VARIANCE) / sums.effective_n
