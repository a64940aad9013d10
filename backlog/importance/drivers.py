"""Derived importance: which touchpoints an outcome (recommend, buy again, overall) goes with, and how surely. Pure.

Shares of R^2 by relative weights, with 95 % percentile bootstrap intervals (Tonidandel, LeBreton and Johnson 2009,
Psychological Methods 14(4)) from 1,000 resamples of respondents. With more than 500 respondents it resamples 500 random
groups of equal size, which estimates the same variance (Wolter 2007, Introduction to Variance Estimation, chapter 2) in
a time that does not grow with the survey. Shares are never below 0, so that an interval starts above 0 also for a
touchpoint that explains nothing: it says how precise a share is, not whether there is any. Going together, not cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backlog.errors import N_, Text
from backlog.importance.correlations import Floats, correlations, mended, moments, standardised
from backlog.importance.driver_samples import NotDerivable, Sample, check
from backlog.importance.relative_weights import relative_weights

RESAMPLES = 1000
GROUPS = 500
AT_ONCE = 50  # resamples computed together, to bound the memory
CONFIDENCE = 0.95
SHRUNKEN_MOST = 0.1
"""By more than a tenth, the correlations contradict each other too much to be taken apart."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Driver:
    """A touchpoint: `n` answers; its correlation with the outcome (-1 to 1: a weight has no sign of its own); the share
    of the outcome's variance it explains (`weight`, 0-1) and that as a share of R^2 (0-1), with its 95 % interval."""

    name: str
    n: int
    correlation: float
    weight: float
    share: float
    share_interval: Interval


@dataclass(frozen=True)
class Derived:
    """`n` respondents with an outcome; weights add up to `r_squared` (0-1), shares to 1 (unless R^2 is 0). `shrunken`
    (0-0.1) is by how much all correlations were, to fit together; 0 where they did."""

    n: int
    r_squared: float
    shrunken: float
    resamples: int
    seed: int
    drivers: tuple[Driver, ...]


def derive(sample: Sample, *, resamples: int = RESAMPLES, seed: int = 0) -> Derived:
    """The weights of all drivers of the sample, in their order; one that was always answered alike gets 0.

    The same seed gives the same intervals. Raises NotDerivable with fewer than 15 answers per driver, without any
    difference to explain, or when the answers overlap too little to fit together; ValueError without resamples.
    """
    if resamples < 1:
        raise ValueError("an interval needs resamples")
    check(sample)
    values = standardised(sample.values, sample.weights)
    found, shrunken = _fitting(correlations(moments(values, sample.weights)), sample.is_complete)
    if shrunken > SHRUNKEN_MOST:
        raise NotDerivable(Text(N_("Too few customers answered about the same touchpoints to compare these.")))
    weights = _weights(found)
    drawn = np.concatenate(list(_resampled(Sample(sample.names, values, sample.weights), resamples, seed)))
    return Derived(
        n=len(values),
        r_squared=float(weights.sum()),
        shrunken=float(shrunken),
        resamples=resamples,
        seed=seed,
        drivers=_drivers(sample, found[:-1, -1], weights, drawn),
    )


def _fitting(found: Floats, is_complete: bool) -> tuple[Floats, Floats]:
    """Complete answers fit together by themselves, however alike some touchpoints are."""
    return (found, np.zeros(found.shape[:-2])) if is_complete else mended(found)


def _weights(found: Floats) -> Floats:
    return relative_weights(found[..., :-1, :-1], found[..., :-1, -1])


def _resampled(sample: Sample, resamples: int, seed: int) -> Iterator[Floats]:
    """Relative weights of each resample, some resamples at once."""
    random = np.random.default_rng(seed)
    parts = _moments_of_groups(sample, random)
    groups, shape = len(parts), parts.shape[1:]
    flat = parts.reshape(groups, -1)
    for done in range(0, resamples, AT_ONCE):
        times = random.multinomial(groups, np.full(groups, 1 / groups), size=min(AT_ONCE, resamples - done))
        sums = (times.astype(float) @ flat).reshape(-1, *shape)
        yield _weights(_fitting(correlations(sums), sample.is_complete)[0])


def _moments_of_groups(sample: Sample, random: np.random.Generator) -> Floats:
    """Of each respondent, or of at most 500 groups of them at random; the groups' sizes differ by one at most."""
    size = len(sample.values)
    groups = min(size, GROUPS)
    places = np.full(-(-size // groups) * groups, size)
    places[:size] = random.permutation(size)
    members = places.reshape(-1, groups).T
    nobody = np.full((1, sample.values.shape[1]), np.nan)
    values, weights = np.vstack([sample.values, nobody]), np.append(sample.weights, 0.0)
    some = (members[first : first + AT_ONCE] for first in range(0, groups, AT_ONCE))
    return np.concatenate([moments(values[each], weights[each]) for each in some])


def _drivers(sample: Sample, with_outcome: Floats, weights: Floats, drawn: Floats) -> tuple[Driver, ...]:
    answers = (~np.isnan(sample.values[:, :-1])).sum(axis=0)
    shares, shares_drawn = _shares(weights), _shares(drawn)
    return tuple(
        Driver(
            name=name,
            n=int(answers[at]),
            correlation=float(with_outcome[at]),
            weight=float(weights[at]),
            share=float(shares[at]),
            share_interval=_interval(shares_drawn[:, at], float(shares[at])),
        )
        for at, name in enumerate(sample.names)
    )


def _shares(weights: Floats) -> Floats:
    total = weights.sum(axis=-1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1), 0.0)


def _interval(drawn: Floats, value: float) -> Interval:
    """Percentiles, widened to the value itself: next to 0 resamples lie above it, as weights cannot lie below."""
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return min(float(low), value), max(float(high), value)
