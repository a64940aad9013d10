"""How sure a rank is: what is read off the draws, the laws a ranking keeps, and long lists.

Seeds are fixed, so that every figure is the same in each run.
"""

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlog.scoring import Weights
from backlog.simulation import draws as drawn
from backlog.simulation.draws import Estimates, Triangle
from backlog.simulation.robustness import (
    Range,
    Simulation,
    Tier,
    acceptability,
    against_next,
    nearest,
    p_above,
    quantiles,
    tier,
)
from tests.simulation.simulations import RATED, SEED, between, departures, simulation, sure, table


def triangles(low: int, high: int) -> st.SearchStrategy[Triangle]:
    """In tenths, as people rate."""
    tenths = st.lists(st.integers(10 * low, 10 * high), min_size=3, max_size=3).map(sorted)
    return tenths.map(lambda given: cast(Triangle, tuple(tenth / 10 for tenth in given)))


def raters(low: int, high: int) -> st.SearchStrategy[list[Triangle]]:
    return st.lists(triangles(low, high), max_size=3)


ESTIMATES: st.SearchStrategy[Estimates] = st.fixed_dictionaries(
    {name: raters(1 if name in ("effort", "benefit") else 0, 10) for name in RATED}
)
BACKLOGS = st.lists(ESTIMATES, min_size=2, max_size=5).map(lambda given: dict(enumerate(given, start=1)))
WEIGHTS = st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any).map(lambda given: Weights.normalised(*given))
few = settings(max_examples=25, deadline=None)


# What is read off the ranks


def ranks(*rows: list[int]) -> drawn.Counts:
    return np.array(rows, np.int32)


def test_a_range_runs_from_the_rank_at_5_to_the_rank_at_95_percent_of_the_draws() -> None:
    low, high = quantiles(ranks(list(range(1, 101)), list(range(100, 0, -1)), [7] * 100))
    assert low.tolist() == [5, 5, 7]
    assert high.tolist() == [95, 95, 7]


@pytest.mark.parametrize("draws", [1, 2, 19, 20, 21, 99])
def test_a_range_of_few_draws_leaves_out_no_more_than_5_percent_at_either_end(draws: int) -> None:
    low, high = quantiles(ranks(list(range(1, draws + 1))))
    assert low[0] - 1 <= 0.05 * draws
    assert draws - high[0] <= 0.05 * draws


def test_acceptability_is_the_share_of_draws_of_each_rank() -> None:
    assert acceptability(ranks([1, 1, 2, 4], [2, 3, 1, 1]), 3).tolist() == [[0.5, 0.25, 0], [0.5, 0.25, 0.25]]


@pytest.mark.parametrize(
    ("p_top", "expected"),
    [
        (1.0, Tier.CLEAR),
        (0.9, Tier.CLEAR),
        (0.8999, Tier.CONTESTED),
        (0.1001, Tier.CONTESTED),
        (0.1, Tier.CLEAR_LOW),
        (0.0, Tier.CLEAR_LOW),
    ],
)
def test_nine_of_ten_draws_make_it_clear_either_way(p_top: float, expected: Tier) -> None:
    assert tier(p_top, p_top) is expected


def test_half_of_the_ties_count_for_either() -> None:
    one, other = np.array([5, 5, 9, 2], np.int16), np.array([5, 5, 1, 1], np.int16)
    assert (p_above(one, other), p_above(other, one)) == (0.75, 0.25)


def test_each_is_compared_with_the_next_of_the_list() -> None:
    assert against_next(np.array([[9, 9], [5, 3], [3, 3]], np.int16)) == [(1, 0), (0.75, 0.5), None]
    assert against_next(np.empty((0, 2), np.int16)) == []


def test_the_nearest_to_the_top_are_those_of_the_best_ranks() -> None:
    ranked = ranks([4] * 20, [1] * 20, [3] * 10 + [5] * 10, [3] * 5 + [5] * 15)
    assert nearest(ranked, 1).tolist() == [False, True, False, False]
    assert nearest(ranked, 2).tolist() == [False, True, True, False]
    assert nearest(ranked, 3).tolist() == [False, True, True, True]


# Laws


@few
@given(BACKLOGS, WEIGHTS)
def test_the_shares_of_all_ranks_add_up_to_1(backlog: dict[int, Estimates], weights: Weights) -> None:
    shares = table(simulation(backlog, weights).points(list(backlog)))
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(backlog)))
    assert shares[:, 0].sum() >= 1 - 1e-9  # somebody is first in each draw, several where they tie


@few
@given(BACKLOGS, WEIGHTS)
def test_an_added_initiative_changes_nobody_elses_points_or_order(
    backlog: dict[int, Estimates], weights: Weights
) -> None:
    ids = list(backlog)
    before, after = simulation(backlog, weights), simulation({99: between(4, 9), **backlog}, weights)
    assert (before.points(ids) == after.points(ids)).all()
    assert before.p_above(1, 2) == after.p_above(1, 2)
    shares = [each.p_above_next for each in before.ranges().values()]
    assert [each.p_above_next for each in after.ranges().values()][1:] == shares


