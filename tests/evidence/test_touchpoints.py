"""The register of touchpoints: added, changed by one at a time, and kept while anything hangs on them."""

from typing import Any

import pytest
from sqlalchemy import select

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Invalid, Stale, VersionMissing
from backlog.evidence import touchpoints
from backlog.evidence.touchpoints import Ownership, Touchpoint, Values, layer_warning
from backlog.history import Actor
from tests.evidence.tallies import a_measure, answered

OWNER = Actor("Product owner")


async def added(database: Database, **values: object) -> Touchpoint:
    async with database.writing() as session:
        return await touchpoints.add(session, Values(**values), by=OWNER)  # type: ignore[typeddict-item] # wrong on purpose


async def changed(
    database: Database, touchpoint: Touchpoint, values: Values, version: int | None
) -> dict[str, list[Any]]:
    async with database.writing() as session:
        known = await touchpoints.get(session, touchpoint.id)
        return await touchpoints.change(session, known, values, version=version, by=OWNER)


async def removed(database: Database, touchpoint: Touchpoint) -> None:
    async with database.writing() as session:
        known = await touchpoints.get(session, touchpoint.id)
        await touchpoints.remove(session, known, version=1, by=OWNER)


async def test_a_new_touchpoint_stands_in_the_register_and_in_the_history(database: Database) -> None:
    touchpoint = await added(database, name="  Security   checkpoint ", ownership=Ownership.THIRD_PARTY)

    async with database.reading() as session:
        event = await session.scalar(history.of("touchpoint", touchpoint.id))
    assert (touchpoint.name, touchpoint.name_key, touchpoint.version) == (
        "Security checkpoint", "security checkpoint", 1,
    )  # fmt: skip
    assert event is not None
    assert (event.actor, event.verb) == ("Product owner", "added")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "ß" * 150}, "name"),
        ({"name": "Gate\0"}, "name"),
        ({"name": "SECURITY  checkpoint"}, "name"),
        ({"name": "Gate", "channel": "x" * 101}, "channel"),
        ({"name": "Gate", "target": 10.5}, "target"),
        ({"name": "Gate", "target": float("nan")}, "target"),
        ({"name": "Gate", "department_id": 99}, "department_id"),
        ({"name": "Gate", "expectation": "x" * 2001}, "expectation"),
    ],
)
async def test_what_cannot_be_kept_is_named_by_field(database: Database, values: dict[str, object], field: str) -> None:
    await added(database, name="Security checkpoint")

    with pytest.raises(Invalid) as refused:
        await added(database, **values)

    assert refused.value.fields.keys() == {field}


async def test_a_change_is_told_field_by_field(database: Database) -> None:
    touchpoint = await added(database, name="Restaurants")

    changes = await changed(database, touchpoint, {"target": 7.2, "name": "Food"}, 1)

    async with database.reading() as session:
        after = await touchpoints.get(session, touchpoint.id)
    assert changes == {"name": ["Restaurants", "Food"], "target": [None, 7.2]}
    assert (after.name, after.name_key, after.target, after.version) == ("Food", "food", 7.2, 2)


async def test_a_change_based_on_an_older_state_is_refused(database: Database) -> None:
    touchpoint = await added(database, name="Restaurants")
    await changed(database, touchpoint, {"channel": "Terminal"}, 1)

    for version, refusal in ((1, Stale), (None, VersionMissing)):
        with pytest.raises(refusal):
            await changed(database, touchpoint, {"channel": "Web"}, version)


async def test_a_touchpoint_that_customers_answered_about_stays(database: Database) -> None:
    touchpoint = await added(database, name="Restaurants")
    async with database.writing() as session:
        answered(session, touchpoint, await a_measure(session), {4: 3})

    with pytest.raises(Conflict, match="Customers have answered about it"):
        await removed(database, touchpoint)


async def test_a_touchpoint_on_which_nothing_hangs_can_go(database: Database) -> None:
    touchpoint = await added(database, name="Restaurants")

    await removed(database, touchpoint)

    async with database.reading() as session:
        assert await session.scalar(select(Touchpoint)) is None


@pytest.mark.parametrize("name", ["Website", " APP ", "Customer  Portal", "Online"])
def test_an_interaction_layer_is_recognised(name: str) -> None:
    assert layer_warning(name) is not None


@pytest.mark.parametrize("name", ["Online check-in", "App payment", "Apple store"])
def test_a_moment_within_a_layer_is_a_touchpoint(name: str) -> None:
    assert layer_warning(name) is None
