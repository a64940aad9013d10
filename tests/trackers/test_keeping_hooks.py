"""A webhook that ends is told of, and what stops a whole connection is not passed over."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backlog import history
from backlog.database import Database
from backlog.errors import Text
from backlog.trackers import budgets, connections
from integrations.demo_tracker.accounts import ADMIN
from integrations.engine import sweeping
from integrations.engine.desk import Desk, Left
from integrations.errors import Limited, Missing, NoAccess, TrackerError, Unauthorized
from integrations.issue import Issue
from integrations.tracker import Tracker
from integrations.webhook import Hook
from integrations.writes import Write
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import github_of, linked, set_connection
from tests.trackers.office import KIM, NOON
from tests.trackers.test_delivering import TOKEN


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


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

    await sweeping.keep_hook(await desk(both, NoAccess(Text("May not."))), both.office.now)

    connection = await both.office.connection(both.connection_id)
    assert (connection.hook_id, connection.hook_expires_at) == ("", None)
    async with both.office.database.reading() as session:
        events = list(await session.scalars(history.of(connections.SUBJECT, connection.id)))
    assert "lost a webhook" in {each.verb for each in events}


async def test_a_webhook_that_still_lasts_is_kept_though_it_could_not_be_renewed(both: Both) -> None:
    await linked(both)
    await set_connection(both, hook_id="7", hook_expires_at=both.office.now + dt.timedelta(hours=1))

    await sweeping.keep_hook(await desk(both, NoAccess(Text("May not."))), both.office.now)

    assert (await both.office.connection(both.connection_id)).hook_id == "7"


@pytest.mark.parametrize("error", [Limited(Text("Too much."), NOON), Unauthorized(Text("No."))], ids=["limit", "token"])
async def test_what_concerns_the_whole_connection_is_raised(both: Both, error: TrackerError) -> None:
    await set_connection(both, hook_id="7", hook_expires_at=both.office.now + dt.timedelta(hours=1))

    with pytest.raises(type(error)):
        await sweeping.keep_hook(await desk(both, error), both.office.now)


async def lost(both: Both) -> int:
    """Deliveries that did not arrive, some time ago: so many."""
    await linked(both)
    repository = github_of(both).repository
    repository.hooks.mishaps.lose = 1.0
    repository.host.accounts[TOKEN] = replace(repository.host.accounts[TOKEN], permissions=ADMIN)
    async with both.office.outside.opened(await both.office.connection(both.connection_id)) as tracker:
        hook = await tracker.register_hook("https://waymark.example/webhooks/github/1", "between us")
    assert hook is not None
    await set_connection(both, hook_id=hook.id)
    both.ground.open("Prices of the shops")
    both.ground.open("Signs to the trains")
    both.office.now += 2 * sweeping.DOWN
    return len(repository.hooks.deliveries)


async def test_what_is_asked_for_again_counts_as_writes_like_any_other(both: Both) -> None:
    count = await lost(both)
    before = await written(both)

    await both.office.work(5)

    assert [each.redelivery for each in github_of(both).repository.hooks.deliveries].count(True) == count
    assert await written(both) - before == count


async def test_what_is_asked_for_again_is_no_sign_that_issues_can_be_written(both: Both) -> None:
    await lost(both)
    await set_connection(both, stops=2)

    await both.office.work(5)

    assert (await both.office.connection(both.connection_id)).stops == 2


@dataclass
class Losing:
    """A tracker of which three deliveries did not arrive, and cannot send the first of them again. While the second is
    on its way somebody changes the initiative."""

    both: Both
    number: int
    sent: list[str] = field(default_factory=list)

    async def redeliveries(self, hook: object, since: dt.datetime) -> list[Write]:
        return [Write("POST", f"/deliveries/{number}", None, Text("Again")) for number in (1, 2, 3)]

    async def send(self, write: Write) -> None:
        self.sent.append(write.path)
        if len(self.sent) == 1:
            raise Missing(Text("There is no such delivery."))
        await self.both.office.change(self.number, title="Queues under ten minutes")


async def test_nobody_waits_for_what_is_asked_for_again_and_one_that_is_gone_stops_none(both: Both) -> None:
    tied = await linked(both)
    await set_connection(both, hook_id="7")
    losing = Losing(both, tied.number)
    connection = await both.office.connection(both.connection_id)
    here: Any = SimpleNamespace(
        connection=connection, tracker=losing, database=both.office.database, send=losing.send
    )  # fmt: skip

    await sweeping.keep_hook(here, both.office.now - 2 * sweeping.DOWN)

    assert losing.sent == ["/deliveries/1", "/deliveries/2"]


async def test_what_the_sweep_found_does_not_keep_a_webhook_from_being_asked_for_again(both: Both) -> None:
    tied = await linked(both)
    count = await lost(both)
    both.ground.retitle(tied.key, "Queues under ten minutes")

    await both.office.work(5)

    assert [each.redelivery for each in github_of(both).repository.hooks.deliveries].count(True) > count


async def written(both: Both) -> int:
    async with both.office.database.reading() as session:
        return await budgets.used(session, both.connection_id, both.office.now)


@dataclass
class Overtaken:
    """A tracker; while it answers, somebody has the webhook forgotten, or chooses another project."""

    both: Both

    async def renew_hook(self, hook: Hook) -> Hook:
        await set_connection(self.both, hook_id="", hook_expires_at=None)
        return Hook(hook.id, self.both.office.now + dt.timedelta(days=30))

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        async with self.both.office.database.writing() as session:
            row = await connections.by_id(session, self.both.connection_id, for_change=True)
            await connections.change(session, self.both.office.outside.seal, row, {"project": "air/shops"}, by=KIM)
        none: tuple[Sequence[Issue], ...] = ()
        for page in none:
            yield page


async def overtaken(both: Both, **values: Any) -> Desk:
    """One that holds the connection."""
    await set_connection(both, worked_by="a desk", **values)
    connection = await both.office.connection(both.connection_id)
    return both.office.worker._desk(connection, cast(Tracker, Overtaken(both)), "a desk")


async def test_a_webhook_that_was_forgotten_meanwhile_is_not_brought_back_when_it_is_renewed(both: Both) -> None:
    await linked(both)
    desk = await overtaken(both, hook_id="7", hook_expires_at=both.office.now + dt.timedelta(hours=1))

    await sweeping.keep_hook(desk, both.office.now)

    connection = await both.office.connection(both.connection_id)
    assert (connection.hook_id, connection.hook_expires_at) == ("", None)


async def test_what_was_swept_of_one_project_does_not_count_for_another(both: Both) -> None:
    await linked(both)
    desk = await overtaken(both, swept_to=both.office.now)

    with pytest.raises(Left):
        await sweeping.sweep(desk)

    assert (await both.office.connection(both.connection_id)).swept_to is None
