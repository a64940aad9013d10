"""The form of urgency over time: what was typed as a record, and a record as what stands in the form. Parts of the
peak are in percent."""

import json
from collections.abc import Mapping
from typing import Any

from backlog.errors import N_, Invalid, Text
from backlog.initiatives.initiative import Initiative
from backlog.urgency import urgency_profiles
from backlog.urgency.urgency import Constant, Deadline, Decaying, Seasonal
from backlog.urgency.urgency_records import to_builtins
from web.forms import decimal

PLAIN = {
    Constant.kind: (),
    Deadline.kind: ("day", "afterwards"),
    Decaying.kind: ("day",),
    Seasonal.kind: (),
}
NUMBERS = {
    Constant.kind: (),
    Deadline.kind: ("rises",),
    Decaying.kind: ("half_life",),
    Seasonal.kind: ("lead_in",),
}
PERCENTS = {
    Constant.kind: (),
    Deadline.kind: ("before", "at"),
    Decaying.kind: (),
    Seasonal.kind: ("inside", "outside"),
}
YEAR_DAYS = ("start", "end")
SUGGESTED = {
    "kind": Constant.kind,
    "deadline_rises": "90",
    "deadline_before": "20",
    "deadline_at": "100",
    "deadline_afterwards": "stays",
    "decaying_half_life": "30",
    "seasonal_inside": "100",
    "seasonal_outside": "20",
    "seasonal_lead_in": "30",
}
"""What the form says where nothing has been said yet."""


def field(kind: str, name: str) -> str:
    """What the form calls this field of a record."""
    return name if name == "kind" else f"{kind}_{name}"


def read(kind: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The record as typed; what is no number stays text, which is refused by name. Invalid for a percentage off
    0-100."""
    if kind not in PLAIN:
        return {"kind": kind}
    record: dict[str, Any] = {name: values.get(field(kind, name), "") for name in PLAIN[kind]}
    for name in NUMBERS[kind]:
        record[name] = number(values.get(field(kind, name), ""))
    wrong: dict[str, Text] = {}
    for name in PERCENTS[kind]:
        share = number(values.get(field(kind, name), ""))
        record[name] = share if isinstance(share, str) else round(share / 10, 3)
        if isinstance(share, float) and not 0 <= share <= 100:
            wrong[field(kind, name)] = Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 0, "high": 100})
    if wrong:
        raise Invalid(wrong)
    if kind == Seasonal.kind:
        record |= {name: year_day(values, name) for name in YEAR_DAYS}
    return {"kind": kind, **record}


def number(text: str) -> float | str:
    """``7.5`` and ``7,5``; the text itself when it is none."""
    try:
        return decimal(text)
    except ValueError:
        return text


def year_day(values: Mapping[str, str], name: str) -> str:
    """Month and day as the record has them."""
    month, day = (values.get(f"seasonal_{name}_{part}", "").strip() for part in ("month", "day"))
    return f"{month:0>2}-{day:0>2}"


def seen(initiative: Initiative) -> str:
    """What the form was opened on: a rating by somebody else does not make it stale."""
    return json.dumps(initiative.urgency_profile, sort_keys=True)


def filled(initiative: Initiative) -> dict[str, str]:
    """What the form says for an initiative as it stands."""
    profile = urgency_profiles.of(initiative)
    if profile is None:
        return SUGGESTED
    found = {"kind": profile.kind}
    for name, value in to_builtins(profile).items():
        if name in PERCENTS[profile.kind]:
            found[field(profile.kind, name)] = f"{10 * float(value):g}"
        elif profile.kind == Seasonal.kind and name in YEAR_DAYS:
            month, day = str(value).split("-")
            found |= {f"seasonal_{name}_month": month, f"seasonal_{name}_day": str(int(day))}
        elif name != "kind":
            found[field(profile.kind, name)] = f"{value:g}" if isinstance(value, float) else str(value)
    return SUGGESTED | found
