"""How urgency goes over time, as pages show it: words in the reader's language, and a curve of twelve months."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.errors import Text
from backlog.initiatives.criteria import UNKNOWN_PEAK, criterion
from backlog.initiatives.initiative import Initiative
from backlog.urgency import urgency_profiles, urgency_words
from backlog.urgency.urgency import Constant, Profile
from backlog.urgency.urgency_records import from_builtins
from backlog.urgency.urgency_words import Day, Part
from web import formats, locales

BEFORE, AFTER = 60, 305
"""Days before and after today that the curve shows: twelve months."""
TALL = 44  # pixels of the curve from 0 to 10
EDGE = 2  # pixels above and below it, so that lines at the ends are whole


@dataclass(frozen=True)
class Course:
    """``peak`` and ``value`` today are 0-10; ``path`` runs over a box of ``wide`` by ``tall`` in which today is at
    ``at``. Words are in the language spoken when they are read."""

    profile: Profile
    peak: float
    value: float
    first: dt.date
    last: dt.date
    today: dt.date
    path: str
    wide: int = BEFORE + AFTER
    at: int = BEFORE
    tall: int = TALL + 2 * EDGE

    @property
    def words(self) -> str:
        return worded(urgency_words.described(self.profile))

    @property
    def heading(self) -> str:
        """Empty when it stays as it is."""
        return _worded(urgency_words.heading(self.profile, self.today))


def of(initiative: Initiative) -> Course | None:
    """None where urgency is the same every day."""
    profile = urgency_profiles.of(initiative)
    if profile is None:
        return None
    known = criterion(initiative.rated_urgency, initiative.suggested_urgency).value
    peak, today = UNKNOWN_PEAK if known is None else known, urgency_profiles.today()
    first, last = today - dt.timedelta(days=BEFORE), today + dt.timedelta(days=AFTER)
    path = "".join(
        f"{'L' if place else 'M'}{(day - first).days} {EDGE + TALL * (1 - peak * share / 10):.1f}"
        for place, (day, share) in enumerate(urgency_profiles.curve(profile, first, last))
    )
    return Course(profile, peak, peak * urgency_profiles.share_on(profile, today), first, last, today, path)


def heading(record: Mapping[str, Any] | None) -> str:
    """Where an urgency goes from here, in a few words; empty when it stays as it is."""
    return "" if record is None else _worded(urgency_words.heading(from_builtins(record), urgency_profiles.today()))


def described(record: Mapping[str, Any] | None) -> str:
    """What a profile says, as the history tells it."""
    profile = Constant(urgency_profiles.PEAK) if record is None else from_builtins(record)
    return worded(urgency_words.described(profile))


def _worded(text: Text | None) -> str:
    return "" if text is None else worded(text)


def worded(text: Text) -> str:
    """With days and shares written as the reader writes them."""
    return locales.translated(Text(text.message, {name: _written(value) for name, value in text.params.items()}))


def _written(value: Any) -> Any:
    if isinstance(value, Text):
        return worded(value)
    if isinstance(value, Day):
        return formats.day(value.day, year=not value.yearly)
    if isinstance(value, Part):
        share = round(100 * value.share, 1)
        return formats.percent(value.share, 0 if share.is_integer() else 1)
    return value
