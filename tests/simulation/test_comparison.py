"""Two runs side by side: only what differs is told, the most telling first."""

from dataclasses import replace

from backlog.scoring import Weights
from backlog.simulation.comparison import Comparison, compared
from backlog.simulation.robustness import Simulation
from tests.simulation.simulations import simulation, sure

QUEUE, SIGNS, SOCKETS, TAXIS = 1, 2, 3, 4
MONDAY = simulation({QUEUE: sure(8), SIGNS: sure(6), SOCKETS: sure(4)})


def since_monday(today: Simulation) -> Comparison:
    return compared(MONDAY, MONDAY.ranges(), today, today.ranges())


def test_nothing_changed_is_nothing_to_tell() -> None:
    assert since_monday(replace(MONDAY)) == Comparison(weights=False, closeness=False, top=False, changes=())


def test_who_was_rated_anew_is_told_and_who_moved_by_it_too() -> None:
    today = simulation(
        {SOCKETS: {**sure(4), "urgency": [(9, 9, 9)], "importance": [(10, 10, 10)]}, QUEUE: sure(5), SIGNS: sure(6)}
    )

    changes = {change.initiative_id: change for change in since_monday(today).changes}

    assert changes[SOCKETS].inputs == ("importance", "urgency")
    assert changes[QUEUE].inputs == ("importance", "urgency", "maturity", "effort", "benefit")
    assert changes[SIGNS].inputs == ()
    assert {
        each: (change.before.rank, change.after.rank)
        for each, change in changes.items()
        if change.before and change.after
    } == {
        QUEUE: (1, 3),
        SIGNS: (2, 2),
        SOCKETS: (3, 1),
    }


def test_an_estimate_that_is_only_surer_is_told_though_no_rank_moved() -> None:
    wide = simulation({**MONDAY.estimates, QUEUE: {**sure(8), "urgency": [(2, 8, 10)]}})

    changes = compared(wide, wide.ranges(), MONDAY, MONDAY.ranges()).changes
    change = next(change for change in changes if change.initiative_id == QUEUE)

    assert change.inputs == ("urgency",)
    assert change.before
    assert change.after
    assert change.before.rank == change.after.rank


def test_who_came_and_who_left_come_first() -> None:
    today = simulation({QUEUE: sure(8), TAXIS: sure(7), SIGNS: sure(6)})

    left, came, *others = since_monday(today).changes

    assert (left.initiative_id, left.after) == (SOCKETS, None)
    assert (came.initiative_id, came.before) == (TAXIS, None)
    assert [change.initiative_id for change in others] == [SIGNS]


def test_other_weights_another_closeness_and_another_top_are_told() -> None:
    today = replace(MONDAY, weights=Weights(0.4, 0.2, 0.2, 0.2), concentration=60, top=2)

    found = since_monday(today)

    assert (found.weights, found.closeness, found.top) == (True, True, True)
