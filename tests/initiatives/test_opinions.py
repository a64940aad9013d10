"""What several raters of one input agree on, where they part, and who the two ends are."""

import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.initiatives.opinions import (
    ONE_TO_TEN,
    ZERO_TO_TEN,
    Agreement,
    Opinion,
    Steps,
    agreement,
    quartiles,
    spread,
)

FIVE = Steps(1, 5)
RATED = st.lists(st.integers(0, 100).map(lambda tenths: tenths / 10), min_size=1, max_size=12)


def opinions(values: Sequence[float], customers: Sequence[float] = ()) -> list[Opinion]:
    """Internal raters R1, R2 ... and customers C1, C2 ..."""
    internal = [Opinion(f"R{at}", value) for at, value in enumerate(values, 1)]
    return internal + [Opinion(f"C{at}", value, is_customer=True) for at, value in enumerate(customers, 1)]


@pytest.mark.parametrize(("values", "r_wg"), [([4, 4, 5, 4], 0.875), ([1, 5, 2, 5], 0.0), ([3, 3, 3], 1.0)])
def test_agreement_on_a_scale_from_one_to_five_is_as_published(values: list[float], r_wg: float) -> None:
    assert agreement(values, FIVE) == pytest.approx(r_wg)


@pytest.mark.parametrize(
    ("steps", "answers", "random_variance"),
    [
        (FIVE, 5, 2.0),
        (ZERO_TO_TEN, 11, 10.0),
        (ONE_TO_TEN, 10, 8.25),
        (Steps(0, 10, 0.5), 21, 9.1667),
        (Steps(0, 10, 0.1), 101, 8.5),
    ],
)
def test_random_answers_vary_by_the_number_of_steps(steps: Steps, answers: int, random_variance: float) -> None:
    assert steps.answers == answers
    assert steps.random_variance == pytest.approx(random_variance, abs=5e-5)


@pytest.mark.parametrize(("low", "high", "step"), [(10, 0, 1), (0, 0, 1), (0, 10, 0), (0, 10, 3), (0, float("inf"), 1)])
def test_a_scale_goes_up_in_whole_steps(low: float, high: float, step: float) -> None:
    with pytest.raises(ValueError, match="whole steps"):
        Steps(low, high, step)


def test_quartiles_are_interpolated() -> None:
    assert quartiles([2, 4, 6, 9]) == (3.5, 5.0, 6.75)
    assert quartiles([7]) == (7, 7, 7)
    assert quartiles([9, 2]) == (3.75, 5.5, 7.25)


def test_raters_who_differ_are_contested_and_the_ends_are_named() -> None:
    found = spread([Opinion("Ada", 2), Opinion("Ben", 8), Opinion("Cem", 9), Opinion("Dora", 2), Opinion("Eva", 6)])

    assert found is not None
    assert (found.n, found.median, found.lower, found.upper, found.interquartile_range) == (5, 6, 2, 8, 6)
    assert found.is_contested
    assert found.lowest == ("Ada", "Dora")
    assert found.highest == ("Cem",)


def test_three_points_between_the_quartiles_are_contested_whatever_the_decimals() -> None:
    found = spread(opinions([1.1, 1.1, 4.1, 4.1]))

    assert found is not None
    assert found.upper - found.lower < 3  # so a float would have it
    assert found.is_contested


def test_raters_close_together_are_not_contested() -> None:
    found = spread(opinions([6, 7, 7, 8]))

    assert found is not None
    assert not found.is_contested
    assert found.r_wg == pytest.approx(1 - 2 / 3 / 10)


def test_one_rater_agrees_with_nobody_and_is_no_end() -> None:
    found = spread(opinions([7.5]))

    assert found is not None
    assert (found.median, found.lower, found.upper) == (7.5, 7.5, 7.5)
    assert found.r_wg is None
    assert not found.is_contested
    assert found.lowest == found.highest == ()


def test_raters_of_one_mind_have_no_ends() -> None:
    found = spread(opinions([7, 7, 7]))

    assert found is not None
    assert found.r_wg == 1
    assert found.lowest == found.highest == ()


def test_without_raters_there_is_nothing_to_say() -> None:
    assert spread([]) is None


def test_customers_stand_against_those_inside() -> None:
    found = spread(opinions([4, 5, 5], customers=[8, 9]))

    assert found is not None
    assert found.customers is not None
    assert found.internal is not None
    assert (found.customers.n, found.customers.median) == (2, 8.5)
    assert (found.internal.n, found.internal.median) == (3, 5)
    assert found.customers_less_internal == 3.5


def test_without_customers_there_is_no_difference() -> None:
    found = spread(opinions([4, 5]))

    assert found is not None
    assert found.customers is None
    assert found.customers_less_internal is None


@pytest.mark.parametrize("value", [-0.1, 10.1, float("nan")])
def test_a_rating_off_the_scale_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 10"):
        spread(opinions([value]))


@given(RATED)
def test_the_quartiles_are_those_of_the_standard_library(values: list[float]) -> None:
    expected = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3

    assert quartiles(values) == pytest.approx(expected)


@given(RATED)
def test_numbers_stay_in_order_and_the_ends_are_raters_at_the_ends(values: list[float]) -> None:
    found = spread(opinions(values))

    assert found is not None
    assert min(values) <= found.lower <= found.median <= found.upper <= max(values)
    assert found.r_wg is None or 0 <= found.r_wg <= 1
    at = {each.rater: each.value for each in opinions(values)}
    assert {at[name] for name in found.lowest} <= {min(values)}
    assert {at[name] for name in found.highest} <= {max(values)}


@given(st.lists(st.integers(1, 5), min_size=2, max_size=9))
def test_agreement_does_not_depend_on_the_unit(values: list[int]) -> None:
    on_ten = [2.5 * (value - 1) for value in values]

    assert agreement(on_ten, Steps(0, 10, 2.5)) == pytest.approx(agreement([float(v) for v in values], FIVE))


@given(RATED, st.permutations(range(12)))
def test_the_order_of_raters_does_not_count(values: list[float], order: list[int]) -> None:
    ordered = sorted(opinions(values), key=lambda each: order[int(each.rater[1:]) - 1])

    assert spread(ordered) == spread(opinions(values))


@pytest.mark.parametrize(
    ("ratings", "word"),
    [
        ([0, 10], Agreement.LACKING),
        ([3, 8, 5, 8], Agreement.WEAK),
        ([3, 7, 5, 7], Agreement.MODERATE),
        ([5, 7], Agreement.STRONG),
        ([6, 7], Agreement.VERY_STRONG),
        ([6, 6], Agreement.VERY_STRONG),
        ([6], None),
    ],
)
def test_agreement_is_said_in_a_word(ratings: list[float], word: Agreement | None) -> None:
    found = spread([Opinion(f"Rater {number}", value) for number, value in enumerate(ratings)])
    assert found is not None
    assert found.agreement is word, found.r_wg
