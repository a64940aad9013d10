"""Draws of weights and criteria, and the points and ranks that follow, by closed formulas and by their laws.

Seeds are fixed, so that every figure is the same in each run; bounds are some four standard errors wide.
"""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlog import scoring
from backlog.scoring import CRITERIA, Weights
from backlog.simulation import draws
from backlog.simulation.draws import Estimates, Reals, Triangle

SEED = 20_260_301
EQUAL = Weights(0.25, 0.25, 0.25, 0.25)
FIXED = 1e300
"""A concentration at which the weights of every draw are the agreed ones."""

TENTHS = st.integers(0, 100).map(lambda tenth: tenth / 10)
TRIANGLES = st.lists(TENTHS, min_size=3, max_size=3).map(lambda given: (min(given), sorted(given)[1], max(given)))
WEIGHTS = st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any).map(lambda given: Weights.normalised(*given))

SECURITY_QUEUE: Estimates = {
    "importance": [(8.0, 9.0, 10.0)],
    "urgency": [(7.0, 8.0, 8.5)],
    "maturity": [(4.0, 6.0, 7.0)],
    "effort": [(2.0, 3.0, 5.0)],
    "benefit": [(5.0, 7.0, 9.0)],
}


def evenly(number: int) -> Reals:
    """Chances in the middle of equal steps from 0 to 1: what they give is a distribution without any noise."""
    return ((np.arange(number) + 0.5) / number).astype(np.float32)


def criterion(estimates: Estimates, name: str, number: int = 10_000) -> Reals:
    drawn: Reals = draws.of_criteria(estimates, 7, number, SEED)[CRITERIA.index(name)]
    return drawn


# The triangle


def quantile(chance: float, low: float, likely: float, high: float) -> float:
    """Kotz and van Dorp 2004, Beyond Beta, chapter 1."""
    if chance * (high - low) <= likely - low:
        return low + math.sqrt(chance * (high - low) * (likely - low))
    return high - math.sqrt((1 - chance) * (high - low) * (high - likely))


