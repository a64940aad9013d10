"""waymark user, waymark token."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import rich_click as click

from backlog import tables
from backlog.database import Database
from backlog.errors import Refused
from backlog.history import Actor
from backlog.people import accounts
from backlog.people.roles import Role
from web import configuration, storage
from web.configuration import Configuration

ROLE = click.Choice([role.value for role in Role])
SHELL = Actor("command line")

Work = Callable[[Database], Awaitable[None]]

assert tables.__all__  # noqa: S101 - commands import some of the tables, and these refer to others


@click.group()
def user() -> None:
    """Persons who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=ROLE, required=True, help="What the person may do.")
@click.option("--name", default="", help="Shown to others; the part before the @ unless given.")
def add_user(email: str, role: str, name: str) -> None:
    """Add a person; the password is read from standard input, or asked for."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")

    async def add(database: Database) -> None:
        async with database.writing() as session:
            await accounts.add_person(
                session, email=email, name=name or email.partition("@")[0], role=Role(role), password=password, by=SHELL
            )

    run(add)
    click.echo(f"{email} may sign in as {role}.")


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add")
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What the token may do.")
def add_token(name: str, role: str) -> None:
    """Add a token and print its secret, alone on the last line; it is not shown again."""
    secrets: list[str] = []

    async def add(database: Database) -> None:
        async with database.writing() as session:
            secrets.append(await accounts.add_token(session, name=name, role=Role(role), by=SHELL))

    run(add)
    click.echo(f"Token {name} may act as {role}. Keep it safe; it is not shown again.")
    click.echo(secrets[0])


def run(work: Work) -> None:
    """Do it on the configured database, brought up to date first; a refusal becomes one sentence per field."""
    configured = configuration.read()
    storage.ready(configured)
    try:
        with storage.usable(configured):
            asyncio.run(with_database(configured, work))
    except Refused as refused:
        details = [str(text) for text in getattr(refused, "fields", {}).values()]
        raise click.ClickException(" ".join(details) or str(refused)) from refused


async def with_database(configured: Configuration, work: Work) -> None:
    """Do something on the configured database."""
    database = Database(configured.database_url)
    try:
        await work(database)
    finally:
        await database.close()
