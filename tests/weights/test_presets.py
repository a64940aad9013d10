"""Weights for those who come from RICE, ICE, WSJF or a weighted sum: what they count, and how near they come."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.initiatives.criteria import effort_benefit
from backlog.scoring import CRITERIA, points
from backlog.weights.presets import PRESETS

LEVEL = st.floats(1, 10)


@dataclass(frozen=True)
class Idea:
    """As rated by people who know either side: 1-10 each, confidence 0-10."""

    importance: float
    urgency: float
    confidence: float
    benefit: float
    effort: float

    @property
    def points(self) -> dict[str, int]:
        """Under each preset."""
        ratio = effort_benefit(self.effort, self.benefit)
        values = (self.importance, self.urgency, self.confidence, ratio)
        return {key: points(dict(zip(CRITERIA, values, strict=True)), each.weights) for key, each in PRESETS.items()}


FORMULAS: dict[str, Callable[[Idea], float]] = {
    "rice": lambda idea: idea.importance * idea.benefit * (0.5 + idea.confidence / 20) / idea.effort,
    "ice": lambda idea: idea.benefit * (1 + 0.9 * idea.confidence) * (11 - idea.effort),
    "wsjf": lambda idea: (idea.importance + idea.benefit + idea.urgency) / idea.effort,
    "sum": lambda idea: idea.importance + idea.urgency + idea.confidence + effort_benefit(idea.effort, idea.benefit),
}
"""The formulas as their users know them, over what is rated here."""


def share_in_the_same_order(key: str) -> float:
    """Of all pairs of 200 ideas drawn evenly over the scales."""
    random = Random(7)
    ideas = [Idea(*(random.uniform(1, 10) for _ in range(5))) for _ in range(200)]
    known = [(FORMULAS[key](idea), idea.points[key]) for idea in ideas]
    pairs = list(combinations(known, 2))
    return sum((one[0] > other[0]) == (one[1] > other[1]) for one, other in pairs) / len(pairs)


@pytest.mark.parametrize(
    ("key", "percents"),
    [("rice", (30, 0, 9, 61)), ("ice", (0, 0, 33, 67)), ("wsjf", (17, 17, 0, 66)), ("sum", (25,) * 4)],
)
def test_each_preset_counts_what_its_formula_counts(key: str, percents: tuple[int, ...]) -> None:
    assert tuple(PRESETS[key].weights.percents().values()) == percents


@pytest.mark.parametrize(("key", "least"), [("rice", 0.94), ("ice", 0.88), ("wsjf", 0.83), ("sum", 0.99)])
def test_most_pairs_of_ideas_stand_as_the_formula_orders_them(key: str, least: float) -> None:
    assert share_in_the_same_order(key) > least


@given(LEVEL, LEVEL, LEVEL, st.tuples(LEVEL, LEVEL), st.tuples(LEVEL, LEVEL))
def test_ideas_that_differ_in_benefit_and_effort_alone_stand_exactly_as_rice_orders_them(
    importance: float, urgency: float, confidence: float, one: tuple[float, float], other: tuple[float, float]
) -> None:
    first, second = (Idea(importance, urgency, confidence, *each) for each in (one, other))

    if FORMULAS["rice"](first) > FORMULAS["rice"](second) * (1 + 1e-9):
        assert first.points["rice"] >= second.points["rice"]


@pytest.mark.parametrize(("key", "gained"), [("rice", 91), ("ice", 100), ("wsjf", 100)])
def test_effort_guessed_at_half_adds_the_points_the_words_say(key: str, gained: int) -> None:
    true, guessed = Idea(6, 6, 6, 5, 4), Idea(6, 6, 6, 5, 2)

    assert guessed.points[key] - true.points[key] == pytest.approx(gained, abs=1)


@given(LEVEL, LEVEL, LEVEL, LEVEL)
def test_what_a_formula_leaves_out_moves_nothing(low: float, high: float, benefit: float, effort: float) -> None:
    assert Idea(6, low, 6, benefit, effort).points["rice"] == Idea(6, high, 6, benefit, effort).points["rice"]
    assert Idea(low, low, 6, benefit, effort).points["ice"] == Idea(high, high, 6, benefit, effort).points["ice"]
    assert Idea(6, 6, low, benefit, effort).points["wsjf"] == Idea(6, 6, high, benefit, effort).points["wsjf"]


def test_each_preset_says_what_it_counts_and_what_it_loses() -> None:
    for preset in PRESETS.values():
        assert all(text.endswith(".") for text in (preset.counts, preset.loses))
