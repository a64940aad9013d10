"""What only Waymark works out is told now and then, and costs nothing in between."""

from typing import Any

from backlog.trackers.connections import SWEPT_EVERY
from backlog.trackers.fields import Direction, Field, Rule
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked, map_anew, seen

DAY = 24 * 3600.0


def reads_of(both: Both, since: int, number: str) -> list[Any]:
    asked = both.ground.server.exchanges[since:]
    return [each for each in asked if each.method == "GET" and each.path.endswith(f"/issues/{number}")]


async def test_ten_days_of_quiet_cost_one_look_a_day(both: Both) -> None:
    tied = await linked(both)
    number = tied.key.rpartition("#")[2]
    before = seen(both)

    await both.office.work(10 * DAY, step=1800)

    sweeps = 10 * DAY / max(1800, SWEPT_EVERY.total_seconds())
    assert len(reads_of(both, before, number)) <= 11
    assert seen(both) - before <= 2 * sweeps + 40


async def test_where_nothing_worked_out_is_written_nothing_is_looked_at_for_it(both: Both) -> None:
    tied = await linked(both)
    await map_anew(both, fields={Field.TITLE: Rule(Direction.BOTH)})
    await both.office.work(60)
    both.office.now += (await both.office.connection(both.connection_id)).sweep_at - both.office.now
    before = seen(both)

    for _ in range(8):
        await both.office.work(DAY, step=DAY / 2)

    assert len(reads_of(both, before, tied.key.rpartition("#")[2])) <= 9
