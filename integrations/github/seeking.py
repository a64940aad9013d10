"""Looking for an issue that was perhaps made: its answer was lost, but its description carries our marker."""

import datetime as dt
from collections.abc import Sequence

from backlog.errors import N_, Text
from integrations.errors import Gone, Missing, NoAccess, Unavailable
from integrations.github import answers, texts
from integrations.github.comments import stamp
from integrations.github.issues import Issues
from integrations.github.keys import Key, parsed

SLACK = dt.timedelta(minutes=10)
"""Between our clock and GitHub's."""
MISSING_IN_A_ROW = 5
"""Numbers are given without gaps; discussions take some too, and those read as missing."""
MOST_READ = 500
"""Issues read one by one at most before it stays unsaid whether there is one."""


async def find(
    issues: Issues, repository: str, marker: str, since: dt.datetime, after: str, creator: str, most: int = MOST_READ
) -> Sequence[answers.Issue]:
    """In the list of what ``creator`` (anybody when empty) made since then, and, because lists may be behind, among
    the numbers that follow ``after``, read one by one. The label we send is not asked for: GitHub may have dropped it.
    Unavailable when there is too much to read to be sure."""
    listed = {each.number: each for each in await _listed(issues, since - SLACK, creator)}
    known = parsed(after, repository)
    read = await _read(issues, repository, known.number if known else 0, frozenset(listed), most)
    every = {each.id: each for each in (*listed.values(), *read)}
    return [each for each in every.values() if texts.marker_of(each.body or "") == marker]


async def _listed(issues: Issues, since: dt.datetime, creator: str) -> list[answers.Issue]:
    params = {"state": "all", "sort": "created", "direction": "desc", "since": stamp(since)}
    params |= {"creator": creator} if creator else {}
    return [each async for page in issues.pages(params, lambda issue: issue.created_at < since) for each in page]


async def _read(issues: Issues, repository: str, after: int, listed: frozenset[int], most: int) -> list[answers.Issue]:
    found: list[answers.Issue] = []
    missing, number, reads = 0, after, 0
    while missing < MISSING_IN_A_ROW:
        number += 1
        if number in listed:
            missing = 0
            continue
        if reads == most:
            raise Unavailable(Text(N_("Too many issues were made since to look through them one by one.")))
        reads += 1
        try:
            found.append(await issues.answered(Key(repository, number)))
            missing = 0
        except (Gone, NoAccess):
            missing = 0
        except Missing as error:
            missing = missing + 1 if error.status == 404 else 0
    return found
