"""What no webhook told of is counted, and of that only what is news to us: not what Waymark wrote itself."""

import pytest

from backlog.database import Database
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
