"""Accounts: adding and changing persons. There is always an administrator who can sign in."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import find
from backlog.errors import N_, Conflict, NotFound, Text, checked
from backlog.history import Actor
from backlog.people import passwords, sessions
from backlog.people.departments import Department
from backlog.people.persons import THEMES, Person
from backlog.people.roles import Role
from backlog.people.tokens import add_token

__all__ = ["add_first_person", "add_person", "add_token", "change", "change_password", "disable", "enable"]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


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
    """A new person. Invalid names what is wrong: address, name, password or department."""
    email, name = email.strip().lower(), name.strip()
    known = await session.scalar(select(Person.id).where(Person.email == email)) if email.isprintable() else None
    checked(
        email=email_problem(email) or (Text(N_("Somebody with this address exists already.")) if known else None),
        name=name_problem(name),
        password=passwords.problem(password),
        department=await department_problem(session, department_id),
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


async def add_first_person(
    session: AsyncSession, *, email: str, name: str, password: str, locale: str | None = None
) -> Person:
    """The administrator of an empty Waymark; Conflict when somebody was faster."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE"))
    if not await is_first_run(session):
        raise Conflict(N_("Somebody has already set up this Waymark. Sign in, or ask them for an account."))
    return await add_person(
        session,
        email=email,
        name=name,
        role=Role.ADMINISTRATOR,
        password=password,
        locale=locale,
        by=Actor(name.strip() or email),
    )


async def get(session: AsyncSession, person_id: int) -> Person:
    person = await find(session, Person, person_id)
    if person is None:
        raise NotFound(N_("There is nothing at this address, or you may not see it."))
    return person


async def change(
    session: AsyncSession, person: Person, values: Mapping[str, Any], *, version: int | None, by: Actor
) -> None:
    """Change ``name``, ``role`` (a Role) or ``department_id``. Conflict when nobody would be left to administer."""
    person.expect(version)
    wanted = {name: values[name] for name in ("name", "role", "department_id") if name in values}
    if "name" in wanted:
        wanted["name"] = str(wanted["name"]).strip()
    checked(
        name=name_problem(wanted.get("name", person.name)),
        department=await department_problem(session, wanted.get("department_id", person.department_id)),
    )
    if wanted.get("role", person.role) is not Role.ADMINISTRATOR:
        await keep_an_administrator(session, person)
    changes = history.differences({name: getattr(person, name) for name in wanted}, wanted)
    for name, value in wanted.items():
        setattr(person, name, value)
    if changes:
        history.record(session, by, "changed", "person", person.id, changes)
    await session.flush()


async def disable(session: AsyncSession, person: Person, *, version: int | None, by: Actor) -> None:
    """The person cannot sign in any more and is signed out everywhere. Conflict for the last administrator."""
    person.expect(version)
    if person.disabled_at is not None:
        return
    await keep_an_administrator(session, person)
    person.disabled_at = history.now()
    await sessions.end_all(session, person.id)
    history.record(session, by, "disabled", "person", person.id)
    await session.flush()


async def enable(session: AsyncSession, person: Person, *, version: int | None, by: Actor) -> None:
    person.expect(version)
    if person.disabled_at is None:
        return
    person.disabled_at = None
    history.record(session, by, "enabled", "person", person.id)
    await session.flush()


async def keep_an_administrator(session: AsyncSession, leaving: Person) -> None:
    """Conflict when this person is the last administrator who can sign in.

    The rows are locked, so that two administrators cannot demote each other at once.
    """
    if leaving.role is not Role.ADMINISTRATOR or leaving.disabled_at is not None:
        return
    able = select(Person.id).where(Person.role == Role.ADMINISTRATOR, Person.disabled_at.is_(None)).order_by(Person.id)
    if set(await session.scalars(able.with_for_update())) <= {leaving.id}:
        raise Conflict(
            N_("%(name)s is the only administrator. Make somebody else an administrator first."), name=leaving.name
        )


async def change_password(
    session: AsyncSession, person: Person, *, password: str, version: int | None, by: Actor
) -> None:
    """A new password for somebody else; all sessions of the person end."""
    person.expect(version)
    checked(password=passwords.problem(password))
    await _set_password(session, person, password, by)


async def _set_password(session: AsyncSession, person: Person, password: str, by: Actor) -> None:
    person.password_hash = await passwords.hashed(password)
    await sessions.end_all(session, person.id)
    history.record(session, by, "changed the password", "person", person.id)


async def change_own_password(session: AsyncSession, person: Person, *, old: str, password: str) -> str:
    """A new password in exchange for the old one; returns the secret of the one session that goes on."""
    wrong = not await passwords.matches(old, person.password_hash)
    checked(
        old_password=Text(N_("This is not your present password.")) if wrong else None,
        password=passwords.problem(password),
    )
    await _set_password(session, person, password, person.actor)
    return await sessions.start(session, person)


async def prefer(session: AsyncSession, person: Person, values: Mapping[str, str]) -> None:
    """Keep the person's own ``name``, ``locale`` (such as "de") and ``theme`` (light, dark; system is none)."""
    wanted: dict[str, str | None] = {}
    if "name" in values:
        wanted["name"] = values["name"].strip()
        checked(name=name_problem(values["name"].strip()))
    if LOCALE.fullmatch(values.get("locale", "")):
        wanted["locale"] = values["locale"]
    if values.get("theme") in THEMES:
        wanted["theme"] = values["theme"] if values["theme"] != "system" else None
    changes = history.differences({name: getattr(person, name) for name in wanted}, wanted)
    for name, value in wanted.items():
        setattr(person, name, value)
    if changes:
        history.record(session, person.actor, "changed preferences", "person", person.id, changes)


def email_problem(email: str) -> Text | None:
    fine = len(email) <= 254 and EMAIL.fullmatch(email) and email.isprintable()
    return None if fine else Text(N_("Enter an e-mail address such as name@example.com."))


def name_problem(name: str, most: int = 200) -> Text | None:
    if not name or not name.isprintable():
        return Text(N_("Enter a name."))
    if len(name) > most:
        return Text(N_("Use at most %(most)s characters."), {"most": most})
    return None


async def department_problem(session: AsyncSession, department_id: int | None) -> Text | None:
    if department_id is None:
        return None
    known = await find(session, Department, department_id)
    return None if known else Text(N_("This department does not exist any more."))
