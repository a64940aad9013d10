"""The ranked backlog and the what-if list, signed in, against plain sqlite3 with the same rows and template."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.dialects import sqlite

from backlog.database import Database
from backlog.ranking import counts, movement, ranked, surroundings
from backlog.ranking.filters import UNFILTERED, Order
from tests import databases
from tests.bench import backlogs
from tests.bench.measuring import Cost, calls, requests, signed_in
from tests.bench.table import Row
from tests.serving import served
from web.app import create_app
from web.configuration import Configuration
from web.identity import cookie_name
from web.templating import Pages

SIZES = (1_000, 10_000, 100_000)
RERANKED = 10_000
REQUESTS = 150
SAME_TEMPLATE, FLAT, RERANK = 2.5, 1.5, 3
HAND_WRITTEN_DJANGO = 6.6  # ms on the clock for the like of it, measured on two idle cores
TRIED = {"importance": 20, "urgency": 15, "maturity": 20, "effort_benefit": 45}
WEIGHTED = """
    SELECT id, title, stage, 20 * coalesce(rated_importance, suggested_importance, 5)
      + 15 * coalesce(rated_urgency, suggested_urgency, 5) + 20 * coalesce(rated_maturity, suggested_maturity, 5)
      + 45 * coalesce(rated_effort_benefit, 5) AS score
    FROM initiative WHERE is_ranked ORDER BY score DESC, id LIMIT 50
"""


def measure(folder: Path) -> Iterator[Row]:
    first: dict[str, Cost] = {}
    for size in SIZES:
        file = folder / f"{size}.db"
        url = databases.sqlite_url(file)
        secret = asyncio.run(backlogs.prepared(url, size))
        plain = calls(plain_page(file, url, secret), REQUESTS)
        yield from pages(folder, "SQLite", size, url, secret, plain, first)
        if size == RERANKED:
            yield from reranking(folder, file, url, secret)
        try:
            yield from on_postgresql(folder, size, plain, first)
        except databases.Unavailable as error:
            yield Row(f"backlog page of {size:,}, PostgreSQL", 0, "ms", note=f"not measured: {error}")


def pages(
    folder: Path, name: str, size: int, url: str, secret: str, plain: Cost, first: dict[str, Cost]
) -> Iterator[Row]:
    with served(folder, DEMO="0", DATABASE_URL=url) as product, signed_in(secret) as client:
        page = requests(product, client, "/backlog", REQUESTS)
    smallest = first.setdefault(name, page)
    yield Row(f"backlog page of {size:,}, {name}, CPU, to plain", page.cpu, "ms", plain.cpu, SAME_TEMPLATE)
    yield Row(f"backlog page of {size:,}, {name}, on the clock", page.wall, "ms", limit=HAND_WRITTEN_DJANGO)
    if smallest is not page:
        yield Row(f"backlog page of {size:,}, {name}, CPU, to {SIZES[0]:,}", page.cpu, "ms", smallest.cpu, FLAT)


def reranking(folder: Path, file: Path, url: str, secret: str) -> Iterator[Row]:
    """What the other weights add to the page, and what the plain query takes."""
    connection = sqlite3.connect(file)
    plain = calls(lambda: connection.execute(WEIGHTED).fetchall(), REQUESTS)
    connection.close()
    tried = "&".join(f"{name}={value}" for name, value in TRIED.items())
    with served(folder, DEMO="0", DATABASE_URL=url) as product, signed_in(secret) as client:
        still = requests(product, client, "/backlog?whatif=1", REQUESTS)
        moved = requests(product, client, f"/backlog?{tried}", REQUESTS)
    added = moved.cpu - still.cpu
    yield Row(f"what-if re-rank of {RERANKED:,}, SQLite, CPU, to plain", added, "ms", plain.cpu, RERANK)
    yield Row(f"what-if page of {RERANKED:,}, SQLite, on the clock", moved.wall, "ms")


def on_postgresql(folder: Path, size: int, plain: Cost, first: dict[str, Cost]) -> Iterator[Row]:
    server = databases.postgresql()
    name = f"bench_{size}"
    asyncio.run(server.execute(f'CREATE DATABASE "{name}"'))
    try:
        secret = asyncio.run(backlogs.prepared(server.url(name), size))
        yield from pages(folder, "PostgreSQL", size, server.url(name), secret, plain, first)
    finally:
        asyncio.run(server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'))


def plain_page(file: Path, url: str, secret: str) -> Callable[[], object]:
    """The statements of the page through sqlite3 alone, then its template, every row rendered anew, with the values of
    a real request."""
    rendering = asyncio.run(rendered(url, secret))
    connection = sqlite3.connect(file)
    asked = {"limit": 50, "offset": 0, "day": movement.week_ago(), "today": counts.today(), "person": 1}
    statements = [
        str(statement.params(**asked).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        for statement in (ranked.statement(UNFILTERED, Order.RANK), surroundings.statement())
    ]

    def page() -> object:
        return [connection.execute(statement).fetchall() for statement in statements], rendering()

    return page


async def rendered(url: str, secret: str) -> Callable[[], str]:
    """Ask for the page once and keep what it was rendered from."""
    app = create_app(Configuration(home=Path(), database_url=url, demo=False, secret="f" * 64))
    kept: list[tuple[Any, ...]] = []

    class Watched(Pages):
        def render(self, *values: Any) -> str:
            kept.append(values)
            return super().render(*values)

    app.state.pages = pages = Watched()
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # TypedDicts, it says dict
    async with httpx.AsyncClient(transport=transport, base_url="http://waymark.test") as client:
        client.cookies.set(cookie_name(secure=False), secret, domain="waymark.test")
        assert (await client.get("/backlog")).status_code == 200
    database: Database = app.state.database
    await database.close()

    def again() -> str:
        pages.fragments.clear()  # plain Jinja renders every row each time
        return Pages.render(pages, *kept[-1])

    return again
