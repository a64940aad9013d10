"""GitHub as a tracker: one repository, signed in."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.catalogue import Catalogue
from integrations.errors import Gone, Missing, NoAccess, Refused, TrackerError
from integrations.github import answers, boards, comments, edits, hooks, seeking
from integrations.github.answers import shaped
from integrations.github.apps import Installation
from integrations.github.boards import Board
from integrations.github.calls import Calls, Params, moved
from integrations.github.catalogue import catalogue
from integrations.github.checks import checks
from integrations.github.comments import stamp
from integrations.github.faults import MAY_NOT_WRITE, NOT_VISIBLE
from integrations.github.issues import Issues
from integrations.github.keys import Key, parsed
from integrations.github.people import People
from integrations.github.projects import Projects, project
from integrations.github.statuses import COMPLETED, DUPLICATE, OPEN, STATUSES, steps
from integrations.issue import Account, Category, Comment, Issue, Project
from integrations.tracker import Access, Check
from integrations.webhook import Hook
from integrations.writes import Edit, Sent, Write

LAG = dt.timedelta(seconds=60)
"""How far lists may be behind."""
MOST_FOUND = 20
MOST_PROJECTS = 50
PLACE = re.compile(r"/repos/([^/]+/[^/]+)/(?:issues/([0-9]+))?")


class GitHub:
    """Fulfils `integrations.tracker.Tracker`."""

    def __init__(self, http: httpx.AsyncClient, access: Access) -> None:
        self._http = http
        self._calls = Calls(http, access)
        self._projects = Projects(self._calls, access.project)
        self._people = People(self._calls)
        self._board = Board(self._calls, access.board) if access.board else None
        self._issues = Issues(self._calls, self._projects, self._people, self._board)

    async def me(self) -> Account:
        return await self._people.us()

    async def check(self) -> Sequence[Check]:
        await self._people.login()
        return await checks(self._projects, self._issues, self._calls.signature)

    async def project(self) -> Project:
        return project(await self._projects.look())

    async def projects(self, text: str = "") -> Sequence[Project]:
        app = isinstance(self._calls.signature, Installation)
        path, params = ("/installation/repositories", {}) if app else ("/user/repos", {"sort": "pushed"})
        found: list[Project] = []
        async for page in self._calls.pages(path, {"per_page": 100, **params}):
            every = (
                shaped(page, answers.Repositories).repositories if app else shaped(page, tuple[answers.Repository, ...])
            )
            found += [project(each) for each in every if text.strip().casefold() in each.full_name.casefold()]
            if len(found) >= MOST_PROJECTS:
                break
        return found[:MOST_PROJECTS]

    async def catalogue(self, issue_type: str = "") -> Catalogue:
        return await catalogue(self._calls, self._projects, self._people, self._board)

    async def read(self, key: str) -> Issue:
        return (await self._issues.whole([await self._found(_key(key))]))[0]

    async def _found(self, key: Key) -> answers.Issue:
        try:
            return await self._issues.answered(key)
        except Missing as error:
            if error.status == 404 and not await self._projects.is_visible(key.repository):
                raise NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=404) from error
            raise

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        """The newest first: what changes while it is read moves to pages already read and is found next time, while
        nothing else is pushed over the edge of a page unread. Moves on a board do not count as changes."""
        params = {"state": "all", "sort": "updated", "direction": "desc", "since": stamp(since - LAG)}
        async for page in self._issues.pages(params):
            if page:
                yield await self._issues.whole(page)

    async def search(self, text: str) -> Sequence[Issue]:
        own = await self._projects.own()
        found = {each.id: each for each in await self._keyed(text, own.key)}
        words = " ".join(re.findall(r"[\w-]+", text.lower()))[:200]
        if not words:
            newest = await self._issues.first({"state": "all", "sort": "created", "direction": "desc"})
            found |= {each.id: each for each in newest if each.pull_request is None}
        else:
            query = f"repo:{own.key} is:issue in:title {words}"
            asked: Params = {"q": query, "sort": "created", "order": "desc", "per_page": MOST_FOUND}
            items = shaped(await self._calls.get("/search/issues", asked), answers.Found).items
            found |= {each.id: each for each in items if each.pull_request is None}
        return await self._issues.whole(list(found.values())[:MOST_FOUND])

    async def _keyed(self, text: str, repository: str) -> Sequence[answers.Issue]:
        key = parsed(text, repository)
        if key is None or key.repository.lower() != repository.lower():
            return ()
        try:
            return [await self._issues.answered(key)]
        except (Missing, Gone, NoAccess):
            return ()

    async def find(self, marker: str, since: dt.datetime, after: str) -> Sequence[Issue]:
        app = isinstance(self._calls.signature, Installation)
        creator = "" if app else await self._people.login()
        own = await self._projects.own()
        found = await seeking.find(self._issues, own.key, marker, since, after, creator)
        return await self._issues.whole(found)

    async def newest(self) -> str:
        """Of issues and pull requests, which share their numbers. Empty, too, where the list is refused."""
        own = await self._projects.own()
        try:
            found = await self._issues.first({"state": "all", "sort": "created", "direction": "desc", "per_page": 1})
        except Refused:
            return ""
        return str(Key(own.key, found[0].number)) if found else ""

    def creation(self, edit: Edit, marker: str) -> Write:
        return edits.creation(self._projects.path, edit, marker)

    async def writes(self, issue: Issue, edit: Edit) -> Sequence[Write]:
        key = _key(issue.key)
        states, moves = await self._status(issue, key, edit.status)
        return [*edits.writes(issue, key, edit, states), *moves]

    async def _status(
        self, issue: Issue, key: Key, wanted: str | None
    ) -> tuple[Sequence[dict[str, Any]], Sequence[Write]]:
        """Opening and closing, and moves on the board."""
        if wanted is None or wanted == issue.status.id:
            return (), ()
        column = (await self._board.columns()).get(wanted) if self._board else None
        if self._board is None or column is None:
            return steps(_state(issue), wanted), ()
        end = COMPLETED if column.category is Category.DONE else OPEN
        node = (await self._issues.answered(key)).node_id or ""
        item, at = (await self._board.places([node])).get(node, ("", None))
        states = steps(_state(issue), end.id)
        if at == wanted:
            return states, ()
        move = boards.moving(self._board, await self._board.columns(), str(key), issue.id, node, item, wanted)
        return states, (move,)

    async def send(self, write: Write) -> Sent:
        if write.path == boards.PATH:
            await Board(self._calls, write.body["variables"]["board"]).move(write)
            return Sent()
        within = (await self._projects.own()).id
        try:
            said = await self._calls.write(write.method, write.path, write.body, within=within)
        except (Missing, Gone) as error:
            if write.method == "DELETE" and "label" in error.detail.lower():
                return Sent()  # somebody else took it away
            raise await self._unseen(write, error) from error
        return _sent(write, said)

    async def _unseen(self, write: Write, error: Missing | Gone) -> TrackerError:
        """What it means that there is nothing to write to: GitHub says it of rights, too."""
        place = PLACE.match(write.path)
        if place is None or not await self._projects.is_visible(place[1]):
            return NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=error.status)
        if place[2]:
            key = Key(place[1], int(place[2]))
            try:
                found = await self._issues.answered(key)
            except (Missing, Gone) as gone:
                return gone
            if not found.is_at(key):
                return moved()
        return NoAccess(Text(MAY_NOT_WRITE), detail=error.detail, status=error.status)

    async def comments(self, issue: Issue, since: dt.datetime | None = None) -> Sequence[Comment]:
        """Refused when they cannot be read, though the issue can."""
        key = _key(issue.key)
        try:
            return await comments.comments(self._calls, self._people, key, since)
        except (Missing, Gone, NoAccess) as error:
            if not (await self._found(key)).is_at(key):
                raise Missing(moved().text, detail=error.detail, status=error.status) from error
            raise comments.unreadable(key, error) from error

    def comment(self, issue: Issue, text: str, marker: str) -> Write:
        return comments.comment(_key(issue.key), issue.id, text, marker)

    def nesting(self, parent: Issue, child: Issue) -> Write | None:
        key = _key(parent.key)
        what = Text(N_("Put %(child)s under %(key)s"), {"child": child.key, "key": parent.key})
        body = {"sub_issue_id": int(child.id)}
        return Write("POST", f"{key.path}/sub_issues", body, what, ("parent",), child.id)

    def closing(self, issue: Issue) -> Write:
        body = {"state": "closed", "state_reason": DUPLICATE.id}
        what = Text(N_("Close %(key)s as a duplicate"), {"key": issue.key})
        return Write("PATCH", _key(issue.key).path, body, what, ("status",), issue.id)

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        return await hooks.register(self._calls, await self._path(), url, secret)

    async def renew_hook(self, hook: Hook) -> Hook:
        return await hooks.renewed(self._calls, await self._path(), hook)

    async def remove_hook(self, hook: Hook) -> None:
        await hooks.remove(self._calls, await self._path(), hook)

    async def redeliveries(self, hook: Hook, since: dt.datetime) -> Sequence[Write]:
        return await hooks.redeliveries(self._calls, await self._path(), hook, since)

    async def close(self) -> None:
        await self._http.aclose()

    async def _path(self) -> str:
        """By the name the repository has now, so that writes need no redirect."""
        return f"/repos/{(await self._projects.own()).key}"


def _key(text: str) -> Key:
    key = parsed(text)
    if key is None:
        raise Missing(Text(N_("“%(key)s” is no issue of GitHub: it should look like owner/name#12."), {"key": text}))
    return key


def _state(issue: Issue) -> str:
    """As GitHub keeps it, of an issue whose status may be a column."""
    if issue.status in STATUSES:
        return issue.status.id
    return COMPLETED.id if issue.is_done else OPEN.id


def _sent(write: Write, said: Any) -> Sent:
    if write.method == "POST" and write.path.endswith("/comments"):
        return Sent(str(shaped(said, answers.Comment, writes=True).id))
    if write.method == "PATCH" or write.is_creation:
        found = shaped(said, answers.Issue, writes=True)
        place = PLACE.match(write.path)
        return Sent(str(found.id), str(Key(found.repository or (place[1] if place else ""), found.number)))
    return Sent()
