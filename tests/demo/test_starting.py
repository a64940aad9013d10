"""The demo where it does not start from nothing: somebody is there already, or an earlier start was cut short."""

import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.demo import content, people, register, seeding, surveys
from backlog.errors import Conflict
from backlog.imports.surveys import Import
from backlog.initiatives.initiative import Initiative
from backlog.people import accounts, passwords
from backlog.people.persons import Person
from backlog.people.roles import Role

OWN = "a password of my own"


@pytest.mark.slow
async def test_a_start_cut_short_is_finished_by_the_next(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await accounts.add_first_person(session, email="ana@airport.example", name="Ana", password=OWN)
        await seeding.begin(session, history.now().date())
    await surveys.load(sqlite_database, "sfo_2013", at=history.now(), by=seeding.OWNER)

    await seeding.seed(sqlite_database)

    with pytest.raises(Conflict):
        await seeding.seed(sqlite_database)
    async with sqlite_database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Import)) == len(surveys.NAMES)
        assert await session.scalar(select(func.count()).select_from(Initiative)) == len(content.stories())


async def test_where_somebody_is_there_already_nobody_gets_a_password_everybody_can_read(
    sqlite_database: Database,
) -> None:
    async with sqlite_database.writing() as session:
        me = await accounts.add_first_person(session, email="ana@airport.example", name="Ana", password=OWN)
        await register.lay_out(session, by=me.actor)

        added = await people.add(session, None)

    assert len(added) == 8
    assert {person.password_hash for person in added.values()} == {None}
    assert Role.ADMINISTRATOR not in {person.role for person in added.values()}
    async with sqlite_database.reading() as session:
        assert await seeding.sign_in_hint(session) == ""
        known = (await session.scalars(select(Person).where(Person.email == "ana@airport.example"))).one()
    assert await passwords.matches(OWN, known.password_hash)


async def test_the_hint_is_gone_once_the_password_is_another(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await register.lay_out(session, by=seeding.OWNER)
        added = await people.add(session, seeding.PASSWORD)
        before = await seeding.sign_in_hint(session)

        demo = added["demo"]
        await accounts.change_password(session, demo, password=OWN, version=demo.version, by=demo.actor)
        after = await seeding.sign_in_hint(session)

    assert seeding.PASSWORD in before
    assert after == ""
