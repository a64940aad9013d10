"""How long GitHub wants to be left alone.

In the order its documentation gives (best practices for using the REST API): ``retry-after``; else, when nothing
remains, until ``x-ratelimit-reset``; else at least a minute.
"""

import datetime as dt
import email.utils
from collections.abc import Mapping

LEAST = dt.timedelta(seconds=1)
MOST = dt.timedelta(hours=1)
AFTER_RESET = dt.timedelta(seconds=1)
SIGNS = ("rate limit", "abuse detection")
"""In what GitHub says when a refusal is about how much was asked, not about rights."""


def is_limit(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Whether a refusal means "too much" and not "you may not"."""
    if status == 429:
        return True
    said = any(sign in message.lower() for sign in SIGNS)
    return status == 403 and (said or "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")


def until(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """Between one second and one hour from ``now``. Times GitHub names are measured by its own clock when it says it.
    None when it says nothing: then a minute, and longer each time."""
    theirs = _date(headers.get("date", "")) or now
    wait = _retry_after(headers.get("retry-after", ""), theirs)
    if wait is None and headers.get("x-ratelimit-remaining") == "0":
        wait = _reset(headers.get("x-ratelimit-reset", ""), theirs)
    return None if wait is None else now + min(max(wait, LEAST), MOST)


def _retry_after(said: str, theirs: dt.datetime) -> dt.timedelta | None:
    """Seconds, or a date as HTTP writes it; None when it is neither."""
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
