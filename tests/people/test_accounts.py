"""Accounts: who may be added, changed and disabled, and that somebody always administers."""

import asyncio

import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Invalid, Stale, VersionMissing
from backlog.history import WAYMARK, Actor, Event
from backlog.people import accounts, passwords, sessions, tokens
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.sessions import Session
from backlog.people.tokens import Token

PASSWORD = "small steps, large footprints"
ADA = Actor("Ada")


async def person(database: Database, name: str, role: Role = Role.ADMINISTRATOR) -> Person:
    async with database.writing() as session:
        found = Person(email=f"{name.lower()}@waymark.example", name=name, role=role, created_at=history.now())
        session.add(found)
    return found


async def changed(database: Database, person_id: int, values: dict[str, object], version: int | None = 1) -> None:
    async with database.writing() as session:
        known = await accounts.get(session, person_id)
        await accounts.change(session, known, values, version=version, by=ADA)


async def disabled(database: Database, person_id: int, version: int | None = 1) -> None:
    async with database.writing() as session:
        await accounts.disable(session, await accounts.get(session, person_id), version=version, by=ADA)


async def enabled(database: Database, person_id: int, version: int | None) -> None:
    async with database.writing() as session:
        await accounts.enable(session, await accounts.get(session, person_id), version=version, by=ADA)


async def given_a_password(database: Database, person_id: int, version: int | None) -> None:
    async with database.writing() as session:
        known = await accounts.get(session, person_id)
        await accounts.change_password(session, known, password=PASSWORD, version=version, by=ADA)


async def verbs(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Event.verb).order_by(Event.id)))


async def test_a_person_is_added_with_a_hashed_password_and_a_trace(database: Database) -> None:
    async with database.writing() as session:
        added = await accounts.add_person(
            session, email=" Ines@Waymark.example ", name=" Ines ", role=Role.VIEWER, password=PASSWORD, by=ADA
        )

    assert (added.email, added.name) == ("ines@waymark.example", "Ines")
    assert await passwords.matches(PASSWORD, added.password_hash)
    assert await verbs(database) == ["added"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "nul\x00@waymark.example"}, "email"),
        ({"email": "a" * 250 + "@waymark.example"}, "email"),
        ({"email": "taken@waymark.example"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"password": "too short"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"department_id": 4711}, "department"),
        ({"department_id": 2**40}, "department"),
    ],
)
async def test_what_is_wrong_with_a_new_person_is_named(
    database: Database, given: dict[str, object], field: str
) -> None:
    await person(database, "Taken")
    values = {"email": "ines@waymark.example", "name": "Ines", "role": Role.VIEWER, "password": PASSWORD} | given

    with pytest.raises(Invalid) as refused:
        async with database.writing() as session:
            await accounts.add_person(session, by=ADA, **values)  # type: ignore[arg-type] # wrong on purpose

    assert list(refused.value.fields) == [field]


async def test_of_two_who_set_up_at_once_one_becomes_administrator(database: Database) -> None:
    async def set_up(name: str) -> Person:
        async with database.writing() as session:
            return await accounts.add_first_person(
                session, email=f"{name}@waymark.example", name=name, password=PASSWORD
            )

    results = await asyncio.gather(*(set_up(f"person{n}") for n in range(4)), return_exceptions=True)

    assert sum(isinstance(result, Person) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 3


async def test_the_last_administrator_can_be_neither_demoted_nor_disabled(database: Database) -> None:
    ada, left = await person(database, "Ada"), await person(database, "Left")
    await disabled(database, left.id)

    with pytest.raises(Conflict, match="Ada is the only administrator"):
        await changed(database, ada.id, {"role": Role.VIEWER})
    with pytest.raises(Conflict, match="Ada is the only administrator"):
        await disabled(database, ada.id)


async def test_two_administrators_cannot_demote_each_other_at_once(database: Database) -> None:
    both = [await person(database, "Ada"), await person(database, "Ben")]

    demotions = (changed(database, who.id, {"role": Role.VIEWER}) for who in both)
    results = await asyncio.gather(*demotions, return_exceptions=True)

    assert [type(result) for result in results].count(Conflict) == 1
    async with database.reading() as session:
        left = select(func.count()).where(Person.role == Role.ADMINISTRATOR)
        assert await session.scalar(left) == 1


async def test_a_change_says_what_it_is_based_on(database: Database) -> None:
    ines = await person(database, "Ines", Role.VIEWER)
    await changed(database, ines.id, {"name": "Inés"})

    for version, error in ((1, Stale), (None, VersionMissing)):
        with pytest.raises(error):
            await changed(database, ines.id, {"name": "Agnes"}, version)
        for change in (disabled, enabled, given_a_password):
            with pytest.raises(error):
                await change(database, ines.id, version)
    assert await verbs(database) == ["changed"]


async def test_disabling_ends_the_sessions_and_enabling_does_not_bring_them_back(database: Database) -> None:
    await person(database, "Ada")
    ines = await person(database, "Ines", Role.VIEWER)
    async with database.writing() as session:
        await sessions.start(session, ines)

    await disabled(database, ines.id)
    await enabled(database, ines.id, version=2)

    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Session)) == 0
    assert await verbs(database) == ["signed in", "disabled", "enabled"]


async def test_a_token_is_kept_as_a_hash_and_its_name_only_once(database: Database) -> None:
    async with database.writing() as session:
        secret = await tokens.add_token(session, name=" Nightly import ", role=Role.CONTRIBUTOR, by=WAYMARK)

    with pytest.raises(Invalid):
        async with database.writing() as session:
            await tokens.add_token(session, name="Nightly import", role=Role.VIEWER, by=WAYMARK)

    async with database.reading() as session:
        token = await session.scalar(select(Token))
    assert token is not None
    assert token.name == "Nightly import"
    assert secret not in (token.secret_hash, token.name)
    assert token.secret_hash == sessions.secret_hash(secret)


def test_every_role_may_what_the_ones_before_it_may() -> None:
    order = list(Role)

    assert [[role.may(other) for other in order] for role in order] == [
        [place >= other for other in range(5)] for place in range(5)
    ]
    assert Role.ADMINISTRATOR.may("viewer")
