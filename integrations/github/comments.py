"""Comments of an issue, both ways."""

import datetime as dt
from collections.abc import Sequence

from backlog.errors import N_, Text
from integrations.errors import Refused, TrackerError
from integrations.github import answers, texts
from integrations.github.answers import shaped, times
from integrations.github.calls import Calls, Params
from integrations.github.keys import Key
from integrations.github.people import NOBODY, People
from integrations.issue import Comment
from integrations.writes import Write


async def comments(calls: Calls, people: People, key: Key, since: dt.datetime | None) -> Sequence[Comment]:
    """Those written or edited since, each once, the oldest first. Of an issue that was transferred they are only found
    by its new key: GitHub leads nobody on from here."""
    params: Params = {"per_page": 100} | ({"since": stamp(since)} if since else {})
    found: dict[int, answers.Comment] = {}
    async for page in calls.pages(f"{key.path}/comments", params):
        found |= {each.id: each for each in shaped(page, tuple[answers.Comment, ...])}
    return [await _comment(people, each) for each in found.values()]


async def _comment(people: People, found: answers.Comment) -> Comment:
    text, marker = texts.comment_of(found.body or "")
    written, edited = times(found)
    return Comment(
        id=str(found.id),
        author=await people.account(found.user.login) if found.user else NOBODY,
        text=text,
        written_at=written,
        edited_at=edited,
        marker=marker,
    )


def unreadable(key: Key, error: TrackerError) -> Refused:
    """They alone: of its issue it says nothing."""
    why = Text(N_("The comments of %(key)s cannot be read."), {"key": str(key)})
    return Refused(why, {"comments": error.detail or str(why)}, detail=error.detail, status=error.status)


def comment(key: Key, issue_id: str, text: str, marker: str) -> Write:
    """``marker`` stands hidden at its end; without one nobody finds it again."""
    what = Text(N_("Comment on %(key)s"), {"key": str(key)})
    body = {"body": texts.comment(text, marker)}
    return Write("POST", f"{key.path}/comments", body, what, ("comments",), issue_id, is_creation=True)


def stamp(moment: dt.datetime) -> str:
    """As GitHub takes times: UTC, whole seconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
