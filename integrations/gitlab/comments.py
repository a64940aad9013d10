"""Comments of an issue, which GitLab calls notes, both ways."""

import datetime as dt
from collections.abc import Sequence

from backlog.errors import N_, Text
from integrations.errors import Refused, TrackerError
from integrations.gitlab import answers, texts
from integrations.gitlab.answers import shaped, times
from integrations.gitlab.calls import Calls, Params
from integrations.gitlab.keys import Key, project_path
from integrations.gitlab.people import People
from integrations.issue import Comment, Issue
from integrations.writes import Write


async def comments(calls: Calls, people: People, key: Key, since: dt.datetime | None) -> Sequence[Comment]:
    """Those written or edited since, each once, the oldest first. Left out: what GitLab itself notes, and internal notes,
    which a team wrote for nobody else. The list knows no beginning, so that it is read backwards until there."""
    params: Params = {"per_page": 100, "order_by": "updated_at", "sort": "desc"}
    found: dict[int, answers.Note] = {}
    async for page in calls.pages(f"{key.path}/notes", params):
        notes = shaped(page, tuple[answers.Note, ...])
        fresh = [each for each in notes if since is None or times(each)[1] >= since]
        found |= {each.id: each for each in fresh if not each.system and not each.is_for_the_team_alone}
        if len(fresh) < len(notes):
            break
    oldest_first = sorted(found.values(), key=lambda note: (times(note)[0], note.id))
    return [await _comment(people, each) for each in oldest_first]


async def _comment(people: People, found: answers.Note) -> Comment:
    text, marker = texts.comment_of(found.body)
    written_at, edited_at = times(found)
    return Comment(
        id=str(found.id),
        author=await people.account(found.author),
        text=text,
        written_at=written_at,
        edited_at=edited_at,
        marker=marker,
    )


def unreadable(key: Key, error: TrackerError) -> Refused:
    """They alone: of the issue, which can be read, it says nothing."""
    why = Text(N_("The comments of %(key)s cannot be read."), {"key": str(key)})
    return Refused(why, {"comments": error.detail or str(why)}, detail=error.detail, status=error.status)


def comment(issue: Issue, key: Key, text: str, marker: str) -> Write:
    """``marker`` stands hidden at its end; without one nobody finds it again."""
    what = Text(N_("Comment on %(key)s"), {"key": str(key)})
    path = f"{project_path(issue.project.id)}/issues/{key.number}/notes"
    return Write("POST", path, {"body": texts.comment(text, marker)}, what, ("comments",), issue.id, is_creation=True)


def stamp(moment: dt.datetime) -> str:
    """As GitLab takes times: UTC, whole seconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
