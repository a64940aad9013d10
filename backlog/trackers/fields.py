"""What of an initiative is kept in step with an issue, in which direction, and what happens when both change. Pure."""

import enum
import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from backlog import wording
from backlog.errors import N_, Invalid, Text
from backlog.initiatives.stages import Stage
from backlog.simulation.robustness import Tier


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


PLACED = frozenset({Field.DUE, Field.LEAD, Field.EFFORT, Field.SCORE, Field.PRIORITY, Field.ASSIGNEE})
"""What belongs nowhere in an issue by itself, so that it has to be given a place."""
LABEL = "label:"
LABEL_MOST = 50  # characters, of GitHub; Jira and GitLab take more
LABELS_MOST = 20
PREFIX = re.compile(r"[^\s,:]{1,40}")
ID_MOST, IDS_MOST = 200, 1000  # characters of what a tracker calls something; how many of one sort


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

    fields: Mapping[Field, Rule] = {}
    stages: Mapping[Stage, StageRule] = {}
    departments: dict[str, str] = {}
    assignees: dict[str, str] = {}
    priorities: dict[str, str] = {}
    labels: tuple[str, ...] = ()
    issue_type: str = ""
    board: str = ""
    nests: bool = False


NAMES: Mapping[str, AbstractSet[str]] = {"fields": frozenset(Field), "stages": frozenset(Stage)}


def read(kept: Mapping[str, Any]) -> FieldMapping:
    """What was kept once, by whichever version: what a later one added is passed over."""
    known = {
        part: {name: rule for name, rule in kept[part].items() if name in names}
        for part, names in NAMES.items()
        if part in kept
    }
    return msgspec.convert({**kept, **known}, FieldMapping)


def directions(name: Field) -> tuple[Direction, ...]:
    """Those in which it can be kept in step."""
    if name in OURS_ALONE:
        return (Direction.OUT, Direction.ONCE)
    if name is Field.COMMENTS:
        return (Direction.BOTH, Direction.OUT, Direction.IN)
    return tuple(Direction)


def checked_mapping(mapping: FieldMapping) -> None:
    """Invalid with all that cannot be so, by ``direction-FIELD``, ``target-FIELD``, ``sets-STAGE``, ``means-STAGE`` (with
    ``_`` for a blank), ``departments``, ``assignees``, ``priorities``, ``labels``, ``issue_type``, ``board``."""
    wrong: dict[str, Text | str | None] = {**_wrong_fields(mapping.fields), **_wrong_stages(mapping.stages)}
    for name in ("departments", "assignees"):
        numbers: dict[str, str] = getattr(mapping, name)
        wrong[name] = _wrong_ids(numbers.values()) or _wrong_numbers(numbers)
    wrong["priorities"] = _wrong_ids(mapping.priorities.values()) or _wrong_tiers(mapping.priorities)
    wrong["labels"] = _wrong_labels(mapping.labels)
    wrong |= {name: wording.wrong(getattr(mapping, name), ID_MOST) for name in ("issue_type", "board")}
    if found := {name: text for name, text in wrong.items() if text is not None}:
        raise Invalid(found)


def _wrong_fields(fields: Mapping[Field, Rule]) -> dict[str, Text | str | None]:
    found: dict[str, Text | str | None] = {}
    taken: set[str] = set()
    for name, rule in fields.items():
        if rule.direction not in directions(name):
            found[f"direction-{name}"] = N_("Choose one of these directions.")
        found[f"target-{name}"] = _wrong_target(name, rule.target, taken)
        taken.add(rule.target.casefold())
    return found


def _wrong_target(name: Field, target: str, taken: AbstractSet[str]) -> Text | str | None:
    if not target:
        return N_("Choose where it goes in the tracker, or do not keep it in step.") if name in PLACED else None
    if name not in PLACED:
        return N_("It has its own place in an issue: leave out where it goes.")
    if target.startswith(LABEL) and not PREFIX.fullmatch(target.removeprefix(LABEL)):
        return N_("A label begins with 1 to 40 characters without blanks, commas and colons.")
    if target.casefold() in taken:
        return N_("Another field goes there already: each needs a place of its own.")
    return wording.wrong(target, ID_MOST)


def _wrong_stages(stages: Mapping[Stage, StageRule]) -> dict[str, Text | str | None]:
    """A status may mean one stage only, else nobody could tell where it leads."""
    found: dict[str, Text | str | None] = {}
    taken: set[str] = set()
    for stage, rule in stages.items():
        key = stage.value.replace(" ", "_")
        found[f"sets-{key}"] = wording.wrong(rule.sets or "", ID_MOST)
        found[f"means-{key}"] = _wrong_ids(rule.means)
        if taken & set(rule.means):
            found[f"means-{key}"] = N_("A status can mean one stage only: take it away from one of them.")
        taken.update(rule.means)
    return found


def _wrong_ids(ids: Collection[str]) -> Text | None:
    if len(ids) > IDS_MOST:
        return Text(N_("At most %(most)s of them."), {"most": IDS_MOST})
    return next((problem for each in ids if (problem := wording.wrong(each, ID_MOST, required=True))), None)


def _wrong_numbers(numbers: Collection[str]) -> Text | None:
    strange = next((each for each in numbers if not re.fullmatch(r"[1-9][0-9]{0,9}", each)), None)
    if strange is None:
        return None
    return Text(N_("“%(number)s” is no number of a department."), {"number": strange[:ID_MOST]})


def _wrong_tiers(tiers: Collection[str]) -> Text | None:
    if set(tiers) <= set(Tier):
        return None
    return Text(N_("Choose one of: %(names)s."), {"names": ", ".join(Tier)})


def _wrong_labels(labels: Collection[str]) -> Text | None:
    most = {"labels": LABELS_MOST, "signs": LABEL_MOST}
    if len(labels) > LABELS_MOST or any(len(each) > LABEL_MOST for each in labels):
        return Text(N_("At most %(labels)s labels of %(signs)s characters each."), most)
    if any("," in each or each != each.strip() for each in labels):
        return Text(N_("Labels have no commas, and no blanks at their ends."))
    return _wrong_ids(labels)
