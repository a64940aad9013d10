"""What no webhook told of is counted, and of that only what is news to us: not what Waymark wrote itself."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from integrations.engine import sweeping
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked, map_anew, told


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def missed(both: Both) -> int:
    return (await both.office.connection(both.connection_id)).missed


async def hooked(both: Both) -> None:
    """Webhooks come in, though not of what the test does next."""
    await told(both, await linked(both, "Signs that lead to the gates"))
    await map_anew(both, nests=True)
    await both.office.work(300, step=20)


async def test_issues_comments_and_parts_of_ours_are_no_news(both: Both) -> None:
    await hooked(both)
    tied = await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(10, step=1)
    await both.office.push(tied.number, both.connection_id, title="Try it at one gate")
    await both.office.work(10, step=1)
    await both.office.comment(tied.number, "Works council agrees.")

    await both.office.work(600, step=20)

    assert await missed(both) == 0


async def test_what_a_team_does_there_is_news(both: Both) -> None:
    await hooked(both)
    tied = await linked(both)

    both.ground.comment(tied.key, "The lanes open on Monday.")
    await both.office.work(300, step=20)

    assert await missed(both) == 1


@dataclass
class Counted:
    """A database, and how often something was written."""

    database: Database
    writes: int = 0

    def writing(self) -> AbstractAsyncContextManager[AsyncSession]:
        self.writes += 1
        return self.database.writing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)


async def test_a_page_of_a_sweep_is_noted_at_once_however_many_issues_changed(both: Both) -> None:
    tied = [await linked(both, f"Shorter queues at gate {gate}") for gate in range(4)]
    await both.office.work(300, step=60)
    for each in tied:
        both.ground.retitle(each.key, f"{both.ground.title(each.key)}, soon")
    connection = await both.office.connection(both.connection_id)
    desk = both.office.worker._desk(connection, both.office.outside.tracker(connection), "a desk")
    counted = Counted(both.office.database)
    desk.database = cast(Database, counted)

    await sweeping.hint(desk, [await desk.tracker.read(each.key) for each in tied])
    await desk.tracker.close()

    assert counted.writes == 1
    assert all([(await both.office.link(each.link_id)).hinted_key == each.key for each in tied])
