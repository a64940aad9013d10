"""Best-worst weights: published examples, optimality against a grid, consistency, and what is refused."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backlog.errors import Invalid
from backlog.scoring import CRITERIA, Weights
from backlog.weights.best_worst import Chain, threshold, weigh
from backlog.weights.deviations import fitted

STEPS = 40
GRID = np.array([cut for cut in itertools.product(range(STEPS + 1), repeat=4) if sum(cut) == STEPS]) / STEPS


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, str, dict[str, int], dict[str, int]]:
    """Best, worst and comparisons none of which contradicts that choice."""
    best, worst, *others = draw(st.permutations(CRITERIA))
    most = draw(st.integers(1, 9))
    step = st.integers(1, most)
    best_to = {worst: most, **{each: draw(step) for each in others}}
    return best, worst, best_to, {each: draw(step) for each in others}


def worst_deviation(
    given: tuple[str, str, dict[str, int], dict[str, int]], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The largest deviation of each row of weights, straight from the definition."""
    best, worst, best_to, to_worst = given
    of = {criterion: weights[..., index] for index, criterion in enumerate(CRITERIA)}
    rows = [abs(of[best] - times * of[each]) for each, times in best_to.items()]
    rows += [abs(of[each] - times * of[worst]) for each, times in to_worst.items()]
    return np.asarray(np.max(rows, axis=0))


def test_the_consistent_example_of_the_paper_comes_out() -> None:
    weights, deviation = fitted(1, 4, [2, 1, 4, 2, 8], [4, 8, 2, 4, 1])  # Rezaei 2016, table 2: buying a car

    assert weights == pytest.approx([0.2105, 0.4211, 0.1053, 0.2105, 0.0526], abs=5e-5)
    assert deviation == pytest.approx(0, abs=1e-12)


def test_the_inconsistent_example_of_the_paper_comes_out() -> None:
    weights, deviation = fitted(1, 4, [2, 1, 4, 3, 8], [4, 8, 2, 3, 1])  # Rezaei 2016, table 3 and section 4

    assert weights == pytest.approx([0.2295, 0.4481, 0.1148, 0.1530, 0.0546], abs=5e-5)
    assert deviation == pytest.approx(0.0109, abs=5e-5)


def test_three_criteria_share_the_deviation_where_it_can_be_worked_out_by_hand() -> None:
    weights, deviation = fitted(2, 0, [8, 2, 1], [1, 5, 8])  # w_B - 8 w_W = 2 w_j - w_B = 5 w_W - w_j = xi

    assert weights == pytest.approx([2 / 28, 9 / 28, 17 / 28])
    assert deviation == pytest.approx(1 / 28)


def test_comparisons_that_agree_give_their_ratios_exactly() -> None:
    found = weigh("importance", "maturity", {"urgency": 2, "maturity": 6, "effort_benefit": 3}, TO_WORST)

    assert found.weights.as_dict() == pytest.approx(
        {"importance": 0.5, "urgency": 0.25, "effort_benefit": 1 / 6, "maturity": 1 / 12}
    )
    assert (found.consistency, found.worst, found.consistent) == (0, None, True)


TO_WORST = {"urgency": 3, "effort_benefit": 2}


def test_the_chain_that_fits_least_is_named_with_what_was_said() -> None:
    found = weigh(
        "importance",
        "maturity",
        {"urgency": 2, "maturity": 8, "effort_benefit": 4},
        {"urgency": 7, "effort_benefit": 3},
    )

    assert found.worst == Chain("urgency", best_to=2, to_worst=7, product=14, best_to_worst=8, ratio=6 / 56)
    assert found.consistency == pytest.approx(0.1071, abs=5e-5)
    assert (found.threshold, found.consistent) == (0.2521, True)


def test_comparisons_above_the_threshold_are_not_consistent() -> None:
    found = weigh(
        "importance",
        "maturity",
        {"urgency": 5, "maturity": 6, "effort_benefit": 2},
        {"urgency": 5, "effort_benefit": 3},
    )

    assert found.consistency == pytest.approx(19 / 30)
    assert (found.threshold, found.consistent) == (0.1990, False)


def test_the_threshold_is_that_of_the_scale_used() -> None:
    """A ratio of 0.1667 is too much where the best counts 4 times the worst; 0.1994 would pass where it counts 5."""
    found = weigh(
        "importance",
        "maturity",
        {"urgency": 2, "maturity": 4, "effort_benefit": 2},
        {"urgency": 3, "effort_benefit": 2},
    )

    assert found.consistency == pytest.approx(1 / 6)
    assert (found.threshold, found.consistent) == (0.1529, False)


def test_the_thresholds_are_the_published_ones() -> None:
    assert [threshold(3, number) for number in range(3, 10)] == [0.1667] * 7
    assert [threshold(9, number) for number in range(3, 10)] == [0.1359, 0.2681, 0.3062, 0.3337, 0.3517, 0.3620, 0.3662]
    assert [threshold(scale, 4) for scale in range(1, 10)] == [
        0,
        0,
        0.1667,
        0.1529,
        0.1994,
        0.1990,
        0.2457,
        0.2521,
        0.2681,
    ]


def test_criteria_that_all_count_the_same_get_a_quarter_each() -> None:
    equal = dict.fromkeys(CRITERIA, 1)

    found = weigh("importance", "maturity", equal, equal)

    assert found.weights.as_dict() == pytest.approx(Weights(0.25, 0.25, 0.25, 0.25).as_dict())
    assert (found.consistency, found.worst, found.consistent) == (0, None, True)


