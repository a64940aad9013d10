"""Weights from comparing pairs: Saaty's eigenvector, consistency, the pair to look at again, and what is refused."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Invalid
from backlog.scoring import CRITERIA, Weights
from backlog.weights.pairs import PAIRS, Pair, consistency_ratio, principal, weigh

SCALE = [1 / step for step in range(9, 1, -1)] + [float(step) for step in range(1, 10)]
COMPARISONS = st.fixed_dictionaries({pair: st.sampled_from(SCALE) for pair in PAIRS})


def implied(values: dict[str, float]) -> dict[tuple[str, str], float]:
    """The comparisons of somebody who has exactly these weights in mind."""
    return {(one, other): values[one] / values[other] for one, other in PAIRS}


def test_the_reference_matrix_gives_the_published_weights() -> None:
    matrix = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])

    weights, largest = principal(matrix)

    assert weights == pytest.approx([0.637, 0.258, 0.105], abs=5e-4)
    assert largest == pytest.approx(3.0385, abs=5e-5)
    assert consistency_ratio(largest, 3) == pytest.approx(0.033, abs=5e-4)


def test_four_criteria_give_the_weights_of_the_field() -> None:
    """Choosing a leader: experience, education, charisma, age; worked through in many textbooks."""
    matrix = np.array([[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]])

    weights, largest = principal(matrix)

    assert weights == pytest.approx([0.547, 0.127, 0.270, 0.056], abs=1e-3)
    assert consistency_ratio(largest, 4) == pytest.approx(0.044, abs=5e-4)


def test_two_criteria_are_always_consistent() -> None:
    assert consistency_ratio(principal(np.array([[1, 9], [1 / 9, 1]]))[1], 2) == 0


def test_comparisons_that_agree_give_their_weights_back() -> None:
    found = weigh(implied({"importance": 0.4, "urgency": 0.2, "maturity": 0.1, "effort_benefit": 0.3}))

    assert found.weights.as_dict() == pytest.approx(Weights(0.4, 0.2, 0.1, 0.3).as_dict())
    assert found.largest == pytest.approx(4)
    assert found.consistency == pytest.approx(0, abs=1e-9)
    assert (found.worst, found.consistent) == (None, True)


def test_criteria_that_all_count_the_same_get_a_quarter_each() -> None:
    found = weigh(dict.fromkeys(PAIRS, 1.0))

    assert found.weights.as_dict() == pytest.approx(Weights(0.25, 0.25, 0.25, 0.25).as_dict())
    assert (found.worst, found.consistent) == (None, True)


def test_the_pair_that_fits_least_is_named_with_what_would_fit() -> None:
    agreed = implied({"importance": 8, "urgency": 4, "maturity": 1, "effort_benefit": 2})

    found = weigh({**agreed, ("urgency", "effort_benefit"): 1 / 6})

    assert found.worst is not None
    assert (found.worst.one, found.worst.other) == ("urgency", "effort_benefit")
    assert found.worst.given == pytest.approx(1 / 6)
    weights = found.weights.as_dict()
    assert found.worst.fits == pytest.approx(weights["urgency"] / weights["effort_benefit"])
    assert found.worst.deviation == pytest.approx(found.worst.fits * 6)
    assert not found.consistent


def test_what_would_fit_stays_on_the_scale() -> None:
    answers = dict(zip(PAIRS, (1 / 3, 1.0, 6.0, 2.0, 6.0, 9.0), strict=True))

    found = weigh(answers)

    assert found.weights.urgency / found.weights.effort_benefit == pytest.approx(10.227, abs=5e-4)
    assert found.worst is not None
    assert (found.worst.one, found.worst.other, found.worst.fits) == ("urgency", "effort_benefit", 9)


def test_a_pair_may_be_given_from_either_side() -> None:
    one_way = implied({"importance": 8, "urgency": 4, "maturity": 1, "effort_benefit": 2})
    other_way = {(other, one): 1 / value for (one, other), value in one_way.items()}

    assert weigh(other_way).weights.as_dict() == pytest.approx(weigh(one_way).weights.as_dict())


def test_a_pair_rounded_to_two_decimals_is_still_its_inverse() -> None:
    both = {**dict.fromkeys(PAIRS, 1.0), ("importance", "urgency"): 3.0, ("urgency", "importance"): 0.33}

    assert weigh(both).weights.importance > weigh(both).weights.urgency


def refused(comparisons: dict[tuple[str, str], float | None]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        weigh(comparisons)
    return {name: str(text) for name, text in caught.value.fields.items()}


def test_a_pair_that_contradicts_itself_is_refused() -> None:
    both = {**dict.fromkeys(PAIRS, 1.0), ("importance", "urgency"): 3.0, ("urgency", "importance"): 3.0}

    assert refused({**both}) == {
        "importance_urgency": "This pair is given both ways, and one is not the inverse of the other."
    }


@pytest.mark.parametrize("value", [0.0, 0.1, 9.5, -3.0, math.nan, math.inf])
def test_a_comparison_off_the_scale_is_refused(value: float) -> None:
    found = refused({**dict.fromkeys(PAIRS, 1.0), ("maturity", "effort_benefit"): value})

    assert found == {"maturity_effort_benefit": "A comparison is between 1/9 and 9."}


def test_a_comparison_off_the_scale_is_refused_from_the_other_side_too() -> None:
    given: dict[tuple[str, str], float | None] = dict.fromkeys(PAIRS, 1.0)
    del given["importance", "urgency"]

    assert refused({**given, ("urgency", "importance"): 0.0}).keys() == {"importance_urgency"}


def test_every_pair_that_is_missing_is_named() -> None:
    given: dict[tuple[str, str], float | None] = {("importance", "urgency"): 3, ("importance", "maturity"): None}

    assert refused(given) == {
        f"{one}_{other}": "This comparison is missing." for one, other in PAIRS if (one, other) != PAIRS[0]
    }


def test_the_pairs_are_all_there_are() -> None:
    assert tuple(itertools.combinations(CRITERIA, 2)) == PAIRS


@given(st.lists(st.floats(1, 3), min_size=4, max_size=4))
def test_any_weights_are_found_again_from_their_ratios(values: list[float]) -> None:
    found = weigh(implied(dict(zip(CRITERIA, values, strict=True))))

    assert list(found.weights.as_dict().values()) == pytest.approx([value / sum(values) for value in values])
    assert found.consistency == pytest.approx(0, abs=1e-6)


@given(COMPARISONS)
def test_the_weights_are_an_eigenvector_and_lambda_is_at_least_4(comparisons: dict[tuple[str, str], float]) -> None:
    found = weigh(comparisons)
    weights = found.weights.as_dict()
    of = {**comparisons, **{(other, one): 1 / value for (one, other), value in comparisons.items()}}

    for one in CRITERIA:
        row = math.fsum(of.get((one, other), 1.0) * weights[other] for other in CRITERIA)
        assert row == pytest.approx(found.largest * weights[one])
    assert found.largest >= 4 - 1e-9
    assert found.consistency >= 0
    assert min(weights.values()) > 0


@given(COMPARISONS)
def test_no_other_pair_deviates_more_than_the_one_named(comparisons: dict[tuple[str, str], float]) -> None:
    found = weigh(comparisons)
    weights = found.weights.as_dict()
    ratios = [value * weights[other] / weights[one] for (one, other), value in comparisons.items()]
    furthest = max(max(ratio, 1 / ratio) for ratio in ratios)

    assert (found.worst.deviation if isinstance(found.worst, Pair) else 1.0) == pytest.approx(furthest)


def test_in_a_circle_of_three_all_three_pairs_are_to_be_looked_at_again() -> None:
    given = dict.fromkeys(PAIRS, 1.0)
    given |= {("importance", "urgency"): 9, ("urgency", "maturity"): 9, ("importance", "maturity"): 1 / 9}

    found = weigh(given)

    assert {(each.one, each.other) for each in found.again} == {
        ("importance", "urgency"), ("urgency", "maturity"), ("importance", "maturity")
    }  # fmt: skip
    assert found.circles == (("importance", "urgency", "maturity"),)
    turned = {pair: 1 / value for pair, value in given.items()}
    assert weigh(turned).circles == (("importance", "maturity", "urgency"),)


@given(COMPARISONS)
def test_without_a_circle_the_criteria_can_be_put_in_an_order(given: dict[tuple[str, str], float]) -> None:
    def keeps(order: tuple[str, ...]) -> bool:
        place = {criterion: at for at, criterion in enumerate(order)}
        return all((value - 1) * (place[other] - place[one]) >= 0 for (one, other), value in given.items())

    if weigh(given).circles:
        assert not any(keeps(order) for order in itertools.permutations(CRITERIA))
