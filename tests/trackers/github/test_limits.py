"""How long GitHub wants to be left alone."""

import datetime as dt

import pytest

from integrations.github import limits
from tests.trackers.github.airport import NOON

RESET = str(int((NOON + dt.timedelta(minutes=20)).timestamp()))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}, 1201),
        ({"x-ratelimit-remaining": "17", "x-ratelimit-reset": RESET}, None),
        ({}, None),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-5"}, 1),
        ({"retry-after": "86400"}, 3600),
        ({"retry-after": "1e400"}, 3600),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:05:00 GMT"}, 300),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 1),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "never"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999999999"}, None),
    ],
)
def test_the_wait_is_read_in_the_documented_order_and_kept_within_an_hour(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert limits.until(headers, NOON) == (None if seconds is None else NOON + dt.timedelta(seconds=seconds))


def test_times_are_measured_by_githubs_own_clock_when_ours_is_wrong() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET, "date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    ours = NOON - dt.timedelta(hours=2)

    assert limits.until(headers, ours) == ours + dt.timedelta(seconds=1201)


@pytest.mark.parametrize(
    ("status", "headers", "message", "is_limit"),
    [
        (429, {}, "", True),
        (403, {"retry-after": "60"}, "Forbidden", True),
        (403, {"x-ratelimit-remaining": "0"}, "API rate limit exceeded for user ID 41.", True),
        (403, {"x-ratelimit-remaining": "4000"}, "You have exceeded a secondary rate limit.", True),
        (403, {"x-ratelimit-remaining": "4000"}, "Resource not accessible by personal access token", False),
        (401, {"retry-after": "60"}, "Bad credentials", False),
    ],
)
def test_too_much_is_told_from_not_allowed(status: int, headers: dict[str, str], message: str, is_limit: bool) -> None:
    assert limits.is_limit(status, headers, message) is is_limit
