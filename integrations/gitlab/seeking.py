"""Looking for an issue that was perhaps made: its answer was lost, but its description carries our marker."""

import datetime as dt
from collections.abc import Sequence

from integrations.gitlab import answers, texts
from integrations.gitlab.calls import Params
from integrations.gitlab.comments import stamp
from integrations.gitlab.issues import Issues
from integrations.gitlab.keys import Key, parsed
from integrations.seeking import MOST_READ, following

SLACK = dt.timedelta(minutes=10)
"""Between our clock and GitLab's."""
MISSING_IN_A_ROW = 10
"""Numbers are given without gaps, but an issue that was not made or was deleted leaves one."""


async def find(
    issues: Issues, project: str, marker: str, since: dt.datetime, after: str, author: int, most: int = MOST_READ
) -> Sequence[answers.Issue]:
    """In the list of what ``author`` made since then, and, because lists come from copies of the database that may be
    behind, among the numbers that follow ``after``, read one by one. The label we send is not asked for: GitLab drops
    labels of guests. Unavailable when there is too much to read to be sure."""
    listed = {each.iid: each for each in await _listed(issues, since - SLACK, author)}
    known = parsed(after, project)
    read = await following(
        lambda number: issues.answered(Key(project, number)),
        known.number if known else 0,
        listed,
        MISSING_IN_A_ROW,
        most,
    )
    every = {each.id: each for each in (*listed.values(), *read)}
    return [each for each in every.values() if each.moved_to_id is None and _has(each, marker)]


def _has(issue: answers.Issue, marker: str) -> bool:
    return texts.marker_of(issue.description or "") == marker


async def _listed(issues: Issues, since: dt.datetime, author: int) -> list[answers.Issue]:
    params: Params = {"created_after": stamp(since), "author_id": author, "order_by": "created_at", "sort": "desc"}
    return [each async for page in issues.pages(params) for each in page]
