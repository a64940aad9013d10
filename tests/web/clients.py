"""Browsers and API clients over the app on a test's own database. How to use them:

    async def test_an_initiative_can_be_proposed(served: Served) -> None:      # fixture in tests/conftest.py
        browser = await served.client(Role.CONTRIBUTOR)                         # signed in, CSRF already seen to
        answer = await browser.post("/initiatives", data={"title": "Shorter queues"})
        assert answer.status_code == 303                                        # redirects are not followed

        api = await served.api(Role.VIEWER)                                     # bearer token of that role
        assert (await api.get("/api/v1/initiatives")).json()["total"] == 1

        stranger = served.visitor()                                             # nobody signed in
        async with served.database.writing() as session: ...                    # straight at the data

``served`` runs on SQLite and on PostgreSQL; ``served_sqlite`` on SQLite alone, where the database cannot matter.
Two people of one role: ``await served.client(Role.CONTRIBUTOR, name="Ines")``. The person behind a browser is
``await served.person(role, name=...)``. ``served.visitor(address="10.0.0.7")`` comes from elsewhere,
``visitor(csrf=False)`` sends no form token. Requests run in the test's own event loop, without a server.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

import httpx
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from litestar import Litestar
from litestar.middleware.csrf import generate_csrf_token
from sqlalchemy import select

from backlog import history
from backlog.database import Database
from backlog.history import WAYMARK
from backlog.people import accounts, passwords, sessions
from backlog.people.persons import Person
from backlog.people.roles import Role
from web.app import create_app, state_of
from web.configuration import Configuration
from web.identity import cookie_name
from web.templating import Pages

ORIGIN = "http://waymark.test"
PASSWORD = "small steps, large footprints"
SECRET = "f" * 64


class Browser(httpx.AsyncClient):
    """A client with cookies; sends the form token with whatever changes something."""

    def __init__(self, app: Litestar, *, address: str = "127.0.0.1", csrf: bool = True, secure: bool = False) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app=app, client=(address, 40000)),  # type: ignore[arg-type] # TypedDicts, it says dict
            base_url=ORIGIN.replace("http:", "https:") if secure else ORIGIN,
        )
        if csrf and app.csrf_config:
            token = generate_csrf_token(app.csrf_config.secret)
            self.cookies.set(app.csrf_config.cookie_name, token, domain="waymark.test")
            self.headers[app.csrf_config.header_name] = token


class Compiled(BytecodeCache):
    """Templates compiled once for all apps of a run."""

    def __init__(self) -> None:
        self._known: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._known[bucket.key] = bucket.code


COMPILED = Compiled()
AT_REST: list[Litestar] = []
"""Apps that no test uses now. To register three hundred routes takes longer than most tests."""


def app_of(configuration: Configuration) -> Litestar:
    """The app as a new one would be: whatever requests share is new."""
    if (configuration.secret, configuration.secure) != (SECRET, False):
        return create_app(configuration)
    app = AT_REST.pop() if AT_REST else create_app(configuration)
    app.state = state_of(configuration, Pages(time_zone=configuration.time_zone, compiled=COMPILED))
    return app


class Served:
    """The product over one database; see the module's docstring."""

    def __init__(self, database: Database, configuration: Configuration) -> None:
        self.database = database
        self.configuration = configuration
        self.app = app_of(configuration)
        self._opened: list[httpx.AsyncClient] = []

    async def person(self, role: Role = Role.ADMINISTRATOR, *, name: str | None = None, **more: Any) -> Person:
        """The person of this role and name, added when new. Nobody's password works: see ``password``."""
        name = name or role.label
        email = f"{name.lower().replace(' ', '.')}@{role.value}.example"
        async with self.database.writing() as session:
            person = await session.scalar(select(Person).where(Person.email == email))
            if person is None:
                person = Person(email=email, name=name, role=role, created_at=history.now(), **more)
                session.add(person)
        return person

    async def password(self, person: Person, password: str = PASSWORD) -> str:
        """Let the person sign in with this password."""
        async with self.database.writing() as session:
            known = await session.get_one(Person, person.id)
            known.password_hash = await passwords.hashed(password)
        return password

    async def client(self, role: Role = Role.ADMINISTRATOR, *, name: str | None = None, **more: Any) -> Browser:
        """A browser in which a person of this role is signed in; ``more`` are columns of a new person."""
        person = await self.person(role, name=name, **more)
        async with self.database.writing() as session:
            secret = await sessions.start(session, person)
        browser = self.visitor()
        browser.cookies.set(cookie_name(secure=self.configuration.secure), secret, domain="waymark.test")
        return browser

    async def api(self, role: Role = Role.ADMINISTRATOR) -> httpx.AsyncClient:
        """A client with a fresh token of this role."""
        async with self.database.writing() as session:
            name = f"{role.value} {len(self._opened)}"
            secret = await accounts.add_token(session, name=name, role=role, by=WAYMARK)
        client = self.visitor(csrf=False)
        client.headers["authorization"] = f"Bearer {secret}"
        return client

    def visitor(self, *, address: str = "127.0.0.1", csrf: bool = True) -> Browser:
        """A browser in which nobody is signed in."""
        browser = Browser(self.app, address=address, csrf=csrf, secure=self.configuration.secure)
        self._opened.append(browser)
        return browser

    async def close(self) -> None:
        for client in self._opened:
            await client.aclose()
        database: Database = self.app.state.database
        await database.close()
        if (self.configuration.secret, self.configuration.secure) == (SECRET, False):
            AT_REST.append(self.app)


@asynccontextmanager
async def serving(database: Database, home: Path, **configured: Any) -> AsyncIterator[Served]:
    """The product over this database; ``configured`` are fields of Configuration."""
    (home / "imports").mkdir(parents=True, exist_ok=True)
    plain = Configuration(home=home, database_url=database.url, demo=False, secret=SECRET)
    served = Served(database, replace(plain, **configured))
    try:
        yield served
    finally:
        await served.close()
