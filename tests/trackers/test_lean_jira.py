"""Waymark beside a Jira that has only part of what it asks for: nothing stops, and only what is refused is left out."""

from typing import Any

import pytest

from backlog.database import Database
from backlog.initiatives.stages import Stage
from backlog.trackers.connections import SWEPT_EVERY, ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, linked, seen, stage, writes
from tests.trackers.fake_jira.shapes import Shapes
from tests.trackers.faults import Fault

LOOK_UPS = r"/user/assignable/search$|/statuses$|/createmeta/|/priority(/search)?$|/field$|/mypermissions$|/serverInfo$"


@pytest.fixture(params=["jira-cloud", "jira-dc"])
def place(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Database]:
    return request.param, sqlite_database


@pytest.mark.parametrize("status", [403, 404])
async def test_without_any_look_up_an_initiative_is_pushed_and_kept_in_step(both: Both, status: int) -> None:
    fail(both, "status", status=status, path=LOOK_UPS, body=b"{}")

    tied = await linked(both)
    await both.office.change(tied.number, title="Shorter queues at passports")
    await both.office.work(60)

    assert both.ground.title(tied.key) == "Shorter queues at passports"
    assert Field.STAGE not in (await both.office.connection(both.connection_id)).maps.fields


@pytest.mark.parametrize("status", [403, 404])
async def test_without_ways_only_the_stage_is_left_out(both: Both, status: int) -> None:
    tied = await linked(both)
    fail(both, "status", status=status, method="GET", path="/transitions$", body=b"{}")

    await both.office.change(tied.number, title="Shorter queues at passports")
    await stage(both, tied.number, Stage.IN_DELIVERY)
    await both.office.work(120)

    assert both.ground.title(tied.key) == "Shorter queues at passports"
    (item,) = await both.office.undelivered(tied.link_id)
    assert (item.field, item.tries) == (Field.STAGE, 1)
    assert "does not tell where the issue can go from" in str(item.reason)


async def test_an_unknown_newest_holds_up_no_new_issue(both: Both) -> None:
    fail(both, "status", status=400, path="/search(/jql)?$", body=b'{"errorMessages": ["no"]}')

    await linked(both)

    assert len(both.ground.keys()) == 1


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_without_a_search_what_is_ours_still_goes_there(both: Both, status: int) -> None:
    fail(both, "status", status=status, path="/search(/jql)?$", body=b"{}")
    tied = await linked(both)
    await both.office.work(600, step=20)

    await both.office.change(tied.number, title="Shorter queues at passports")
    await both.office.work(60)

    assert both.ground.title(tied.key) == "Shorter queues at passports"
    connection = await both.office.connection(both.connection_id)
    assert connection.state is ConnectionState.ACTIVE
    assert "seen only through webhooks" in str(connection.problem)


async def test_a_lost_answer_is_settled_without_a_request_for_many(both: Both) -> None:
    await linked(both, "Warmer gates")
    both.ground.lag(600)
    fail(both, "status", status=404, path="/issue/bulkfetch$", body=b"{}")
    fail(both, "drop", "after", method="POST", path="/issue$", times=1)

    await linked(both)

    assert len(both.ground.keys()) == 2


async def test_what_may_not_be_written_is_told_once(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=404, method="PUT", path="/issue/", body=b"{}")

    await both.office.change(tied.number, title="Shorter queues at passports")
    await both.office.work(600)

    assert len([each for each in writes(both) if each.method == "PUT"]) == 1
    (item,) = await both.office.undelivered(tied.link_id)
    assert (item.field, item.tries) == (Field.TITLE, 1)
    assert "may read this but not change it" in str(item.reason)
    assert (await both.office.connection(both.connection_id)).state is ConnectionState.ACTIVE


async def test_with_lean_answers_issues_come_to_rest(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Shapes.issue

    def lean(shapes: Shapes, *asked: Any) -> dict[str, Any]:
        found = whole(shapes, *asked)
        for name in ("project", "created", "updated", "issuetype", "status"):
            found.get("fields", {}).pop(name, None)
        return found

    tied = await linked(both)
    monkeypatch.setattr(Shapes, "issue", lean)
    await both.office.change(tied.number, title="Shorter queues at passports")
    await both.office.work(300)
    both.ground.retitle(tied.key, "Shorter queues at customs")
    await both.office.work(600, step=20)
    before = len(writes(both))

    await both.office.work(1800, step=30)

    assert len(writes(both)) == before
    assert (await both.office.initiative(tied.number)).title == "Shorter queues at customs"
    assert (await both.office.link(tied.link_id)).state is LinkState.IN_STEP


@pytest.mark.parametrize("status", [400, 403])
async def test_without_a_search_nothing_waits_and_what_changed_meanwhile_is_found_later(
    both: Both, status: int
) -> None:
    tied = await linked(both)
    fault = Fault("status", status=status, path="/search(/jql)?$", body=b"{}")
    both.ground.faults.add(fault)
    await both.office.work(300, step=20)
    both.ground.retitle(tied.key, "Shorter queues at customs")

    await both.office.work(3600, step=30)

    connection = await both.office.connection(both.connection_id)
    assert (connection.troubles, connection.waits_until, connection.hindrance) == (0, None, None)
    assert "seen only through webhooks" in str(connection.problem)
    assert connection.sweep_at > both.office.now - SWEPT_EVERY

    both.ground.faults.clear()
    await both.office.work(300, step=20)

    assert (await both.office.initiative(tied.number)).title == "Shorter queues at customs"
    swept_to = (await both.office.connection(both.connection_id)).swept_to
    assert swept_to is not None
    assert (both.office.now - swept_to).total_seconds() < 600


async def test_without_a_search_a_connection_that_stopped_goes_on(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=403, path="/search(/jql)?$", body=b"{}")
    fail(both, "status", status=401, path="/myself$|/issue/", body=b"{}", times=3)
    await both.office.change(tied.number, title="Shorter queues at passports")

    await both.office.work(1800, step=30)

    assert (await both.office.connection(both.connection_id)).state is ConnectionState.ACTIVE
    assert both.ground.title(tied.key) == "Shorter queues at passports"


async def test_one_that_stopped_is_looked_at_seldom_while_jira_is_not_well_and_keeps_its_reason(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=401, body=b"{}", times=1)
    await both.office.change(tied.number, title="Shorter queues at passports")
    await both.office.work()
    reason = (await both.office.connection(both.connection_id)).problem
    fail(both, "status", status=500, body=b"{}")
    before = seen(both)

    await both.office.work(7200, step=30)

    connection = await both.office.connection(both.connection_id)
    assert (connection.state, connection.problem, connection.troubles) == (ConnectionState.STOPPED, reason, 0)
    assert seen(both) - before < 20
