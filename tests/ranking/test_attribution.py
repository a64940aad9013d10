"""Why an initiative moved: the shares of the causes add up, and a cause that changed nothing has none."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from backlog.ranking.attribution import CAUSES, moved, shapley
from backlog.scoring import Weights
from backlog.simulation.robustness import Course, Simulation
from tests.simulation.simulations import simulation, sure

QUEUE, SIGNS, SOCKETS = 1, 2, 3
MONDAY = simulation({QUEUE: sure(8), SIGNS: sure(6), SOCKETS: sure(4)})
LEVELS = st.integers(0, 20).map(lambda half: half / 2)
WEIGHTS = st.tuples(*[st.integers(1, 9)] * 4).map(lambda given: Weights.normalised(*given))


def shares(before: Simulation, after: Simulation, initiative_id: int = SOCKETS) -> dict[str, float]:
    move = moved(before, after, initiative_id)
    assert move is not None
    assert sum(move.shares.values()) == pytest.approx(move.before - move.after)
    return {cause: share for cause, share in move.shares.items() if share}


def test_what_people_rated_moves_it() -> None:
    today = replace(MONDAY, estimates={**MONDAY.estimates, SOCKETS: sure(10)})

    assert shares(MONDAY, today) == {"ratings": 2}


def test_what_the_data_suggests_moves_it_while_nobody_has_rated() -> None:
    suggested = {SOCKETS: ["importance", "urgency"]}
    before = replace(MONDAY, suggested=suggested)
    lifted = {**sure(4), "importance": [(10.0, 10.0, 10.0)], "urgency": [(9.0, 9.0, 9.0)]}
    after = replace(before, estimates={**MONDAY.estimates, SOCKETS: lifted})

    assert shares(before, after) == {"evidence": 1}
    assert shares(before, replace(after, suggested={})) == {"ratings": 1}


def test_others_that_rise_or_come_in_move_it() -> None:
    today = simulation({QUEUE: sure(3), SIGNS: sure(6), SOCKETS: sure(4), 9: sure(7), 10: sure(8)})

    assert shares(MONDAY, today) == {"others": -1}


def test_other_weights_move_it() -> None:
    urgent = {**sure(4), "urgency": [(10.0, 10.0, 10.0)]}
    before = simulation({QUEUE: sure(8), SIGNS: sure(6), SOCKETS: urgent})

    assert shares(before, replace(before, weights=Weights(0.0, 1.0, 0.0, 0.0))) == {"weights": 1}


def test_two_causes_that_only_help_together_share_what_they_won() -> None:
    """Urgency goes up to 10, and counts all: neither alone would have passed the one before."""
    before = simulation({QUEUE: sure(9), SOCKETS: sure(4)}, weights=Weights(1.0, 0.0, 0.0, 0.0))
    urgent = {**sure(4), "urgency": [(10.0, 10.0, 10.0)]}
    after = simulation({QUEUE: sure(9), SOCKETS: urgent}, weights=Weights(0.0, 1.0, 0.0, 0.0))

    assert shares(before, after) == {"weights": 0.5, "ratings": 0.5}


def on_a_day(share: float, peak: float = 10, profile: str = "deadline", **more: Any) -> Simulation:
    """The sockets are as urgent as this peak, and of that peak have so much on this day."""
    sockets = {**sure(4, ("importance", "maturity")), "urgency": [(peak * share, peak * share, peak * share)]}
    known = {QUEUE: sure(8), SIGNS: sure(6), SOCKETS: sockets}
    return replace(simulation(known, **more), courses={SOCKETS: Course(share, profile)})


def test_a_deadline_that_has_come_nearer_is_the_calendar() -> None:
    urgent = Weights(0.0, 1.0, 0.0, 0.0)

    assert shares(on_a_day(0.2, weights=urgent), on_a_day(1, weights=urgent)) == {"calendar": 2}
    assert shares(on_a_day(1, weights=urgent), on_a_day(0, weights=urgent)) == {"calendar": -2}
    assert shares(on_a_day(0.3, 6.7, weights=urgent), on_a_day(0.9, 6.7, weights=urgent)) == {"calendar": 1}


def test_what_people_say_of_the_peak_is_told_apart_from_the_calendar() -> None:
    urgent = Weights(0.0, 1.0, 0.0, 0.0)

    assert shares(on_a_day(0.5, 4, weights=urgent), on_a_day(0.5, 20, weights=urgent)) == {"ratings": 2}
    assert shares(on_a_day(0.2, 8, weights=urgent), on_a_day(0.9, 10, weights=urgent)) == {
        "ratings": 0.5,
        "calendar": 1.5,
    }


def test_another_course_is_what_people_have_said() -> None:
    urgent = Weights(0.0, 1.0, 0.0, 0.0)
    before, after = on_a_day(0.2, weights=urgent), on_a_day(1, weights=urgent, profile="season")

    assert shares(before, after) == {"ratings": 2}
    assert shares(replace(before, courses={}), after) == {"ratings": 2}
    assert shares(replace(before, courses=None), on_a_day(1, weights=urgent)) == {"ratings": 2}


def test_another_course_is_what_people_have_said_even_while_the_data_alone_speaks_of_the_peak() -> None:
    urgent = Weights(0.0, 1.0, 0.0, 0.0)
    silent = {SOCKETS: ["urgency"]}
    before, after = (
        replace(run, suggested=silent) for run in (on_a_day(0.2, weights=urgent), on_a_day(1, weights=urgent))
    )
    season = replace(after, courses={SOCKETS: Course(1, "season")})

    assert shares(before, season) == {"ratings": 2}
    assert shares(replace(before, courses={}), after) == {"ratings": 2}
    assert shares(before, replace(after, courses={})) == {"ratings": 2}
    assert shares(before, after) == {"calendar": 2}
    assert shares(replace(before, courses=None), after) == {"evidence": 2}, "such a run does not tell"


@given(st.lists(LEVELS, min_size=4, max_size=4), st.lists(st.floats(0, 1), min_size=2, max_size=2), WEIGHTS, WEIGHTS)
@examples(max_examples=60, deadline=None)
def test_with_the_calendar_too_the_shares_add_up_to_the_move(
    levels: list[float], days: list[float], before: Weights, after: Weights
) -> None:
    then, now, *others = levels
    first, second = (
        replace(
            run,
            estimates={
                **run.estimates,
                **{each: sure(level, ("importance", "urgency", "maturity")) for each, level in enumerate(others, 1)},
            },
        )
        for run in (on_a_day(days[0], then, weights=before), on_a_day(days[1], now, weights=after))
    )

    move = moved(first, second, SOCKETS)

    assert move is not None
    assert sum(move.shares.values()) == pytest.approx(move.won)
    if days[0] == days[1]:
        assert move.shares["calendar"] == 0
    if then == now and min(days) > 0.001:
        assert move.shares["ratings"] == 0


def test_who_was_not_ranked_then_or_is_not_now_has_no_move() -> None:
    assert moved(MONDAY, simulation({QUEUE: sure(8)}), SOCKETS) is None
    assert moved(simulation({QUEUE: sure(8)}), MONDAY, SOCKETS) is None


@given(st.lists(LEVELS, min_size=1, max_size=6), st.lists(LEVELS, min_size=1, max_size=6), WEIGHTS, WEIGHTS)
@examples(max_examples=60, deadline=None)
def test_the_shares_always_add_up_to_the_move(
    then: list[float], now: list[float], before: Weights, after: Weights
) -> None:
    rated = ("importance", "urgency", "maturity")
    first = simulation({each: sure(level, rated) for each, level in enumerate(then, 1)}, weights=before)
    second = simulation({each: sure(level, rated) for each, level in enumerate(now, 1)}, weights=after)

    move = moved(first, second, 1)

    assert move is not None
    assert set(move.shares) == set(CAUSES)
    assert sum(move.shares.values()) == pytest.approx(move.won)


def test_shapley_values_of_the_glove_game() -> None:
    """A left glove and one of two right ones make a pair: 2/3, 1/6 and 1/6."""
    found = shapley(("left", "right", "other"), lambda some: "left" in some and bool(some & {"right", "other"}))

    assert found == pytest.approx({"left": 2 / 3, "right": 1 / 6, "other": 1 / 6})
