"""Urgency profiles as they are stored and sent: JSON with the kind, days as 2027-01-31 and days of a year as 01-31.

Pure. What comes in is checked field by field: types here, ranges by the profiles themselves.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from backlog.errors import N_, Invalid, Text
from backlog.urgency.urgency import KINDS, Afterwards, Profile
from backlog.urgency.year_days import MonthDay

Builtins = dict[str, str | float | int]
LARGEST = 1e9  # beyond it, or not a number at all: no number of points or days
MONTH_DAY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)


class _Unreadable(Exception):
    """Not of the type of the field; the text says what is wanted."""


def to_builtins(profile: Profile) -> Builtins:
    """With `kind` and every field, ready for JSON."""
    return {"kind": profile.kind} | {each.name: _plain(getattr(profile, each.name)) for each in fields(profile)}


def from_builtins(record: Mapping[str, Any]) -> Profile:
    """The profile of a record; fields with a default may be left out. Raises Invalid naming each field that is wrong,
    missing or unknown."""
    kind = record.get("kind")
    shape = KINDS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise Invalid({"kind": N_("Choose one of the kinds of urgency.")})
    known = {each.name: each for each in fields(shape)}
    wrong = {
        name: Text(N_("This kind of urgency has no such field.")) for name in record if name not in {*known, "kind"}
    }
    values: dict[str, Any] = {}
    for name, field in known.items():
        try:
            values |= _read(field, record)
        except _Unreadable as unreadable:
            wrong[name] = Text(str(unreadable))
    if wrong:
        raise Invalid(wrong)
    return shape(**values)


def _plain(value: Any) -> str | float | int:
    if isinstance(value, MonthDay):
        return f"{value.month:02}-{value.day:02}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.value if isinstance(value, Afterwards) else value


def _read(field: Field[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    if field.name in record:
        return {field.name: READERS[field.type](record[field.name])}
    if field.default is MISSING:
        raise _Unreadable(N_("This is needed."))
    return {}


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise _Unreadable(N_("Enter a number."))
    return float(value)


def _whole(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise _Unreadable(N_("Enter a whole number."))
    return int(number)


def _day(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Unreadable(N_("Enter a day, such as 2027-01-31.")) from None


def _month_day(value: Any) -> MonthDay:
    match = MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _Unreadable(N_("Enter a month and a day, such as 11-15."))
    return MonthDay(int(match[1]), int(match[2]))


def _afterwards(value: Any) -> Afterwards:
    try:
        return Afterwards(value)
    except ValueError:
        raise _Unreadable(N_("Choose what happens after the deadline.")) from None


READERS: Mapping[Any, Callable[[Any], Any]] = {
    float: _number,
    int: _whole,
    dt.date: _day,
    MonthDay: _month_day,
    Afterwards: _afterwards,
}