def refused(
    best: str, worst: str, best_to: dict[str, float | None], to_worst: dict[str, float | None]
) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        weigh(best, worst, best_to, to_worst)
    return {name: str(text) for name, text in caught.value.fields.items()}


def test_the_best_cannot_be_the_worst() -> None:
    assert refused("urgency", "urgency", {}, {}) == {
        "worst": "The most and the least important criterion cannot be the same one."
    }


def test_a_best_or_worst_that_is_no_criterion_is_refused() -> None:
    assert refused("", "reach", {}, {}) == {
        "best": "Choose the most important criterion.",
        "worst": "Choose the least important criterion.",
    }


def test_every_comparison_that_is_missing_is_named() -> None:
    assert refused("importance", "maturity", {"maturity": 6, "urgency": None}, {"urgency": 3}) == {
        "best_to_urgency": "This comparison is missing.",
        "best_to_effort_benefit": "This comparison is missing.",
        "effort_benefit_to_worst": "This comparison is missing.",
    }


@pytest.mark.parametrize("times", [0, 10, -3, 2.5, math.nan, math.inf])
def test_a_comparison_off_1_to_9_is_refused(times: float) -> None:
    found = refused("importance", "maturity", {"urgency": times, "maturity": 6, "effort_benefit": 3}, {**TO_WORST})

    assert found == {"best_to_urgency": "A comparison is a whole number from 1 to 9."}


def test_a_criterion_further_from_the_best_than_the_worst_is_refused() -> None:
    found = refused("importance", "maturity", {"urgency": 7, "maturity": 6, "effort_benefit": 3}, {**TO_WORST})

    assert found.keys() == {"best_to_urgency"}
    assert found["best_to_urgency"].startswith("At most 6: ")


def test_a_criterion_further_from_the_worst_than_the_best_is_refused() -> None:
    best_to: dict[str, float | None] = {"urgency": 2, "maturity": 6, "effort_benefit": 3}

    found = refused("importance", "maturity", best_to, {"urgency": 3, "effort_benefit": 8})

    assert found.keys() == {"effort_benefit_to_worst"}
    assert found["effort_benefit_to_worst"].startswith("At most 6: ")


def test_the_best_against_the_worst_given_twice_must_be_the_same() -> None:
    best_to: dict[str, float | None] = {"urgency": 2, "maturity": 6, "effort_benefit": 3}

    found = refused("importance", "maturity", best_to, {**TO_WORST, "importance": 7})

    assert found == {"importance_to_worst": "You compared the most with the least important twice: 6 and 7."}


@given(answers())
def test_no_weights_on_a_grid_deviate_less(given: tuple[str, str, dict[str, int], dict[str, int]]) -> None:
    found = weigh(*given)
    own = np.array(list(found.weights.as_dict().values()))

    assert found.deviation == pytest.approx(float(worst_deviation(given, own)), abs=1e-9)
    assert found.deviation <= worst_deviation(given, GRID).min() + 1e-9


def test_comparisons_that_disagree_can_put_another_criterion_ahead_of_the_best() -> None:
    alike = {"urgency": 1, "maturity": 2, "effort_benefit": 1}

    found = weigh("importance", "maturity", alike, {"urgency": 2, "effort_benefit": 1})

    assert found.weights.urgency == pytest.approx(6 / 18)
    assert found.weights.importance == pytest.approx(5 / 18)
    assert not found.consistent


@given(answers())
def test_every_criterion_keeps_some_weight(given: tuple[str, str, dict[str, int], dict[str, int]]) -> None:
    assert min(weigh(*given).weights.as_dict().values()) > 0.01


@given(answers(), st.permutations(CRITERIA))
@settings(deadline=None)
def test_renaming_the_criteria_renames_the_weights(
    given: tuple[str, str, dict[str, int], dict[str, int]], others: list[str]
) -> None:
    best, worst, best_to, to_worst = given
    name = dict(zip(CRITERIA, others, strict=True))

    before = weigh(*given).weights.as_dict()
    after = weigh(
        name[best],
        name[worst],
        {name[each]: times for each, times in best_to.items()},
        {name[each]: times for each, times in to_worst.items()},
    ).weights.as_dict()

    assert {name[each]: weight for each, weight in before.items()} == pytest.approx(after, abs=1e-9)


@given(st.permutations(CRITERIA), st.integers(1, 3), st.integers(1, 3))
def test_weights_behind_the_comparisons_are_found_again(order: list[str], one: int, two: int) -> None:
    best, better, less, worst = order
    true = {best: one * two, better: one * two, less: one, worst: 1}
    best_to = {better: 1, less: two, worst: one * two}

    found = weigh(best, worst, best_to, {better: one * two, less: one})

    total = sum(true.values())
    assert found.weights.as_dict() == pytest.approx({each: weight / total for each, weight in true.items()})
    assert found.consistency == 0


@given(answers())
def test_the_ratio_lies_between_0_and_1_and_is_that_of_the_chain_named(
    given: tuple[str, str, dict[str, int], dict[str, int]],
) -> None:
    found = weigh(*given)

    assert 0 <= found.consistency <= 1
    assert (found.worst.ratio if found.worst else 0) == found.consistency
