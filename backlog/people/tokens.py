"""API tokens: actors of their own with a name and a role."""

import datetime as dt
import secrets as random

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, Name, find
from backlog.errors import N_, NotFound, Text, checked
from backlog.history import Actor
from backlog.people.roles import Role
from backlog.people.sessions import secret_hash


class Token(Base):
    """``secret_hash`` is the SHA-256 of the secret, which is shown once and never kept."""

    __tablename__ = "token"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[Role]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor(self.name, token_id=self.id)


async def add_token(session: AsyncSession, *, name: str, role: Role, by: Actor) -> str:
    """A new API token; returns its secret, which cannot be read again."""
    name = name.strip()
    checked(name=await _name_problem(session, name))
    secret = f"wm_{random.token_urlsafe(32)}"
    token = Token(name=name, role=role, secret_hash=secret_hash(secret), created_at=history.now())
    session.add(token)
    await session.flush()
    history.record(session, by, "added", "token", token.id, {"name": name, "role": role.value})
    return secret


async def get(session: AsyncSession, token_id: int) -> Token:
    token = await find(session, Token, token_id)
    if token is None:
        raise NotFound(N_("There is nothing at this address, or you may not see it."))
    return token


async def revoke(session: AsyncSession, token: Token, *, by: Actor) -> None:
    """The token is refused from now on; its name stays in the history and cannot be used again."""
    if token.revoked_at is None:
        token.revoked_at = history.now()
        history.record(session, by, "revoked", "token", token.id)


async def _name_problem(session: AsyncSession, name: str) -> Text | None:
    if not name or not name.isprintable():
        return Text(N_("Enter a name."))
    if len(name) > 200:
        return Text(N_("Use at most %(most)s characters."), {"most": 200})
    known = await session.scalar(select(Token.id).where(Token.name == name))
    return Text(N_("A token of this name exists already.")) if known else None
