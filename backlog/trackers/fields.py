"""What of an initiative is kept in step with an issue, in which direction, and what happens when both change. Pure."""

import enum
import re
from collections.abc import Mapping

import msgspec

from backlog.errors import N_
from backlog.initiatives.stages import Stage


class Field(enum.StrEnum):
    """``problem``, ``next_step``, ``evidence`` and ``standing`` are sections of the block that Waymark keeps in the
    description; ``standing`` is rank, range, share of the top and why; ``score`` its number alone, 0-10."""

    TITLE = "title"
    PROBLEM = "problem"
    NEXT_STEP = "next_step"
    EVIDENCE = "evidence"
    STANDING = "standing"
    STAGE = "stage"
    DUE = "due"
    LEAD = "lead"
    EFFORT = "effort"
    SCORE = "score"
    PRIORITY = "priority"
    LABELS = "labels"
    ASSIGNEE = "assignee"
    COMMENTS = "comments"


LABELS: Mapping[Field, str] = {
    Field.TITLE: N_("Title"),
    Field.PROBLEM: N_("Problem"),
    Field.NEXT_STEP: N_("Smallest next step"),
    Field.EVIDENCE: N_("Evidence"),
    Field.STANDING: N_("Rank, range and why"),
    Field.STAGE: N_("Stage"),
    Field.DUE: N_("Due date"),
    Field.LEAD: N_("Lead department"),
    Field.EFFORT: N_("Effort"),
    Field.SCORE: N_("Score"),
    Field.PRIORITY: N_("Priority from the rank"),
    Field.LABELS: N_("Labels"),
    Field.ASSIGNEE: N_("Assignee of the lead department"),
    Field.COMMENTS: N_("Comments"),
}
SECTIONS = (Field.PROBLEM, Field.NEXT_STEP, Field.EVIDENCE, Field.STANDING)
"""Of the block, in this order."""
OURS_ALONE = frozenset(
    {Field.EVIDENCE, Field.STANDING, Field.EFFORT, Field.SCORE, Field.PRIORITY, Field.LABELS, Field.ASSIGNEE}
)
"""What Waymark computes, so that nothing can come in."""


LABEL = "label:"
LABEL_MOST = 50  # characters, of GitHub; Jira and GitLab take more


def labelled(name: str, target: str) -> str:
    """A name as the end of a label that begins as the target says (``label:PREFIX``): lower case, no blanks or commas,
    as long as a label may be."""
    return re.sub(r"[\s,]+", "-", name.strip().lower())[: LABEL_MOST - len(target.removeprefix(LABEL)) - 1]


class Direction(enum.StrEnum):
    """``once``: written when the issue is made, then left to the tracker."""

    OUT = "out"
    IN = "in"
    BOTH = "both"
    ONCE = "once"


class OnBoth(enum.StrEnum):
    """What happens when both sides changed a field since it was last in step."""

    ASK = "ask"
    OURS = "ours"
    THEIRS = "theirs"


class Rule(msgspec.Struct, frozen=True):
    """How one field is kept in step. ``target`` is the tracker's field by its id, ``label:PREFIX`` for one label that
    begins so, or empty for where the field naturally belongs."""

    direction: Direction
    on_both: OnBoth = OnBoth.ASK
    target: str = ""


class StageRule(msgspec.Struct, frozen=True):
    """``sets``: the status by its id that an issue gets when its initiative comes to this stage, None for none;
    ``means``: the statuses by their ids that bring the initiative to it."""

    sets: str | None = None
    means: tuple[str, ...] = ()


class FieldMapping(msgspec.Struct, frozen=True):
    """How one connection maps what is ours to what is theirs; keys of ``departments`` and ``assignees`` are ids of
    departments, of ``priorities`` tiers. ``labels`` every issue of ours gets. ``board``: a project of GitHub whose
    column is the status. ``nests``: further issues of an initiative become sub-issues of its first."""

    fields: dict[Field, Rule] = {}
    stages: dict[Stage, StageRule] = {}
    departments: dict[str, str] = {}
    assignees: dict[str, str] = {}
    priorities: dict[str, str] = {}
    labels: tuple[str, ...] = ()
    issue_type: str = ""
    board: str = ""
    nests: bool = False
