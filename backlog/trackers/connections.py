"""Connections: the trackers Waymark keeps in step with, how it signs in there and what it knows of their health."""

import datetime as dt
import enum
import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
from sqlalchemy import String, func, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id, Name, Versioned, find
from backlog.errors import N_, Conflict, NotFound, Text, checked
from backlog.history import WAYMARK, Actor
from backlog.trackers import fields
from backlog.trackers.fields import FieldMapping
from backlog.trackers.sealing import Seal
from backlog.trackers.sentences import Kept

SUBJECT = "connection"
CREDENTIAL_MOST = 10_000  # characters
SWEPT_EVERY = dt.timedelta(minutes=2)


class ConnectionState(enum.StrEnum):
    """``stopped``: Waymark stopped by itself, because only a person can help (`problem` says with what)."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    DISCONNECTED = "disconnected"


class Connection(Versioned, Base):
    """A configured tracker: one project of it. ``base_url`` is the root of its API, ``project`` what people call the
    project, ``project_id`` what never changes. ``credentials`` and the secrets of hooks are sealed. ``locale``: the
    language of what Waymark writes there. ``renewing_by`` alone renews them until ``renewing_until``.

    ``worked_by`` holds it until ``worked_until``: only one worker at a time works on a connection, since only one write
    at a time may be on its way; ``worked_at``: when the last one left it. Until ``waits_until`` nothing is sent, because
    of ``waits_because``; ``troubles`` counts failures in a row, ``stops`` how often Waymark stopped it without a write
    that succeeded in between. ``swept_to``: what changed before was seen; ``missed`` counts what no hook had told."""

    __tablename__ = "connection"
    uncounted: ClassVar[frozenset[str]] = frozenset(
        {
            "renewing_by", "renewing_until", "worked_by", "worked_until", "worked_at", "stops",
            "waits_until", "waits_because", "troubles", "answered_at", "swept_to",
            "sweep_at", "hook_at", "missed", "account_id", "account_name", "problem", "problem_at", "detail",
        }
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[Name] = mapped_column(unique=True)
    base_url: Mapped[str] = mapped_column(String(500))
    project: Mapped[str] = mapped_column(String(200))
    project_id: Mapped[str] = mapped_column(String(100), default="")
    credentials: Mapped[str] = mapped_column(LongText, default="")
    renewing_by: Mapped[str] = mapped_column(String(64), default="")
    renewing_until: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    account_id: Mapped[str] = mapped_column(String(200), default="")
    account_name: Mapped[str] = mapped_column(String(200), default="")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ConnectionState] = mapped_column(default=ConnectionState.ACTIVE)
    problem: Mapped[Text | None] = mapped_column(Kept)
    detail: Mapped[str] = mapped_column(String(500), default="")
    problem_at: Mapped[dt.datetime | None]
    worked_by: Mapped[str] = mapped_column(String(64), default="")
    worked_until: Mapped[dt.datetime | None]
    worked_at: Mapped[dt.datetime | None]
    waits_until: Mapped[dt.datetime | None]
    waits_because: Mapped[Text | None] = mapped_column(Kept)
    troubles: Mapped[int] = mapped_column(default=0)
    stops: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[dt.datetime | None]
    swept_to: Mapped[dt.datetime | None]
    sweep_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    hook_id: Mapped[str] = mapped_column(String(100), default="")
    hook_expires_at: Mapped[dt.datetime | None]
    hook_secrets: Mapped[str] = mapped_column(LongText, default="")
    hook_at: Mapped[dt.datetime | None]
    missed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(default=history.now)

    @property
    def maps(self) -> FieldMapping:
        return fields.read(self.mapping)

    @property
    def is_waiting(self) -> bool:
        return self.waits_until is not None and self.waits_until > history.now()

    @property
    def hindrance(self) -> Text | None:
        """What keeps all that is due there waiting; None when nothing does, or nobody knows what."""
        return self.problem if self.troubles or self.state is ConnectionState.STOPPED else None

    def pause(self) -> None:
        """Nothing is sent or read until it is resumed, but for a request that is on its way; links and what waits stay.
        Conflict when it is paused already."""
        self._be(ConnectionState.PAUSED)

    def resume(self) -> None:
        """Also after Waymark stopped by itself. Conflict without anything to sign in with."""
        if not self.credentials:
            raise Conflict(N_("There is no token for this connection: enter one first."))
        self._be(ConnectionState.ACTIVE)
        self.problem, self.detail, self.problem_at, self.waits_until = None, "", None, None
        self.troubles, self.stops = 0, 0

    def disconnect(self) -> None:
        """The token and the webhook are forgotten; links stay, so that a new token finds everything as it was. A webhook
        that was set up by hand is still there."""
        self._be(ConnectionState.DISCONNECTED)
        self.hook_at = None if self.hook_id else self.hook_at
        self.credentials, self.expires_at, self.hook_id, self.hook_expires_at = "", None, "", None

    def stop(self, problem: Text, detail: str = "") -> None:
        """Only a person can help: nothing goes on until they did."""
        self.state, self.problem, self.detail = ConnectionState.STOPPED, problem, detail[:500]
        self.problem_at = history.now()

    def _be(self, state: ConnectionState) -> None:
        if self.state is state:
            raise Conflict(N_("It is that already. Nothing was changed."))
        self.state = state


async def add(
    session: AsyncSession,
    seal: Seal,
    *,
    kind: str,
    name: str,
    base_url: str,
    project: str,
    credentials: Mapping[str, str],
    hook_secret: str = "",
    locale: str = "en",
    needs_project: bool = True,
    by: Actor,
) -> Connection:
    """A new connection, not tested yet. Invalid (``name``, ``project``). What it is called is unique, and so is its
    project. Without ``needs_project`` the project may be chosen later."""
    name, project = wording.one_line(name), project.strip()
    checked(
        name=await wrong_name(session, name),
        project=wording.wrong(project, 200, required=needs_project)
        or await wrong_project(session, Place(kind, base_url, project)),
        token=wrong_credentials(credentials),
    )
    made = Connection(
        kind=kind,
        name=name,
        base_url=base_url,
        project=project,
        credentials=seal.close(credentials),
        hook_secrets=seal.close({"now": hook_secret or random.token_urlsafe(32)}),
        locale=locale,
    )
    session.add(made)
    await session.flush()
    history.record(session, by, "connected", SUBJECT, made.id, {"name": name, "kind": kind, "base_url": base_url})
    return made


def wrong_credentials(credentials: Mapping[str, str]) -> Text | None:
    """Headers take ASCII in one line; a private key has several."""
    for name, value in credentials.items():
        line = value.replace("\n", "").replace("\r", "") if name == "private_key" else value
        if not (line.isascii() and line.isprintable()) or len(value) > CREDENTIAL_MOST:
            return Text(N_("This contains signs that no token has, or is far too long. Copy it once more."))
    return None


async def wrong_name(session: AsyncSession, name: str, own: int | None = None) -> Text | None:
    if problem := wording.wrong(name, wording.NAME_MOST, required=True):
        return problem
    taken = await session.scalar(select(Connection.id).where(Connection.name == name, Connection.id != (own or 0)))
    return Text(N_("Another connection has this name.")) if taken else None


@dataclass(frozen=True, slots=True)
class Place:
    """What a connection is about; ``project_id`` where it is known already."""

    kind: str
    base_url: str
    project: str
    project_id: str = ""


async def wrong_project(session: AsyncSession, place: Place, own: int | None = None) -> Text | None:
    """A project is kept in step once: two connections would each make an issue of it the main one of another
    initiative."""
    same = [func.lower(Connection.project) == place.project.lower()] if place.project else []
    if place.project_id:
        same.append(Connection.project_id == place.project_id)
    if not same:
        return None
    there = Connection.kind == place.kind, func.lower(Connection.base_url) == place.base_url.lower()
    taken = select(Connection.name).where(*there, or_(*same), Connection.id != (own or 0)).order_by(Connection.id)
    name = await session.scalar(taken.limit(1))
    return Text(N_("“%(name)s” is connected to this project already."), {"name": name}) if name else None


async def by_id(session: AsyncSession, number: int, *, for_change: bool = False) -> Connection:
    """NotFound when there is none."""
    found = await find(session, Connection, number, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such connection."))
    return found


async def change(
    session: AsyncSession, seal: Seal, connection: Connection, values: Mapping[str, Any], *, by: Actor
) -> dict[str, list[Any]]:
    """``name``, ``base_url``, ``project``, ``locale``, ``credentials``. A new address forgets the token
    unless one is given with it: a token is never sent where it was not meant for. After a new address or project it is
    asked anew who we are there, and which project it is, and its webhook is forgotten. One that waits or stopped is tried
    at once with what is new. Invalid (``name``, ``project``)."""
    plain = {name: values[name] for name in ("name", "base_url", "project", "locale") if name in values}
    checked(
        name=await wrong_name(session, plain["name"], connection.id) if "name" in plain else None,
        project=wording.wrong(plain["project"], 200, required=True) if "project" in plain else None,
        token=wrong_credentials(values.get("credentials", {})),
    )
    changes = history.differences({name: getattr(connection, name) for name in plain}, plain)
    if {"base_url", "project"} & changes.keys():
        place = Place(
            connection.kind, plain.get("base_url", connection.base_url), plain.get("project", connection.project)
        )
        checked(project=await wrong_project(session, place, connection.id))
    for name, (_, after) in changes.items():
        setattr(connection, name, after)
    if "credentials" in values:
        connection.credentials, connection.expires_at = seal.close(values["credentials"]), None
        changes["credentials"] = [None, "new"]
    elif "base_url" in changes:
        connection.credentials = ""
        changes["credentials"] = ["kept", None]
    if {"base_url", "project"} & changes.keys():
        connection.project_id, connection.account_id, connection.account_name = "", "", ""
        connection.swept_to = None
        connection.hook_id, connection.hook_expires_at, connection.hook_at = "", None, None
    if {"base_url", "project", "credentials"} & changes.keys():
        connection.waits_until, connection.stops = None, 0
    if changes:
        history.record(session, by, "changed", SUBJECT, connection.id, changes)
    return changes


async def follow(session: AsyncSession, number: int, project: str) -> None:
    """Its project is called ``project`` now: a name it had before may be that of another one some day."""
    connection = await by_id(session, number, for_change=True)
    place = Place(connection.kind, connection.base_url, project)
    if connection.project == project or await wrong_project(session, place, number) is not None:
        return
    history.record(session, WAYMARK, "changed", SUBJECT, number, {"project": [connection.project, project]})
    connection.project = project


TURNS: Mapping[str, Callable[[Connection], None]] = {
    "paused": Connection.pause, "resumed": Connection.resume, "disconnected": Connection.disconnect,
}  # fmt: skip


def turn(session: AsyncSession, connection: Connection, verb: str, *, by: Actor) -> None:
    """Turn it on or off by one of `TURNS`, and keep in the history who did. Conflict when it cannot be turned so."""
    TURNS[verb](connection)
    history.record(session, by, verb, SUBJECT, connection.id, {"name": connection.name})


async def map_fields(session: AsyncSession, connection: Connection, mapping: FieldMapping, *, by: Actor) -> None:
    """How its fields are kept in step from now on. Links that are at rest stay so until `turns.ask_all`."""
    after = msgspec.to_builtins(mapping)
    if after != connection.mapping:
        changes = history.differences(connection.mapping, after)
        connection.mapping = after
        history.record(session, by, "mapped", SUBJECT, connection.id, changes)
