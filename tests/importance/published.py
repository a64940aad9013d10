"""Figures as publications give them."""

from backlog.evidence.statistics import Sums


def published(n: int, mean: float, deviation: float) -> Sums:
    """The sums of `n` unweighted answers with this mean (0-10) and standard deviation (divisor n - 1)."""
    return Sums(n, float(n), float(n), n * mean, (n - 1) * deviation**2 + n * mean**2)
