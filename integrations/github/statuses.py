"""What GitHub calls open and closed, and why closed: the statuses of an issue without a board."""

from collections.abc import Sequence
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Unreachable
from integrations.github import answers
from integrations.issue import NOWHERE, Category, Status

OPEN = Status("open", "Open", Category.TODO)
COMPLETED = Status("completed", "Completed", Category.DONE)
NOT_PLANNED = Status("not_planned", "Not planned", Category.DONE)
DUPLICATE = Status("duplicate", "Duplicate", Category.DONE)
STATUSES = (OPEN, COMPLETED, NOT_PLANNED, DUPLICATE)
ASIDE = (NOT_PLANNED, DUPLICATE)
"""Closed without having been done: true whatever column of a board the issue stands in."""


def status_of(issue: answers.Issue, columns: Sequence[Status] | None = None, column: Status | None = None) -> Status:
    """With the ``columns`` of a board the ``column`` it stands in; open and in none of them it has no status. What is
    closed as completed elsewhere on the board has come to its first column for what is done, if there is one. Closed
    without a reason, as before there were any, is completed."""
    if issue.state == "open":
        return column or (OPEN if columns is None else Status(NOWHERE, OPEN.name, OPEN.category))
    reason = next((each for each in STATUSES[1:] if each.id == issue.state_reason), COMPLETED)
    if reason in ASIDE:
        return reason
    ends = [each for each in columns or () if each.category is Category.DONE]
    return column if column in ends else (ends or [reason])[0]


def statuses_of(columns: Sequence[Status]) -> Sequence[Status]:
    """All that an issue on a board with these columns can have."""
    has_end = any(each.category is Category.DONE for each in columns)
    return (*columns, *(() if has_end else (COMPLETED,)), *ASIDE)


def steps(now: str, wanted: str) -> Sequence[dict[str, Any]]:
    """What to set, one request each. GitHub ignores a reason unless the state changes with it: another reason takes
    opening first. Unreachable when there is no such status."""
    if wanted not in {each.id for each in STATUSES}:
        raise Unreachable(Text(N_("There is no status %(status)s in this repository any more."), {"status": wanted}))
    if now == wanted:
        return ()
    if wanted == OPEN.id:
        return ({"state": "open"},)
    close = {"state": "closed", "state_reason": wanted}
    return (close,) if now == OPEN.id else ({"state": "open"}, close)
