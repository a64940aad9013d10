"""Looking for an issue that was perhaps made: its answer was lost, but its description carries our marker."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from integrations.github import answers, texts
from integrations.github.comments import stamp
from integrations.github.issues import Issues
from integrations.github.keys import Key, parsed
from integrations.seeking import MOST_READ, following

SLACK = dt.timedelta(minutes=10)
"""Between our clock and GitHub's."""
MISSING_IN_A_ROW = 5
"""Numbers are given without gaps; discussions take some too, and those read as missing."""


async def find(
    issues: Issues, repository: str, marker: str, since: dt.datetime, after: str, creator: str, most: int = MOST_READ
) -> Sequence[answers.Issue]:
    """In the list of what ``creator`` (anybody when empty) made since then, and, because lists may be behind, among
    the numbers that follow ``after``, read one by one. The label we send is not asked for: GitHub may have dropped it.
    Unavailable when there is too much to read to be sure."""
    listed = {each.number: each for each in await _listed(issues, since - SLACK, creator)}
    known = parsed(after, repository)
    read = await following(
        lambda number: issues.answered(Key(repository, number)),
        known.number if known else 0,
        listed,
        MISSING_IN_A_ROW,
        most,
    )
    every = {each.id: each for each in (*listed.values(), *read)}
    return [each for each in every.values() if texts.marker_of(each.body or "") == marker]


async def _listed(issues: Issues, since: dt.datetime, creator: str) -> list[answers.Issue]:
    params = {"state": "all", "sort": "created", "direction": "desc", "since": stamp(since)}
    params |= {"creator": creator} if creator else {}
    return [each async for page in issues.pages(params, partial(_is_older, since)) for each in page]


def _is_older(since: dt.datetime, issue: answers.Issue) -> bool:
    return issue.created_at is not None and issue.created_at < since
