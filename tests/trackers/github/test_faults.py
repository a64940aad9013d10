"""What an answer that is a refusal means."""

import json
from typing import Any

import httpx
import pytest

from integrations.errors import (
    Ambiguous,
    Gone,
    Limited,
    Missing,
    NoAccess,
    Refused,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.github.faults import fault
from tests.trackers.github.airport import NOON


def answered(status: int, said: Any = None, **headers: str) -> httpx.Response:
    content = said if isinstance(said, bytes) else json.dumps(said or {"message": ""}).encode()
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}, content=content
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (answered(401, {"message": "Bad credentials"}), Unauthorized),
        (answered(403, {"message": "Must have admin rights to Repository."}), NoAccess),
        (answered(403, {"message": "You have exceeded a secondary rate limit."}), Limited),
        (answered(429, b"<html>too many requests</html>"), Limited),
        (answered(451, {"message": "Repository access blocked"}), NoAccess),
        (answered(404, {"message": "Not Found"}), Missing),
        (answered(410, {"message": "This issue was deleted"}), Gone),
        (answered(410, {"message": "Issues has been disabled in this repository."}), NoAccess),
        (answered(410, {"message": "The API version 2022-11-28 is no longer supported."}), Unsupported),
        (answered(400, {"message": '"2022-11-28" is not a valid REST API version.'}), Unsupported),
        (answered(400, {"message": "Problems parsing JSON"}), Refused),
        (answered(422, {"message": "Validation Failed"}), Refused),
        (answered(409, {"message": "Conflict"}), Unavailable),
        (answered(404, b"<html>no such page</html>"), Unavailable),
        (answered(503, {"message": "Server Error"}), Unavailable),
    ],
)
def test_every_answer_has_its_meaning(answer: httpx.Response, error: type[Exception]) -> None:
    assert type(fault(answer, NOON)) is error


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_of_the_server_leaves_a_write_unknown(status: int) -> None:
    assert type(fault(answered(status, {"message": "Server Error"}), NOON, writes=True)) is Ambiguous


def test_a_refusal_names_our_fields() -> None:
    errors = [
        {"resource": "Issue", "field": "title", "code": "custom", "message": "title is too long"},
        {"resource": "Issue", "field": "body", "code": "missing_field"},
        {"resource": "Issue", "field": "assignees", "code": "invalid", "value": "nobody"},
        {"resource": "Label", "field": "name", "code": "invalid"},
        {"resource": "Issue", "field": "state_reason", "code": "invalid"},
        "something else",
        {"code": "custom", "message": "and this"},
    ]

    error = fault(answered(422, {"message": "Validation Failed", "errors": errors}), NOON)

    assert isinstance(error, Refused)
    assert error.fields == {
        "title": "title is too long",
        "block": "body is missing",
        "assignees": "assignees is not valid",
        "labels": "name is not valid",
        "status": "state_reason is not valid",
    }
    assert "something else" in error.detail


def test_the_rights_a_token_lacks_are_named() -> None:
    answer = answered(
        403,
        {"message": "Resource not accessible by personal access token"},
        x_accepted_github_permissions="issues=write",
    )

    assert "issues=write" in str(fault(answer, NOON).text)


def test_a_token_that_is_not_authorised_for_single_sign_on_is_told_so() -> None:
    answer = answered(403, {"message": "Resource protected"}, x_github_sso="required; url=https://github.com/x")

    assert "single sign-on" in str(fault(answer, NOON).text)
