"""What the history says of human positions."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from backlog.errors import N_, Text
from backlog.ranking import overrides
from web import formats, locales


def put(changes: Mapping[str, Any]) -> str:
    before, after = changes["position"]
    words = N_("put it at position %(position)s until %(day)s")
    if before == after:
        words = N_("renewed position %(position)s until %(day)s")
    elif before is not None:
        words = N_("moved it from position %(before)s to position %(position)s until %(day)s")
    day = formats.day(dt.date.fromisoformat(changes["until"]))
    return locales.translated(Text(words, {"before": before, "position": after, "day": day}))


def let_go(changes: Mapping[str, Any]) -> str:
    return locales.translated(Text(N_("let go of position %(position)s"), {"position": changes["position"][0]}))


def ended(changes: Mapping[str, Any]) -> str:
    words = N_("ended position %(position)s: it is not ranked any more")
    if "until" in changes:
        words = N_("ended position %(position)s: its time is over")
    return locales.translated(Text(words, {"position": changes["position"][0]}))


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    overrides.PUT: put,
    overrides.LET_GO: let_go,
    overrides.ENDED: ended,
}
