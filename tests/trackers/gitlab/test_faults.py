"""What refusals of GitLab mean, after its documentation, and how long it wants to be left alone."""

import datetime as dt
from typing import Any

import httpx
import pytest

from integrations import retry_after
from integrations.errors import (
    Ambiguous,
    Limited,
    Missing,
    NoAccess,
    Refused,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.gitlab.faults import fault
from tests.trackers.gitlab.airport import NOON

MINUTE = dt.timedelta(seconds=60)


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (400, {"message": {"title": ["can't be blank"]}}, Refused),
        (400, {"error": "due_date is invalid"}, Refused),
        (401, {"message": "401 Unauthorized"}, Unauthorized),
        (401, {"error": "invalid_token", "error_description": "Token was revoked."}, Unauthorized),
        (403, {"message": "403 Forbidden"}, NoAccess),
        (403, {"error": "insufficient_scope", "scope": "api"}, NoAccess),
        (404, {"message": "404 Project Not Found"}, Missing),
        (409, {"message": "409 Conflict"}, Unavailable),
        (410, {"message": "410 Gone"}, Unsupported),
        (422, {"message": {"base": ["Spam detected"]}}, Refused),
        (429, {"message": {"error": "This endpoint has been requested too many times. Try again later."}}, Limited),
        (500, {"message": "500 Internal Server Error"}, Unavailable),
    ],
)
def test_each_refusal_is_one_of_ours(status: int, said: Any, kind: type[TrackerError]) -> None:
    found = fault(httpx.Response(status, json=said), NOON)

    assert type(found) is kind
    assert found.status == status


def test_a_write_that_ends_in_trouble_may_have_been_carried_out() -> None:
    assert isinstance(fault(httpx.Response(502, text="Bad gateway"), NOON, writes=True), Ambiguous)


def test_what_is_wrong_with_a_field_is_said_of_that_field() -> None:
    said = {
        "message": {"title": ["is too long (maximum is 255 characters)"], "description": ["is too long"], "base": ["x"]}
    }

    found = fault(httpx.Response(400, json=said), NOON)

    assert isinstance(found, Refused)
    assert found.fields == {"title": "is too long (maximum is 255 characters)", "block": "is too long"}
    assert found.detail == "title is too long (maximum is 255 characters) · description is too long · x"


def test_a_parameter_of_the_wrong_form_is_named() -> None:
    found = fault(httpx.Response(400, json={"error": "due_date is invalid, weight is invalid"}), NOON)

    assert isinstance(found, Refused)
    assert found.fields == {"due_date": "due_date is invalid", "weight": "weight is invalid"}


def test_a_page_instead_of_data_says_nothing_of_rights() -> None:
    assert isinstance(fault(httpx.Response(403, text="Forbidden"), NOON), Unavailable)


def test_the_limit_of_the_server_speaks_plain_text_and_counts() -> None:
    found = fault(httpx.Response(429, text="Retry later\n", headers={"Retry-After": "17"}), NOON)

    assert isinstance(found, Limited)
    assert found.until == NOON + dt.timedelta(seconds=17)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, dt.timedelta(seconds=1)),
        ({"retry-after": "86400"}, dt.timedelta(hours=1)),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, dt.timedelta(seconds=30)),
        ({"ratelimit-reset": str(int(NOON.timestamp()) + 20)}, dt.timedelta(seconds=21)),
        ({"ratelimit-reset": "inf"}, None),
    ],
)
def test_it_is_left_alone_as_long_as_it_says(headers: dict[str, str], wait: dt.timedelta | None) -> None:
    assert retry_after.until(headers, NOON, "ratelimit-reset") == (None if wait is None else NOON + wait)
