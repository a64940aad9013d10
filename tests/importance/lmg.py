"""LMG (Lindeman, Merenda and Gold 1980): what each predictor adds to R^2, averaged over all orders of adding them. Of few
predictors relative weights are held against it."""

import itertools
import math
from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from backlog.importance.correlations import Floats
from backlog.importance.relative_weights import COLLINEAR

Predictor = TypeVar("Predictor", bound=Hashable)


def r_squared(among: Floats, with_outcome: Floats) -> float:
    """Of the regression on these predictors (k, k) and (k,); 0 without predictors, at most 1."""
    if not len(with_outcome):
        return 0.0
    solved = np.linalg.pinv(among, rcond=COLLINEAR, hermitian=True) @ with_outcome
    return min(max(float(with_outcome @ solved), 0.0), 1.0)


def r_squared_of_subsets(among: Floats, with_outcome: Floats) -> dict[frozenset[int], float]:
    """Of every set of predictors, these by number from 0, none to all."""
    size = len(with_outcome)
    subsets = (each for n in range(size + 1) for each in itertools.combinations(range(size), n))
    return {frozenset(each): r_squared(among[np.ix_(each, each)], with_outcome[list(each)]) for each in subsets}


def lmg(explained: Mapping[frozenset[Predictor], float]) -> dict[Predictor, float]:
    """From R^2 of every set of predictors (the empty one may be left out: 0)."""
    everybody = sorted(frozenset().union(*explained), key=str)
    known = {frozenset[Predictor](): 0.0, **explained}
    return {each: _added(each, [other for other in everybody if other != each], known) for each in everybody}


def _added(predictor: Predictor, others: list[Predictor], explained: Mapping[frozenset[Predictor], float]) -> float:
    """Mean over sizes of the mean over sets of that size: each size of set is equally probable before the predictor."""
    means = []
    for n in range(len(others) + 1):
        sets = [frozenset(each) for each in itertools.combinations(others, n)]
        means.append(math.fsum(explained[each | {predictor}] - explained[each] for each in sets) / len(sets))
    return math.fsum(means) / len(means)
