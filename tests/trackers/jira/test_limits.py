"""When Jira asks for a pause, its headers say until when and for what, in many forms."""

import datetime as dt

import httpx
import pytest

from integrations.errors import Scope
from integrations.jira.limits import limited, until

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "5"}, 5),
        ({"retry-after": "1847"}, 1847),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-20"}, 1),
        ({"retry-after": "86400"}, 3600),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 1),
        ({"retry-after": "soon", "x-ratelimit-reset": "2026-11-22T12:02Z"}, 120),
        ({"x-ratelimit-reset": "2026-11-22T12:02:30Z"}, 150),
        ({"x-ratelimit-reset": "2026-11-22T13:00:30+01:00"}, 30),
        ({"x-ratelimit-reset": "2026-11-22T12:00:40"}, 40),
        ({"ratelimit": '"global-app-quota";r=0;t=90'}, 90),
        ({"beta-ratelimit": '"global-app-quota";r=0;t=90, "burst";t=7'}, 90),
        ({"ratelimit": '"global-app-quota";r=0'}, None),
        ({"x-ratelimit-reset": "later"}, None),
        ({}, None),
    ],
)
def test_the_end_of_a_pause_is_read_from_whatever_says_it(headers: dict[str, str], seconds: float | None) -> None:
    expected = None if seconds is None else NOON + dt.timedelta(seconds=seconds)

    assert until(httpx.Headers(headers), NOON) == expected


@pytest.mark.parametrize(
    ("reason", "scope"),
    [
        ("jira-per-issue-on-write", Scope.ISSUE),
        ("jira-burst-based", Scope.CONNECTION),
        ("jira-quota-tenant-based", Scope.CONNECTION),
        ("jira-quota-global-based", Scope.CONNECTION),
        ("jira-something-new", Scope.CONNECTION),
        ("", Scope.CONNECTION),
    ],
)
def test_only_the_limit_of_one_issue_leaves_the_others_alone(reason: str, scope: Scope) -> None:
    error = limited(httpx.Response(429, headers={"RateLimit-Reason": reason, "Retry-After": "3"}), NOON)

    assert error.scope is scope
    assert error.until == NOON + dt.timedelta(seconds=3)
