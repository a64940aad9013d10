"""Nominating a signature touchpoint on its page."""

import datetime as dt

from backlog import history
from backlog.people.roles import Role
from tests.evidence.tallies import a_touchpoint
from tests.web.clients import Served

NEXT_YEAR = (history.now().date() + dt.timedelta(days=365)).isoformat()


async def gates(served: Served, number: int) -> list[int]:
    async with served.database.writing() as session:
        return [(await a_touchpoint(session, f"Gate {place}")).id for place in range(number)]


async def test_a_nomination_is_marked_wherever_the_touchpoint_appears(served: Served) -> None:
    (gate,) = await gates(served, 1)
    browser = await served.client(Role.PRODUCT_OWNER)

    answer = await browser.post(
        f"/touchpoints/{gate}/signature", data={"reason": "Art at the gate", "review_on": NEXT_YEAR}
    )
    page = (await browser.get(f"/touchpoints/{gate}")).text
    listed = (await browser.get("/touchpoints?signature=1")).text

    assert answer.status_code == 303
    assert "Art at the gate" in page
    assert "nominated this as signature touchpoint" in page
    assert "Gate 0" in listed


async def test_without_reason_or_day_the_form_comes_back_with_what_was_typed(served_sqlite: Served) -> None:
    (gate,) = await gates(served_sqlite, 1)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await browser.post(f"/touchpoints/{gate}/signature", data={"reason": "", "review_on": "2001-05-01"})

    assert answer.status_code == 422
    assert 'value="2001-05-01"' in answer.text
    assert "Choose a day to come" in answer.text


async def test_when_all_are_taken_the_form_asks_which_one_to_give_up(served: Served) -> None:
    numbers = await gates(served, 6)
    browser = await served.client(Role.PRODUCT_OWNER)
    nomination = {"reason": "Only here", "review_on": NEXT_YEAR}
    for gate in numbers[:5]:
        await browser.post(f"/touchpoints/{gate}/signature", data=nomination)

    full = await browser.post(f"/touchpoints/{numbers[5]}/signature", data=nomination)
    swapped = await browser.post(
        f"/touchpoints/{numbers[5]}/signature", data=nomination | {"giving_up": str(numbers[0])}
    )

    assert full.status_code == 409
    assert "Which one is given up for it?" in full.text
    assert "Gate 0" in full.text
    assert swapped.status_code == 303
    assert "Gate 0" not in (await browser.get("/touchpoints?signature=1")).text


async def test_giving_up_can_be_undone(served: Served) -> None:
    (gate,) = await gates(served, 1)
    browser = await served.client(Role.PRODUCT_OWNER)
    nomination = {"reason": "Only here", "review_on": NEXT_YEAR}
    await browser.post(f"/touchpoints/{gate}/signature", data=nomination)

    given_up = await browser.post(f"/touchpoints/{gate}/signature/removal")
    page = (await browser.get(f"/touchpoints/{gate}")).text
    twice = await browser.post(f"/touchpoints/{gate}/signature/removal")

    assert given_up.status_code == 303
    assert f'action="/touchpoints/{gate}/signature/restoration"' in page
    assert twice.status_code == 409
    assert (await browser.post(f"/touchpoints/{gate}/signature/restoration")).status_code == 303
    assert "Only here" in (await browser.get(f"/touchpoints/{gate}")).text


async def test_undoing_a_swap_brings_back_what_was_given_up(served: Served) -> None:
    numbers = await gates(served, 6)
    browser = await served.client(Role.PRODUCT_OWNER)
    nomination = {"reason": "Only here", "review_on": NEXT_YEAR}
    for gate in numbers[:5]:
        await browser.post(f"/touchpoints/{gate}/signature", data=nomination)
    swap = nomination | {"giving_up": str(numbers[0])}
    await browser.post(f"/touchpoints/{numbers[5]}/signature", data=swap)
    toast = (await browser.get(f"/touchpoints/{numbers[5]}")).text
    removal = f"/touchpoints/{numbers[5]}/signature/removal"

    undone = await browser.post(removal, data={"restoring": str(numbers[0])})
    assert "Gate 0 is a signature touchpoint again" in (await browser.get(f"/touchpoints/{numbers[5]}")).text
    listed = (await browser.get("/touchpoints?signature=1")).text
    again = await browser.post(removal, data={"restoring": str(numbers[0])})

    assert f'action="{removal}"' in toast
    assert f'name="restoring" value="{numbers[0]}"' in toast
    assert undone.status_code == 303
    assert "Gate 0" in listed
    assert "Gate 5" not in listed
    assert again.status_code == 409


async def test_undoing_a_swap_says_when_somebody_took_the_place_meanwhile(served: Served) -> None:
    numbers = await gates(served, 7)
    browser = await served.client(Role.PRODUCT_OWNER)
    nomination = {"reason": "Only here", "review_on": NEXT_YEAR}
    for gate in numbers[:5]:
        await browser.post(f"/touchpoints/{gate}/signature", data=nomination)
    for new, old in ((5, 0), (6, 5)):
        swap = nomination | {"giving_up": str(numbers[old])}
        await browser.post(f"/touchpoints/{numbers[new]}/signature", data=swap)

    undone = await browser.post(f"/touchpoints/{numbers[5]}/signature/removal", data={"restoring": str(numbers[0])})

    assert undone.status_code == 409
    assert "Gate 0 cannot come back" in undone.text
    assert "Gate 6" in (await browser.get("/touchpoints?signature=1")).text
