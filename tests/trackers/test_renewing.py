"""Credentials that renew themselves: what a person forgets or replaces meanwhile stays so."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from backlog.errors import Invalid
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from tests.trackers.conftest import Both
from tests.trackers.office import KIM

Credentials = Mapping[str, str]


async def test_a_token_that_is_renewed_is_kept(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        return {**kept, "refresh_token": "second"}

    await both.office.outside._save(both.connection_id, change)

    assert (await kept_by(both))["refresh_token"] == "second"


async def test_a_token_forgotten_while_it_is_renewed_does_not_come_back(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        await write(both, credentials="", base_url="https://another.example")
        return {**kept, "refresh_token": "second"}

    await both.office.outside._save(both.connection_id, change)

    connection = await both.office.connection(both.connection_id)
    assert (connection.credentials, connection.renewing_until) == ("", None)


async def test_a_renewal_that_fails_changes_nothing_and_is_free_again(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        await write(both, credentials=both.office.outside.seal.close({"token": "of another person"}))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await both.office.outside._save(both.connection_id, change)

    assert await kept_by(both) == {"token": "of another person"}
    assert (await both.office.connection(both.connection_id)).renewing_until is None


async def test_the_name_of_a_project_that_no_tracker_has_is_refused(both: Both) -> None:
    for project in ("x" * 201, "air\0port"):
        async with both.office.database.writing() as session:
            row = await connections.by_id(session, both.connection_id, for_change=True)

            with pytest.raises(Invalid) as refusal:
                await connections.change(session, both.office.outside.seal, row, {"project": project}, by=KIM)

            assert "project" in refusal.value.fields


async def kept_by(both: Both) -> Credentials:
    return both.office.outside.seal.open((await both.office.connection(both.connection_id)).credentials)


async def write(both: Both, **values: Any) -> None:
    async with both.office.database.writing() as session:
        await session.execute(update(Connection).where(Connection.id == both.connection_id).values(values))
