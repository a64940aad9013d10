"""The demo: San Francisco airport's survey of 2013-2018, turned into a living backlog."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.history import WAYMARK
from backlog.people import accounts
from backlog.people.persons import Person
from backlog.people.roles import Role

EMAIL, PASSWORD = "demo@waymark.example", "small-steps-2018"


async def seed(database: Database) -> None:
    """Fill an empty database."""
    async with database.writing() as session:
        await accounts.add_person(
            session, email=EMAIL, name="Product owner", role=Role.ADMINISTRATOR, password=PASSWORD, by=WAYMARK
        )


async def sign_in_hint(session: AsyncSession) -> str:
    """How to sign in to the demo; empty when this is not the demo or its password was changed."""
    person = await session.scalar(select(Person).where(Person.email == EMAIL))
    return f"Sign in as {EMAIL} with the password {PASSWORD}" if person else ""
