"""Empirical Bayes: what a touchpoint's score probably is, given its own answers and those of all the others. Pure.

theta_i = (1 - B_i) mean_i + B_i mu with B_i = v_i / (v_i + tau2), v_i = s2_i / n_i. The variance between touchpoints,
tau2, is the moment estimate of DerSimonian and Laird (1986, Controlled Clinical Trials 7), never below 0.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backlog.evidence.statistics import LEAST_VARIANCE, Sums
from backlog.evidence.student import NORMAL

ENOUGH_FOR_OWN_VARIANCE = 30.0
UNKNOWN_VARIANCE = 100 / 12
"""Of answers spread evenly over 0-10: taken when no touchpoint has two answers to compare."""


@dataclass(frozen=True)
class Shrunken:
    """`value` on 0-10, `posterior_sd` in points, `b` the share (0-1) of the common mean in it."""

    value: float
    posterior_sd: float
    b: float


@dataclass(frozen=True)
class Shrinkage:
    """`mu` and `tau2` of all touchpoints (mu None when there are none), and `items` in the order given."""

    mu: float | None
    tau2: float
    items: tuple[Shrunken, ...]


def shrink(items: Sequence[tuple[float, float]], variance: float | Sequence[float]) -> Shrinkage:
    """`items` are (n, mean), n effective and above 0; `variance` of one answer, pooled or one for each item.

    The posterior variance is (1 - B) v + B^2 / sum(1 / (v + tau2)): the second part is what is unknown about mu.
    So a single touchpoint keeps its mean and its own standard error, and touchpoints that do not differ (tau2 = 0)
    share the common mean with its error, which is small but not 0. Raises ValueError for n of 0 or less.
    """
    variances = [float(variance)] * len(items) if isinstance(variance, int | float) else list(variance)
    if any(n <= 0 for n, _ in items):
        raise ValueError("a touchpoint without answers has no score to shrink")
    means = [mean for _, mean in items]
    errors = [max(s2, LEAST_VARIANCE) / n for (n, _), s2 in zip(items, variances, strict=True)]
    if not items:
        return Shrinkage(None, 0.0, ())
    tau2 = between_variance(means, errors)
    precisions = [1 / (error + tau2) for error in errors]
    mu = _between(math.fsum(w * m for w, m in zip(precisions, means, strict=True)) / math.fsum(precisions), means)
    unknown_of_mu = 1 / math.fsum(precisions)
    shrunken = tuple(_shrunken(mean, v, mu, tau2, unknown_of_mu) for mean, v in zip(means, errors, strict=True))
    return Shrinkage(mu, tau2, shrunken)


def shrink_sums(sums: Sequence[Sums]) -> Shrinkage:
    """As `shrink`, with n effective and the variances of `answer_variances`. Raises ValueError without a mean."""
    items = [(each.effective_n, each.mean) for each in sums]
    known = [(n, mean) for n, mean in items if mean is not None]
    if len(known) < len(items):
        raise ValueError("a touchpoint without answers has no score to shrink")
    return shrink(known, answer_variances(sums))


def answer_variances(sums: Sequence[Sums]) -> list[float]:
    """Each touchpoint's own variance from 30 effective answers on; with fewer, the one pooled over all touchpoints.

    A variance from few answers is itself too uncertain (at 5 answers its error is 70 %): by chance it comes out
    tiny, and five angry answers would pass for certain. Pooled is sum((n - 1) s2) / sum(n - 1).
    """
    measured = [(each.effective_n - 1, each.variance) for each in sums if each.variance is not None]
    degrees = math.fsum(df for df, _ in measured)
    pooled = math.fsum(df * s2 for df, s2 in measured) / degrees if degrees > 0 else UNKNOWN_VARIANCE
    return [
        each.variance if each.variance is not None and each.effective_n >= ENOUGH_FOR_OWN_VARIANCE else pooled
        for each in sums
    ]


def between_variance(means: Sequence[float], errors: Sequence[float]) -> float:
    """tau2 by DerSimonian and Laird from means and their squared standard errors (above 0); 0 for a single one."""
    if len(means) < 2:
        return 0.0
    weights = [1 / error for error in errors]
    total = math.fsum(weights)
    centre = math.fsum(w * mean for w, mean in zip(weights, means, strict=True)) / total
    q = math.fsum(w * (mean - centre) ** 2 for w, mean in zip(weights, means, strict=True))
    c = total - math.fsum(w * w for w in weights) / total
    return max(0.0, (q - (len(means) - 1)) / c)


def p_below(value: float, posterior_sd: float, threshold: float) -> float:
    """P(true score < threshold), 0-1, from the normal posterior."""
    if posterior_sd <= 0:
        return 1.0 if value < threshold else 0.0
    return NORMAL.cdf((threshold - value) / posterior_sd)


def _shrunken(mean: float, error: float, mu: float, tau2: float, unknown_of_mu: float) -> Shrunken:
    b = error / (error + tau2)
    value = _between((1 - b) * mean + b * mu, (mean, mu))
    return Shrunken(value, math.sqrt((1 - b) * error + b * b * unknown_of_mu), b)


def _between(mean: float, values: Iterable[float]) -> float:
    """A mean of these values, which by rounding alone may come out beyond all of them, and so beyond 0-10."""
    ends = sorted(values)
    return min(max(mean, ends[0]), ends[-1])
