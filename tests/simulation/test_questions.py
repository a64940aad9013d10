"""The next question is the one whose answer would most probably change the top of the list."""

import pytest

from backlog.scoring import Weights
from backlog.simulation.draws import Estimates
from backlog.simulation.questions import Question, questions
from backlog.simulation.robustness import Simulation


def sure(level: float, **others: tuple[float, float, float]) -> Estimates:
    known = {name: [(level, level, level)] for name in ("importance", "urgency", "maturity")}
    even = {"effort": [(5.0, 5.0, 5.0)], "benefit": [(5.0, 5.0, 5.0)]}
    return known | even | {name: [estimate] for name, estimate in others.items()}


def simulated(*estimates: Estimates, top: int = 1, weights: Weights | None = None) -> Simulation:
    return Simulation(dict(enumerate(estimates, 1)), weights or Weights(), 15.0, top, seed=1)


def test_the_estimate_that_decides_is_asked_for_first() -> None:
    """Importance counts 0.35: from 6 the second passes the first with 7.0 as soon as its own is over 8.86."""
    first, second = sure(7.0), sure(7.0, importance=(5.0, 6.0, 10.0), maturity=(6.9, 7.0, 7.0))

    [question] = questions(simulated(first, second))

    assert (question.initiative_id, question.input) == (2, "importance")
    assert question.p_change == pytest.approx((10 - 7) ** 2 / ((10 - 5) * (10 - 6)), abs=0.02)


def test_of_effort_and_benefit_the_one_that_is_missing_is_asked_for() -> None:
    known = sure(7.0)
    unrated = {name: raters for name, raters in sure(6.0).items() if name != "effort"}

    [question] = questions(simulated(known, unrated))

    assert (question.initiative_id, question.input) == (2, "effort")


def test_whoever_stands_in_the_top_can_fall_out_of_it() -> None:
    shaky, next_one, low = sure(7.0, urgency=(0.0, 7.0, 8.0)), sure(6.5), sure(2.0)

    found = questions(simulated(shaky, next_one, low))

    assert [(question.initiative_id, question.input) for question in found] == [(1, "urgency")]


def test_what_cannot_reach_the_top_is_not_asked_about() -> None:
    assert questions(simulated(sure(9.0), sure(2.0, importance=(0.0, 2.0, 4.0)))) == []


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_that_fits_into_the_top_raises_no_question(count: int) -> None:
    assert questions(simulated(*[sure(5.0, importance=(0.0, 5.0, 10.0))] * count, top=3)) == []


def test_all_equal_and_certain_raise_no_question() -> None:
    assert questions(simulated(*[sure(5.0)] * 20, top=3)) == []


def test_a_criterion_that_weighs_nothing_is_not_asked_about() -> None:
    weights = Weights(0.0, 0.5, 0.25, 0.25)

    assert questions(simulated(sure(7.0), sure(7.0, importance=(0.0, 5.0, 10.0)), weights=weights)) == []


def test_the_most_telling_come_first_and_no_more_than_wanted() -> None:
    many = [sure(7.0), *(sure(6.0, importance=(4.0, 6.0, 8.0 + step / 5)) for step in range(10))]

    found = questions(simulated(*many), most=4)

    assert len(found) == 4
    assert found == sorted(found, key=lambda question: -question.p_change)
    assert all(isinstance(question, Question) for question in found)
