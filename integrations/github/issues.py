"""Issues as GitHub has them, read into ours."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from backlog.errors import N_, Text
from integrations import long_texts
from integrations.errors import Gone, Missing, NoAccess, TrackerError
from integrations.github import answers, texts
from integrations.github.answers import shaped, times
from integrations.github.boards import Board
from integrations.github.calls import Calls, Params
from integrations.github.faults import NOT_LISTED, NOT_VISIBLE
from integrations.github.keys import Key, key_of
from integrations.github.people import People
from integrations.github.projects import Projects
from integrations.github.statuses import status_of
from integrations.http import paged
from integrations.issue import Choice, Issue, Status, Value


class Issues:
    """Of one connection; pull requests, which GitHub counts among issues, are passed over."""

    def __init__(self, calls: Calls, projects: Projects, people: People, board: Board | None) -> None:
        self._calls, self._projects, self._people, self._board = calls, projects, people, board
        self._parents: dict[str, str | None] = {}

    async def pages(
        self, params: Params, until: Callable[[answers.Issue], bool] = lambda issue: False
    ) -> AsyncIterator[Sequence[answers.Issue]]:
        """As they come, each issue once though pages shift while they are read; ends behind the first ``until``.
        NoAccess when there is no such list."""
        seen: set[int] = set()
        async for page in paged(lambda size: self._listed({"per_page": size, **params})):
            every = shaped(page, tuple[answers.Issue, ...])
            fresh = [each for each in every if each.id not in seen]
            seen.update(each.id for each in fresh)
            yield [each for each in fresh if each.pull_request is None]
            if any(until(each) for each in every):
                return

    async def first(self, params: Params) -> tuple[answers.Issue, ...]:
        """The first page, pull requests among them. NoAccess when there is no such list."""
        try:
            return shaped(await self._calls.get(f"{self._projects.path}/issues", params), tuple[answers.Issue, ...])
        except (Missing, Gone) as error:
            raise await self._unlisted(error) from error

    async def _listed(self, params: Params) -> AsyncIterator[Any]:
        try:
            async for page in self._calls.pages(f"{self._projects.path}/issues", params):
                yield page
        except (Missing, Gone) as error:
            raise await self._unlisted(error) from error

    async def _unlisted(self, error: TrackerError) -> NoAccess:
        """What a 404 to a list means: GitHub says it of rights, too."""
        why = NOT_LISTED if await self._projects.is_visible() else NOT_VISIBLE
        return NoAccess(Text(why), detail=error.detail, status=error.status)

    async def answered(self, key: Key) -> answers.Issue:
        """From where it is now. Gone; Missing, of a pull request without a status."""
        found = shaped(await self._calls.get(key.path), answers.Issue)
        if found.pull_request is not None:
            raise Missing(Text(N_("%(key)s is a pull request, not an issue."), {"key": str(key)}))
        return found if found.repository else msgspec.structs.replace(found, repository_url=f"/repos/{key.repository}")

    async def whole(self, found: Sequence[answers.Issue]) -> tuple[Issue, ...]:
        """With what other requests tell: columns of the board (one request), projects, parents (one each, once; one that
        cannot be seen is asked for anew the next time)."""
        self._parents = {url: parent for url, parent in self._parents.items() if parent is not None}
        places = await self._board.places([each.node_id or "" for each in found]) if self._board else {}
        return tuple([await self._one(each, places.get(each.node_id or "")) for each in found])

    async def _one(self, found: answers.Issue, place: tuple[str, str | None] | None) -> Issue:
        body = await long_texts.read(texts.body_of, found.body or "")
        children = found.sub_issues_summary or answers.Children()
        made, changed = times(found)
        key = Key(found.repository or (await self._projects.own()).key, found.number)
        return Issue(
            id=str(found.id),
            key=str(key),
            url=found.html_url or f"{self._calls.site}/{key.repository}/issues/{key.number}",
            project=await self._projects.of(key.repository),
            title=found.title,
            status=await self._status(found, place),
            updated_at=changed,
            created_at=made,
            native=found.body or "",
            text=body.text,
            sections=body.sections,
            marker=body.marker,
            values=values_of(found),
            type=Choice(found.type.name, found.type.name) if found.type else None,
            author=await self._people.account(found.user.login) if found.user else None,
            assignees=tuple([await self._people.account(login) for login in found.logins]),
            labels=found.label_names,
            milestone=found.milestone.title if found.milestone else "",
            parent_id=await self._parent(found.parent_issue_url),
            children=children.total,
            done=children.completed,
        )

    async def _status(self, found: answers.Issue, place: tuple[str, str | None] | None) -> Status:
        if self._board is None:
            return status_of(found)
        if place is None and found.state == "open":
            return status_of(found, ())
        columns = await self._board.columns(place[1] if place else None)
        return status_of(found, columns.statuses, columns.get(place[1]) if place else None)

    async def _parent(self, url: str | None) -> str | None:
        key = key_of(url) if url else None
        if url is None or key is None:
            return None
        if url not in self._parents:
            try:
                self._parents[url] = str(shaped(await self._calls.get(key.path), answers.Issue).id)
            except (Missing, Gone, NoAccess):
                self._parents[url] = None
        return self._parents[url]


def values_of(found: answers.Issue) -> dict[str, Value]:
    """The other fields, by the ids `integrations.github.catalogue` gives them."""
    return {"milestone": str(found.milestone.number) if found.milestone else None, "assignees": found.logins}