@few
@given(BACKLOGS, WEIGHTS, st.sampled_from(RATED), st.integers(1, 30), st.sampled_from(["low", "likely", "high", "all"]))
def test_a_raised_estimate_never_costs_points_or_a_rank(
    backlog: dict[int, Estimates], weights: Weights, name: str, tenths: int, what: str
) -> None:
    """Benefit is the better for being more, effort for being less."""
    sign = -1 if name == "effort" else 1

    def raised(triangle: Triangle) -> Triangle:
        chosen = [what in (part, "all") for part in ("low", "likely", "high")]
        moved = [value + sign * tenths / 10 if part else value for value, part in zip(triangle, chosen, strict=True)]
        low, likely, high = (min(10.0, max(1.0 if name in ("effort", "benefit") else 0.0, each)) for each in moved)
        if sign > 0:  # what was passed is taken along
            return low, max(low, likely), max(low, likely, high)
        return min(low, likely, high), min(likely, high), high

    better = {**backlog[1], name: [raised(each) for each in backlog[1].get(name, ())]}
    before, after = simulation(backlog, weights), simulation({**backlog, 1: better}, weights)
    assert (after.points([1]) >= before.points([1])).all()
    was, now = before.ranges()[1], after.ranges()[1]
    assert (now.low <= was.low, now.high <= was.high, now.p_top >= was.p_top) == (True, True, True)
    assert all(after.ranges()[each].p_top <= before.ranges()[each].p_top for each in backlog if each != 1)


@few
@given(BACKLOGS, WEIGHTS, st.integers(1, 9))
def test_what_is_nowhere_better_never_comes_before(
    backlog: dict[int, Estimates], weights: Weights, border: int
) -> None:
    low, high = float(border), float(min(10, border + 3))
    worse: Estimates = {**between(1, low), "effort": [(low, high, high)]}
    better: Estimates = {**between(low, high), "effort": [(1.0, 1.0, low)]}
    found = simulation({**backlog, 98: worse, 99: better}, weights)
    ids = [98, 99, *backlog]
    ranked = drawn.ranks(found.points(ids))
    assert (ranked[1] <= ranked[0]).all()
    assert found.p_above(99, 98) >= 0.5
    assert found.ranges()[98].p_top <= found.ranges()[99].p_top


@few
@given(BACKLOGS, WEIGHTS, st.integers(1, 6))
def test_ranges_agree_with_the_shares_of_the_ranks(backlog: dict[int, Estimates], weights: Weights, top: int) -> None:
    found = simulation(backlog, weights, top=top)
    shares = table(found.points(list(backlog)))
    for each, share in zip(found.ranges().values(), shares, strict=True):
        assert 1 <= each.low <= each.high <= len(backlog)
        assert each.p_top == pytest.approx(share[:top].sum())
        assert each.tier in {tier(each.p_top, each.p_top), Tier.CONTESTED}
        assert each.draws == found.draws
        assert share[: each.low].sum() >= 0.05 - 1e-9
        assert share[: each.high].sum() >= 0.95 - 1e-9
        assert share[: each.high - 1].sum() < 0.95


# A list


def test_the_same_simulation_gives_the_same_to_the_last_digit() -> None:
    found = simulation(departures(30), top=5)
    assert found.ranges() == replace(found).ranges()
    assert replace(found, exact=10).ranges() == replace(found, exact=10).ranges()


def test_another_seed_differs_by_the_error_of_the_draws() -> None:
    found = simulation(departures(30), top=5, draws=4000)
    one, other = found.ranges(), replace(found, seed=SEED + 1).ranges()
    apart = [abs(one[each].p_top - other[each].p_top) for each in one]
    assert 0 < max(apart) < 4 * math.sqrt(2 * 0.25 / 4000)
    assert max(abs(one[each].low - other[each].low) for each in one) <= 2
    assert max(abs(one[each].high - other[each].high) for each in one) <= 2


def test_the_order_of_the_list_decides_nothing_but_who_is_next() -> None:
    backlog = departures(30)
    one = simulation(backlog, top=5).ranges()
    other = simulation(dict(reversed(backlog.items())), top=5).ranges()
    assert list(other) == list(reversed(one))
    unknown: dict[str, Any] = {"p_above_next": None, "p_tied_next": None}
    for each in backlog:
        assert replace(one[each], **unknown) == replace(other[each], **unknown)
    last, before = 30, 29
    assert one[last].p_above_next is None
    assert one[before].p_above_next == pytest.approx(1 - (other[last].p_above_next or 0))


def test_the_wider_the_concentration_of_weights_the_wider_the_ranges() -> None:
    found = simulation(departures(30), top=5, draws=1000)
    widths = [
        sum(each.high - each.low for each in replace(found, concentration=concentration).ranges().values())
        for concentration in (1.0, 8.0, 100.0)
    ]
    assert widths == sorted(widths, reverse=True)


# A long list


@pytest.fixture(scope="module")
def long() -> Simulation:
    return simulation(departures(600), Weights(), 8, top=10, draws=3000)


