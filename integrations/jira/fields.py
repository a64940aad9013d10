"""Values of fields, in both directions: as Jira has them, and as a mapping names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.catalogue import Kind, TrackerField
from integrations.issue import Choice, Value
from integrations.jira.dialect import Dialect

KINDS = {
    "date": Kind.DAY,
    "number": Kind.NUMBER,
    "priority": Kind.CHOICE,
    "option": Kind.CHOICE,
    "resolution": Kind.CHOICE,
    "version": Kind.CHOICE,
    "user": Kind.ACCOUNT,
    "string": Kind.TEXT,
}
LISTS = {"component": Kind.CHOICES, "option": Kind.CHOICES, "version": Kind.CHOICES, "string": Kind.LABELS}
PROSE = ("description", "environment")
SYSTEM = {
    "priority": Kind.CHOICE,
    "components": Kind.CHOICES,
    "fixVersions": Kind.CHOICES,
    "versions": Kind.CHOICES,
    "resolution": Kind.CHOICE,
    "assignee": Kind.ACCOUNT,
    "reporter": Kind.ACCOUNT,
    "duedate": Kind.DAY,
    "environment": Kind.PROSE,
    "labels": Kind.LABELS,
}
"""Known without asking; custom fields are looked up, see `Schemas`."""
TEXTAREA = ":textarea"


def kind_of(field_id: str, schema: Mapping[str, Any]) -> Kind | None:
    """None for what Waymark cannot fill: cascades, links, sprints."""
    if field_id in PROSE or str(schema.get("custom", "")).endswith(TEXTAREA):
        return Kind.PROSE
    if schema.get("type") == "array":
        return LISTS.get(str(schema.get("items")))
    return KINDS.get(str(schema.get("type")))


def tracker_field(found: Mapping[str, Any], editable: frozenset[str] | None = None) -> TrackerField | None:
    """From createmeta or editmeta; None for what Waymark cannot fill and need not be filled. One that has to be filled
    is told even so, as a text: nothing can be made without it."""
    field_id, schema = str(found.get("fieldId") or found.get("key") or ""), found.get("schema") or {}
    is_required = bool(found.get("required")) and not found.get("hasDefaultValue")
    kind = kind_of(field_id, schema)
    if not field_id or (kind is None and not is_required):
        return None
    return TrackerField(
        field_id,
        str(found.get("name") or field_id),
        kind or Kind.TEXT,
        is_required,
        editable is None or field_id in editable,
        choices(found.get("allowedValues") or ()),
    )


def choices(allowed: Sequence[Any]) -> tuple[Choice, ...]:
    """Options of select lists have a value where all others have a name."""
    return tuple(
        Choice(str(each["id"]), str(each.get("name") or each.get("value") or each["id"]))
        for each in allowed
        if isinstance(each, dict) and "id" in each and not each.get("archived")
    )


@dataclass(frozen=True)
class Values:
    """``kinds`` of custom fields, as far as they are known."""

    dialect: Dialect
    kinds: Mapping[str, Kind]

    def read(self, field_id: str, raw: Any) -> Value:
        """None for nothing, and for what has no form here."""
        match raw:
            case None | "" | []:
                return None
            case bool():
                return str(raw).lower()
            case int() | float():
                return float(raw)
            case str():
                return self.dialect.to_markdown(raw) if self.is_prose(field_id) else raw
            case list():
                return tuple(name for each in raw if (name := self.named(each)) is not None) or None
            case {"type": "doc"}:
                return self.dialect.to_markdown(raw) or None
            case _:
                return self.named(raw)

    def named(self, raw: Any) -> str | None:
        """People by what this Jira calls them by, everything else by its id."""
        if isinstance(raw, str | int | float):
            return str(raw)
        if not isinstance(raw, dict):
            return None
        name = raw.get(self.dialect.person) if "displayName" in raw else raw.get("id") or raw.get("key")
        return None if name is None else str(name)

    def is_prose(self, field_id: str) -> bool:
        return self.kind(field_id) is Kind.PROSE

    def kind(self, field_id: str) -> Kind | None:
        return SYSTEM.get(field_id) or self.kinds.get(field_id)

    def dressed(self, field_id: str, value: Value) -> Any:
        """As Jira wants it; what is empty empties the field."""
        kind = self.kind(field_id)
        match value:
            case None | "" | ():
                return [] if kind in (Kind.CHOICES, Kind.LABELS) else None
            case tuple():
                return [{"id": each} for each in value] if kind is Kind.CHOICES else list(value)
            case str() if kind is Kind.CHOICE:
                return {"id": value}
            case str() if kind is Kind.CHOICES:
                return [{"id": value}]
            case str() if kind is Kind.LABELS:
                return [value]
            case str() if kind is Kind.ACCOUNT:
                return {self.dialect.person: value}
            case str() if kind is Kind.PROSE:
                return self.dialect.from_markdown(value)
            case str() if kind is Kind.NUMBER:
                return float(value)
            case _:
                return value
