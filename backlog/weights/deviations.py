"""The weights that comparisons with the best and the worst leave with the smallest largest deviation. Pure.

min xi so that |w_B - a_Bj w_j| <= xi and |w_j - a_jW w_W| <= xi for all j, the weights w at least 0 and together 1: the
linear model of Rezaei 2016, Omega 64, doi 10.1016/j.omega.2015.12.001.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

ALMOST = 1e-9  # of a weight: rounding, not a difference


def fitted(best: int, worst: int, best_to: Sequence[int], to_worst: Sequence[int]) -> tuple[list[float], float]:
    """The weights that keep the largest deviation smallest, and that deviation, for 2-5 criteria by position.

    All corners of the linear program are looked at. For four criteria and whole comparisons of 1-9 there is always
    just one that fits best, so no order of the criteria decides.
    """
    corners = _corners(_bounds(best, worst, best_to, to_worst))
    fitting = corners[corners[:, -1].argmin()]
    return [float(weight) for weight in fitting[:-1]], max(float(fitting[-1]), 0.0)


def _bounds(best: int, worst: int, best_to: Sequence[int], to_worst: Sequence[int]) -> NDArray[np.float64]:
    """Rows g with g . (w_1, ..., w_n, xi) <= 0: each deviation either way at most xi, each weight at least 0."""
    unit = np.eye(len(best_to))
    others = [each for each in range(len(best_to)) if each not in (best, worst)]
    rows = [unit[best] - best_to[each] * unit[each] for each in (*others, worst)]
    rows += [unit[each] - to_worst[each] * unit[worst] for each in others]
    deviations = np.array([*rows, *(-row for row in rows)])
    return np.vstack(
        [np.column_stack([deviations, -np.ones(len(deviations))]), np.column_stack([-unit, np.zeros(len(unit))])]
    )


def _corners(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where as many bounds as there are weights meet, the weights adding up to 1, and no bound is broken."""
    size = bounds.shape[1]
    chosen = bounds[list(combinations(range(len(bounds)), size - 1))]
    total = np.broadcast_to(np.append(np.ones(size - 1), 0.0), (len(chosen), 1, size))
    systems = np.concatenate([total, chosen], axis=1)
    regular = systems[abs(np.linalg.det(systems)) > 0.5]  # whole numbers, so is the determinant
    points = np.linalg.solve(regular, np.broadcast_to(np.eye(size)[:, :1], (len(regular), size, 1)))[..., 0]
    return points[(points @ bounds.T <= ALMOST).all(axis=1)]
