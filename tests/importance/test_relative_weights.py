"""How R^2 is shared among predictors that go together."""

import itertools
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.importance.correlations import Floats, correlations, moments
from backlog.importance.relative_weights import relative_weights
from tests.importance.airports import passengers
from tests.importance.lmg import lmg, r_squared, r_squared_of_subsets

REFERENCE = {
    frozenset({1}): 0.1064,
    frozenset({2}): 0.1254,
    frozenset({3}): 0.1288,
    frozenset({1, 2}): 0.1807,
    frozenset({1, 3}): 0.1700,
    frozenset({2, 3}): 0.1873,
    frozenset({1, 2, 3}): 0.2144,
}
# Motor Trend 1974 (mtcars): miles per gallon, cylinders, displacement, horsepower, gears
CARS = [
    (21.0, 6, 160, 110, 4), (21.0, 6, 160, 110, 4), (22.8, 4, 108, 93, 4), (21.4, 6, 258, 110, 3),
    (18.7, 8, 360, 175, 3), (18.1, 6, 225, 105, 3), (14.3, 8, 360, 245, 3), (24.4, 4, 146.7, 62, 4),
    (22.8, 4, 140.8, 95, 4), (19.2, 6, 167.6, 123, 4), (17.8, 6, 167.6, 123, 4), (16.4, 8, 275.8, 180, 3),
    (17.3, 8, 275.8, 180, 3), (15.2, 8, 275.8, 180, 3), (10.4, 8, 472, 205, 3), (10.4, 8, 460, 215, 3),
    (14.7, 8, 440, 230, 3), (32.4, 4, 78.7, 66, 4), (30.4, 4, 75.7, 52, 4), (33.9, 4, 71.1, 65, 4),
    (21.5, 4, 120.1, 97, 3), (15.5, 8, 318, 150, 3), (15.2, 8, 304, 150, 3), (13.3, 8, 350, 245, 3),
    (19.2, 8, 400, 175, 3), (27.3, 4, 79, 66, 4), (26.0, 4, 120.3, 91, 5), (30.4, 4, 95.1, 113, 5),
    (15.8, 8, 351, 264, 5), (19.7, 6, 145, 175, 5), (15.0, 8, 301, 335, 5), (21.4, 4, 121, 109, 4),
]  # fmt: skip


def correlated(answers: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    found = correlations(moments(np.column_stack([answers, outcome]), np.ones(len(outcome))))
    return found[:-1, :-1], found[:-1, -1]


def simulated(effects: list[float], seed: int) -> tuple[Floats, Floats]:
    return correlated(*passengers(400, tuple(effects), seed=seed))


SEEDS = st.integers(0, 999)
SIMULATED = st.builds(simulated, st.lists(st.floats(-2, 2), min_size=1, max_size=6), SEEDS)
ALL_GOOD = st.builds(simulated, st.lists(st.floats(0, 2), min_size=1, max_size=6), SEEDS)


def test_lmg_is_as_published() -> None:
    assert lmg(REFERENCE) == pytest.approx({1: 0.060583, 2: 0.078733, 3: 0.075083}, abs=5e-7)


def test_lmg_averages_over_the_orders_of_adding() -> None:
    explained = {frozenset[int](): 0.0, **REFERENCE}
    added: dict[int, list[float]] = {1: [], 2: [], 3: []}
    for order in itertools.permutations((1, 2, 3)):
        for at, each in enumerate(order):
            added[each].append(explained[frozenset(order[: at + 1])] - explained[frozenset(order[:at])])

    assert lmg(REFERENCE) == pytest.approx({each: sum(parts) / 6 for each, parts in added.items()})


def test_relative_weights_are_those_of_the_published_implementation() -> None:
    """The vignette of the R package rwa prints these for mpg by hp, cyl, disp and gear."""
    cars = np.array(CARS, dtype=float)
    weights = relative_weights(*correlated(cars[:, 1:], cars[:, 0]))

    assert weights == pytest.approx([0.2284797, 0.2221469, 0.2321744, 0.0963886], abs=5e-8)


def test_predictors_that_do_not_go_together_explain_what_they_correlate() -> None:
    assert relative_weights(np.eye(3), np.array([0.5, -0.3, 0.0])) == pytest.approx([0.25, 0.09, 0])


def test_two_predictors_share_as_lmg_would() -> None:
    among, with_outcome = np.array([[1, 0.5], [0.5, 1]]), np.array([0.6, 0.3])
    shares = lmg(r_squared_of_subsets(among, with_outcome))

    assert relative_weights(among, with_outcome) == pytest.approx([shares[0], shares[1]])


def test_predictors_that_are_the_same_share_evenly() -> None:
    weights = relative_weights(np.ones((2, 2)), np.array([0.6, 0.6 + 1e-9]))  # but for rounding

    assert weights == pytest.approx([0.18, 0.18])


def test_many_matrices_at_once_are_the_same_as_one_by_one() -> None:
    pairs = [simulated([1, 0.5, 0], seed) for seed in range(4)]
    together = relative_weights(np.stack([among for among, _ in pairs]), np.stack([outcome for _, outcome in pairs]))

    assert together == pytest.approx(np.stack([relative_weights(*pair) for pair in pairs]))


@given(SIMULATED)
def test_weights_are_never_negative_and_add_up_to_r_squared(pair: tuple[Floats, Floats]) -> None:
    weights = relative_weights(*pair)

    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(r_squared(*pair), abs=1e-9)


@given(ALL_GOOD)
def test_relative_weights_are_close_to_lmg_when_all_touchpoints_do_good(pair: tuple[Floats, Floats]) -> None:
    shares = lmg(r_squared_of_subsets(*pair))

    assert sum(shares.values()) == pytest.approx(r_squared(*pair), abs=1e-9)
    assert relative_weights(*pair) == pytest.approx([shares[at] for at in range(len(shares))], abs=0.02)


@given(SIMULATED, st.randoms(use_true_random=False))
def test_the_order_of_predictors_does_not_count(pair: tuple[Floats, Floats], random: Random) -> None:
    among, with_outcome = pair
    order = list(range(len(with_outcome)))
    random.shuffle(order)
    turned = relative_weights(among[np.ix_(order, order)], with_outcome[order])

    assert turned == pytest.approx(relative_weights(among, with_outcome)[order], abs=1e-9)
