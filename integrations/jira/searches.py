"""Searches page by page: by token on Cloud, by position on Data Center."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Unavailable, Unlisted
from integrations.http import PAGE, paged
from integrations.jira import jql
from integrations.jira.answers import UNANSWERED, read_as
from integrations.jira.issues import PROPERTY, WANTED
from integrations.jira.site import ENDLESS, Site

UNSEARCHED = N_("Jira does not let this account search. What changes there is seen only through webhooks.")
LABEL = "waymark"
"""That every issue of ours gets; `defaults` sees to it."""
STALLED = 20
"""Pages in a row without anything new: such a list never ends."""
AGAIN = 10
"""Issues of a page that are asked for again with the next: one that leaves the result in between would hide another."""


async def found(site: Site, question: str) -> AsyncIterator[Sequence[Any]]:
    """Each issue once, though pages may repeat it. Unavailable when it never ends."""
    seen: set[str] = set()
    way, stalled = by_token if site.dialect.is_cloud else by_position, 0
    async for page in paged(lambda size: way(site, question, size), PAGE):
        with read_as("search"):
            fresh = {str(each["id"]): each for each in page if str(each["id"]) not in seen}
        seen |= fresh.keys()
        stalled = 0 if fresh else stalled + 1
        if stalled == STALLED:
            raise Unavailable(Text(ENDLESS))
        yield list(fresh.values())


async def changed(site: Site, project: str, since: dt.datetime) -> AsyncIterator[Sequence[Any]]:
    """Unlisted where Jira does not search: what is to go there goes there all the same."""
    try:
        async for page in found(site, jql.changed(project, since, site.access.now())):
            yield page
    except UNANSWERED as error:
        raise Unlisted(Text(UNSEARCHED), detail=error.detail or str(error.text), status=error.status) from error


async def labelled(site: Site, project: str, since: dt.datetime, after: str) -> Sequence[Any]:
    """Ours made since then, as far as the index knows; none where Jira does not search, if the keys that follow ``after``
    tell."""
    question = jql.labelled(project, LABEL, since, site.access.now())
    try:
        return [each async for page in found(site, question) for each in page]
    except UNANSWERED:
        if not after:
            raise
        return ()


async def newest(site: Site, project: str) -> str:
    """The key of the newest issue. Empty, too, where Jira does not tell it: only looking past its index has no beginning
    then."""
    try:
        issues = await first(site, jql.newest(project), 1)
    except UNANSWERED:
        return ""
    with read_as("search"):
        return str(issues[0]["key"]) if issues else ""


async def by_token(site: Site, question: str, size: int) -> AsyncIterator[Sequence[Any]]:
    asked: dict[str, Any] = {"jql": question, "maxResults": size, "fields": list(WANTED), "properties": [PROPERTY]}
    while True:
        page = await site.post("search/jql", asked)
        yield issues_of(page)
        if page.get("isLast") is True or not page.get("nextPageToken"):
            return
        asked |= {"nextPageToken": page["nextPageToken"]}


async def by_position(site: Site, question: str, size: int) -> AsyncIterator[Sequence[Any]]:
    start = 0
    while True:
        asked = {"jql": question, "startAt": start, "maxResults": size, "fields": list(WANTED)}
        page = await site.post("search", asked)
        issues = issues_of(page)
        yield issues
        end = start + len(issues)
        if not issues or end >= int(page.get("total", 0)):
            return
        start = max(end - AGAIN, start + 1)


async def first(site: Site, question: str, most: int) -> Sequence[Any]:
    asked: dict[str, Any] = {"jql": question, "maxResults": most, "fields": list(WANTED)}
    if site.dialect.is_cloud:
        return issues_of(await site.post("search/jql", asked | {"properties": [PROPERTY]}))
    return issues_of(await site.post("search", asked | {"startAt": 0}))


def issues_of(page: Any) -> list[Any]:
    with read_as("search"):
        return list(page.get("issues") or ())
