"""The mapping a new connection begins with: right for most."""

from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule, StageRule
from integrations.catalogue import Catalogue
from integrations.gitlab.statuses import CLOSED, OPEN

LABEL = "waymark"
"""On every issue of ours."""


def defaults(catalogue: Catalogue) -> FieldMapping:
    return FieldMapping(fields=_fields(), stages=_stages(), labels=(LABEL,), issue_type=catalogue.types[0].id)


def _fields() -> dict[Field, Rule]:
    return {
        Field.TITLE: Rule(Direction.BOTH),
        Field.PROBLEM: Rule(Direction.BOTH),
        Field.NEXT_STEP: Rule(Direction.BOTH),
        Field.EVIDENCE: Rule(Direction.OUT),
        Field.STANDING: Rule(Direction.OUT),
        Field.STAGE: Rule(Direction.BOTH),
        Field.DUE: Rule(Direction.BOTH, target="due_date"),
        Field.LABELS: Rule(Direction.OUT),
        Field.PRIORITY: Rule(Direction.OUT, target="label:priority"),
        Field.LEAD: Rule(Direction.OUT, target="label:department"),
        Field.COMMENTS: Rule(Direction.BOTH),
    }


def _stages() -> dict[Stage, StageRule]:
    """Nothing says that work has begun, so that open means in delivery; closed means delivered: whether it helped is
    measured next. What is dropped is closed too, but what is closed was not dropped."""
    return {
        **dict.fromkeys((Stage.PROPOSED, Stage.SCORING, Stage.READY), StageRule(OPEN.id)),
        Stage.IN_DELIVERY: StageRule(OPEN.id, (OPEN.id,)),
        Stage.MEASURING: StageRule(CLOSED.id, (CLOSED.id,)),
        Stage.DONE: StageRule(CLOSED.id),
        Stage.PARKED: StageRule(),
        Stage.DROPPED: StageRule(CLOSED.id),
    }
