"""Two who change the same thing at once: what a form began with, what was typed, and what it says by now.

A form carries ``began``, the values of its fields when it was opened. So what somebody really changed can be told from
what only stood there; for a field that both changed the form asks, with a box ``theirs-FIELD`` to tick.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from web.forms import decimal

BEGAN = "began"
THEIRS = "theirs-"
Value = str | int | float | bool | list[str] | None


@dataclass(frozen=True)
class Now:
    """What a field says by now. ``both``: the reader changed it too, so there is something to choose."""

    value: Any
    both: bool


@dataclass(frozen=True)
class Clash:
    """``values``: the form with theirs where only they changed a field. ``fields``: all that they changed."""

    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Now] = field(default_factory=dict)

    def at(self, name: str) -> Now | bool:
        """False where nobody else has changed the field."""
        return self.fields.get(name, False)


NONE = Clash()


def clash(began: Mapping[str, Any], typed: Mapping[str, Any], now: Mapping[str, Any]) -> Clash:
    """Field by field. Where the form does not say what it began with, whatever differs counts as changed by both."""
    values, fields = dict(typed), {}
    for name in now.keys() & typed.keys():
        untouched = name in began and same(began[name], typed[name])
        if same(typed[name], now[name]) or (name in began and same(began[name], now[name])):
            continue
        fields[name] = Now(now[name], both=not untouched)
        if untouched:
            values[name] = now[name]
    for ours in (BEGAN, "version"):
        values.pop(ours, None)
    return Clash(values, fields)


def written(values: Mapping[str, Any]) -> str:
    """For the hidden field ``began``."""
    return json.dumps(dict(values), ensure_ascii=False, default=str)


def began_in(form: Mapping[str, Any]) -> dict[str, Value]:
    """What the form says it began with; nothing when that cannot be read."""
    try:
        found = json.loads(str(form.get(BEGAN, "")))
    except (ValueError, RecursionError):
        return {}
    return {name: value for name, value in found.items() if _is_value(value)} if isinstance(found, dict) else {}


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return value is None or isinstance(value, str | int | float)


def taken(form: Mapping[str, Any]) -> dict[str, Value]:
    """The fields for which theirs was chosen, as they were shown."""
    return {name: value for name, value in began_in(form).items() if f"{THEIRS}{name}" in form}


def settled(form: Mapping[str, str]) -> dict[str, str]:
    """The form with theirs where that was chosen."""
    theirs = {name: _text(value) for name, value in taken(form).items()}
    return {name: value for name, value in form.items() if not name.startswith(THEIRS)} | theirs


def same(one: Any, other: Any) -> bool:
    """Whether both would be kept alike: 7.0 is what was typed as 7 or 7,0; line breaks are line breaks."""
    if _is_number(one) or _is_number(other):
        return bool(_number(one) == _number(other))
    return bool(_plain(one) == _plain(other))


def same_in(names: Iterable[str], one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(name in one and name in other and same(one[name], other[name]) for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> Any:
    try:
        return value if _is_number(value) else decimal(str(value))
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return _text(value).replace("\r\n", "\n") if isinstance(value, str | None) else sorted(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
