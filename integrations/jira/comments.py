"""Comments as Jira answers them, and ours on their way."""

from collections.abc import Mapping
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Refused, TrackerError
from integrations.issue import Comment, Issue
from integrations.jira import texts
from integrations.jira.dialect import Dialect
from integrations.jira.issues import time
from integrations.jira.people import NOBODY, account
from integrations.writes import Write


def comment(found: Mapping[str, Any], dialect: Dialect, us: str) -> Comment:
    text, marker = texts.unmarked(texts.said(dialect, found.get("body")))
    return Comment(
        id=str(found["id"]),
        author=account(found.get("author"), us) or NOBODY,
        text=text,
        written_at=time(found.get("created") or found["updated"]),
        edited_at=time(found.get("updated") or found["created"]),
        marker=marker,
    )


def unreadable(issue: Issue, error: TrackerError) -> Refused:
    """They alone: of the issue, which can be read, it says nothing."""
    why = Text(N_("The comments of %(key)s cannot be read."), {"key": issue.key})
    return Refused(why, {"comments": error.detail or str(why)}, detail=error.detail, status=error.status)


def write(issue: Issue, text: str, marker: str, dialect: Dialect) -> Write:
    return Write(
        "POST",
        dialect.path(f"issue/{issue.id}/comment"),
        {"body": texts.comment(dialect, text, marker)},
        Text(N_("Comment on %(key)s"), {"key": issue.key}),
        ("comments",),
        issue.id,
        is_creation=True,
    )
