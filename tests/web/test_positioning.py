"""The positioning record: every version kept, changed by product owners, and weights that rest on it."""

import pytest

from backlog.people.roles import Role
from tests.web.clients import Served

CALM = {"version": "0", "name_1": "Calm", "verdict_1_need": "yes", "note_1_need": "Noise", "verdict_1_lasts": "no"}
PROPOSAL = {"importance": "1", "urgency": "1", "maturity": "1", "effort_benefit": "1", "reason": "Fair"}


async def test_a_record_is_stated_read_and_stated_anew(served: Served) -> None:
    owner, viewer = await served.client(Role.PRODUCT_OWNER), await served.client(Role.VIEWER)
    assert "Nothing has been stated yet." in (await viewer.get("/settings/positioning")).text

    assert (await owner.post("/settings/positioning", data=CALM)).status_code == 303
    page = (await viewer.get("/settings/positioning")).text
    form = (await owner.get("/settings/positioning/edit")).text
    assert "Calm" in page
    assert "Noise" in page
    assert "1 of 6" in page
    assert "/settings/positioning/edit" not in page
    assert 'value="Calm"' in form

    again = CALM | {"version": "1", "name_1": "", "note_1_need": "", "name_4": "Easy to find"}
    assert (await owner.post("/settings/positioning", data=again)).status_code == 303
    now = (await viewer.get("/settings/positioning")).text
    before = (await viewer.get("/settings/positioning?version=1")).text
    assert "Version 2" in now
    assert "another holds now" in before
    assert (await viewer.get("/settings/positioning?version=9")).status_code == 404


async def test_only_product_owners_state_it(served_sqlite: Served) -> None:
    lead = await served_sqlite.client(Role.DEPARTMENT_LEAD)

    assert (await lead.post("/settings/positioning", data=CALM)).status_code == 403
    assert (await lead.get("/settings/positioning/edit")).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name_1": "x" * 10_000}, "name_1", "Use at most 80 characters"),
        ({"name_1": ""}, "name_1", "Enter something here."),
        ({"note_1_need": "x" * 10_000}, "note_1_need", "Use at most 500 characters"),
        ({"name_5": " calm "}, "name_5", "This attribute is there twice."),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    served_sqlite: Served, wrong: dict[str, str], field: str, said: str
) -> None:
    owner = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await owner.post("/settings/positioning", data=CALM | wrong)

    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert said in answer.text
    assert all(f'value="{value}"' in answer.text for value in wrong.values())


async def test_nobody_overwrites_what_somebody_else_stated(served: Served) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    await owner.post("/settings/positioning", data=CALM)

    late = await owner.post("/settings/positioning", data=CALM | {"name_1": "Fast"})
    none = await owner.post("/settings/positioning", data={"name_1": "Fast"})
    same = await owner.post("/settings/positioning", data=CALM | {"version": "1"})

    assert (late.status_code, none.status_code, same.status_code) == (409, 428, 303)
    assert 'value="Fast"' in late.text
    assert 'name="version" value="1"' in late.text
    assert "Version 1" in (await owner.get("/settings/positioning")).text


async def test_weights_say_which_record_they_rest_on_and_when_it_has_changed_since(served: Served) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    await owner.post("/settings/positioning", data=CALM)
    for _ in range(2):
        await owner.post("/settings/weights", data=PROPOSAL)
    await owner.post("/settings/weights/1/agreement")
    calm = (await owner.get("/settings/weights")).text
    await owner.post("/settings/positioning", data=CALM | {"version": "1", "name_1": "Fast"})
    fast = (await owner.get("/settings/weights")).text
    await owner.post("/settings/weights/2/agreement")
    late = (await owner.get("/settings/weights")).text
    await owner.post("/settings/weights", data=PROPOSAL)
    await owner.post("/settings/weights/3/agreement")
    settled = (await owner.get("/settings/weights")).text

    assert calm.count("They rest on version 1 of the positioning.") == 2
    assert "The positioning" not in calm
    assert "after these weights were agreed. Do they still fit?" in fast
    assert "The positioning has changed since this was proposed: version 2 holds now." in fast
    assert "These weights rest on an earlier version of the positioning" in late
    assert "Do they still fit?" not in settled
