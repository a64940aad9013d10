"""Credentials that renew themselves: what a person forgets or replaces meanwhile stays so."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import update

from backlog.errors import Conflict, Invalid
from backlog.trackers import connections
from backlog.trackers.connections import Connection
from integrations.opening import RENEWING
from tests.trackers.conftest import Both
from tests.trackers.office import KIM

Credentials = Mapping[str, str]
LONG_ENOUGH = 0.2  # seconds, for the other one to come to the lock


async def test_a_token_that_is_renewed_is_kept(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        return {**kept, "refresh_token": "second"}

    await renew(both, change)

    assert (await kept_by(both))["refresh_token"] == "second"


async def test_a_token_forgotten_while_it_is_renewed_does_not_come_back(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        await write(both, credentials="", base_url="https://another.example")
        return {**kept, "refresh_token": "second"}

    await renew(both, change)

    connection = await both.office.connection(both.connection_id)
    assert (connection.credentials, connection.renewing_until) == ("", None)


async def test_a_renewal_that_fails_changes_nothing_and_is_free_again(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        await write(both, credentials=both.office.outside.seal.close({"token": "of another person"}))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await renew(both, change)

    assert await kept_by(both) == {"token": "of another person"}
    assert (await both.office.connection(both.connection_id)).renewing_until is None


async def test_waiting_for_the_connection_takes_nothing_from_the_time_there_is_to_renew(both: Both) -> None:
    seen: list[dt.datetime | None] = []

    async def change(kept: Credentials) -> Credentials:
        seen.append((await both.office.connection(both.connection_id)).renewing_until)
        return kept

    async with both.office.database.writing() as session:
        await connections.by_id(session, both.connection_id, for_change=True)
        renewed = asyncio.create_task(renew(both, change))
        await asyncio.sleep(LONG_ENOUGH)
        both.office.now += dt.timedelta(seconds=9)
    await renewed

    assert seen == [both.office.now + RENEWING]


async def test_who_took_too_long_does_not_free_what_another_one_renews_by_now(both: Both) -> None:
    held, done = asyncio.Event(), asyncio.Event()
    others: list[asyncio.Task[Credentials]] = []

    async def second(kept: Credentials) -> Credentials:
        held.set()
        await done.wait()
        return kept

    async def first(kept: Credentials) -> Credentials:
        both.office.now += 2 * RENEWING
        others.append(asyncio.create_task(renew(both, second)))
        await held.wait()
        return kept

    await renew(both, first)
    until = (await both.office.connection(both.connection_id)).renewing_until
    done.set()
    await asyncio.gather(*others)

    assert until == both.office.now + RENEWING
    assert (await both.office.connection(both.connection_id)).renewing_until is None


async def test_what_was_opened_for_another_address_is_told_none_of_the_new_credentials(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        raise AssertionError(kept)

    base_url = (await both.office.connection(both.connection_id)).base_url
    await write(both, base_url="https://another.example")

    with pytest.raises(Conflict):
        await both.office.outside._save(both.connection_id, base_url, change)


async def test_a_token_that_is_renewed_makes_nobodys_form_stale(both: Both) -> None:
    async def change(kept: Credentials) -> Credentials:
        return {**kept, "refresh_token": "second"}

    before = (await both.office.connection(both.connection_id)).version
    await renew(both, change)

    assert (await both.office.connection(both.connection_id)).version == before


async def test_the_name_of_a_project_that_no_tracker_has_is_refused(both: Both) -> None:
    for project in ("x" * 201, "air\0port"):
        async with both.office.database.writing() as session:
            row = await connections.by_id(session, both.connection_id, for_change=True)

            with pytest.raises(Invalid) as refusal:
                await connections.change(session, both.office.outside.seal, row, {"project": project}, by=KIM)

            assert "project" in refusal.value.fields


async def renew(both: Both, change: Callable[[Credentials], Awaitable[Credentials]]) -> Credentials:
    base_url = (await both.office.connection(both.connection_id)).base_url
    return await both.office.outside._save(both.connection_id, base_url, change)


async def kept_by(both: Both) -> Credentials:
    return both.office.outside.seal.open((await both.office.connection(both.connection_id)).credentials)


async def write(both: Both, **values: Any) -> None:
    async with both.office.database.writing() as session:
        await session.execute(update(Connection).where(Connection.id == both.connection_id).values(values))
