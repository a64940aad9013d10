"""An initiative and its links are locked in one order, whoever changes them."""

import asyncio

from backlog import history
from backlog.initiatives import initiatives
from backlog.trackers import links
from backlog.trackers.link import SUBJECT
from tests.trackers.conftest import Both
from tests.trackers.office import KIM


async def test_an_edit_and_what_comes_in_meanwhile_do_not_wait_for_each_other(both: Both) -> None:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)

    async def edit(is_begun: asyncio.Event) -> None:
        async with both.office.database.writing() as session:
            await initiatives.by_key(session, number, for_change=True)
            is_begun.set()
            await asyncio.sleep(0.2)
            history.record(session, KIM, "changed", SUBJECT, number, {})
            await session.flush()

    async def take(is_begun: asyncio.Event) -> None:
        await is_begun.wait()
        async with both.office.database.writing() as session:
            await links.by_id(session, link_id, for_change=True)
            await initiatives.by_key(session, number, for_change=True)

    begun = asyncio.Event()
    async with asyncio.timeout(10):
        await asyncio.gather(edit(begun), take(begun))

    assert (await both.office.link(link_id)).changes == 2  # it was linked, and edited
