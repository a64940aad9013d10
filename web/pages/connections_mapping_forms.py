"""The form of a mapping: one text for each of its fields, out of a mapping and back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Invalid, Text
from backlog.initiatives.stages import LABELS as STAGES
from backlog.initiatives.stages import Stage
from backlog.simulation.robustness import Tier
from backlog.trackers.fields import (
    LABEL,
    LABELS,
    SECTIONS,
    Direction,
    Field,
    FieldMapping,
    OnBoth,
    Rule,
    StageRule,
    checked_mapping,
    directions,
)
from integrations.catalogue import Catalogue, Kind, TrackerField
from integrations.issue import Choice, Status
from web.connections_choices import slug

BY_LABEL = {Field.LEAD: "label:department", Field.PRIORITY: "label:priority"}
"""Fields that may be kept as a label with a prefix."""
FITTING: Mapping[Field, frozenset[Kind]] = {
    Field.DUE: frozenset({Kind.DAY}),
    Field.LEAD: frozenset({Kind.CHOICE, Kind.CHOICES}),
    Field.EFFORT: frozenset({Kind.NUMBER}),
    Field.SCORE: frozenset({Kind.NUMBER}),
    Field.PRIORITY: frozenset({Kind.CHOICE}),
    Field.ASSIGNEE: frozenset({Kind.ACCOUNT}),
}
"""Fields that have to be given a place in the tracker, and of what kind it may be."""
NATURAL = {
    Field.TITLE: N_("Title"),
    **dict.fromkeys(SECTIONS, N_("A section of the description")),
    Field.STAGE: N_("Status (see below)"),
    Field.LABELS: N_("Labels (see below)"),
    Field.COMMENTS: N_("Comments"),
}
"""Where the others belong by themselves."""
DIRECTIONS = {
    Direction.OUT: N_("to the tracker"),
    Direction.IN: N_("from the tracker"),
    Direction.BOTH: N_("both ways"),
    Direction.ONCE: N_("once, when the issue is made"),
}
RULES = {OnBoth.ASK: N_("Ask"), OnBoth.OURS: N_("Ours"), OnBoth.THEIRS: N_("Theirs")}
TIERS = {Tier.CLEAR: N_("clear"), Tier.CONTESTED: N_("contested"), Tier.CLEAR_LOW: N_("clearly not")}
HIDDEN = N_("Not on the screen on which issues are edited.")
GONE = N_("This field is not there any more: choose another.")
NAMED = N_("%(field)s: %(value)s")
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One field of ours and what the tracker has for it. ``place`` where it belongs by itself, else ``targets`` to
    choose from, none when the tracker ``lacks`` such a field; ``warning``: what is wrong with the chosen one."""

    field: Field
    label: str
    directions: Sequence[tuple[str, str]]
    place: str
    targets: Sequence[tuple[str, str]]
    warning: str = ""
    lacks: bool = False

    @property
    def may_conflict(self) -> bool:
        return self.field is not Field.COMMENTS and any(value == Direction.BOTH for value, _ in self.directions)


def rows(values: Values, catalogue: Catalogue | None) -> list[Row]:
    """All fields in their order. What is chosen stays to be chosen, also when the tracker does not know it now."""
    found = []
    for each in Field:
        offered = targets(each, values.get(f"target-{each}", ""), catalogue)
        lacks = each in FITTING and catalogue is not None and not offered
        ways = [] if lacks else [(one.value, DIRECTIONS[one]) for one in directions(each)]
        warning = _warning(values.get(f"target-{each}", ""), catalogue)
        found.append(Row(each, LABELS[each], ways, NATURAL.get(each, ""), offered, warning, lacks))
    return found


def _warning(chosen: str, catalogue: Catalogue | None) -> str:
    if catalogue is None or not chosen or chosen.startswith(LABEL):
        return ""
    known = catalogue.field(chosen)
    return GONE if known is None else "" if known.is_editable else HIDDEN


def targets(field: Field, chosen: str, catalogue: Catalogue | None) -> list[tuple[str, str]]:
    if field not in FITTING:
        return []
    found = [(each.id, each.name) for each in fitting(field, catalogue)]
    if label := BY_LABEL.get(field):
        found.append((label, label))
    if chosen and chosen not in dict(found):
        found.append((chosen, chosen))
    return found


def fitting(field: Field, catalogue: Catalogue | None) -> list[TrackerField]:
    return [each for each in (catalogue.fields if catalogue else ()) if each.kind in FITTING[field]]


def choices(field: Field, values: Values, catalogue: Catalogue | None) -> Sequence[Choice]:
    """Of the field of theirs that is chosen for ours."""
    known = catalogue.field(values.get(f"target-{field}", "")) if catalogue else None
    if known is None or catalogue is None:
        return ()
    if field is Field.PRIORITY:
        return known.choices or catalogue.priorities
    if field is Field.ASSIGNEE:
        return known.choices or [Choice(each.id, each.name) for each in catalogue.accounts]
    return known.choices


