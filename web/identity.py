"""Who is asking: a person by the session cookie on pages, a token by its bearer header under /api."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.middleware.authentication import AbstractAuthenticationMiddleware, AuthenticationResult
from sqlalchemy import Row, bindparam, func, select, update

from backlog import history
from backlog.database import Database
from backlog.evidence.scores import Score
from backlog.history import Actor
from backlog.people import accounts
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.sessions import IDLE, LONGEST, Session, secret_hash
from backlog.people.tokens import Token
from backlog.settings import Setting
from backlog.trackers.conflicts import Disagreement
from backlog.triage.candidates import Candidate, CandidateState
from web import trackers_bar

COOKIE = "waymark_session"
SEEN_EVERY = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person or token behind a request."""

    name: str
    role: Role
    actor: Actor
    email: str = ""
    department_id: int | None = None
    locale: str | None = None
    theme: str | None = None

    @property
    def id(self) -> int | None:
        return self.actor.person_id

    def may(self, role: Role | str) -> bool:
        return self.role.may(role)


def cookie_name(*, secure: bool) -> str:
    return f"__Host-{COOKIE}" if secure else COOKIE


class Identity(AbstractAuthenticationMiddleware):
    """Finds the viewer; a request without one goes on with ``user`` None and the guard decides."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        database: Database = connection.app.state.database
        if connection.scope["path"].startswith("/api/"):
            return AuthenticationResult(user=await token_viewer(connection, database), auth=None)
        name = cookie_name(secure=connection.app.state.configuration.secure)
        secret = connection.cookies.get(name)
        found = await session_row(database, secret) if secret else None
        if found is None:
            return AuthenticationResult(user=None, auth=None)
        connection.state.nav = {
            "waiting": found.waiting,
            "conflicts": found.conflicts,
            "organisation": found.organisation or "",
            "scores_to": found.scores_to,
            "trackers": trackers_bar.read(found.trackers),
        }
        return AuthenticationResult(user=viewer_of(found), auth=secret)


NAVIGATION = (
    select(func.count()).where(Candidate.state == CandidateState.OPEN).scalar_subquery().label("waiting"),
    select(func.count()).where(Disagreement.decision.is_(None)).scalar_subquery().label("conflicts"),
    select(Setting.value).where(Setting.name == "organisation").scalar_subquery().label("organisation"),
    select(func.max(Score.until)).scalar_subquery().label("scores_to"),
    trackers_bar.column().label("trackers"),
)
SESSION_PERSON = (
    select(
        *NAVIGATION,
        Session.id,
        Session.seen_at,
        Session.created_at,
        Person.id.label("person_id"),
        Person.name,
        Person.email,
        Person.role,
        Person.department_id,
        Person.locale,
        Person.theme,
    )
    .join(Person, Person.id == Session.person_id)
    .where(Person.disabled_at.is_(None), Session.token_hash == bindparam("secret_hash"))
)


async def session_row(database: Database, secret: str) -> Row[Any] | None:
    """The person signed in with this secret and what the navigation shows, unless the session is idle or too old."""
    found = await database.first(SESSION_PERSON, {"secret_hash": secret_hash(secret), **trackers_bar.parameters()})
    now = history.now()
    if found is None or now - found.seen_at > IDLE or now - found.created_at > LONGEST:
        return None
    if now - found.seen_at > SEEN_EVERY:
        async with database.writing() as session:
            await session.execute(update(Session).where(Session.id == found.id).values(seen_at=now))
    return found


def viewer_of(found: Row[Any]) -> Viewer:
    return Viewer(
        name=found.name,
        role=found.role,
        actor=Actor(found.name, person_id=found.person_id),
        email=found.email,
        department_id=found.department_id,
        locale=found.locale,
        theme=found.theme,
    )


async def token_viewer(connection: ASGIConnection[Any, Any, Any, Any], database: Database) -> Viewer | None:
    """The token in the Authorization header; None without one, NotAuthorized with a wrong one."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    async with database.reading() as session:
        known = select(Token).where(Token.secret_hash == secret_hash(secret.strip()), Token.revoked_at.is_(None))
        token = await session.scalar(known) if scheme.lower() == "bearer" else None
    if token is None:
        await deny(connection, None, "token")
        raise NotAuthorizedException("This token is not known or was revoked.", headers={"WWW-Authenticate": "Bearer"})
    now = history.now()
    if token.used_at is None or now - token.used_at > SEEN_EVERY:
        async with database.writing() as session:
            await session.execute(update(Token).where(Token.id == token.id).values(used_at=now))
    return Viewer(name=token.name, role=token.role, actor=token.actor)


PUBLIC = "public"
KEPT_DENIALS = 1000
"""Denials of strangers kept in the history per hour and process; knocking must not fill the disk."""


class FirstRun(Exception):
    """Nobody exists yet: every page leads to the one that creates the administrator."""


async def is_first_run(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Asks the database until there is somebody; persons are never removed."""
    state = request.app.state
    if not getattr(state, "has_persons", False):
        async with state.database.reading() as session:
            state.has_persons = not await accounts.is_first_run(session)
    return not state.has_persons


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: its ``opt["role"]`` says which role it needs, or "public"."""
    needed = handler.opt.get("role", Role.ADMINISTRATOR)
    if needed == PUBLIC:
        return
    viewer: Viewer | None = connection.scope.get("user")
    if viewer is None:
        if not connection.scope["path"].startswith("/api/") and await is_first_run(connection):
            raise FirstRun
        await deny(connection, None, needed)
        raise NotAuthorizedException("Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    if not viewer.may(needed):
        await deny(connection, viewer.actor, needed)
        raise PermissionDeniedException(extra={"needs": needed})


async def deny(connection: ASGIConnection[Any, Any, Any, Any], actor: Actor | None, needed: str) -> None:
    """Leave a trace of what was refused to whom; of strangers only so many an hour."""
    if actor is None and not _within_budget(connection.app.state):
        return
    changes = {"path": connection.scope["path"][:500], "method": connection.scope.get("method"), "needs": needed}
    async with connection.app.state.database.writing() as session:
        history.record(session, actor or STRANGER, "was denied", "route", None, changes)


STRANGER = Actor("somebody not signed in")


def _within_budget(state: State) -> bool:
    hour = history.now().replace(minute=0, second=0, microsecond=0)
    at, kept = getattr(state, "denials", (hour, 0))
    state.denials = (hour, kept + 1 if at == hour else 1)
    return at != hour or kept < KEPT_DENIALS
