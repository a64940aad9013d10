"""What an initiative says in a tracker and what an issue says here: values that can be compared, and what makes an
issue so. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog import wording
from backlog.errors import N_, Text
from backlog.trackers.fields import LABEL, SECTIONS, Field, FieldMapping, Rule, labelled
from backlog.trackers.wanted import Wanted
from integrations.engine.sections import HEADINGS, Voice, evidence, standing
from integrations.issue import NOWHERE, Issue, Status, Value
from integrations.prose.block import Block, Section
from integrations.prose.markdown import canonical
from integrations.tracker import TrackerKind
from integrations.writes import Edit

COMMON = "waymark"
"""Every issue made here gets this label, by which it is found again."""


@dataclass(frozen=True)
class Writing:
    """What a text for a tracker needs to know: its language, its limits, and where an initiative is found."""

    voice: Voice
    kind: TrackerKind
    mapping: FieldMapping
    address: Callable[[str], str]
    """Of an initiative by its key, here."""


def ours(wanted: Wanted, writing: Writing) -> dict[Field, Any]:
    """In the tracker's form. A field that has no counterpart there now (a stage without a status, a department nobody
    mapped) is left out."""
    found = {name: _OURS[name](wanted, writing) for name in writing.mapping.fields if name in _OURS}
    return {name: value for name, value in found.items() if value is not ABSENT}


def theirs(issue: Issue, writing: Writing, mine: Mapping[Field, Any]) -> tuple[dict[Field, Any], set[Field]]:
    """In the same form, and the fields whose place is gone from the issue. ``mine``: ours, for what only we own there."""
    found: dict[Field, Any] = {}
    lacking: set[Field] = set()
    for name, rule in writing.mapping.fields.items():
        if name in SECTIONS:
            if issue.sections is None or name.value not in issue.sections:
                lacking.add(name)
            else:
                found[name] = issue.sections[name.value]
        elif name is Field.STAGE and issue.status.id == NOWHERE:
            lacking.add(name)
        elif name is not Field.COMMENTS:
            found[name] = _theirs(name, rule, issue, writing.mapping, mine)
    return found, lacking


def edit(
    values: Mapping[Field, Any],
    writing: Writing,
    wanted: Wanted,
    marker: str,
    issue: Issue | None = None,
    base: Mapping[str, Any] | None = None,
) -> Edit:
    """What makes the issue so. The block is written whole: what is not among the values stays as it is there."""
    added, removed = _labels(values, writing.mapping, issue, base or {})
    return Edit(
        title=values.get(Field.TITLE),
        block=_block(values, writing, wanted, marker, issue) if any(name in values for name in SECTIONS) else None,
        status=values.get(Field.STAGE),
        values={
            rule.target: _value(values[name])
            for name, rule in writing.mapping.fields.items()
            if name in values and name not in _NATURAL and rule.target and not rule.target.startswith(LABEL)
        },
        labels_added=tuple(added),
        labels_removed=tuple(removed),
        type=writing.mapping.issue_type if issue is None else "",
    )


def part(title: str, writing: Writing, wanted: Wanted, marker: str) -> Edit:
    """A further issue of an initiative: its own title, and a block that says what it belongs to."""
    return Edit(
        title=title_of(title, writing.kind.title_most),
        block=_block({}, writing, wanted, marker, None),
        labels_added=(COMMON, *writing.mapping.labels),
        type=writing.mapping.issue_type,
    )


def touched(name: str, mapping: FieldMapping) -> tuple[Field, ...]:
    """Ours that a field of theirs stands for: ``title``, ``block``, ``status``, ``labels``, else the id of a field."""
    if name == "block":
        return tuple(each for each in SECTIONS if each in mapping.fields)
    if name == "labels":
        by_label = (each for each, rule in mapping.fields.items() if rule.target.startswith(LABEL))
        return (Field.LABELS, *by_label)
    natural = {"title": Field.TITLE, "status": Field.STAGE}
    if name in natural:
        return (natural[name],)
    return tuple(each for each, rule in mapping.fields.items() if rule.target == name)


ABSENT = object()
_NATURAL = frozenset({Field.TITLE, Field.STAGE, Field.LABELS, Field.COMMENTS, *SECTIONS})


def title_of(text: str, most: int) -> str:
    """On one line, shortened with an ellipsis where the tracker takes no more."""
    line = wording.one_line(wording.kept(text))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def shortened(title: str, issue: Issue, most: int) -> int | None:
    """To how many characters at most, where the issue has this title of ours but not all of it."""
    whole = wording.one_line(wording.kept(title))
    return most if issue.title != whole and issue.title == title_of(title, most) else None


def _lead(wanted: Wanted, writing: Writing) -> Any:
    rule = writing.mapping.fields[Field.LEAD]
    if wanted.lead_id is None:
        return None
    if rule.target.startswith(LABEL):
        return labelled(wanted.lead, rule.target)
    return writing.mapping.departments.get(str(wanted.lead_id), ABSENT)


def _priority(wanted: Wanted, writing: Writing) -> Any:
    if wanted.landing is None:
        return ABSENT
    tier = wanted.landing.tier.value
    target = writing.mapping.fields[Field.PRIORITY].target
    if target.startswith(LABEL):
        return labelled(tier, target)
    return writing.mapping.priorities.get(tier, ABSENT)


def _stage(wanted: Wanted, writing: Writing) -> Any:
    rule = writing.mapping.stages.get(wanted.stage)
    return ABSENT if rule is None or rule.sets is None else rule.sets


def _assignee(wanted: Wanted, writing: Writing) -> Any:
    return writing.mapping.assignees.get(str(wanted.lead_id), ABSENT) if wanted.lead_id else ABSENT


def _number(value: float | None) -> Any:
    return None if value is None else round(value, 1)


_OURS: Mapping[Field, Callable[[Wanted, Writing], Any]] = {
    Field.TITLE: lambda wanted, writing: title_of(wanted.title, writing.kind.title_most),
    Field.PROBLEM: lambda wanted, _: canonical(wanted.problem),
    Field.NEXT_STEP: lambda wanted, _: canonical(wanted.next_step),
    Field.EVIDENCE: lambda wanted, writing: canonical(evidence(wanted, writing.voice)),
    Field.STANDING: lambda wanted, writing: canonical(standing(wanted, writing.voice, writing.address)),
    Field.STAGE: _stage,
    Field.DUE: lambda wanted, _: wanted.due_on.isoformat() if wanted.due_on else None,
    Field.LEAD: _lead,
    Field.EFFORT: lambda wanted, _: _number(wanted.effort),
    Field.SCORE: lambda wanted, _: _number(wanted.points / 100),
    Field.PRIORITY: _priority,
    Field.LABELS: lambda _, writing: sorted({COMMON, *writing.mapping.labels}),
    Field.ASSIGNEE: _assignee,
}


def _theirs(name: Field, rule: Rule, issue: Issue, mapping: FieldMapping, mine: Mapping[Field, Any]) -> Any:
    if name is Field.TITLE:
        return issue.title
    if name is Field.STAGE:
        return meant(issue.status, mapping)
    if name is Field.LABELS:
        there = {label.casefold() for label in issue.labels}
        return [label for label in mine.get(Field.LABELS, []) if label.casefold() in there]
    if rule.target.startswith(LABEL):
        return _suffix(issue.labels, rule.target)
    value = issue.values.get(rule.target)
    if isinstance(value, tuple):
        own = mine.get(name)
        return own if own in value else (value[0] if value else None)
    return round(value, 1) if isinstance(value, float | int) else value


def meant(status: Status, mapping: FieldMapping) -> str:
    """The status that the stage sets which this one means, so that several may stand for one stage."""
    for stage, rule in mapping.stages.items():
        if status.id in rule.means and rule.sets:
            return mapping.stages[stage].sets or status.id
    return status.id


def _suffix(labels: Sequence[str], target: str) -> str | None:
    prefix = target.removeprefix(LABEL).casefold() + ":"
    found = sorted(label for label in labels if label.casefold().startswith(prefix))
    return labelled(found[0][len(prefix) :], target) if found else None


def _value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value


def _labels(
    values: Mapping[Field, Any], mapping: FieldMapping, issue: Issue | None, base: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """To add and to remove. Labels of people are left alone: only those with our prefixes, and those we had put."""
    there = {label.casefold(): label for label in (issue.labels if issue else ())}
    wanted: list[str] = [COMMON] if issue is None else []
    unwanted: list[str] = []
    if Field.LABELS in values:
        wanted += values[Field.LABELS]
        unwanted += [each for each in (base.get(Field.LABELS) or [[]])[0] or [] if each not in values[Field.LABELS]]
    for name, rule in mapping.fields.items():
        if name in values and rule.target.startswith(LABEL):
            prefix = rule.target.removeprefix(LABEL) + ":"
            unwanted += [label for key, label in there.items() if key.startswith(prefix.casefold())]
            if values[name] is not None:
                wanted.append(f"{prefix}{values[name]}")
    kept = {each.casefold() for each in wanted}
    added = [each for each in dict.fromkeys(wanted) if each.casefold() not in there]
    return added, [each for each in dict.fromkeys(unwanted) if each.casefold() not in kept and each.casefold() in there]


def _block(values: Mapping[Field, Any], writing: Writing, wanted: Wanted, marker: str, issue: Issue | None) -> Block:
    there = (issue.sections if issue else None) or {}
    sections = [
        Section(name.value, writing.voice.say(HEADINGS[name]), text)
        for name in SECTIONS
        if name in writing.mapping.fields and (text := values.get(name, there.get(name.value, ""))) is not None
    ]
    heading = writing.voice.say(Text(N_("%(key)s in Waymark"), {"key": wanted.key}))
    kept = tuple(each for each in sections if each.text or each.name in there)
    return Block(marker, heading, kept, rest=f"… [{heading}]({writing.address(wanted.key)})")
