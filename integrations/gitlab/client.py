"""GitLab as a tracker: one project, signed in."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import httpx

from backlog.errors import N_, Text
from integrations.catalogue import Catalogue
from integrations.errors import Missing, NoAccess, TrackerError
from integrations.gitlab import answers, comments, edits, hooks, seeking
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.gitlab.catalogue import catalogue
from integrations.gitlab.checks import checks
from integrations.gitlab.comments import stamp
from integrations.gitlab.faults import MAY_NOT_WRITE, NOT_VISIBLE
from integrations.gitlab.issues import Issues, key_of
from integrations.gitlab.keys import Key, parsed, project_path
from integrations.gitlab.people import People
from integrations.gitlab.projects import Projects, project
from integrations.issue import Account, Comment, Issue, Project
from integrations.tracker import Access, Check
from integrations.webhook import Hook
from integrations.writes import Edit, Sent, Write

LAG = dt.timedelta(seconds=60)
"""How far lists may be behind: they come from copies of the database."""
MOST_FOUND = 20
MOST_PROJECTS = 50


class GitLab:
    """Fulfils `integrations.tracker.Tracker`."""

    def __init__(self, http: httpx.AsyncClient, access: Access) -> None:
        self._http = http
        self._calls = Calls(http, access)
        self._projects = Projects(self._calls, access.project)
        self._people = People(self._calls)
        self._issues = Issues(self._calls, self._projects, self._people)

    async def me(self) -> Account:
        account = await self._people.account(await self._people.us())
        return replace(account, expires_at=await self._people.expires_at())

    async def check(self) -> Sequence[Check]:
        return await checks(self._calls, self._projects, self._issues, self._people)

    async def project(self) -> Project:
        return project(await self._projects.look())

    async def projects(self, text: str = "") -> Sequence[Project]:
        asked: dict[str, str | int] = {"membership": "true", "simple": "true", "order_by": "last_activity_at"}
        asked["per_page"] = MOST_PROJECTS
        if text.strip():
            asked |= {"search": text.strip(), "search_namespaces": "true"}
        found = shaped(await self._calls.get("/projects", asked), tuple[answers.Project, ...])
        return [project(each) for each in found]

    async def catalogue(self, issue_type: str = "") -> Catalogue:
        return await catalogue(self._calls, self._projects, self._people)

    async def read(self, key: str) -> Issue:
        """A move makes another issue: that one is answered, with an id of its own."""
        found = await self._found(_key(key))
        return (await self._issues.whole([await self._issues.followed(found)]))[0]

    async def _found(self, key: Key) -> answers.Issue:
        try:
            return await self._issues.answered(key)
        except Missing as error:
            if not await self._projects.is_visible(key.project):
                raise NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=404) from error
            raise

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        """The newest first: what changes while it is read moves to pages already read and is found next time, while
        nothing else is pushed over the edge of a page unread."""
        params = {"order_by": "updated_at", "sort": "desc", "updated_after": stamp(since - LAG)}
        async for page in self._issues.pages(params):
            if page:
                yield await self._issues.whole(page)

    async def search(self, text: str) -> Sequence[Issue]:
        own = await self._projects.own()
        found = {each.id: each for each in await self._keyed(text, own.key)}
        asked: dict[str, str | int] = {"order_by": "created_at", "sort": "desc", "per_page": MOST_FOUND}
        if text.strip():
            asked |= {"search": text.strip()[:200], "in": "title"}
        found |= {each.id: each for each in await self._issues.first(asked)}
        return await self._issues.whole(list(found.values())[:MOST_FOUND])

    async def _keyed(self, text: str, path: str) -> Sequence[answers.Issue]:
        key = parsed(text, path)
        if key is None or key.project.lower() != path.lower():
            return ()
        try:
            return [await self._issues.answered(key)]
        except (Missing, NoAccess):
            return ()

    async def find(self, marker: str, since: dt.datetime, after: str) -> Sequence[Issue]:
        own, us = await self._projects.own(), await self._people.us()
        return await self._issues.whole(await seeking.find(self._issues, own.key, marker, since, after, us.id))

    async def newest(self) -> str:
        found = await self._issues.first({"order_by": "created_at", "sort": "desc", "per_page": MOST_FOUND})
        own = await self._projects.own()
        return str(key_of(max(found, key=lambda issue: issue.iid), own.key)) if found else ""

    def creation(self, edit: Edit, marker: str) -> Write:
        return edits.creation(self._projects.path, edit, marker)

    async def writes(self, issue: Issue, edit: Edit) -> Sequence[Write]:
        return list(edits.writes(issue, _key(issue.key), edit))

    async def send(self, write: Write) -> Sent:
        own = await self._projects.own()
        path = write.path
        if path.startswith(f"{self._projects.path}/"):  # by the number it is the same project under any name
            path = project_path(own.id) + path.removeprefix(self._projects.path)
        try:
            said = await self._calls.write(write.method, path, write.body)
        except Missing as error:
            raise await self._unseen(path, error) from error
        return _sent(write, said, own.key)

    async def _unseen(self, path: str, error: Missing) -> TrackerError:
        """What a 404 to a write means: GitLab says it of rights, too. An issue that moved is closed and stays."""
        _, _, number, _, *rest = path.split("/")
        if not await self._projects.is_visible(number):
            return NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=404)
        if rest:
            try:
                await self._calls.get("/".join(path.split("/")[:5]))
            except Missing as gone:
                return gone
        return NoAccess(Text(MAY_NOT_WRITE), detail=error.detail, status=404)

    async def comments(self, issue: Issue, since: dt.datetime | None = None) -> Sequence[Comment]:
        """Refused when they cannot be read, though the issue can."""
        key = _key(issue.key)
        try:
            return await comments.comments(self._calls, self._people, key, since)
        except (Missing, NoAccess) as error:
            await self._found(key)
            raise comments.unreadable(key, error) from error

    def comment(self, issue: Issue, text: str, marker: str) -> Write:
        return comments.comment(issue, _key(issue.key), text, marker)

    def nesting(self, parent: Issue, child: Issue) -> Write | None:
        """An issue has no issues below it, only tasks, and these by GraphQL alone; the links its REST interface knows
        (relates to, blocks) are between equals."""
        return None

    def closing(self, issue: Issue) -> Write:
        path = f"{project_path(issue.project.id)}/issues/{_key(issue.key).number}"
        what = Text(N_("Close %(key)s as a duplicate"), {"key": issue.key})
        return Write("PUT", path, {"state_event": "close"}, what, ("status",), issue.id)

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        return await hooks.register(self._calls, await self._path(), url, secret)

    async def renew_hook(self, hook: Hook) -> Hook:
        return await hooks.renewed(self._calls, await self._path(), hook)

    async def remove_hook(self, hook: Hook) -> None:
        await hooks.remove(self._calls, await self._path(), hook)

    async def redeliveries(self, hook: Hook, since: dt.datetime) -> Sequence[Write]:
        return ()

    async def close(self) -> None:
        await self._http.aclose()

    async def _path(self) -> str:
        return project_path((await self._projects.own()).id)


def _key(text: str) -> Key:
    key = parsed(text)
    if key is None:
        raise Missing(Text(N_("“%(key)s” is no issue of GitLab: it should look like group/project#12."), {"key": text}))
    return key


def _sent(write: Write, said: Any, own: str) -> Sent:
    if write.path.endswith("/notes"):
        return Sent(str(shaped(said, answers.Note, writes=True).id))
    found = shaped(said, answers.Issue, writes=True)
    return Sent(str(found.id), str(key_of(found, own)))
