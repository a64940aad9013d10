"""/api/v1/imports: who may take an import out again."""

import httpx
import pytest
from sqlalchemy import update

from backlog.history import WAYMARK, Actor
from backlog.imports.surveys import Import, ImportState, new_import
from backlog.people import tokens
from backlog.people.roles import Role
from tests.web.clients import Served

ROWS = [{"touchpoint": "Security screening", "value": 2, "scale": "1-5", "answered_on": "2018-05-21"}]


async def robot(served: Served, name: str, role: Role = Role.CONTRIBUTOR) -> httpx.AsyncClient:
    """A client with a fresh token of this name."""
    async with served.database.writing() as session:
        secret = await tokens.add_token(session, name=name, role=role, by=WAYMARK)
    client = served.visitor(csrf=False)
    client.headers["authorization"] = f"Bearer {secret}"
    return client


async def sent(api: httpx.AsyncClient) -> int:
    """The import of a call."""
    told = await api.post("/api/v1/responses", params={"create": "touchpoints"}, json=ROWS)
    return int(told.json()["import"])


async def undone(api: httpx.AsyncClient, number: int) -> int:
    return (await api.post(f"/api/v1/imports/{number}/undo")).status_code


async def test_a_token_takes_back_what_it_sent_itself(served: Served) -> None:
    nightly, weekly = await robot(served, "nightly"), await robot(served, "weekly")
    number = await sent(nightly)

    assert await undone(weekly, number) == 403
    assert await undone(nightly, number) == 200


@pytest.mark.parametrize("name", ["command line", "Anna Berg"])
async def test_a_token_called_like_somebody_else_takes_back_nothing_of_theirs(served: Served, name: str) -> None:
    """Neither imports by command nor those of persons who have been deleted bear a person's id."""
    async with served.database.writing() as session:
        row = new_import("survey.csv", None, by=Actor(name))
        row.state = ImportState.LOADED
        session.add(row)

    assert await undone(await robot(served, name), row.id) == 403
    assert await undone(await robot(served, "Robot", Role.PRODUCT_OWNER), row.id) == 200


async def test_whose_a_call_was_is_told_by_its_token_and_not_by_a_name(served_sqlite: Served) -> None:
    nightly, weekly = await robot(served_sqlite, "nightly"), await robot(served_sqlite, "weekly")
    number = await sent(nightly)
    async with served_sqlite.database.writing() as session:
        await session.execute(update(Import).values(created_by="weekly"))

    assert await undone(weekly, number) == 403
