"""What GitHub's GraphQL interface says no with."""

from typing import Any

import pytest

from integrations.errors import Ambiguous, Limited, Missing, NoAccess, Refused, Unavailable
from integrations.github.graphql import refused
from tests.trackers.github.airport import NOON


def said(kind: str, message: str = "No.") -> dict[str, Any]:
    return {"data": None, "errors": [{"type": kind, "message": message}]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said("FORBIDDEN"), NoAccess),
        (said("INSUFFICIENT_SCOPES"), NoAccess),
        (said("NOT_FOUND"), Missing),
        (said("RATE_LIMITED"), Limited),
        (said("", "You have exceeded a secondary rate limit."), Limited),
        (said("UNPROCESSABLE"), Refused),
        ({"message": "Server Error"}, Unavailable),
        ([], Unavailable),
        ({"data": None}, Unavailable),
    ],
)
def test_every_answer_has_its_meaning(answer: Any, error: type[Exception]) -> None:
    assert type(refused(answer, {}, NOON)) is error


def test_an_unreadable_answer_to_a_change_is_ambiguous() -> None:
    assert type(refused({}, {}, NOON, writes=True)) is Ambiguous


def test_what_was_carried_out_is_no_refusal() -> None:
    assert refused({"data": {}}, {}, NOON) is None
