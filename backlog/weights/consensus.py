"""Several people's weights: what lies in the middle, where they are apart, and how closely they agree. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backlog.scoring import CRITERIA, Weights

NOTEWORTHY = 0.05  # of all weight; people who differ by less have the same in mind


@dataclass(frozen=True)
class Apart:
    """Where people differ most: the first of `lowest` gives the criterion `low`, the first of `highest` gives it `high`
    (0-1); those who say the same stand with them."""

    criterion: str
    low: float
    high: float
    lowest: tuple[str, ...]
    highest: tuple[str, ...]

    @property
    def is_noteworthy(self) -> bool:
        return self.high - self.low >= NOTEWORTHY - 1e-9


def middle(said: Sequence[Weights]) -> Weights:
    """The median of each weight, scaled to 1 together. Where all medians are 0 (three people who each let another
    criterion decide alone) the means. ValueError when nobody has said anything."""
    columns = _columns(said)
    medians = {criterion: statistics.median(column) for criterion, column in columns.items()}
    if not any(medians.values()):
        medians = {criterion: statistics.fmean(column) for criterion, column in columns.items()}
    return Weights.normalised(**medians)


def furthest(said: Mapping[str, Weights]) -> Apart:
    """The criterion with the widest range; of equal ones the first. ValueError when nobody has said anything."""
    ranges = {criterion: max(column) - min(column) for criterion, column in _columns(list(said.values())).items()}
    criterion = max(CRITERIA, key=lambda each: round(ranges[each], 9))
    shares = {name: weights.as_dict()[criterion] for name, weights in said.items()}
    low, high = min(shares.values()), max(shares.values())
    return Apart(criterion, low, high, _near(shares, low), _near(shares, high))


def concentration(said: Sequence[Weights]) -> float | None:
    """That of `draws.of_weights` whose draws stray as far as these people do; infinite when all say the same, 0 when
    they are further apart than any draw. None of fewer than two.

    A Dirichlet distribution of mean m and concentration c has the variances m_j (1 - m_j) / (4 c + 1). So with the
    variances s_j^2 of what was said (divisor n - 1), 4 c + 1 = sum m_j (1 - m_j) / sum s_j^2: the method of moments.
    """
    if len(said) < 2:
        return None
    columns = _columns(said).values()
    spread = math.fsum(statistics.variance(column) for column in columns)
    possible = math.fsum(mean * (1 - mean) for mean in map(statistics.fmean, columns))
    if spread <= 1e-12:
        return math.inf
    return max((possible / spread - 1) / 4, 0.0)


def _columns(said: Sequence[Weights]) -> dict[str, list[float]]:
    if not said:
        raise ValueError("nobody has said anything")
    return {criterion: [getattr(weights, criterion) for weights in said] for criterion in CRITERIA}


def _near(shares: Mapping[str, float], end: float) -> tuple[str, ...]:
    return tuple(name for name, share in shares.items() if abs(share - end) < 0.005)
