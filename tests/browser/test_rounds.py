"""A rating round in the browser: by keyboard when signed in, by a guest's link without any script."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Look, barriers
from tests.serving import Served

OPEN = "/rounds/2"


async def test_a_guest_rates_by_link_without_a_script(look: Look, own_server: Served) -> None:
    lead = await look(own_server, path=OPEN, reduced_motion="reduce")
    await lead.get_by_role("button", name=re.compile("Make the link")).click()
    link = await lead.locator(".secret").inner_text()
    assert await barriers(lead) == []

    guest = await look(own_server, path=link, visitor=True, java_script_enabled=False)
    await expect(guest.locator("h1")).to_have_text("Rest and shops: what is it worth?")
    assert await guest.locator("a[href^='/']").count() == 0
    await guest.get_by_label("Quiet rooms to rest between long flights: Effort, Likely").fill("high")
    await guest.get_by_role("button", name="Save my ratings").click()
    await expect(guest.get_by_role("alert").first).to_contain_text("1 entry needs a look")
    field = guest.get_by_label("Quiet rooms to rest between long flights: Effort, Likely")
    await expect(field).to_have_value("high")
    await field.fill("6,5")
    await guest.get_by_label("I cannot say").nth(1).check()
    await guest.get_by_role("button", name="Save my ratings").click()
    await expect(guest.locator("#kept")).to_be_in_viewport()
    await expect(field).to_have_value("6.5")

    await lead.goto(OPEN)
    await expect(lead.get_by_role("row", name=re.compile("Ines Duarte"))).to_contain_text("2 of 4 rated")


async def test_the_pages_of_a_guest_keep_nobody_out(look: Look, own_server: Served) -> None:
    lead = await look(own_server, path=OPEN)
    await lead.get_by_role("button", name=re.compile("Make the link")).click()
    link = await lead.locator(".secret").inner_text()

    guest = await look(own_server, path=link, visitor=True, reduced_motion="reduce")

    for path in (link, "/rate/nobody-has-this"):
        await guest.goto(path)
        assert await barriers(guest) == []
        assert await guest.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_rating_in_a_round_by_keyboard(look: Look, own_server: Served) -> None:
    page = await look(own_server, path=OPEN)

    await page.keyboard.press("e")
    await page.wait_for_url("**/rounds/2/ratings")
    await page.get_by_label("Shops for what people forgot: Benefit, Likely").focus()
    await page.keyboard.type("7")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/rounds/2")
    await expect(page.get_by_role("row", name=re.compile("^Product owner"))).to_contain_text("1 of 4 rated")
