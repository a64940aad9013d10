"""Weights from an order of the criteria: rank order centroids, ties, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Invalid
from backlog.scoring import CRITERIA, Weights
from backlog.weights.orders import centroids, weigh

PLACES = st.fixed_dictionaries({criterion: st.integers(1, 4) for criterion in CRITERIA})


def test_the_centroids_of_four_places_are_the_published_ones() -> None:
    assert centroids(4) == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=5e-5)


@pytest.mark.parametrize(
    ("number", "expected"), [(1, [1.0]), (2, [0.75, 0.25]), (3, [0.6111, 0.2778, 0.1111])]
)  # Barron and Barrett 1996, table 1
def test_the_centroids_of_fewer_places_are_the_published_ones(number: int, expected: list[float]) -> None:
    assert centroids(number) == pytest.approx(expected, abs=5e-5)


def test_each_criterion_gets_the_weight_of_its_place() -> None:
    found = weigh({"importance": 2, "urgency": 1, "maturity": 4, "effort_benefit": 3})

    assert found.weights.as_dict() == pytest.approx(
        {"importance": 0.2708, "urgency": 0.5208, "maturity": 0.0625, "effort_benefit": 0.1458}, abs=5e-5
    )
    assert found.levels == (("urgency",), ("importance",), ("effort_benefit",), ("maturity",))


def test_tied_criteria_share_the_mean_of_their_places() -> None:
    found = weigh({"importance": 1, "urgency": 2, "maturity": 4, "effort_benefit": 2})

    assert found.weights.urgency == found.weights.effort_benefit == pytest.approx((0.270833 + 0.145833) / 2, abs=1e-6)
    assert found.levels == (("importance",), ("urgency", "effort_benefit"), ("maturity",))


def test_a_place_left_out_after_a_tie_changes_nothing() -> None:
    tied = {"importance": 1, "urgency": 2, "effort_benefit": 2}

    assert weigh({**tied, "maturity": 3}) == weigh({**tied, "maturity": 4})


def test_criteria_that_are_all_tied_count_the_same() -> None:
    assert weigh(dict.fromkeys(CRITERIA, 1)).weights == Weights(0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("place", [0, 5, -1, 1.5, math.nan, math.inf])
def test_a_place_off_1_to_4_is_refused(place: float) -> None:
    with pytest.raises(Invalid) as refused:
        weigh({"importance": 1, "urgency": place, "maturity": 3, "effort_benefit": 4})

    assert str(refused.value.fields["urgency"]) == "A place is a whole number from 1 to 4."
    assert refused.value.fields.keys() == {"urgency"}


def test_every_criterion_without_a_place_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        weigh({"importance": 1, "urgency": None})

    assert refused.value.fields.keys() == {"urgency", "maturity", "effort_benefit"}
    assert str(refused.value.fields["maturity"]) == "Give this criterion a place."


@given(st.integers(1, 9))
def test_centroids_fall_and_add_up_to_1(number: int) -> None:
    found = centroids(number)

    assert math.fsum(found) == pytest.approx(1)
    assert found == sorted(found, reverse=True)


@given(PLACES)
def test_an_earlier_place_always_weighs_more_and_the_same_place_the_same(places: dict[str, int]) -> None:
    weights = weigh(places).weights.as_dict()

    for one in CRITERIA:
        for other in CRITERIA:
            assert (weights[one] > weights[other]) == (places[one] < places[other])