def kept(mapping: FieldMapping, locale: str, departments: Iterable[int]) -> dict[str, str]:
    """A mapping as the form has it: every field, empty ones too."""
    values: dict[str, str] = {}
    for each in Field:
        rule = mapping.fields.get(each)
        values[f"direction-{each}"] = rule.direction.value if rule else ""
        values[f"target-{each}"] = rule.target if rule else ""
        values[f"rule-{each}"] = rule.on_both.value if rule else OnBoth.ASK.value
    for stage in Stage:
        known = mapping.stages.get(stage, StageRule())
        values[f"sets-{slug(stage)}"] = known.sets or ""
        values[f"means-{slug(stage)}"] = listed(known.means)
    for number in departments:
        values[f"department-{number}"] = mapping.departments.get(str(number), "")
        values[f"assignee-{number}"] = mapping.assignees.get(str(number), "")
    values |= {f"priority-{slug(tier)}": mapping.priorities.get(tier.value, "") for tier in Tier}
    values |= {"labels": ", ".join(mapping.labels), "issue_type": mapping.issue_type, "board": mapping.board}
    return values | {"nests": "1" if mapping.nests else "", "locale": locale}


def brought(form: Any, names: Iterable[str]) -> dict[str, str]:
    """What the form brings for each of these names; several statuses of one stage as one text."""
    return {
        name: listed(form.getall(name, [])) if name.startswith("means-") else str(form.get(name, "")).strip()
        for name in names
    }


def read(values: Values, before: FieldMapping, departments: Iterable[int]) -> FieldMapping:
    """Invalid with what cannot be so, by field of the form."""
    numbers = [str(each) for each in departments]
    mapping = FieldMapping(
        fields={each: rule for each in Field if (rule := _rule(each, values)) is not None},
        stages=_stages(values, before),
        departments=_filled({each: values.get(f"department-{each}", "") for each in numbers}),
        assignees=_filled({each: values.get(f"assignee-{each}", "") for each in numbers}),
        priorities=_filled({tier.value: values.get(f"priority-{slug(tier)}", "") for tier in Tier}),
        labels=_labels(values.get("labels", "")),
        issue_type=values.get("issue_type", ""),
        board=values.get("board", ""),
        nests=bool(values.get("nests")),
    )
    checked_mapping(mapping)
    return mapping


def _rule(field: Field, values: Values) -> Rule | None:
    """None where the field is not kept in step. Invalid for what is no direction."""
    direction, target = values.get(f"direction-{field}", ""), values.get(f"target-{field}", "")
    if not direction:
        return None
    if direction not in set(Direction):
        raise Invalid({f"direction-{field}": N_("Choose one of these directions.")})
    rule = values.get(f"rule-{field}", "") or OnBoth.ASK
    return Rule(Direction(direction), OnBoth(rule) if rule in set(OnBoth) else OnBoth.ASK, target)


def _stages(values: Values, before: FieldMapping) -> dict[Stage, StageRule]:
    found: dict[Stage, StageRule] = {}
    for stage in Stage:
        means = tuple(each for each in values.get(f"means-{slug(stage)}", "").split(",") if each)
        sets = values.get(f"sets-{slug(stage)}", "") or None
        if sets or means or stage in before.stages:
            found[stage] = StageRule(sets, means)
    return found


def strange(values: Values, statuses: Iterable[Status]) -> dict[str, str]:
    """Field of the form -> a status it names that is not among these."""
    known = {each.id for each in statuses}
    chosen = ((name, each) for name, value in values.items() if _is_of_stages(name) for each in value.split(","))
    return {name: each for name, each in chosen if each and each not in known}


def _is_of_stages(name: str) -> bool:
    return name.startswith(("means-", "sets-"))


def matched(values: Values, usual: FieldMapping) -> dict[str, str]:
    """With its statuses in place of those that were."""
    fresh = kept(usual, "", ())
    return {name: fresh[name] if _is_of_stages(name) else value for name, value in values.items()}


def named(errors: Mapping[str, Text | str]) -> dict[str, Text | str]:
    """Each with the name of what it is about: they stand together at the top of the page, too."""
    return {name: Text(NAMED, {"field": Text(label), "value": _text(problem)}) if (label := _label(name)) else problem
            for name, problem in errors.items()}  # fmt: skip


def _label(name: str) -> str:
    part, _, rest = name.partition("-")
    if part in ("direction", "target", "rule") and rest in set(Field):
        return LABELS[Field(rest)]
    stage = rest.replace("_", " ")
    return STAGES[Stage(stage)] if part in ("means", "sets") and stage in set(Stage) else ""


def _text(problem: Text | str) -> Text:
    return problem if isinstance(problem, Text) else Text(problem)


def _labels(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def listed(means: Iterable[str]) -> str:
    return ",".join(sorted(means))
