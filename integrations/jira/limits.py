"""When Jira says it is too much: until when, and for what. Pure.

Source: Atlassian's "Rate limiting" (Cloud) and "Adjusting your code for rate limiting" (Data Center).
"""

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpx

from backlog.errors import N_, Text
from integrations.errors import Limited, Scope

SHORTEST, LONGEST = dt.timedelta(seconds=1), dt.timedelta(hours=1)
PER_ISSUE = "jira-per-issue-on-write"
STRUCTURED = ("ratelimit", "beta-ratelimit")
SECONDS_LEFT = re.compile(r"(?:^|;)\s*t=(\d+)")


def limited(answer: httpx.Response, now: dt.datetime) -> Limited:
    reason = answer.headers.get("ratelimit-reason", "")
    scope = Scope.ISSUE if reason == PER_ISSUE else Scope.CONNECTION
    detail = f"{answer.status_code} {reason}".strip()
    return Limited(wording(scope), until(answer.headers, now), scope, detail=detail, status=answer.status_code)


def wording(scope: Scope) -> Text:
    if scope is Scope.ISSUE:
        return Text(N_("Jira wants fewer changes of this issue in so short a time. Waymark waits and goes on."))
    return Text(N_("Jira asks for a pause. Waymark waits and goes on."))


def until(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """What it says first of: seconds or a date to wait, the time of the reset, the seconds left of a structured header.
    Between a second and an hour from now; None when it says nothing (a gateway's limit)."""
    found = retry_after(headers, now) or reset(headers) or left(headers, now)
    return found and min(max(found, now + SHORTEST), now + LONGEST)


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[+-]?\d{1,9}(\.\d*)?", value):
        return now + dt.timedelta(seconds=float(value))
    try:
        return aware(parsedate_to_datetime(value))
    except ValueError:
        return None


def reset(headers: Mapping[str, str]) -> dt.datetime | None:
    """ISO 8601, sometimes without seconds."""
    try:
        return aware(dt.datetime.fromisoformat(headers.get("x-ratelimit-reset", "").strip()))
    except ValueError:
        return None


def left(headers: Mapping[str, str], now: dt.datetime) -> dt.datetime | None:
    """Of several policies the one that takes longest."""
    seconds = [
        int(found)
        for name in STRUCTURED
        for part in headers.get(name, "").split(",")
        for found in SECONDS_LEFT.findall(part)
    ]
    return now + dt.timedelta(seconds=min(max(seconds), 86_400)) if seconds else None


def aware(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
