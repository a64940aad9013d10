"""A mapping that cannot be kept is refused, whoever brings it."""

import pytest

from backlog.errors import Invalid
from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule, StageRule, checked_mapping, read

OUT, BOTH = Direction.OUT, Direction.BOTH


@pytest.mark.parametrize(
    ("mapping", "wrong"),
    [
        (FieldMapping(departments={"baggage": "10001"}), "departments"),
        (FieldMapping(departments={"0": "10001"}), "departments"),
        (FieldMapping(assignees={"9" * 40: "tom"}), "assignees"),
        (FieldMapping(assignees={"7": "to\0m"}), "assignees"),
        (FieldMapping(priorities={"clear": "x" * 300}), "priorities"),
        (FieldMapping(fields={Field.EVIDENCE: Rule(BOTH)}), "direction-evidence"),
        (FieldMapping(fields={Field.SCORE: Rule(Direction.IN, target="cf_1")}), "direction-score"),
        (FieldMapping(fields={Field.COMMENTS: Rule(Direction.ONCE)}), "direction-comments"),
        (FieldMapping(fields={Field.DUE: Rule(BOTH)}), "target-due"),
        (FieldMapping(fields={Field.DUE: Rule(BOTH, target="d" * 300)}), "target-due"),
        (FieldMapping(fields={Field.TITLE: Rule(BOTH, target="label:title")}), "target-title"),
        (FieldMapping(fields={Field.LEAD: Rule(OUT, target="label:")}), "target-lead"),
        (FieldMapping(fields={Field.LEAD: Rule(OUT, target="label:lead of it")}), "target-lead"),
        (FieldMapping(fields={Field.LEAD: Rule(OUT, target="label:lead:of")}), "target-lead"),
        (FieldMapping(fields={Field.LEAD: Rule(OUT, target="label:lead,of")}), "target-lead"),
        (FieldMapping(fields={Field.LEAD: Rule(OUT, target=f"label:{'l' * 41}")}), "target-lead"),
        (
            FieldMapping(fields={each: Rule(OUT, target="label:cx") for each in (Field.LEAD, Field.PRIORITY)}),
            "target-priority",
        ),
        (
            FieldMapping(stages={Stage.READY: StageRule(means=("1",)), Stage.IN_DELIVERY: StageRule(means=("1",))}),
            "means-in_delivery",
        ),
        (FieldMapping(stages={Stage.READY: StageRule(sets="x" * 300)}), "sets-ready"),
        (FieldMapping(labels=tuple(str(each) for each in range(21))), "labels"),
        (FieldMapping(labels=("food,retail",)), "labels"),
        (FieldMapping(labels=("",)), "labels"),
        (FieldMapping(issue_type="x" * 300), "issue_type"),
        (FieldMapping(board="\ud800"), "board"),
    ],
)
def test_what_cannot_be_kept_is_named(mapping: FieldMapping, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_mapping(mapping)

    assert set(refused.value.fields) == {wrong}


def test_a_mapping_of_everything_is_kept() -> None:
    checked_mapping(
        FieldMapping(
            fields={
                Field.TITLE: Rule(BOTH), Field.PROBLEM: Rule(BOTH), Field.STAGE: Rule(BOTH), Field.COMMENTS: Rule(BOTH),
                Field.LEAD: Rule(BOTH, target="label:department"), Field.PRIORITY: Rule(OUT, target="label:priority"),
                Field.DUE: Rule(BOTH, target="duedate"),
            },
            stages={Stage.READY: StageRule("1", ("1", "2")), Stage.IN_DELIVERY: StageRule("1", ("3",))},
            departments={"7": "10001"}, assignees={"7": "tom"}, priorities={"clear low": "4"}, labels=("waymark",),
        )
    )  # fmt: skip


def test_what_a_later_version_kept_is_read_without_what_only_that_one_knows() -> None:
    kept = {
        "fields": {"title": {"direction": "both", "colour": "blue"}, "mood": {"direction": "out"}},
        "stages": {"ready": {"sets": "1", "asks": True}, "resting": {}},
        "labels": ["waymark"],
        "watchers": [],
    }

    found = read(kept)

    assert found.fields == {Field.TITLE: Rule(BOTH)}
    assert found.stages == {Stage.READY: StageRule("1")}
    assert found.labels == ("waymark",)
    assert read({}) == FieldMapping()
