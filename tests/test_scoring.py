"""Points, contributions, ranks and counterfactuals, by reference values and by their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.scoring import (
    CRITERIA,
    Counterfactual,
    Weights,
    contributions,
    counterfactual,
    missing,
    points,
    ranks,
)

DEFAULT = Weights()
SECURITY_QUEUE = {"importance": 9.0, "urgency": 8.1, "maturity": 6.0, "effort_benefit": 7.2}

VALUES = st.fixed_dictionaries({criterion: st.none() | st.floats(0, 10) for criterion in CRITERIA})
WEIGHTS = (
    st.lists(st.floats(0, 100), min_size=4, max_size=4)
    .filter(lambda given: sum(given) > 0.001)
    .map(lambda given: Weights.normalised(*given))
)


def test_the_default_weights_are_the_agreed_ones() -> None:
    assert DEFAULT.as_dict() == {"importance": 0.35, "urgency": 0.25, "maturity": 0.15, "effort_benefit": 0.25}


@pytest.mark.parametrize(
    "weights", [(0.5, 0.5, 0.5, 0.5), (0.2, 0.2, 0.2, 0.2), (0, 0, 0, 0), (0.35, 0.25, 0.15, 0.251)]
)
def test_weights_that_do_not_add_up_to_1_are_refused(weights: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="weights add up to 1, not to"):
        Weights(*weights)


@pytest.mark.parametrize("urgency", [-0.1, math.nan, math.inf])
def test_a_weight_that_is_no_number_of_0_or_more_is_refused(urgency: float) -> None:
    with pytest.raises(ValueError, match="the weight of urgency is a number of 0 or more"):
        Weights(0.6, urgency, 0.25, 0.25)
    with pytest.raises(ValueError, match="the weight of urgency is a number of 0 or more"):
        Weights.normalised(60, urgency, 25, 25)


def test_weights_a_millionth_off_pass() -> None:
    assert Weights(0.3500005, 0.25, 0.15, 0.25).importance == 0.3500005


def test_percentages_are_normalised() -> None:
    assert Weights.normalised(70, 50, 30, 50) == Weights(0.35, 0.25, 0.15, 0.25)


def test_weights_that_are_all_0_cannot_be_normalised() -> None:
    with pytest.raises(ValueError, match="at least one weight is above 0"):
        Weights.normalised(0, 0, 0, 0)


def test_points_are_the_weighted_sum_in_hundredths() -> None:
    assert points(SECURITY_QUEUE, DEFAULT) == 788  # 3.15 + 2.025 + 0.90 + 1.80 = 7.875


def test_a_half_hundredth_is_rounded_up_whatever_the_floats_say() -> None:
    only_importance = Weights(1, 0, 0, 0)

    assert points({"importance": 1.005}, only_importance) == 101
    assert points({"importance": 8.165}, only_importance) == 817


def test_a_missing_criterion_counts_as_5_and_is_named() -> None:
    unrated = {"importance": 9.0, "urgency": None, "maturity": 6.0}

    assert points(unrated, DEFAULT) == points({**unrated, "urgency": 5.0, "effort_benefit": 5.0}, DEFAULT)
    assert missing(unrated) == ["urgency", "effort_benefit"]


def test_nothing_known_is_5_points() -> None:
    assert points({}, DEFAULT) == 500


@pytest.mark.parametrize("value", [-0.1, 10.1, math.nan])
def test_a_value_off_0_to_10_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="importance is between 0 and 10"):
        points({"importance": value}, DEFAULT)


def test_contributions_are_printed_to_the_hundredth_and_add_up() -> None:
    shares = contributions(SECURITY_QUEUE, DEFAULT)

    assert shares == {"importance": 315, "urgency": 203, "maturity": 90, "effort_benefit": 180}
    assert sum(shares.values()) == points(SECURITY_QUEUE, DEFAULT)


def test_of_equal_remainders_the_first_criterion_gets_the_hundredth() -> None:
    quarters = Weights(0.25, 0.25, 0.25, 0.25)

    shares = contributions(dict.fromkeys(CRITERIA, 5.01), quarters)

    assert shares == {"importance": 126, "urgency": 125, "maturity": 125, "effort_benefit": 125}


@given(VALUES, WEIGHTS)
def test_contributions_always_add_up_to_the_points_exactly(values: dict[str, float | None], weights: Weights) -> None:
    shares = contributions(values, weights)

    assert sum(shares.values()) == points(values, weights)
    for criterion, weight in weights.as_dict().items():
        value = values[criterion]
        assert abs(shares[criterion] - 100 * weight * (5.0 if value is None else value)) < 1.00001


@given(VALUES, WEIGHTS)
def test_points_lie_between_0_and_1000(values: dict[str, float | None], weights: Weights) -> None:
    assert 0 <= points(values, weights) <= 1000


@given(VALUES, WEIGHTS, st.sampled_from(CRITERIA), st.floats(0, 10), st.floats(0, 10))
def test_raising_a_criterion_never_lowers_the_points(
    values: dict[str, float | None], weights: Weights, criterion: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))

    assert points({**values, criterion: low}, weights) <= points({**values, criterion: high}, weights)


def test_equal_points_share_a_rank() -> None:
    assert ranks([780, 910, 780, 640]) == [2, 1, 2, 4]


def test_no_initiatives_have_no_ranks() -> None:
    assert ranks([]) == []


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_a_rank_is_one_more_than_the_number_ahead(all_points: list[int]) -> None:
    assert ranks(all_points) == [1 + sum(other > own for other in all_points) for own in all_points]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=40), st.integers(0, 1000))
def test_adding_an_initiative_never_reorders_the_others(all_points: list[int], added: int) -> None:
    before, after = ranks(all_points), ranks([*all_points, added])[:-1]

    order = sorted(range(len(before)), key=lambda index: (before[index], index))
    assert order == sorted(range(len(before)), key=lambda index: (after[index], index))


@pytest.mark.parametrize(("now", "needed", "decimals"), [(6.4, 7.1, 1), (7.65, 7.7, 2), (7.696, 7.7, 3)])
def test_a_counterfactual_is_told_with_so_many_decimals_that_it_is_a_rise(
    now: float, needed: float, decimals: int
) -> None:
    found = Counterfactual("importance", now, needed)

    assert found.decimals == decimals
    assert f"{now:.{decimals}f}" != f"{needed:.{decimals}f}"


def test_the_smallest_change_that_passes_the_neighbour_is_named() -> None:
    found = counterfactual(SECURITY_QUEUE, DEFAULT, neighbour_points=800)

    assert found == Counterfactual("importance", 9.0, 9.4)  # 0.35 * 0.4 = 0.14: 7.875 becomes 8.015
    assert found.change == pytest.approx(0.4)


def test_a_criterion_at_its_end_cannot_rise() -> None:
    values = {"importance": 10.0, "urgency": 4.0, "maturity": 10.0, "effort_benefit": 10.0}

    found = counterfactual(values, DEFAULT, neighbour_points=855)

    assert found == Counterfactual("urgency", 4.0, 4.3)


def test_who_is_ahead_already_needs_no_change() -> None:
    assert counterfactual(SECURITY_QUEUE, DEFAULT, neighbour_points=787) is None
    assert counterfactual(SECURITY_QUEUE, DEFAULT, neighbour_points=788) is not None


def test_too_far_ahead_for_any_single_criterion() -> None:
    assert counterfactual(dict.fromkeys(CRITERIA, 2.0), DEFAULT, neighbour_points=900) is None


def test_a_missing_criterion_would_have_to_be_rated_above_5() -> None:
    found = counterfactual({}, DEFAULT, neighbour_points=500)

    assert found == Counterfactual("importance", 5.0, 5.1)


@given(VALUES, WEIGHTS, st.integers(0, 1000))
def test_a_counterfactual_passes_and_a_tenth_less_does_not(
    values: dict[str, float | None], weights: Weights, ahead: int
) -> None:
    found = counterfactual(values, weights, ahead)

    if points(values, weights) > ahead:
        assert found is None
    elif found is None:
        assert all(
            points({**values, criterion: 10.0}, weights) <= ahead or values[criterion] == 10 for criterion in CRITERIA
        )
    else:
        assert points({**values, found.criterion: found.needed}, weights) > ahead
        less = round(found.needed - 0.1, 1)
        assert less <= found.now + 1e-9 or points({**values, found.criterion: less}, weights) <= ahead
