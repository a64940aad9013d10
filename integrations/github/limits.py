"""How long GitHub wants to be left alone.

In the order its documentation gives (best practices for using the REST API): ``retry-after``; else, when nothing
remains, until ``x-ratelimit-reset``; else at least a minute.
"""

import datetime as dt
from collections.abc import Mapping

from integrations import retry_after

SIGNS = ("rate limit", "abuse detection")
"""In what GitHub says when a refusal is about how much was asked, not about rights."""


def is_limit(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Whether a refusal means "too much" and not "you may not"."""
    if status == 429:
        return True
    said = any(sign in message.lower() for sign in SIGNS)
    return status == 403 and (said or "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")


def until(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """As `retry_after.until`; the reset counts only when nothing remains."""
    is_used_up = headers.get("x-ratelimit-remaining") == "0"
    return retry_after.until(headers, now, "x-ratelimit-reset" if is_used_up else None)