@pytest.fixture(scope="module")
def whole(long: Simulation) -> dict[int, Range]:
    return replace(long, exact=600).ranges()


@pytest.fixture(scope="module")
def shortened(long: Simulation) -> dict[int, Range]:
    return replace(long, exact=100).ranges()


def test_of_a_long_list_those_near_the_top_are_simulated_in_full(
    long: Simulation, whole: dict[int, Range], shortened: dict[int, Range]
) -> None:
    assert list(shortened) == list(whole) == list(long.estimates)
    full = [each for each in shortened if shortened[each].draws == 3000]
    assert len(full) == 100
    assert {each for each in whole if whole[each].p_top > 0.02} <= set(full)


def test_a_long_list_gives_those_near_the_top_what_it_gives_when_all_are_simulated_in_full(
    whole: dict[int, Range], shortened: dict[int, Range]
) -> None:
    """The same draws for them; for all others fewer, used again. Near the top that is less than the error of a draw."""
    for each, found in shortened.items():
        if found.draws == 3000:
            exact = whole[each]
            assert found.p_top == pytest.approx(exact.p_top, abs=0.01)
            assert abs(found.low - exact.low) <= 2 + 0.02 * exact.low
            assert abs(found.high - exact.high) <= 2 + 0.02 * exact.high


def test_of_a_long_list_the_far_ones_are_clearly_low(whole: dict[int, Range], shortened: dict[int, Range]) -> None:
    for each, found in shortened.items():
        if found.draws != 3000:
            assert found.tier is whole[each].tier is Tier.CLEAR_LOW
            assert found.p_above_next is None
            assert abs(found.low - whole[each].low) <= 60
            assert abs(found.high - whole[each].high) <= 60


def test_of_a_long_list_only_neighbours_simulated_in_full_are_compared(
    long: Simulation, shortened: dict[int, Range]
) -> None:
    ids = list(shortened)
    compared = [(one, other) for one, other in pairwise(ids) if shortened[one].p_above_next is not None]
    assert compared
    for one, other in compared:
        assert shortened[one].draws == shortened[other].draws == 3000
        assert shortened[one].p_above_next == long.p_above(one, other)


@pytest.mark.parametrize("draws", [1, 100, 250, 251])
def test_a_long_list_takes_any_number_of_draws(draws: int) -> None:
    found = replace(simulation(departures(40), top=5, draws=draws), exact=20).ranges()
    assert sorted(each.draws for each in found.values()) == sorted([draws] * 20 + [250] * 20)
    assert all(1 <= each.low <= each.high <= 40 for each in found.values())


# Edges


def test_no_initiatives_have_no_ranges() -> None:
    assert simulation({}).ranges() == {}


@pytest.mark.parametrize("known", [{}, sure(1), sure(10), between(2, 9)])
def test_a_single_initiative_is_always_first(known: Estimates) -> None:
    assert simulation({5: known}).ranges() == {5: Range(1, 1, 1.0, Tier.CLEAR, 200, None)}


def test_all_equal_share_the_first_rank_in_every_draw() -> None:
    found = simulation({each: sure(6) for each in range(1, 8)}, top=3).ranges()
    first = Range(1, 1, 1.0, Tier.CONTESTED, 200, 0.5, 1.0)
    assert list(found.values()) == [first] * 6 + [Range(1, 1, 1.0, Tier.CONTESTED, 200)]


def test_as_many_equals_as_the_top_has_places_are_clearly_in_it_and_one_more_is_contested() -> None:
    equals = {each: sure(6) for each in range(1, 5)}
    assert {each.tier for each in simulation(equals, top=4).ranges().values()} == {Tier.CLEAR}
    assert {each.tier for each in simulation(equals, top=3).ranges().values()} == {Tier.CONTESTED}
    better = simulation({9: sure(8)} | equals, top=3).ranges()
    assert [each.tier for each in better.values()] == [Tier.CLEAR] + [Tier.CONTESTED] * 4


def test_three_thousand_equal_ones_share_the_first_rank() -> None:
    found = simulation({each: sure(6) for each in range(1, 3001)}, top=10, draws=500).ranges()
    assert len(found) == 3000
    assert {(each.low, each.high, each.p_top, each.tier) for each in found.values()} == {(1, 1, 1.0, Tier.CONTESTED)}


def test_when_nothing_is_known_of_any_all_are_as_likely() -> None:
    found = simulation({each: {} for each in range(1, 11)}, top=3, draws=4000).ranges()
    assert [each.p_top for each in found.values()] == pytest.approx([0.3] * 10, abs=0.03)
    assert {each.tier for each in found.values()} == {Tier.CONTESTED}
    assert {(each.low, each.high) for each in found.values()} == {(1, 10)}


def test_a_top_longer_than_the_list_takes_everybody() -> None:
    found = simulation(departures(5), top=50).ranges()
    assert {(each.p_top, each.tier) for each in found.values()} == {(1.0, Tier.CLEAR)}


def test_a_concentration_of_0_is_refused() -> None:
    with pytest.raises(ValueError, match="the concentration is above 0, not 0"):
        simulation(departures(3), concentration=0).ranges()
