"""Weights: proposed by contributors, decided by product owners, on the page and by the API."""

import pytest
from sqlalchemy import select

from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.weights.weights import ProfileState, WeightProfile
from tests.ranking.backlogs import counted, counts, initiative
from tests.web.clients import Served

PROPOSAL = {"importance": "100", "urgency": "0", "maturity": "0", "effort_benefit": "0", "reason": "What customers say"}


@pytest.fixture
async def backlog(served: Served) -> Served:
    async with served.database.writing() as session:
        session.add_all([initiative("Lane", rated_importance=9.0), initiative("Desk", rated_urgency=10.0)])
    return served


async def points(served: Served) -> list[int]:
    async with served.database.reading() as session:
        assert await counts(session) == await counted(session)
        return list((await session.scalars(select(Initiative.points).order_by(Initiative.id))).all())


async def test_a_proposal_changes_nothing_until_a_product_owner_agrees(backlog: Served) -> None:
    contributor, owner = await backlog.client(Role.CONTRIBUTOR), await backlog.client(Role.PRODUCT_OWNER)
    assert (await contributor.post("/settings/weights", data=PROPOSAL)).status_code == 303
    assert await points(backlog) == [640, 625]

    page = (await owner.get("/settings/weights")).text
    assert "What customers say" in page
    assert "/settings/weights/1/agreement" in page
    assert "/settings/weights/1/agreement" not in (await contributor.get("/settings/weights")).text
    assert (await owner.post("/settings/weights/1/agreement")).status_code == 303

    assert await points(backlog) == [900, 500]
    assert "w-imp-100" in (await owner.get("/backlog")).text


async def test_the_next_agreement_retires_the_one_before(backlog: Served) -> None:
    owner = await backlog.client(Role.PRODUCT_OWNER)
    for urgency in ("10", "900"):
        await owner.post("/settings/weights", data=PROPOSAL | {"urgency": urgency})
    await owner.post("/settings/weights/1/agreement")
    await owner.post("/settings/weights/2/agreement")

    async with backlog.database.reading() as session:
        states = (await session.scalars(select(WeightProfile.state).order_by(WeightProfile.id))).all()
    assert states == [ProfileState.RETIRED, ProfileState.AGREED]
    assert await points(backlog) == [540, 950]
    assert (await owner.post("/settings/weights/2/agreement")).status_code == 409


async def test_the_weights_in_force_are_not_among_the_earlier_ones(backlog: Served) -> None:
    owner = await backlog.client(Role.PRODUCT_OWNER)
    for reason in ("What customers say", "Small steps first"):
        await owner.post("/settings/weights", data=PROPOSAL | {"reason": reason})
    await owner.post("/settings/weights/1/agreement")

    first = (await owner.get("/settings/weights")).text
    await owner.post("/settings/weights/2/agreement")
    now, _, earlier = (await owner.get("/settings/weights")).text.partition("Earlier profiles")

    assert "Earlier profiles" not in first
    assert "What customers say" in first
    assert "Small steps first" in now
    assert "Small steps first" not in earlier
    assert "What customers say" in earlier


async def test_a_declined_proposal_is_closed(backlog: Served) -> None:
    owner = await backlog.client(Role.PRODUCT_OWNER)
    await owner.post("/settings/weights", data=PROPOSAL)

    assert (await owner.post("/settings/weights/1/refusal")).status_code == 303
    assert (await owner.post("/settings/weights/1/agreement")).status_code == 409
    assert (await owner.post("/settings/weights/9/refusal")).status_code == 404
    assert await points(backlog) == [640, 625]


async def test_contributors_do_not_decide_and_viewers_do_not_propose(backlog: Served) -> None:
    contributor, viewer = await backlog.client(Role.CONTRIBUTOR), await backlog.client(Role.VIEWER)
    await contributor.post("/settings/weights", data=PROPOSAL)

    assert (await contributor.post("/settings/weights/1/agreement")).status_code == 403
    assert (await viewer.post("/settings/weights", data=PROPOSAL)).status_code == 403
    assert (await viewer.get("/settings/weights")).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"urgency": "-1"}, "A weight is a number of 0 or more."),
        ({"urgency": "nan"}, "A weight is a number of 0 or more."),
        ({"urgency": "9e99"}, "A weight is a number of 0 or more."),
        ({"urgency": "much"}, "A weight is a number of 0 or more."),
        ({"importance": "0"}, "At least one weight must be above 0."),
        ({"reason": " "}, "Enter something here."),
    ],
)
async def test_a_proposal_that_makes_no_sense_comes_back_as_typed(
    backlog: Served, wrong: dict[str, str], said: str
) -> None:
    browser = await backlog.client(Role.CONTRIBUTOR)

    answer = await browser.post("/settings/weights", data=PROPOSAL | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert all(f'value="{value}"' in answer.text for name, value in wrong.items() if name != "reason")
    async with backlog.database.reading() as session:
        assert (await session.scalars(select(WeightProfile))).all() == []


async def test_the_form_takes_the_weights_tried_and_shows_the_first_ten(backlog: Served) -> None:
    browser = await backlog.client(Role.CONTRIBUTOR)

    page = (await browser.get("/settings/weights/new?importance=0&urgency=50&maturity=0&effort_benefit=50")).text

    assert 'value="50"' in page
    assert page.index("Desk") < page.index("Lane")


async def test_the_api_proposes_lists_and_agrees(backlog: Served) -> None:
    contributor, owner = await backlog.api(Role.CONTRIBUTOR), await backlog.api(Role.PRODUCT_OWNER)
    given = {"importance": 20, "urgency": 15, "maturity": 20, "effort_benefit": 45, "reason": "Small steps first"}
    before = (await contributor.get("/api/v1/weight-profiles/active")).json()

    made = await contributor.post("/api/v1/weight-profiles", json=given)
    agreed = await owner.post(f"/api/v1/weight-profiles/{made.json()['id']}/agreement")

    assert before == {"id": None, "importance": 0.35, "urgency": 0.25, "maturity": 0.15, "effort_benefit": 0.25}
    assert made.status_code == 201
    assert (made.json()["importance"], made.json()["state"]) == (0.2, "proposed")
    assert agreed.json()["state"] == "agreed"
    listed = (await contributor.get("/api/v1/weight-profiles")).json()
    assert (listed["total"], listed["items"][0]["decided_by"]) == (1, "product_owner 1")
    assert (await contributor.get("/api/v1/weight-profiles/active")).json()["effort_benefit"] == 0.45


async def test_the_api_names_each_weight_that_is_wrong(backlog: Served) -> None:
    api = await backlog.api(Role.CONTRIBUTOR)
    given = {"importance": -1, "urgency": 0, "maturity": 0, "effort_benefit": 0, "reason": "?"}

    answer = await api.post("/api/v1/weight-profiles", json=given)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["importance"]
    assert (await api.post("/api/v1/weight-profiles/1/agreement")).status_code == 403
