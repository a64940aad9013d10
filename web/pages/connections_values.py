"""Values of fields as trackers keep them, in words: a status by the stage it means, a choice by what it stands for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Conflict, Text
from backlog.initiatives.stages import LABELS as STAGES
from backlog.simulation.robustness import Tier
from backlog.trackers import inward
from backlog.trackers.fields import LABELS, Field, FieldMapping
from backlog.trackers.undelivered import Undelivered
from web import formats, locales
from web.pages.connections_mapping_forms import TIERS

SHOWN = 80  # characters


def worded(
    field: Field, value: Any, mapping: FieldMapping, departments: Mapping[int, str], statuses: Mapping[str, str]
) -> str:
    """In the language that is being spoken; empty for no value. ``statuses``: what those are called that were seen."""
    if value is None or value in ("", []):
        return ""
    if field is Field.STAGE:
        return _stage(str(value), mapping, statuses)
    if field is Field.LEAD:
        return _of(value, {theirs: departments.get(int(ours), "") for ours, theirs in mapping.departments.items()})
    if field is Field.PRIORITY:
        tiers = {theirs: locales.translated(TIERS[Tier(ours)]) for ours, theirs in mapping.priorities.items()}
        return _of(value, tiers)
    return plain(value)


def plain(value: Any) -> str:
    """A day, a number or a text, whatever field it is of."""
    if isinstance(value, str):
        return _day(value) or value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return formats.number(value, 1) if isinstance(value, int | float) else str(value or "")


def _stage(status: str, mapping: FieldMapping, statuses: Mapping[str, str]) -> str:
    try:
        return locales.translated(STAGES[inward.stage_of(status, mapping)])
    except Conflict:
        return statuses.get(status, status)


def _of(value: Any, names: Mapping[str, str]) -> str:
    return names.get(str(value)) or plain(value)


def _day(text: str) -> str:
    try:
        return formats.day(dt.date.fromisoformat(text)) if len(text) == 10 else ""
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change that could not be delivered; it is worded as it is read, in the reader's language."""

    item: Undelivered
    mapping: FieldMapping
    departments: Mapping[int, str]
    statuses: Mapping[str, str]

    @property
    def words(self) -> str:
        """The field and its value, shortened."""
        words = " ".join(self._value.split())
        shown = words if len(words) <= SHOWN else words[:SHOWN].rstrip() + "…"
        return locales.translated(
            Text(N_("%(field)s: %(value)s"), {"field": Text(LABELS[self.item.field]), "value": shown or "–"})
        )

    @property
    def _value(self) -> str:
        """A stage also as the tracker calls its status: the history knows it by that."""
        value = worded(self.item.field, self.item.value, self.mapping, self.departments, self.statuses)
        name = self.statuses.get(str(self.item.value), value) if self.item.field is Field.STAGE else value
        return value if name == value else f"{value} ({name})"
