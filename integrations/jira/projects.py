"""The project a connection is for, and those it could be for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, TrackerError
from integrations.issue import Project
from integrations.jira.answers import REFUSALS, read_as
from integrations.jira.issues import project
from integrations.jira.site import Site

MOST = 50  # to choose from
GATEWAY = "/ex/jira/"


@dataclass
class Projects:
    """The address people open hardly changes and is asked once."""

    site: Site
    home: str = field(default="", init=False)
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict, init=False)

    @property
    def key(self) -> str:
        """Of its own one."""
        return self.site.access.project

    async def matching(self, text: str) -> Sequence[Project]:
        home = await self.address()
        if self.site.dialect.is_cloud:
            asked: dict[str, str | int] = {"maxResults": MOST} | ({"query": text} if text else {})
            found = (await self.site.get("project/search", **asked)).get("values") or []
        else:
            found = await self.site.get("project")
        with read_as("project"):
            read = [project(each, home) for each in found]
        wanted = text.casefold()
        return [each for each in read if wanted in f"{each.key} {each.name}".casefold()][:MOST]

    async def of(self, issue_key: str) -> Mapping[str, Any]:
        """The project of an issue that does not name it, as Jira tells it; else by what its key begins with."""
        key = issue_key.rpartition("-")[0]
        if key not in self.known:
            try:
                self.known[key] = await self.site.get(f"project/{quote(key, safe='')}")
            except REFUSALS:
                self.known[key] = {"id": key, "key": key}
        return self.known[key]

    async def absent(self, error: TrackerError) -> TrackerError:
        """What a 404 means: the issue is gone, or nothing of the project can be seen any more."""
        if self.key and await self.site.is_seen(quote(self.key, safe="")):
            return Missing(
                Text(N_("Jira has this issue no more, or hides it from this account.")),
                detail=error.detail,
                status=error.status,
            )
        return NoAccess(
            Text(N_("This account cannot see the project %(project)s any more."), {"project": self.key}),
            detail=error.detail,
            status=error.status,
        )

    async def need(self) -> None:
        """A project that is not there must not look like one without issues."""
        if not await self.site.is_seen(quote(self.key, safe="")):
            raise self.unseen()

    async def look(self) -> Project:
        """At ours, anew. NoAccess when it cannot be seen."""
        try:
            found = await self.site.get(f"project/{quote(self.key, safe='')}")
        except (Missing, NoAccess) as error:
            raise self.unseen() from error
        with read_as("project"):
            return project(found, await self.address())

    def unseen(self) -> NoAccess:
        return NoAccess(
            Text(N_("Jira has no project %(project)s, or this account may not see it."), {"project": self.key})
        )

    async def address(self) -> str:
        """What people open; at Atlassian's gateway only Jira itself knows it."""
        if not self.home:
            base = self.site.access.base_url.rstrip("/")
            self.home = str((await self.told() if GATEWAY in base else "") or base).rstrip("/")
        return self.home

    async def told(self) -> str:
        """What Jira itself says; empty where it does not."""
        try:
            return str((await self.site.get("serverInfo")).get("baseUrl") or "")
        except REFUSALS:
            return ""
