"""Opening a tracker: the client of a connection, signed in, with checked addresses."""

import asyncio
import datetime as dt
import secrets as random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import update

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from backlog.trackers.sealing import Seal
from integrations import http
from integrations.addresses import Allowed, Forbidden, checked_url
from integrations.kinds import KINDS
from integrations.tracker import Access, Tracker, TrackerKind

RENEWING = dt.timedelta(seconds=25)  # longer than any request takes
LOOK_AGAIN = 0.2  # seconds
NO_TOKEN = N_("There is no token for this connection: enter one first.")
Credentials = Mapping[str, str]
REDACTED = ("token", "client_secret", "private_key")
"""What no answer is to repeat; renewed tokens are told by answers."""


@dataclass(frozen=True)
class Outside:
    """What is needed to speak to trackers: the private hosts that are allowed, and what opens kept secrets."""

    database: Database
    seal: Seal
    allowed: Allowed = field(default_factory=Allowed)
    kinds: Mapping[str, TrackerKind] = field(default_factory=lambda: KINDS)

    def kind(self, name: str) -> TrackerKind:
        """Invalid (``kind``) for one Waymark does not know."""
        if name not in self.kinds:
            known = {"names": ", ".join(self.kinds)}
            raise Invalid({"kind": Text(N_("Waymark knows these trackers: %(names)s."), known)})
        return self.kinds[name]

    def checked_url(self, url: str) -> str:
        """Invalid (``base_url``) with what is wrong with the address."""
        try:
            return checked_url(url, self.allowed)
        except Forbidden as error:
            raise Invalid({"base_url": error.text}) from error

    def checked_project(self, kind: TrackerKind, project: str) -> str:
        """Invalid (``project``) when it cannot be one of this kind; none is left to be chosen."""
        project = project.strip()
        if project and not kind.is_project(project):
            raise Invalid(
                {"project": Text(N_("No project can be called so. %(help)s"), {"help": Text(kind.project_help)})}
            )
        return project

    def tracker(self, connection: Connection, board: str | None = None) -> Tracker:
        """To be closed. Another ``board`` than the mapped one may be tried. Conflict without a token, Invalid when its
        address is not allowed any more."""
        if not connection.credentials:
            raise Conflict(NO_TOKEN)
        self.checked_url(connection.base_url)
        kept = self.seal.open(connection.credentials)
        secrets = [kept[name] for name in REDACTED if name in kept]
        access = Access(
            base_url=connection.base_url,
            project=connection.project,
            credentials=kept,
            board=connection.maps.board if board is None else board,
            save=partial(self._save, connection.id, connection.base_url),
            now=history.now,
        )
        return self.kind(connection.kind).open(http.client(self.allowed, secrets), access)

    @asynccontextmanager
    async def opened(self, connection: Connection, board: str | None = None) -> AsyncIterator[Tracker]:
        tracker = self.tracker(connection, board)
        try:
            yield tracker
        finally:
            await tracker.close()

    async def _save(
        self, connection_id: int, base_url: str, change: Callable[[Credentials], Awaitable[Credentials]]
    ) -> Credentials:
        """What is kept after the change. One at a time over all processes; no transaction is open while it asks."""
        owner = random.token_hex(8)
        while (sealed := await self._taken(connection_id, base_url, owner)) is None:  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(LOOK_AGAIN)
        changed: Credentials | None = None
        try:
            changed = await change(self.seal.open(sealed))
        finally:
            await self._kept(connection_id, owner, sealed, changed)
        return changed

    async def _kept(self, connection_id: int, owner: str, sealed: str, changed: Credentials | None) -> None:
        """Only what is its own: who took too long may have lost the lock to another one, and a person may have replaced
        or forgotten the credentials. The connection keeps its version: nobody changed anything."""
        row = update(Connection).where(Connection.id == connection_id)
        async with self.database.writing() as session:
            await session.execute(
                row.where(Connection.renewing_by == owner).values(renewing_by="", renewing_until=None)
            )
            if changed is not None:
                again = self.seal.close(changed)
                await session.execute(row.where(Connection.credentials == sealed).values(credentials=again))

    async def _taken(self, connection_id: int, base_url: str, owner: str) -> str | None:
        """The sealed credentials now kept, for this one to change; None while another one does. Conflict when they were
        forgotten, or are meant for another address than ``base_url`` by now."""
        async with self.database.writing() as session:
            found = await connections.by_id(session, connection_id, for_change=True)
            if not found.credentials or found.base_url != base_url:
                raise Conflict(NO_TOKEN)
            now = history.now()  # only here: waiting for the row takes nothing from the time there is
            if found.renewing_until is not None and found.renewing_until >= now:
                return None
            found.renewing_by, found.renewing_until = owner, now + RENEWING
            return found.credentials
