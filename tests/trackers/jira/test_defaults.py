"""A new connection begins with a mapping that is right for most."""

from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field
from integrations.catalogue import Catalogue, Kind, TrackerField
from integrations.issue import Category, Choice, Project, Status
from integrations.jira.defaults import defaults

PROJECT = Project("10000", "GATE", "Gates and lounges")
STATUSES = (
    Status("1", "Backlog", Category.TODO),
    Status("2", "Selected", Category.TODO),
    Status("3", "In Arbeit", Category.DOING),
    Status("4", "Review", Category.DOING),
    Status("5", "Abgelehnt", Category.DONE),
    Status("6", "Fertig", Category.DONE),
)
PRIORITIES = tuple(Choice(str(at), name) for at, name in enumerate(["Highest", "High", "Medium", "Low", "Lowest"], 1))
DUE = TrackerField("duedate", "Due date", Kind.DAY)


def test_statuses_become_stages_by_what_they_mean() -> None:
    stages = defaults(Catalogue(PROJECT, statuses=STATUSES)).stages

    assert [stages[each].sets for each in (Stage.PROPOSED, Stage.SCORING, Stage.READY)] == ["1", "1", "1"]
    assert stages[Stage.READY].means == ("1", "2")
    assert (stages[Stage.IN_DELIVERY].sets, stages[Stage.IN_DELIVERY].means) == ("3", ("3", "4"))
    assert (stages[Stage.MEASURING].sets, stages[Stage.MEASURING].means) == ("6", ("6",))
    assert (stages[Stage.DONE].sets, stages[Stage.DONE].means) == ("6", ())
    assert (stages[Stage.DROPPED].sets, stages[Stage.DROPPED].means) == ("5", ("5",))
    assert Stage.PARKED not in stages


def test_no_status_brings_an_initiative_to_two_stages() -> None:
    stages = defaults(Catalogue(PROJECT, statuses=STATUSES)).stages
    meant = [each for rule in stages.values() for each in rule.means]

    assert sorted(meant) == ["1", "2", "3", "4", "5", "6"]


def test_tiers_become_priorities_in_their_order() -> None:
    assert defaults(Catalogue(PROJECT, priorities=PRIORITIES)).priorities == {
        "clear": "2",
        "contested": "3",
        "clear low": "4",
    }
    assert defaults(Catalogue(PROJECT, priorities=PRIORITIES[:3])).priorities["clear"] == "1"
    assert set(defaults(Catalogue(PROJECT, priorities=PRIORITIES[:1])).priorities.values()) == {"1"}


def test_without_statuses_stages_are_not_mapped() -> None:
    assert Field.STAGE not in defaults(Catalogue(PROJECT)).fields
    assert Field.STAGE in defaults(Catalogue(PROJECT, statuses=STATUSES)).fields


def test_a_field_that_is_not_on_the_screen_is_not_mapped() -> None:
    assert Field.DUE not in defaults(Catalogue(PROJECT)).fields
    assert Field.PRIORITY not in defaults(Catalogue(PROJECT)).fields
    assert defaults(Catalogue(PROJECT, fields=(DUE,))).fields[Field.DUE].direction is Direction.BOTH


def test_what_waymark_computes_only_goes_out() -> None:
    fields = defaults(Catalogue(PROJECT, statuses=STATUSES, priorities=PRIORITIES)).fields

    assert {fields[each].direction for each in (Field.EVIDENCE, Field.STANDING, Field.LABELS, Field.PRIORITY)} == {
        Direction.OUT
    }
    assert {fields[each].direction for each in (Field.TITLE, Field.PROBLEM, Field.STAGE)} == {Direction.BOTH}
