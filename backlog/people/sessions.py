"""Sessions of signed-in persons and the tries that failed; only hashes of the secrets are kept."""

import datetime as dt
import hashlib
import ipaddress
import secrets

from sqlalchemy import ForeignKey, Index, String, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Database, Id
from backlog.errors import N_, Refused
from backlog.history import Actor
from backlog.people import passwords
from backlog.people.persons import Person

IDLE = dt.timedelta(hours=8)
LONGEST = dt.timedelta(days=30)
TRIES, WITHIN = 10, dt.timedelta(minutes=15)


class Session(Base):
    """``token_hash`` is the SHA-256 of what the cookie carries; a new one is issued at each sign-in."""

    __tablename__ = "session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    user_agent: Mapped[str] = mapped_column(String(200), default="")


class FailedTry(Base):
    """A try to sign in that did not succeed, counted per account and address: a stranger elsewhere cannot lock the
    owner out."""

    __tablename__ = "failed_try"
    __table_args__ = (Index(None, "email", "address", "at"),)

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class SignInRefused(Refused):
    """The same words for an unknown name, a wrong password and a disabled person."""


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def sign_in(
    database: Database, email: str, password: str, *, address: str, user_agent: str = "", old: str | None = None
) -> str:
    """The secret of a new session. SignInRefused after a wrong password or after too many from this address.

    The try is counted before the password is looked at, so that a hundred at once are not more than ten.
    The session ``old`` of the same browser ends.
    """
    email, address = plain(email).strip().lower()[:254], neighbourhood(address)
    async with database.writing() as session:
        await note_try(session, email, address)
    async with database.reading() as session:
        person = await session.scalar(select(Person).where(Person.email == email))
    known_hash = person.password_hash if person else None
    fitting = await passwords.matches(password, known_hash)
    async with database.writing() as session:
        person = await session.scalar(select(Person).where(Person.email == email))
        if fitting and person and person.password_hash == known_hash and person.disabled_at is None:
            return await _admitted(session, person, email, address, user_agent, old)
        history.record(session, Actor(email[:200] or "?"), "failed to sign in", "session", None, {"address": address})
    raise SignInRefused(N_("E-mail address and password do not fit together."))


async def note_try(session: AsyncSession, email: str, address: str) -> None:
    """Count this try. SignInRefused when there were too many."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{email} {address}"))))
    since = history.now() - WITHIN
    tried = select(func.count()).where(FailedTry.email == email, FailedTry.address == address, FailedTry.at > since)
    if (await session.scalar(tried) or 0) >= TRIES:
        raise SignInRefused(N_("Too many tries. Wait 15 minutes, then try again."))
    session.add(FailedTry(email=email, address=address, at=history.now()))
    await session.execute(delete(FailedTry).where(FailedTry.at < since))


async def _admitted(
    session: AsyncSession, person: Person, email: str, address: str, user_agent: str, old: str | None
) -> str:
    await session.execute(delete(FailedTry).where(FailedTry.email == email, FailedTry.address == address))
    if old:
        await session.execute(delete(Session).where(Session.token_hash == secret_hash(old)))
    return await start(session, person, user_agent)


async def start(session: AsyncSession, person: Person, user_agent: str = "") -> str:
    """A new session; returns the secret for the cookie, which is not kept here."""
    secret = secrets.token_urlsafe(32)
    now = history.now()
    session.add(
        Session(
            token_hash=secret_hash(secret),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            user_agent=plain(user_agent)[:200],
        )
    )
    history.record(session, person.actor, "signed in", "session", person.id)
    await session.execute(delete(Session).where(or_(Session.seen_at < now - IDLE, Session.created_at < now - LONGEST)))
    return secret


async def end(session: AsyncSession, secret: str, *, by: Actor) -> None:
    await session.execute(delete(Session).where(Session.token_hash == secret_hash(secret)))
    history.record(session, by, "signed out", "session", by.person_id)


async def end_all(session: AsyncSession, person_id: int) -> None:
    """Sign the person out everywhere: after a new password or when disabled."""
    await session.execute(delete(Session).where(Session.person_id == person_id))


def plain(text: str) -> str:
    """Without the NUL characters that no database takes."""
    return text.replace("\x00", "")


def neighbourhood(address: str) -> str:
    """The address that tries are counted for: of IPv6 the /64 that one household has to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
