"""The mapping a new connection begins with: right for most."""

from collections.abc import Iterable

from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule, StageRule
from integrations.catalogue import Catalogue
from integrations.issue import Category, Status

LABEL = "waymark"
"""On every issue of ours."""
ASIDE = ("not_planned", "duplicate")


def defaults(catalogue: Catalogue) -> FieldMapping:
    return FieldMapping(fields=_fields(), stages=_stages(catalogue.statuses), labels=(LABEL,))


def _fields() -> dict[Field, Rule]:
    return {
        Field.TITLE: Rule(Direction.BOTH),
        Field.PROBLEM: Rule(Direction.BOTH),
        Field.NEXT_STEP: Rule(Direction.BOTH),
        Field.EVIDENCE: Rule(Direction.OUT),
        Field.STANDING: Rule(Direction.OUT),
        Field.STAGE: Rule(Direction.BOTH),
        Field.LABELS: Rule(Direction.OUT),
        Field.PRIORITY: Rule(Direction.OUT, target="label:priority"),
        Field.LEAD: Rule(Direction.OUT, target="label:department"),
        Field.COMMENTS: Rule(Direction.BOTH),
    }


def _stages(statuses: Iterable[Status]) -> dict[Stage, StageRule]:
    """By what the statuses mean. Where nothing says that work has begun, open means in delivery; completed means
    delivered: whether it helped is measured next."""
    usual = [each for each in statuses if each.id not in ASIDE]
    todo, doing, done = (_ids(usual, category) for category in (Category.TODO, Category.DOING, Category.DONE))
    waits = (todo or doing or (None,))[0]
    begun = doing or todo
    dropped = next((each.id for each in statuses if each.id == ASIDE[0]), None)
    return {
        **dict.fromkeys((Stage.PROPOSED, Stage.SCORING, Stage.READY), StageRule(waits)),
        Stage.IN_DELIVERY: StageRule((begun or (None,))[0], begun),
        Stage.MEASURING: StageRule((done or (None,))[0], done),
        Stage.DONE: StageRule((done or (None,))[0]),
        Stage.PARKED: StageRule(),
        Stage.DROPPED: StageRule(dropped, (dropped,) if dropped else ()),
    }


def _ids(statuses: Iterable[Status], category: Category) -> tuple[str, ...]:
    return tuple(each.id for each in statuses if each.category is category)
