"""How long a tracker wants to be left alone, as headers of HTTP say it. Pure."""

import datetime as dt
import email.utils
from collections.abc import Mapping

LEAST = dt.timedelta(seconds=1)
MOST = dt.timedelta(hours=1)
AFTER_RESET = dt.timedelta(seconds=1)


def until(headers: Mapping[str, str], now: dt.datetime, reset: str | None) -> dt.datetime | None:
    """Between one second and one hour from ``now``: by ``Retry-After`` (seconds, or a date), else by the header that
    ``reset`` names (seconds since 1970; None: by none). Measured by the tracker's own clock when it says it. None when
    it says nothing: then a minute, and longer each time."""
    theirs = _date(headers.get("date", "")) or now
    wait = _retry_after(headers.get("retry-after", ""), theirs)
    if wait is None and reset is not None:
        wait = _reset(headers.get(reset, ""), theirs)
    return None if wait is None else now + min(max(wait, LEAST), MOST)


def _retry_after(said: str, theirs: dt.datetime) -> dt.timedelta | None:
    """None when it is neither seconds nor a date."""
    try:
        return dt.timedelta(seconds=min(float(said), MOST.total_seconds()))
    except (ValueError, OverflowError):
        date = _date(said)
        return None if date is None else date - theirs


def _reset(said: str, theirs: dt.datetime) -> dt.timedelta | None:
    try:
        return dt.datetime.fromtimestamp(float(said), dt.UTC) + AFTER_RESET - theirs
    except (ValueError, OverflowError, OSError):
        return None


def _date(said: str) -> dt.datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    return date.replace(tzinfo=dt.UTC) if date.tzinfo is None else date
