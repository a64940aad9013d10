"""A mapping by the API is held against what the tracker has, as the form of the page is."""

from typing import Any

import pytest

from backlog.errors import Text
from backlog.people.roles import Role
from integrations.errors import Unavailable
from integrations.issue import Category, Status
from tests.web.clients import Served
from tests.web.tracker_stand_in import StandIn, connect, row, stand_in

BOARD = {"PVT_gates": (Status("c1", "Planned", Category.TODO),)}


def boards(served: Served) -> StandIn:
    tracker = stand_in(served)
    tracker.columns = dict(BOARD)
    return tracker


@pytest.mark.parametrize(
    ("mapping", "wrong"),
    [
        ({"board": "PVT_nope"}, "board"),
        ({"issue_type": "Nonexistent"}, "issue_type"),
        ({"stages": {"ready": {"sets": "77"}}}, "sets-ready"),
        ({"stages": {"in delivery": {"means": ["2", "77"]}}}, "means-in_delivery"),
        ({"board": "PVT_gates", "stages": {"ready": {"sets": "1"}}}, "sets-ready"),
    ],
)
async def test_what_the_tracker_does_not_have_cannot_be_mapped(
    served_sqlite: Served, mapping: dict[str, Any], wrong: str
) -> None:
    boards(served_sqlite)
    number, api = await connect(served_sqlite), await served_sqlite.api(Role.ADMINISTRATOR)
    before = await row(served_sqlite, number)

    answer = await api.patch(f"/api/v1/connections/{number}", json={"version": before.version, "mapping": mapping})

    assert (answer.status_code, set(answer.json()["errors"])) == (422, {wrong})
    assert (await row(served_sqlite, number)).maps == before.maps


@pytest.mark.parametrize(
    "mapping",
    [
        {"board": "PVT_gates", "stages": {"ready": {"sets": "c1"}}},
        {"issue_type": "story", "stages": {"ready": {"sets": "1", "means": ["1", "2"]}}},
        {},
    ],
)
async def test_what_the_tracker_has_can_be_mapped(served_sqlite: Served, mapping: dict[str, Any]) -> None:
    boards(served_sqlite)
    number, api = await connect(served_sqlite), await served_sqlite.api(Role.ADMINISTRATOR)
    version = (await row(served_sqlite, number)).version

    answer = await api.patch(f"/api/v1/connections/{number}", json={"version": version, "mapping": mapping})

    assert answer.status_code == 200


@pytest.mark.parametrize(("more", "troubled"), [({}, True), ({"project": "PARK"}, False)])
async def test_a_tracker_that_cannot_be_asked_is_believed(
    served_sqlite: Served, more: dict[str, Any], troubled: bool
) -> None:
    tracker = boards(served_sqlite)
    tracker.trouble = Unavailable(Text("It does not answer.")) if troubled else None
    number, api = await connect(served_sqlite), await served_sqlite.api(Role.ADMINISTRATOR)
    version = (await row(served_sqlite, number)).version

    mapping = {"board": "PVT_nope", "issue_type": "Nonexistent"}
    answer = await api.patch(f"/api/v1/connections/{number}", json={"version": version, "mapping": mapping, **more})

    assert answer.status_code == 200
