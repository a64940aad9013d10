"""A field that is given another place in the tracker starts there anew, and leaves no label of ours behind."""

import datetime as dt

import msgspec
import pytest
from sqlalchemy import select

from backlog.database import Database
from backlog.people.departments import Department
from backlog.trackers import links
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import Undelivered
from integrations import pushing
from integrations.engine import places
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, fail_creation, linked, map_anew, seen, set_connection, writes
from web.speech import voice


@pytest.fixture(params=["github", "gitlab", "jira-cloud"])
def place(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Database]:
    return request.param, sqlite_database


async def lead_at(both: Both, prefix: str, direction: Direction = Direction.BOTH) -> None:
    fields = (await both.office.connection(both.connection_id)).maps.fields
    lead = Rule(direction, target=f"label:{prefix}")
    others = {name: rule for name, rule in fields.items() if name in (Field.TITLE, Field.LABELS, Field.STAGE)}
    await map_anew(both, fields={**others, Field.LEAD: lead})


async def led(both: Both, prefix: str) -> tuple[int, int, str]:
    """An initiative of the security department, whose issue says so by a label."""
    tied = await linked(both)
    await lead_at(both, prefix)
    async with both.office.database.writing() as session:
        security = Department(code="SEC", name="Security")
        session.add(security)
    await both.office.change(tied.number, lead_id=security.id)
    await both.office.work(10)
    assert f"{prefix}:security" in both.ground.labels(tied.key)
    return tied.number, tied.link_id, tied.key


async def test_a_label_follows_its_prefix_and_the_initiative_keeps_its_department(both: Both) -> None:
    number, link_id, key = await led(both, "lead")
    both.ground.label(key, "lead:of-people")
    lead_id = (await both.office.initiative(number)).lead_id

    await lead_at(both, "department")
    await both.office.work(60, step=20)

    assert "lead:of-people" in both.ground.labels(key)
    assert both.ground.labels(key) & {"lead:security", "department:security"} == {"department:security"}
    assert (await both.office.initiative(number)).lead_id == lead_id is not None
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    before = seen(both)
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(10)
    assert len(writes(both, before)) == 1


def test_a_field_that_stands_where_it_belongs_never_begins_anew() -> None:
    mapping = FieldMapping(fields={Field.TITLE: Rule(Direction.BOTH)})
    tied = Link(base={"title": ["Queues", "Queues"]}, facts={"places": {"title": "label:t"}})

    assert places.base_of(tied, mapping) == tied.base


@pytest.mark.parametrize("change", [{"board": "PVT_2"}, {"issue_type": "Story"}], ids=["board", "type"])
def test_a_status_of_another_board_or_type_of_issue_says_nothing_of_the_former(change: dict[str, str]) -> None:
    fields = {Field.TITLE: Rule(Direction.BOTH), Field.STAGE: Rule(Direction.BOTH)}
    before = FieldMapping(fields=fields, board="PVT_1", issue_type="Task")
    tied = Link(base={"title": ["Queues", "Queues"], "stage": ["f1", "f1"]}, facts={})
    tied.facts = {"places": places.known_by(tied, before)}

    assert places.base_of(tied, before) == tied.base
    assert places.base_of(tied, msgspec.structs.replace(before, **change)) == {"title": ["Queues", "Queues"]}


async def test_a_prefix_that_changes_before_the_issue_was_found_leaves_no_label_behind(both: Both) -> None:
    await linked(both)
    await lead_at(both, "lead")
    async with both.office.database.writing() as session:
        security = Department(code="SEC", name="Security")
        session.add(security)
    number = await both.office.propose("Benches at the gates")
    await both.office.change(number, lead_id=security.id)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work()
    key = both.ground.keys()[-1]
    made_with = both.ground.labels(key)

    await lead_at(both, "department", Direction.OUT)
    await both.office.work(120, step=20)

    assert "lead:security" in made_with
    assert both.ground.labels(key) & {"lead:security", "department:security"} == {"department:security"}
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP


async def test_a_rehearsal_of_another_place_says_what_would_be_written_there(both: Both) -> None:
    _, _, key = await led(both, "lead")
    connection = await both.office.connection(both.connection_id)
    fields = {**connection.maps.fields, Field.LEAD: Rule(Direction.BOTH, target="label:department")}

    (found,) = await pushing.rehearse_mapping(
        both.office.outside, connection, msgspec.structs.replace(connection.maps, fields=fields), voice("en"),
        both.office.worker.address,
    )  # fmt: skip

    assert (dict(found.outward), dict(found.inward)) == ({Field.LEAD: [None, "security"]}, {})
    assert found.labels_removed == ["lead:security"]
    assert "department:security" not in both.ground.labels(key)


async def test_a_label_the_tracker_does_not_let_go_is_told_and_tried_again_when_somebody_says_so(both: Both) -> None:
    if both.ground.kind != "github":
        pytest.skip("the others take a label away with all else")
    number, link_id, key = await led(both, "lead")
    fail(both, "status", method="DELETE", path="/labels/", status=422, body=b'{"message": "Validation Failed"}')

    await lead_at(both, "department")
    await both.office.work(60, step=20)
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(10)
    asked = [each.method for each in both.ground.server.exchanges].count("DELETE")
    refused = await both.office.link(link_id)

    assert asked == 1
    assert {"lead:security", "department:security"} <= both.ground.labels(key)
    assert both.ground.title(key) == "Queues under ten minutes"
    assert "Validation Failed" in refused.facts["left"]["lead:security"]
    assert refused.state is LinkState.IN_STEP
    async with both.office.database.reading() as session:
        assert list(await session.scalars(select(Undelivered).where(Undelivered.link_id == link_id))) == []
    both.ground.faults.clear()
    async with both.office.database.writing() as session:
        (await links.by_id(session, link_id, for_change=True)).retry()
    await both.office.work(10)
    assert "lead:security" not in both.ground.labels(key)
    assert "left" not in (await both.office.link(link_id)).facts


async def test_what_stays_is_told_no_more_when_people_take_it_away_or_it_is_wanted_again(both: Both) -> None:
    if both.ground.kind != "github":
        pytest.skip("the others take a label away with all else")
    _, link_id, key = await led(both, "lead")
    fail(both, "status", method="DELETE", path="/labels/lead", status=422, body=b'{"message": "Validation Failed"}')
    await lead_at(both, "department")
    await both.office.work(10)

    await lead_at(both, "lead")
    await both.office.work(10)

    assert both.ground.labels(key) & {"lead:security", "department:security"} == {"lead:security"}
    assert "left" not in (await both.office.link(link_id)).facts


async def test_an_issue_whose_label_was_taken_away_is_known_as_it_is_afterwards(both: Both) -> None:
    _, link_id, key = await led(both, "lead")
    both.ground.label(key, "department:security")
    await both.office.work(400, step=100)
    await set_connection(both, sweep_at=both.office.now + dt.timedelta(hours=1))
    await lead_at(both, "department")
    both.office.now += dt.timedelta(minutes=1)
    await both.office.work()

    async with both.office.outside.opened(await both.office.connection(both.connection_id)) as tracker:
        issue = await tracker.read(both.ground.issue_id(key) if both.ground.kind.startswith("jira") else key)
    assert "lead:security" not in both.ground.labels(key)
    assert (await both.office.link(link_id)).theirs_at == issue.updated_at
