"""The form of a human position: as it opens, and what it brings."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from backlog import history
from backlog.ranking import overrides
from backlog.ranking.overrides import Override
from web.asked import day
from web.forms import decimal


def seen(held: Override | None) -> str:
    """A mark of the position that a form is made from."""
    return held.put_at.isoformat() if held else ""


def given(values: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as `overrides.put` takes it."""
    try:
        position = decimal(values.get("position", ""))
    except ValueError:
        position = None
    return {"position": position, "reason": values.get("reason", ""), "until": day(values, "until")}


def filled(held: Override | None) -> dict[str, str]:
    """The form as it opens; ``holder`` is who stands where one wanted to put it."""
    if held is None:
        until = history.now().date() + overrides.USUAL
        return {"position": "", "reason": "", "until": until.isoformat(), "holder": ""}
    return {"position": str(held.position), "reason": held.reason, "until": held.until.isoformat(), "holder": ""}


def bounds() -> dict[str, str]:
    """Between which days it may end."""
    today = history.now().date()
    return {"min": (today + dt.timedelta(days=1)).isoformat(), "max": (today + overrides.LONGEST).isoformat()}
