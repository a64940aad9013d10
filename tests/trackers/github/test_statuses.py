"""Open, closed and why."""

import pytest

from integrations.errors import Unreachable
from integrations.github.statuses import COMPLETED, DUPLICATE, NOT_PLANNED, OPEN, status_of, statuses_of, steps
from integrations.issue import NOWHERE, Category, Status
from tests.trackers.github.airport import raw

DOING = Status("o-doing", "On it", Category.DOING)
SHIPPED = Status("o-shipped", "Shipped", Category.DONE)


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        ("open", None, OPEN),
        ("open", "reopened", OPEN),
        ("closed", None, COMPLETED),
        ("closed", "completed", COMPLETED),
        ("closed", "not_planned", NOT_PLANNED),
        ("closed", "duplicate", DUPLICATE),
        ("closed", "a reason of tomorrow", COMPLETED),
    ],
)
def test_state_and_reason_are_one_status(state: str, reason: str | None, status: Status) -> None:
    assert status_of(raw(state=state, state_reason=reason)) == status


@pytest.mark.parametrize(
    ("state", "reason", "column", "status"),
    [
        ("open", None, None, Status(NOWHERE, "Open", Category.TODO)),
        ("open", None, DOING, DOING),
        ("open", None, SHIPPED, SHIPPED),
        ("closed", "completed", SHIPPED, SHIPPED),
        ("closed", "completed", DOING, SHIPPED),
        ("closed", "completed", None, SHIPPED),
        ("closed", "not_planned", SHIPPED, NOT_PLANNED),
    ],
)
def test_the_column_of_a_board_counts_unless_the_issue_says_otherwise(
    state: str, reason: str | None, column: Status | None, status: Status
) -> None:
    assert status_of(raw(state=state, state_reason=reason), (DOING, SHIPPED), column) == status


def test_on_a_board_without_an_end_what_is_closed_is_completed() -> None:
    assert status_of(raw(state="closed", state_reason="completed"), (DOING,), DOING) == COMPLETED
    assert statuses_of((DOING,)) == (DOING, COMPLETED, NOT_PLANNED, DUPLICATE)
    assert statuses_of((DOING, SHIPPED)) == (DOING, SHIPPED, NOT_PLANNED, DUPLICATE)


def test_a_reason_is_only_taken_together_with_a_change_of_state() -> None:
    assert steps("open", "completed") == ({"state": "closed", "state_reason": "completed"},)
    assert steps("completed", "open") == ({"state": "open"},)
    assert steps("completed", "not_planned") == (
        {"state": "open"},
        {"state": "closed", "state_reason": "not_planned"},
    )
    assert steps("duplicate", "duplicate") == ()


def test_a_status_nobody_knows_cannot_be_reached() -> None:
    with pytest.raises(Unreachable):
        steps("open", "o-doing")
