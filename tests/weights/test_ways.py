"""Each way to find weights reads what people enter, names what is wrong, and finds the same again from what was kept."""

from typing import Any

import pytest

from backlog.errors import Invalid
from backlog.weights import ways
from backlog.weights.best_worst import BestWorst
from backlog.weights.pairs import Compared
from backlog.weights.ways import Way

NUMBERS = {"importance": "35", "urgency": "25,5", "maturity": "", "effort_benefit": " 25 "}
ORDER = {"importance": "1", "urgency": "2", "maturity": "4", "effort_benefit": "2"}
BEST_WORST = {
    "best": "urgency",
    "worst": "maturity",
    "best_to_importance": "2",
    "best_to_urgency": "9",  # with itself: nobody is asked
    "best_to_maturity": "8",
    "best_to_effort_benefit": "4",
    "importance_to_worst": "4",
    "urgency_to_worst": "3",
    "effort_benefit_to_worst": "2",
}
PAIRS = {
    "importance_urgency": "3",
    "importance_maturity": "5",
    "importance_effort_benefit": "3",
    "urgency_maturity": "3",
    "urgency_effort_benefit": "1/2",
    "maturity_effort_benefit": "1/5",
}
TO_COMPARE = set(BEST_WORST) - {"best", "worst", "best_to_urgency", "urgency_to_worst"}
ENTERED: list[tuple[Way, dict[str, str]]] = [
    (Way.NUMBERS, NUMBERS),
    (Way.ORDER, ORDER),
    (Way.BEST_WORST, BEST_WORST),
    (Way.PAIRS, PAIRS),
    (Way.PRESET, {"preset": "wsjf"}),
]


@pytest.mark.parametrize(("way", "typed"), ENTERED)
def test_weights_are_found_again_from_what_is_kept(way: Way, typed: dict[str, str]) -> None:
    found = ways.find(way, typed)

    assert found.way is way
    assert ways.find(way, found.inputs) == found
    assert sum(found.weights.as_dict().values()) == pytest.approx(1)
    assert set(found.inputs) <= set(ways.ASKED[way])


def test_nothing_is_compared_with_itself() -> None:
    found = ways.find(Way.BEST_WORST, BEST_WORST)

    assert "best_to_urgency" not in found.inputs
    assert "urgency_to_worst" not in found.inputs
    assert isinstance(found.told, BestWorst)
    assert found.told.consistent


def test_pairs_that_contradict_each_other_are_named() -> None:
    round_and_round = PAIRS | {"importance_urgency": "5", "urgency_maturity": "5", "importance_maturity": "1/5"}

    told = ways.find(Way.PAIRS, round_and_round).told

    assert isinstance(told, Compared)
    assert not told.consistent
    assert told.worst is not None
    assert (told.worst.one, told.worst.other) == ("importance", "maturity")


@pytest.mark.parametrize(
    ("way", "typed", "wrong"),
    [
        (Way.NUMBERS, dict.fromkeys(NUMBERS, "0"), set(NUMBERS)),
        (Way.NUMBERS, NUMBERS | {"urgency": "9" * 10_000}, {"urgency"}),
        (Way.ORDER, ORDER | {"urgency": ""}, {"urgency"}),
        (Way.ORDER, ORDER | {"urgency": "2.5", "maturity": "first"}, {"urgency", "maturity"}),
        (Way.BEST_WORST, {}, {"best", "worst"}),
        (Way.BEST_WORST, BEST_WORST | {"worst": "urgency"}, {"worst"}),
        (Way.BEST_WORST, {"best": "urgency", "worst": "maturity"}, TO_COMPARE),
        (Way.BEST_WORST, BEST_WORST | {"best_to_importance": "9"}, {"best_to_importance"}),
        (Way.PAIRS, PAIRS | {"urgency_maturity": ""}, {"urgency_maturity"}),
        (Way.PAIRS, PAIRS | {"urgency_maturity": "1/0", "importance_urgency": "x" * 10_000}, {"urgency_maturity", "importance_urgency"}),
        (Way.PAIRS, PAIRS | {"urgency_maturity": "nan", "importance_urgency": "1/12"}, {"urgency_maturity", "importance_urgency"}),
        (Way.PRESET, {"preset": "moscow"}, {"preset"}),
        (Way.PRESET, {}, {"preset"}),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named(way: Way, typed: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        ways.find(way, typed)

    assert set(refused.value.fields) == wrong


@pytest.mark.parametrize("value", ["medians", "guess", "", None, 3, "\0"])
def test_only_ways_that_ask_people_can_be_chosen(value: Any) -> None:
    with pytest.raises(Invalid):
        ways.way_of(value)


def test_what_can_no_longer_be_read_tells_nothing() -> None:
    assert ways.told_by(Way.PAIRS, {"importance_urgency": 3}) is None
    assert ways.told_by(Way.MEDIANS, {"names": ["Ines"]}) is None
    assert ways.told_by(Way.NUMBERS, NUMBERS) is None
