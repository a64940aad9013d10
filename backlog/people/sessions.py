"""Sessions of signed-in persons and the tries that failed; only hashes of the secrets are kept."""

import datetime as dt
import hashlib
import secrets

from sqlalchemy import ForeignKey, Index, String, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id
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
    """A wrong password, counted per account and address: a stranger elsewhere cannot lock the owner out."""

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


async def check(session: AsyncSession, email: str, password: str, address: str) -> Person:
    """The person with this password. SignInRefused after a wrong one or after too many from this address."""
    email = email.strip().lower()[:254]
    since = history.now() - WITHIN
    tried = select(func.count()).where(FailedTry.email == email, FailedTry.address == address, FailedTry.at > since)
    if (await session.scalar(tried) or 0) >= TRIES:
        raise SignInRefused(N_("Too many tries. Wait 15 minutes, then try again."))
    person = await session.scalar(select(Person).where(Person.email == email))
    fitting = await passwords.matches(password, person.password_hash if person else None)
    if person is None or not fitting or person.disabled_at is not None:
        raise SignInRefused(N_("E-mail address and password do not fit together."))
    return person


def note_failure(session: AsyncSession, email: str, address: str) -> None:
    """Count a wrong password and leave a trace of it."""
    email = email.strip().lower()[:254]
    session.add(FailedTry(email=email, address=address, at=history.now()))
    history.record(session, Actor(email or "?"), "failed to sign in", "session", None, {"address": address})


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
            user_agent=user_agent[:200],
        )
    )
    history.record(session, person.actor, "signed in", "session", person.id)
    await session.execute(delete(Session).where(or_(Session.seen_at < now - IDLE, Session.created_at < now - LONGEST)))
    await session.execute(delete(FailedTry).where(FailedTry.at < now - WITHIN))
    return secret


async def end(session: AsyncSession, secret: str, *, by: Actor) -> None:
    await session.execute(delete(Session).where(Session.token_hash == secret_hash(secret)))
    history.record(session, by, "signed out", "session", by.person_id)


async def end_all(session: AsyncSession, person_id: int) -> None:
    """Sign the person out everywhere: after a new password or when disabled."""
    await session.execute(delete(Session).where(Session.person_id == person_id))
