"""The mapping a new connection begins with."""

from backlog.initiatives.stages import Stage
from backlog.trackers.fields import OURS_ALONE, Direction
from integrations.catalogue import Catalogue
from integrations.github.boards import category
from integrations.github.mapping import defaults
from integrations.github.statuses import ASIDE, STATUSES
from integrations.issue import Project, Status

PROJECT = Project("7", "aurora-airport/lanes", "aurora-airport/lanes")


def test_without_a_board_open_means_in_delivery_and_closed_measuring_or_dropped() -> None:
    stages = defaults(Catalogue(PROJECT, statuses=STATUSES)).stages

    assert {stage: rule.sets for stage, rule in stages.items()} == {
        Stage.PROPOSED: "open",
        Stage.SCORING: "open",
        Stage.READY: "open",
        Stage.IN_DELIVERY: "open",
        Stage.MEASURING: "completed",
        Stage.DONE: "completed",
        Stage.PARKED: None,
        Stage.DROPPED: "not_planned",
    }
    assert {stage: rule.means for stage, rule in stages.items() if rule.means} == {
        Stage.IN_DELIVERY: ("open",),
        Stage.MEASURING: ("completed",),
        Stage.DROPPED: ("not_planned",),
    }


def test_with_a_board_its_columns_mean_what_they_are_called() -> None:
    names = ("Backlog", "Doing", "Review", "Done")
    columns = [Status(name.lower(), name, category(name, at)) for at, name in enumerate(names)]

    stages = defaults(Catalogue(PROJECT, statuses=(*columns, *ASIDE))).stages

    assert (stages[Stage.READY].sets, stages[Stage.IN_DELIVERY].sets) == ("backlog", "doing")
    assert (stages[Stage.DONE].sets, stages[Stage.DROPPED].sets) == ("done", "not_planned")
    assert stages[Stage.IN_DELIVERY].means == ("doing", "review")


def test_a_project_without_statuses_sets_none() -> None:
    assert {rule.sets for rule in defaults(Catalogue(PROJECT)).stages.values()} == {None}


def test_what_waymark_computes_only_goes_out() -> None:
    mapping = defaults(Catalogue(PROJECT, statuses=STATUSES))

    assert mapping.labels == ("waymark",)
    assert {mapping.fields[each].direction for each in OURS_ALONE & mapping.fields.keys()} == {Direction.OUT}
