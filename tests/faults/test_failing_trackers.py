"""A tracker that fails in every way there is, under everything Waymark does there: no worker hangs, it is tried no more
often than it should be, people see why, and all is well soon after the tracker is."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from backlog.database import Database
from tests.faults import actions
from tests.faults.actions import ACTIONS, Watch
from tests.faults.hurried import Hurry
from tests.faults.workers import FULL, Airport, Crew, airport, tally, working
from tests.trackers.faults import Fault

pytestmark = pytest.mark.slow
SPEED = 10.0
WINDOW = 40.0
"""Seconds a fault stands."""
STUCK = 30.0
HEALED = 60.0
SLOW = 0.0 if FULL else 300.0
"""Seconds more where other tests run meanwhile."""
TRIES = 7
"""After 0, 1, 2, 4, 8, 16 and 30 seconds, each at most three tenths earlier."""
REQUESTS = 2
"""At most for one try: the project, and what is asked of it."""
FAULTS: Mapping[str, Fault] = {
    "latency": Fault("latency", seconds=10 / SPEED),
    "cut": Fault("cut"),
    "reset": Fault("reset"),
    "black hole": Fault("black_hole"),
    "slow": Fault("slow", seconds=3 / SPEED),
    "401": Fault("status", status=401),
    "403": Fault("status", status=403),
    "404": Fault("status", status=404),
    "429": Fault("rate_limited", headers={"Retry-After": "15"}),
    "500": Fault("status", status=500),
    "bad JSON": Fault("bad_json"),
    "HTML": Fault("html"),
    "20 MB": Fault("huge"),
}
SHORT = (("github", "sqlite", "black hole"), ("jira-cloud", "postgresql", "404"))
CASES = [
    (tracker, database, fault)
    for tracker, database in (("github", "sqlite"), ("jira-cloud", "postgresql"))
    for fault in FAULTS
    if FULL or (tracker, database, fault) in SHORT
]


@pytest.mark.parametrize(("tracker", "database", "fault"), CASES, indirect=["database"])
async def test_a_fault_is_seen_waited_out_and_got_over(
    database: Database, tmp_path: Path, tracker: str, fault: str
) -> None:
    clock = Hurry(time.time(), SPEED)
    async with airport(database, tmp_path, clock) as aurora:
        to = {action: await aurora.connect(tracker) for action in ACTIONS}
        async with working(Crew(tmp_path, database.url, clock, aurora.hosts), 2) as crew:
            done = await actions.begun(aurora, to)
            assert await aurora.settled(300) is not None, crew.said()[-3000:]
            await aurora.swept()
            aurora.tire(FAULTS[fault])
            watch = Watch(aurora)
            await actions.act(aurora, done)
            await watch.watch(WINDOW)
            causes = await shown(aurora)
            aurora.rest()
            left, seconds = await actions.arrived(aurora, done, HEALED + SLOW)
            await aurora.settled(HEALED + SLOW)
            found = await tally(aurora)

    tries = {action: watch.tries(to[action]) for action in ACTIONS}
    sys.stdout.write(f"{tracker}, {fault}: stuck {watch.stuck:.0f} s, tries {tries}, healed after {seconds:.0f} s\n")
    assert left == [], (seconds, crew.said()[-3000:])
    assert watch.stuck < STUCK + SLOW
    assert (found.in_step, found.lost, found.doubled) == (len(ACTIONS), 0, 0)
    if fault != "latency":  # where all goes on, only slowly
        assert max(tries.values()) <= TRIES * REQUESTS
        assert min(tries.values()) > 0
        assert {action for action in ACTIONS if not causes[to[action]]} == set()


async def shown(aurora: Airport) -> Mapping[int, str]:
    """Why nothing happens, as people find it, by connection."""
    of_links = {link.connection_id: link.last_error for link in await aurora.links()}
    return {each.id: str(each.problem or of_links.get(each.id) or "") for each in await aurora.connections()}
