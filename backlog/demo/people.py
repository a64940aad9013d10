"""The colleagues of the demo, named by what they do."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.demo import content, register
from backlog.demo.content import Colleague
from backlog.history import WAYMARK
from backlog.people import passwords
from backlog.people.persons import Person
from backlog.people.roles import Role

People = dict[str, Person]
"""By the part of the address before the @."""


async def add(session: AsyncSession, password: str | None) -> People:
    """All colleagues with this password. Without one they cannot sign in, and none of them administers: so it is where
    somebody has set up Waymark already, who must not get accounts with a password everybody can read."""
    hashed = await passwords.hashed(password) if password else None  # one for all: it takes a tenth of a second
    departments = await register.department_ids(session)
    return {
        colleague.key: await _add(session, colleague, hashed, departments[colleague.department])
        for colleague in content.airport().people
    }


async def _add(session: AsyncSession, colleague: Colleague, hashed: str | None, department_id: int) -> Person:
    known = await session.scalar(select(Person).where(Person.email == colleague.email))
    if known is not None:
        return known
    role = Role.PRODUCT_OWNER if hashed is None and colleague.role is Role.ADMINISTRATOR else colleague.role
    person = Person(
        email=colleague.email,
        name=colleague.name,
        role=role,
        password_hash=hashed,
        department_id=department_id,
        created_at=history.now(),
    )
    session.add(person)
    await session.flush()
    told = {"email": person.email, "name": person.name, "role": role.value}
    history.record(session, WAYMARK, "added", "person", person.id, told)
    return person
