"""The client of one project of Jira, Cloud or Data Center: what `integrations.tracker.Tracker` asks."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from backlog.errors import N_, Text
from integrations.catalogue import Catalogue
from integrations.errors import Ambiguous, Missing, NoAccess, TrackerError
from integrations.http import json_of
from integrations.issue import Account, Comment, Issue, Project
from integrations.jira import catalogue, checks, comments, hooks, jql, keys, searches, transitions
from integrations.jira.answers import REFUSALS, read_as
from integrations.jira.custom_fields import Kinds
from integrations.jira.dialect import Dialect
from integrations.jira.faults import MAY_NOT_WRITE
from integrations.jira.issues import PROPERTY, WANTED, Reading, Writing
from integrations.jira.people import name_of, shown_name
from integrations.jira.projects import Projects
from integrations.jira.references import KEY
from integrations.jira.sightings import Sightings
from integrations.jira.site import Site
from integrations.tracker import Access, Check
from integrations.webhook import Hook
from integrations.writes import Edit, Sent, Write

SHOWN = 20  # issues of a search by words


@dataclass
class Client:
    """See `Tracker`. What hardly changes is asked once: the account, kinds of fields."""

    site: Site
    us: Account | None = field(default=None, init=False)
    own: Projects = field(init=False)
    sightings: Sightings = field(init=False)
    kinds: Kinds = field(init=False)

    def __post_init__(self) -> None:
        self.own = Projects(self.site)
        self.kinds = Kinds(self.site)
        self.sightings = Sightings(self.site.access.now)

    @classmethod
    def opened(cls, http: httpx.AsyncClient, access: Access, dialect: Dialect) -> "Client":
        return cls(Site(http, access, dialect))

    @property
    def key(self) -> str:
        return self.own.key

    @property
    def writing(self) -> Writing:
        return Writing(self.site.dialect, self.key)

    async def me(self) -> Account:
        if self.us is None:
            found = await self.site.get("myself")
            self.us = Account(name_of(found), shown_name(found), is_us=True)
        return self.us

    async def check(self) -> Sequence[Check]:
        return await checks.checks(self.site, self.key)

    async def project(self) -> Project:
        return await self.own.look()

    async def projects(self, text: str = "") -> Sequence[Project]:
        return await self.own.matching(text)

    async def catalogue(self, issue_type: str = "") -> Catalogue:
        await self.own.need()
        return await catalogue.catalogue(
            self.site, self.key, issue_type, await self.own.address(), (await self.me()).id
        )

    async def read(self, key: str) -> Issue:
        try:
            found = await self.site.get(f"issue/{quote(key, safe='')}", fields=",".join(WANTED), properties=PROPERTY)
        except Missing as error:
            raise await self.own.absent(error) from error
        return await self.issue(found)

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        await self.own.need()
        async for page in searches.changed(self.site, self.key, since):
            yield [await self.issue(each) for each in page]

    async def search(self, text: str) -> Sequence[Issue]:
        await self.own.need()
        found = await searches.first(self.site, jql.titled(self.key, text), SHOWN)
        issues = [await self.issue(each) for each in found]
        if not KEY.fullmatch(text.strip()):
            return issues
        return [*await self.named(text.strip().upper()), *issues][:SHOWN]

    async def named(self, key: str) -> Sequence[Issue]:
        """The issue with this key when it is one of the project."""
        try:
            issue = await self.read(key)
        except (Missing, NoAccess):
            return []
        return [issue] if issue.project.key == self.key else []

    async def find(self, marker: str, since: dt.datetime, after: str) -> Sequence[Issue]:
        await self.own.need()
        listed = await searches.labelled(self.site, self.key, since, after)
        raw = [*listed, *await keys.following(self.site, self.key, after)]
        with read_as("search"):
            told = {str(each["id"]): each for each in raw}
        issues = [await self.complete(each) for each in told.values()]
        return [each for each in issues if each is not None and each.marker == marker]

    async def complete(self, found: Mapping[str, Any]) -> Issue | None:
        """Data Center's search leaves properties out, so that one without our block is read once more."""
        issue = await self.issue(found)
        if issue.marker is not None or "properties" in found or self.site.dialect.is_cloud:
            return issue
        try:
            return await self.read(issue.id)
        except Missing:
            return None

    async def newest(self) -> str:
        await self.own.need()
        return await searches.newest(self.site, self.key)

    def creation(self, edit: Edit, marker: str) -> Write:
        return self.writing.creation(edit, marker)

    async def writes(self, issue: Issue, edit: Edit) -> Sequence[Write]:
        """One request for all fields and labels, then one for the status. What the way to the status asks for goes
        along with it, as only its screen may have it."""
        if edit.status is None or edit.status == issue.status.id:
            return [each for each in (self.writing.edit(issue, edit),) if each]
        offered = await self.ways(issue)
        known = {**issue.values, **edit.values}
        way = transitions.chosen(offered, edit.status, known, issue.status)
        asked = {name: value for name, value in edit.values.items() if name in way.needs}
        rest = {name: value for name, value in edit.values.items() if name not in asked}
        first = self.writing.edit(issue, replace(edit, values=rest))
        return [*((first,) if first else ()), self.transition(issue, way, asked)]

    async def ways(self, issue: Issue) -> list[transitions.Way]:
        """Unreachable where Jira tells none of an issue that is there: all but its status can be set."""
        try:
            found = await self.site.get(f"issue/{issue.id}/transitions", expand="transitions.fields")
        except REFUSALS as error:
            await self.require(issue.id, error)
            raise transitions.untold(issue.status, error) from error
        with read_as("transitions"):
            return transitions.ways(found)

    async def require(self, issue_id: str, error: TrackerError) -> None:
        """What is wrong with the whole issue, instead of what was refused of it; nothing when it can be read."""
        try:
            await self.read(issue_id)
        except (Missing, NoAccess) as gone:
            raise gone from error

    def transition(self, issue: Issue, way: transitions.Way, fields: Mapping[str, Any]) -> Write:
        body: dict[str, Any] = {"transition": {"id": way.id}} | ({"fields": dict(fields)} if fields else {})
        what = Text(N_("Move %(key)s to “%(status)s”"), {"key": issue.key, "status": way.to.name})
        return self.moving(issue, body, what, tuple(fields))

    def moving(self, issue: Issue, body: Any, what: Text, fields: tuple[str, ...] = ()) -> Write:
        path = self.site.dialect.path(f"issue/{issue.id}/transitions")
        return Write("POST", path, body, what, ("status", *fields), issue.id)

    async def send(self, write: Write) -> Sent:
        """What it takes to know more than the plan did is read first, so that nothing was carried out when that fails."""
        body = await self.dressed(write)
        try:
            answer = await self.site.answer(write.method, write.path, body=body, writes=True)
        except Missing as error:
            raise await self.unseen(write, error) from error
        if answer.status_code == 204:
            return Sent()
        return made(json_of(answer, writes=True), write)

    async def unseen(self, write: Write, error: Missing) -> TrackerError:
        """What a 404 to a write means: Jira says it of rights, too."""
        told = await self.own.absent(error)
        if isinstance(told, NoAccess):
            return told
        if write.issue_id is not None:
            await self.require(write.issue_id, error)
        return NoAccess(Text(MAY_NOT_WRITE), detail=error.detail, status=error.status)

    async def dressed(self, write: Write) -> Any:
        body = write.body
        if isinstance(body, dict) and "category" in body:
            now = await self.read(str(write.issue_id))
            way = transitions.closing(await self.ways(now), now.status)
            return {"transition": {"id": way.id}}
        if not isinstance(body, dict) or "fields" not in body:
            return body
        fields = dict(body["fields"])
        if write.is_creation and "issuetype" not in fields:
            fields |= await self.usual_type()
        return {**body, "fields": await self.kinds.dressed(fields)}

    async def usual_type(self) -> Mapping[str, Any]:
        """Nothing when there is none to be seen: Jira says then that it wants one."""
        found = await catalogue.first_type(self.site, self.key)
        return {"issuetype": {"id": found}} if found else {}

    async def comments(self, issue: Issue, since: dt.datetime | None = None) -> Sequence[Comment]:
        us = (await self.me()).id
        try:
            found = await self.site.entries(f"issue/{issue.id}/comment", "comments", orderBy="created")
        except REFUSALS as error:
            await self.require(issue.id, error)
            raise comments.unreadable(issue, error) from error
        with read_as("comment"):
            read = [comments.comment(each, self.site.dialect, us) for each in found]
        return [each for each in read if since is None or each.edited_at >= since]

    def comment(self, issue: Issue, text: str, marker: str) -> Write:
        return comments.write(issue, text, marker, self.site.dialect)

    def nesting(self, parent: Issue, child: Issue) -> Write | None:
        """Only types on the level below can be children in Jira, which a task of the same type never is."""
        return None

    def closing(self, issue: Issue) -> Write:
        """The way to a status that is done is looked for when its turn has come."""
        return self.moving(issue, {"category": "done"}, Text(N_("Close %(key)s"), {"key": issue.key}))

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        return await hooks.register(self.site, self.key, url, secret)

    async def renew_hook(self, hook: Hook) -> Hook:
        return await hooks.renew(self.site, hook)

    async def remove_hook(self, hook: Hook) -> None:
        await hooks.remove(self.site, hook)

    async def redeliveries(self, hook: Hook, since: dt.datetime) -> Sequence[Write]:
        """Jira tries five times by itself and cannot be asked for more."""
        return ()

    async def close(self) -> None:
        await self.site.http.aclose()

    async def issue(self, found: Mapping[str, Any]) -> Issue:
        reading = Reading(self.site.dialect, await self.kinds.reading(), await self.own.address(), (await self.me()).id)
        with read_as("issue"):
            return reading.issue({**found, "fields": await self.told(found)})

    async def told(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields of an issue, with its project and its times even where Jira leaves them out."""
        fields = self.sightings.dated(str(found["id"]), found["fields"])
        is_told = (fields.get("project") or {}).keys() >= {"id", "key"}
        return fields if is_told else {**fields, "project": await self.own.of(str(found["key"]))}


def made(answer: Any, write: Write) -> Sent:
    if not isinstance(answer, dict) or (write.is_creation and not answer.get("id")):
        raise Ambiguous(Text(N_("It answered with something that is not whole.")))
    return Sent(str(answer.get("id") or ""), str(answer.get("key") or ""))
