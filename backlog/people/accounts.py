"""Accounts: adding and changing persons and tokens."""

import re
import secrets as random

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict, Text, checked
from backlog.history import Actor
from backlog.people import passwords, sessions
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.tokens import Token

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


async def is_first_run(session: AsyncSession) -> bool:
    """True while nobody could sign in at all."""
    return await session.scalar(select(func.count()).select_from(Person)) == 0


async def add_person(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    by: Actor,
    department_id: int | None = None,
    locale: str | None = None,
) -> Person:
    """A new person. Invalid names what is wrong: address, name, or password."""
    email, name = email.strip().lower(), name.strip()
    known = await session.scalar(select(Person.id).where(Person.email == email))
    checked(
        email=email_problem(email) or (Text(N_("Somebody with this address exists already.")) if known else None),
        name=name_problem(name),
        password=passwords.problem(password),
    )
    person = Person(
        email=email,
        name=name,
        role=role,
        password_hash=await passwords.hashed(password),
        department_id=department_id,
        locale=locale,
        created_at=history.now(),
    )
    session.add(person)
    await session.flush()
    history.record(session, by, "added", "person", person.id, {"email": email, "name": name, "role": role.value})
    return person


async def add_first_person(session: AsyncSession, *, email: str, name: str, password: str) -> Person:
    """The administrator of an empty Waymark; Conflict when somebody was faster."""
    if not await is_first_run(session):
        raise Conflict(N_("Somebody has already set up this Waymark. Sign in, or ask them for an account."))
    return await add_person(
        session, email=email, name=name, role=Role.ADMINISTRATOR, password=password, by=Actor(name.strip() or email)
    )


async def change_password(session: AsyncSession, person: Person, *, password: str, by: Actor) -> None:
    """A new password; all sessions of the person end."""
    checked(password=passwords.problem(password))
    person.password_hash = await passwords.hashed(password)
    await sessions.end_all(session, person.id)
    history.record(session, by, "changed the password", "person", person.id)


async def add_token(session: AsyncSession, *, name: str, role: Role, by: Actor) -> str:
    """A new API token; returns its secret, which cannot be read again."""
    name = name.strip()
    known = await session.scalar(select(Token.id).where(Token.name == name))
    checked(name=name_problem(name) or (Text(N_("A token of this name exists already.")) if known else None))
    secret = f"wm_{random.token_urlsafe(32)}"
    token = Token(name=name, role=role, secret_hash=sessions.secret_hash(secret), created_at=history.now())
    session.add(token)
    await session.flush()
    history.record(session, by, "added", "token", token.id, {"name": name, "role": role.value})
    return secret


def email_problem(email: str) -> Text | None:
    fine = len(email) <= 254 and EMAIL.fullmatch(email) and email.isprintable()
    return None if fine else Text(N_("Enter an e-mail address such as name@example.com."))


def name_problem(name: str, most: int = 200) -> Text | None:
    if not name:
        return Text(N_("Enter a name."))
    if len(name) > most:
        return Text(N_("Use at most %(most)s characters."), {"most": most})
    return None