@pytest.mark.parametrize("chance", [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
@pytest.mark.parametrize("triangle", [(2.0, 5.0, 9.0), (0.0, 0.0, 10.0), (0.0, 10.0, 10.0), (7.0, 7.1, 7.2)])
def test_quantiles_of_a_triangle_are_those_of_the_formula(chance: float, triangle: Triangle) -> None:
    found = draws.triangular(np.array([chance], np.float32), *triangle)
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(quantile(chance, *triangle), abs=1e-5)


@pytest.mark.parametrize("triangle", [(2.0, 5.0, 9.0), (3.0, 3.0, 8.0), (1.0, 6.0, 6.0), (4.0, 4.0, 4.0)])
def test_mean_variance_and_skew_of_a_triangle_are_those_of_the_formula(triangle: Triangle) -> None:
    low, likely, high = triangle
    drawn = draws.triangular(evenly(100_000), *triangle).astype(np.float64)
    variance = (low**2 + likely**2 + high**2 - low * likely - low * high - likely * high) / 18
    third = (low + high - 2 * likely) * (2 * low - high - likely) * (low - 2 * high + likely) / 270
    assert drawn.mean() == pytest.approx(sum(triangle) / 3, abs=1e-4)
    assert drawn.var() == pytest.approx(variance, abs=1e-3)
    assert ((drawn - drawn.mean()) ** 3).mean() == pytest.approx(third, abs=1e-2)


def test_the_chance_of_staying_below_the_likely_value_is_its_share_of_the_width() -> None:
    assert (draws.triangular(evenly(1000), 2.0, 5.0, 8.0) < 5).mean() == 0.5
    assert (draws.triangular(evenly(1000), 2.0, 5.0, 14.0) < 5).mean() == 0.25


@settings(max_examples=50)
@given(TRIANGLES)
def test_a_value_stays_within_its_triangle_and_rises_with_the_chance(triangle: Triangle) -> None:
    found = draws.triangular(evenly(200), *triangle)
    assert not np.isnan(found).any()
    assert found.min() >= triangle[0] - 1e-5
    assert found.max() <= triangle[2] + 1e-5
    assert (np.diff(found) >= -1e-5).all()


@pytest.mark.parametrize("value", [0.0, 3.3, 10.0])
def test_who_is_sure_gives_the_same_value_in_every_draw(value: float) -> None:
    assert (draws.triangular(evenly(100), value, value, value) == np.float32(value)).all()
    assert (draws.triangular(evenly(100), *np.full((3, 100), value, np.float32)) == np.float32(value)).all()


@settings(max_examples=25)
@given(st.lists(TRIANGLES, min_size=1, max_size=4))
def test_triangles_side_by_side_give_what_each_gives_alone(triangles: list[Triangle]) -> None:
    chance = np.full(len(triangles), 0.3, np.float32)
    together = draws.triangular(chance, *np.array(triangles, np.float32).T)
    alone = [draws.triangular(chance[:1], *each)[0] for each in triangles]
    assert together == pytest.approx(alone, abs=1e-5)


# Weights


@settings(max_examples=25)
@given(WEIGHTS, st.sampled_from([1e-6, 0.1, 1.0, 10.0, 1e6]), st.integers(0, 1000))
def test_weights_of_every_draw_add_up_to_1_and_what_weighs_0_always_does(
    weights: Weights, concentration: float, seed: int
) -> None:
    drawn = draws.of_weights(weights, concentration, 50, seed)
    assert drawn.shape == (4, 50)
    assert drawn.sum(axis=0) == pytest.approx(np.ones(50), abs=1e-6)
    assert (drawn >= 0).all()
    for row, agreed in enumerate(weights.as_dict().values()):
        if agreed in (0, 1):
            assert (drawn[row] == agreed).all()


@pytest.mark.parametrize("concentration", [0.5, 1.0, 8.0, 50.0])
@pytest.mark.parametrize("weights", [Weights(), EQUAL, Weights(0.6, 0.3, 0.1, 0.0)])
def test_weights_vary_around_the_agreed_ones_as_a_dirichlet_does(weights: Weights, concentration: float) -> None:
    number = 40_000
    drawn = draws.of_weights(weights, concentration, number, SEED).astype(np.float64)
    agreed = np.array(list(weights.as_dict().values()))
    variance = agreed * (1 - agreed) / (4 * concentration + 1)
    error = np.sqrt(variance / number)
    assert (np.abs(drawn.mean(axis=1) - agreed) <= 4 * error + 1e-7).all()
    assert drawn.var(axis=1) == pytest.approx(variance, rel=0.05)
    assert np.cov(drawn[0], drawn[1])[0, 1] == pytest.approx(
        -agreed[0] * agreed[1] / (4 * concentration + 1), abs=6 * error[0] * math.sqrt(variance[1])
    )


def test_equal_weights_of_which_nothing_is_known_are_uniform_on_the_simplex() -> None:
    """Means of the largest to the smallest are the rank order centroids, and each weight is Beta(1, 3)."""
    drawn = draws.of_weights(EQUAL, 1, 40_000, SEED)
    assert np.sort(drawn, axis=0)[::-1].mean(axis=1) == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=0.003)
    for above in (0.1, 0.25, 0.5, 0.8):
        assert (drawn[0] > above).mean() == pytest.approx((1 - above) ** 3, abs=0.01)


def test_three_criteria_are_uniform_at_three_quarters_of_the_concentration() -> None:
    drawn = draws.of_weights(Weights.normalised(1, 1, 1, 0), 0.75, 40_000, SEED)
    assert np.sort(drawn[:3], axis=0)[::-1].mean(axis=1) == pytest.approx([0.6111, 0.2778, 0.1111], abs=0.003)


def test_a_very_high_concentration_keeps_to_the_agreed_weights() -> None:
    agreed = np.array(list(Weights().as_dict().values()))[:, None]
    assert (draws.of_weights(Weights(), FIXED, 100, SEED) == agreed.astype(np.float32)).all()
    assert np.abs(draws.of_weights(Weights(), 10_000, 1000, SEED) - agreed).max() < 0.02


def test_hardly_any_concentration_gives_everything_to_one_criterion() -> None:
    drawn = draws.of_weights(EQUAL, 1e-6, 4000, SEED)
    assert (drawn.max(axis=0) == 1).all()
    assert (drawn == 1).mean(axis=1) == pytest.approx([0.25] * 4, abs=0.03)


@pytest.mark.parametrize("concentration", [0.0, -1.0, math.nan, math.inf])
def test_a_concentration_that_is_no_number_above_0_is_refused(concentration: float) -> None:
    with pytest.raises(ValueError, match="the concentration is above 0"):
        draws.of_weights(Weights(), concentration, 10, SEED)


# Criteria


def test_criteria_stand_in_the_order_of_the_weights() -> None:
    sure: Estimates = {
        "importance": [(9.0, 9.0, 9.0)],
        "urgency": [(8.0, 8.0, 8.0)],
        "maturity": [(6.0, 6.0, 6.0)],
        "effort": [(2.0, 2.0, 2.0)],
        "benefit": [(8.0, 8.0, 8.0)],
    }
    for drawn in draws.of_criteria(sure, 7, 10, SEED).T:
        assert drawn == pytest.approx([9, 8, 6, 8.0103], abs=1e-4)


def test_each_rated_criterion_spreads_as_its_triangle() -> None:
    for name in ("importance", "urgency", "maturity"):
        drawn = criterion(SECURITY_QUEUE, name)
        for share in (0.05, 0.5, 0.95):
            expected = quantile(share, *SECURITY_QUEUE[name][0])
            assert (drawn <= expected).mean() == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(
    ("effort", "benefit", "expected"), [(1.0, 10.0, 10.0), (10.0, 1.0, 0.0), (5.0, 5.0, 5.0), (2.0, 8.0, 8.0103)]
)
def test_effort_benefit_is_the_logarithm_of_their_ratio(effort: float, benefit: float, expected: float) -> None:
    sure = {"effort": [(effort, effort, effort)], "benefit": [(benefit, benefit, benefit)]}
    assert criterion(sure, "effort_benefit", 5) == pytest.approx([expected] * 5, abs=1e-4)


def test_effort_benefit_stays_within_0_and_10() -> None:
    drawn = criterion({"effort": [(1.0, 1.0, 10.0)], "benefit": [(1.0, 10.0, 10.0)]}, "effort_benefit")
    assert drawn.min() >= -1e-5
    assert drawn.max() <= 10 + 1e-5
    assert drawn.min() < 3
    assert drawn.max() > 9.5


def uniform(drawn: Reals) -> bool:
    """By deciles, four standard errors of 10,000 draws wide."""
    shares, _ = np.histogram(drawn, bins=10, range=(0, 10))
    return bool(shares.sum() == len(drawn) and np.abs(shares / len(drawn) - 0.1).max() < 0.012)


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_of_which_nothing_is_known_is_anything(name: str) -> None:
    assert uniform(criterion({}, name))


@pytest.mark.parametrize("one", ["effort", "benefit"])
def test_effort_benefit_is_anything_when_one_of_the_two_is_unknown(one: str) -> None:
    without = {name: raters for name, raters in SECURITY_QUEUE.items() if name != one}
    assert uniform(criterion(without, "effort_benefit"))
    assert not uniform(criterion(SECURITY_QUEUE, "effort_benefit"))


def test_no_raters_count_as_nothing_known() -> None:
    assert (draws.of_criteria({"urgency": []}, 7, 50, SEED) == draws.of_criteria({}, 7, 50, SEED)).all()


@pytest.mark.parametrize("raters", [2, 3, 7])
def test_each_of_several_raters_is_asked_about_as_often(raters: int) -> None:
    drawn = criterion({"urgency": [(float(each), float(each), float(each)) for each in range(raters)]}, "urgency")
    asked = [(drawn == each).mean() for each in range(raters)]
    assert sum(asked) == pytest.approx(1)
    assert asked == pytest.approx([1 / raters] * raters, abs=0.02)


def test_each_rater_keeps_the_interval_of_their_own() -> None:
    drawn = criterion({"urgency": [(1.0, 2.0, 3.0), (7.0, 8.0, 9.0)]}, "urgency")
    of_one, of_other = drawn[drawn < 5], drawn[drawn > 5]
    assert (of_one.min() >= 1, of_one.max() <= 3, of_other.min() >= 7, of_other.max() <= 9) == (True,) * 4
    assert (of_one.mean(), of_other.mean()) == (pytest.approx(2, abs=0.03), pytest.approx(8, abs=0.03))


def test_a_second_rater_of_one_criterion_leaves_the_others_as_they_were() -> None:
    twice = {**SECURITY_QUEUE, "urgency": [*SECURITY_QUEUE["urgency"], (1.0, 2.0, 3.0)]}
    before, after = (draws.of_criteria(each, 7, 100, SEED) for each in (SECURITY_QUEUE, twice))
    assert (before[[0, 2, 3]] == after[[0, 2, 3]]).all()
    assert (before[1] != after[1]).any()


def test_criteria_and_initiatives_are_independent_of_each_other_and_of_the_weights() -> None:
    everything = np.vstack(
        [
            draws.of_criteria({}, 7, 10_000, SEED),
            draws.of_criteria({}, 8, 10_000, SEED),
            draws.of_weights(EQUAL, 1, 10_000, SEED)[:3],
        ]
    )
    apart = np.corrcoef(everything) - np.eye(11)
    apart[8:, 8:] = 0  # weights depend on each other: they add up to 1
    assert np.abs(apart).max() < 0.045


def test_the_same_seed_gives_the_same_and_another_seed_something_else() -> None:
    first, again, other = (draws.of_criteria(SECURITY_QUEUE, 7, 100, seed) for seed in (SEED, SEED, SEED + 1))
    assert (first == again).all()
    assert (first != other).any(axis=1).all()


# Points


def fixed(weights: Weights, number: int) -> Reals:
    return draws.of_weights(weights, FIXED, number, SEED)


def values(name: str, value: float) -> dict[str, float]:
    return dict.fromkeys(CRITERIA, 0.0) | {name: value}


@settings(max_examples=50)
@given(WEIGHTS, st.lists(TENTHS, min_size=4, max_size=4))
def test_points_are_counted_as_the_backlog_counts_them(weights: Weights, rated: list[float]) -> None:
    """Where weights and values leave exactly half a hundredth, single precision may take either side."""
    scored = draws.points(fixed(weights, 2), np.tile(np.array(rated, np.float32)[:, None], 2))
    expected = scoring.points(dict(zip(CRITERIA, rated, strict=True)), weights)
    exact = 100 * math.fsum(weight * value for weight, value in zip(weights.as_dict().values(), rated, strict=True))
    assert scored.dtype == np.int16
    if abs(exact % 1 - 0.5) > 1e-3:
        assert scored.tolist() == [expected, expected]
    else:
        assert np.abs(scored - expected).max() <= 1


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("value", [0.0, 0.1, 3.337, 5.0, 7.996, 10.0])
def test_points_of_the_only_criterion_are_its_hundredths(name: str, value: float) -> None:
    weights = Weights(**values(name, 1.0))
    criteria = np.array([[each] for each in values(name, value).values()], np.float32)
    assert draws.points(fixed(weights, 1), criteria).tolist() == [scoring.points(values(name, value), weights)]


def test_points_of_many_initiatives_are_those_of_each() -> None:
    weights = draws.of_weights(Weights(), 8, 50, SEED)
    each = [draws.of_criteria(SECURITY_QUEUE, initiative, 50, SEED) for initiative in range(1, 6)]
    assert (draws.points(weights, np.stack(each)) == [draws.points(weights, one) for one in each]).all()


# Ranks

SCORES = st.lists(st.lists(st.integers(0, 1000) | st.just(500), min_size=3, max_size=3), min_size=1, max_size=12)


def scored(rows: Sequence[Sequence[int]]) -> draws.Points:
    return np.array(rows, np.int16).reshape(len(rows), -1)


@settings(max_examples=50)
@given(SCORES)
def test_ranks_of_every_draw_are_those_of_the_backlog(rows: list[list[int]]) -> None:
    expected = [scoring.ranks(column) for column in zip(*rows, strict=True)]
    assert draws.ranks(scored(rows)).T.tolist() == expected


@settings(max_examples=50)
@given(SCORES, SCORES)
def test_ranks_among_others_are_ranks_of_all_together(some: list[list[int]], others: list[list[int]]) -> None:
    together = draws.ranks(scored(some + others))[: len(some)]
    assert (draws.ranks(scored(some), draws.counted(scored(others))) == together).all()


def test_equal_points_share_a_rank() -> None:
    assert draws.ranks(scored([[700], [500], [500], [200]])).ravel().tolist() == [1, 2, 2, 4]


def test_the_highest_and_the_lowest_points_have_their_places() -> None:
    assert draws.counted(scored([[1000, 0], [1000, 1]]))[:, [0, 999, 1000]].tolist() == [[2, 0, 0], [0, 1, 1]]
    assert draws.ranks(scored([[1000, 0], [0, 1000]])).tolist() == [[1, 2], [2, 1]]


def test_more_draws_than_are_ranked_at_once_keep_their_columns() -> None:
    number = 2 * draws.AT_ONCE + 1
    rows = np.random.default_rng(SEED).integers(0, 1001, (5, number)).astype(np.int16)
    some, others = rows[:3], rows[3:]
    expected = [scoring.ranks(column) for column in rows.T.tolist()]
    assert draws.ranks(rows).T.tolist() == expected
    assert draws.ranks(some, draws.counted(others)).T.tolist() == [ranked[:3] for ranked in expected]


def test_no_initiatives_have_no_ranks() -> None:
    assert draws.ranks(np.empty((0, 10), np.int16)).shape == (0, 10)
