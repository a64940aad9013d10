"""The list on an earlier day, as far as it can be told."""

import datetime as dt

import pytest
import time_machine

from backlog.people.roles import Role
from tests.ranking.test_past import DAY, MONDAY, week
from tests.web.clients import Served


@pytest.fixture
async def lived(served: Served) -> Served:
    await week(served.database)
    return served


@time_machine.travel(MONDAY + 3 * DAY, tick=False)
async def test_a_day_is_shown_with_ranks_then_and_now(lived: Served) -> None:
    viewer = await lived.client(Role.VIEWER)

    monday, wednesday = [
        (await viewer.get(f"/backlog/on/2026-11-{day}")).text.partition("<main")[2] for day in (16, 18)
    ]

    assert monday.index("Lane") < monday.index("Desk")
    assert "Sign" not in monday
    assert "2 initiatives were ranked" in monday
    assert "6.40" in monday
    assert "Parked" in monday
    assert wednesday.index("Desk") < wednesday.index("Sign")
    assert "those Waymark starts with" in monday
    assert "As it stood when that day ended" in wednesday
    assert "As it stands now" in (await viewer.get("/backlog/on/2026-11-19")).text


@time_machine.travel(MONDAY + 3 * DAY, tick=False)
async def test_what_cannot_be_told_is_said(lived: Served) -> None:
    viewer = await lived.client(Role.VIEWER)

    assert "Scores are kept since 16 Nov 2026" in (await viewer.get("/backlog/on/2026-11-15")).text
    assert "That day is still to come." in (await viewer.get("/backlog/on/2027-01-01")).text
    for nonsense in ("yesterday", "2026-02-30", "%00"):
        assert (await viewer.get(f"/backlog/on/{nonsense}")).status_code == 404


@time_machine.travel(MONDAY + 3 * DAY, tick=False)
async def test_a_form_leads_to_its_day_and_without_one_to_a_week_ago(lived: Served) -> None:
    viewer = await lived.client(Role.VIEWER)
    week_ago = (MONDAY + 3 * DAY - dt.timedelta(days=7)).date()

    chosen = await viewer.get("/backlog/on?day=2026-11-16")
    unreadable = await viewer.get("/backlog/on?day=soon")

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/backlog/on/2026-11-16")
    assert unreadable.headers["location"] == f"/backlog/on/{week_ago}"


async def test_before_anything_was_ranked_there_is_no_earlier_list(served_sqlite: Served) -> None:
    viewer = await served_sqlite.client(Role.VIEWER)

    assert "there is no earlier list" in (await viewer.get("/backlog/on/2026-11-16")).text


async def test_an_earlier_profile_leads_to_the_list_under_its_weights(served_sqlite: Served) -> None:
    owner = await served_sqlite.client(Role.PRODUCT_OWNER)
    given = {"importance": "10", "urgency": "20", "maturity": "30", "effort_benefit": "40", "reason": "Ripe first"}
    await owner.post("/settings/weights", data=given)
    await owner.post("/settings/weights/1/refusal")

    page = (await owner.get("/settings/weights")).text

    assert "/backlog?importance=10&amp;urgency=20&amp;maturity=30&amp;effort_benefit=40" in page
