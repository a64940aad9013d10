"""What a new connection proposes: a mapping that is right for most, from what the project has. Pure."""

from collections.abc import Sequence

from backlog.initiatives.stages import Stage
from backlog.simulation.robustness import Tier
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule, StageRule
from integrations.catalogue import Catalogue
from integrations.issue import Category, Choice, Status
from integrations.jira.transitions import is_dropped

LABEL = "waymark"
BOTH, OUT = Rule(Direction.BOTH), Rule(Direction.OUT)


def defaults(catalogue: Catalogue) -> FieldMapping:
    fields = {
        Field.TITLE: BOTH,
        Field.PROBLEM: BOTH,
        Field.NEXT_STEP: BOTH,
        Field.EVIDENCE: OUT,
        Field.STANDING: OUT,
        Field.LABELS: OUT,
        Field.COMMENTS: BOTH,
        Field.LEAD: Rule(Direction.OUT, target="label:department"),
    }
    if catalogue.statuses:
        fields[Field.STAGE] = BOTH
    due = catalogue.field("duedate")
    if due is not None and due.is_editable:
        fields[Field.DUE] = Rule(Direction.BOTH, target="duedate")
    if catalogue.priorities:
        fields[Field.PRIORITY] = Rule(Direction.OUT, target="priority")
    return FieldMapping(
        fields=fields,
        stages=stages(catalogue.statuses),
        priorities=priorities(catalogue.priorities),
        labels=(LABEL,),
        issue_type=catalogue.types[0].id if catalogue.types else "",
    )


def stages(statuses: Sequence[Status]) -> dict[Stage, StageRule]:
    """By what statuses mean, not by how they are called, but for those that mean: will not be done. What is delivered is
    measured next: whether it helped is not Jira's to say."""
    dropped = [each.id for each in statuses if is_dropped(each.name)]
    todo, doing, done = (
        [each.id for each in statuses if each.category is category and each.id not in dropped] for category in Category
    )
    first, working, end, refused = (next(iter(each), None) for each in (todo, doing, done, dropped))
    return {
        Stage.PROPOSED: StageRule(sets=first),
        Stage.SCORING: StageRule(sets=first),
        Stage.READY: StageRule(sets=first, means=tuple(todo)),
        Stage.IN_DELIVERY: StageRule(sets=working, means=tuple(doing)),
        Stage.MEASURING: StageRule(sets=end, means=tuple(done)),
        Stage.DONE: StageRule(sets=end),
        Stage.DROPPED: StageRule(sets=refused, means=tuple(dropped)),
    }


def priorities(listed: Sequence[Choice]) -> dict[str, str]:
    """Jira lists them from the highest to the lowest. Of more than three the outermost stay free, for emergencies and
    for what teams set themselves."""
    if not listed:
        return {}
    edge = 1 if len(listed) > 3 else 0
    picked = (listed[edge], listed[len(listed) // 2], listed[-1 - edge])
    return {tier.value: choice.id for tier, choice in zip(Tier, picked, strict=True)}
