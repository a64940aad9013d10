"""A webhook that ends is told of, and what stops a whole connection is not passed over."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from backlog import history
from backlog.errors import Text
from backlog.trackers import connections
from integrations import sweeping
from integrations.tracker import Limited, NoAccess, TrackerError, Unauthorized
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked, set_connection
from tests.trackers.office import NOON


class Refusing:
    """A tracker that does nothing about webhooks."""

    def __init__(self, error: TrackerError) -> None:
        self.error = error

    async def renew_hook(self, hook: object) -> None:
        raise self.error


async def desk(both: Both, error: TrackerError) -> Any:
    """As far as a webhook needs one."""
    connection = await both.office.connection(both.connection_id)
    return SimpleNamespace(connection=connection, tracker=Refusing(error), database=both.office.database)


async def test_a_webhook_that_has_ended_is_forgotten_and_the_history_says_so(both: Both) -> None:
    await linked(both)
    await set_connection(both, hook_id="7", hook_expires_at=both.office.now - dt.timedelta(hours=1))

    with both.office.time():
        await sweeping.keep_hook(await desk(both, NoAccess(Text("May not."))), both.office.now)

    connection = await both.office.connection(both.connection_id)
    assert (connection.hook_id, connection.hook_expires_at) == ("", None)
    async with both.office.database.reading() as session:
        events = list(await session.scalars(history.of(connections.SUBJECT, connection.id)))
    assert "lost a webhook" in {each.verb for each in events}


async def test_a_webhook_that_still_lasts_is_kept_though_it_could_not_be_renewed(both: Both) -> None:
    await linked(both)
    await set_connection(both, hook_id="7", hook_expires_at=both.office.now + dt.timedelta(hours=1))

    with both.office.time():
        await sweeping.keep_hook(await desk(both, NoAccess(Text("May not."))), both.office.now)

    assert (await both.office.connection(both.connection_id)).hook_id == "7"


@pytest.mark.parametrize("error", [Limited(Text("Too much."), NOON), Unauthorized(Text("No."))], ids=["limit", "token"])
async def test_what_concerns_the_whole_connection_is_raised(both: Both, error: TrackerError) -> None:
    await set_connection(both, hook_id="7", hook_expires_at=both.office.now + dt.timedelta(hours=1))

    with both.office.time(), pytest.raises(type(error)):
        await sweeping.keep_hook(await desk(both, error), both.office.now)
