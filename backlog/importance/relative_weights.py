"""How much of R^2 belongs to each of several predictors that go together. Pure.

Two answers to one question: Johnson's relative weights (2000, Multivariate Behavioral Research 35(1)), which cost one
eigendecomposition, and LMG (Lindeman, Merenda and Gold 1980), which is the Shapley value of R^2 over all subsets and so
for few predictors only. Both are 0 or more and add up to R^2. Where all predictors go
the same way, as answers of one survey do, they differ by less than 0.02.
"""

import itertools
import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from backlog.importance.correlations import Floats

Predictor = TypeVar("Predictor", bound=Hashable)
MOST_FOR_LMG = 12
"""Predictors: 4,096 subsets."""
COLLINEAR = 1e-10  # an eigenvalue below it is rounding: the direction carries nothing


def relative_weights(among: Floats, with_outcome: Floats) -> Floats:
    """From correlations among the predictors (..., k, k), positive semidefinite, and with the outcome (..., k).

    With R = P D P' the orthogonal variables Z closest to the predictors correlate with these by L = P D^(1/2) P' and
    explain the outcome by b = L^-1 r; weight j is sum_k L_jk^2 b_k^2. Predictors that are the same share evenly.
    """
    eigenvalues, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(eigenvalues, 0, None))
    inverse = np.where(eigenvalues > COLLINEAR, 1 / np.where(eigenvalues > COLLINEAR, roots, 1), 0.0)
    transposed = np.swapaxes(vectors, -1, -2)
    closeness = (vectors * roots[..., None, :]) @ transposed
    explains = (vectors * inverse[..., None, :]) @ (transposed @ with_outcome[..., None])
    weights: Floats = ((closeness**2) @ (explains**2))[..., 0]
    return weights


def r_squared(among: Floats, with_outcome: Floats) -> float:
    """Of the regression on these predictors (k, k) and (k,); 0 without predictors, at most 1."""
    if not len(with_outcome):
        return 0.0
    solved = np.linalg.pinv(among, rcond=COLLINEAR, hermitian=True) @ with_outcome
    return min(max(float(with_outcome @ solved), 0.0), 1.0)


def r_squared_of_subsets(among: Floats, with_outcome: Floats) -> dict[frozenset[int], float]:
    """Of every set of predictors, these by number from 0, none to all. Raises ValueError for more than 12."""
    size = len(with_outcome)
    if size > MOST_FOR_LMG:
        raise ValueError(f"{size} predictors have too many subsets; relative weights do for more than {MOST_FOR_LMG}")
    subsets = (each for n in range(size + 1) for each in itertools.combinations(range(size), n))
    return {frozenset(each): r_squared(among[np.ix_(each, each)], with_outcome[list(each)]) for each in subsets}


def lmg(explained: Mapping[frozenset[Predictor], float]) -> dict[Predictor, float]:
    """What each predictor adds to R^2, averaged over all orders of adding them, from R^2 of every set of predictors
    (the empty one may be left out: 0). Raises ValueError, naming it, when a set is missing."""
    everybody = sorted(frozenset().union(*explained), key=str)
    known = {frozenset[Predictor](): 0.0, **explained}
    for n in range(len(everybody) + 1):
        for each in map(frozenset, itertools.combinations(everybody, n)):
            if each not in known:
                raise ValueError(f"R^2 of {sorted(each, key=str)} is missing")
    return {each: _added(each, [other for other in everybody if other != each], known) for each in everybody}


def _added(predictor: Predictor, others: list[Predictor], explained: Mapping[frozenset[Predictor], float]) -> float:
    """Mean over sizes of the mean over sets of that size: each size of set is equally probable before the predictor."""
    means = []
    for n in range(len(others) + 1):
        sets = [frozenset(each) for each in itertools.combinations(others, n)]
        means.append(math.fsum(explained[each | {predictor}] - explained[each] for each in sets) / len(sets))
    return math.fsum(means) / len(means)
