"""Finding weights with the keyboard and a script, and with neither."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Look, barriers
from tests.serving import Served

PAIRS = {
    "importance_urgency": "3",
    "importance_maturity": "5",
    "importance_effort_benefit": "3",
    "urgency_maturity": "3",
    "urgency_effort_benefit": "1/2",
    "maturity_effort_benefit": "1/5",
}


async def test_what_follows_appears_while_pairs_are_compared(look: Look, server: Served) -> None:
    page = await look(server, path="/settings/weights/new?method=pairs")
    found = page.locator("#found")

    await page.select_option("[name=importance_urgency]", "3")
    await expect(found).to_contain_text("5 entries are missing or wrong")
    for name, value in PAIRS.items():
        await page.select_option(f"[name={name}]", value)
    await expect(found).to_contain_text("The pairs agree with each other")
    assert await found.locator("tbody tr").count() >= 14
    assert await barriers(page) == []

    await page.focus("[name=maturity_effort_benefit]")
    await page.keyboard.press("9")  # typing chooses nothing that begins so; the form stays
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Show what follows"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/settings/weights/new")
    await expect(page.locator("#found")).to_contain_text("The pairs agree with each other")
    await expect(page.locator("[name=maturity_effort_benefit]")).to_have_value("1/5")


async def test_without_a_script_nothing_is_compared_with_itself(look: Look, server: Served) -> None:
    page = await look(server, path="/settings/weights/new?method=best_worst", java_script_enabled=False)

    await page.select_option("[name=best]", "urgency")
    await page.select_option("[name=worst]", "maturity")
    shown = [await each.get_attribute("name") for each in await page.locator(".compared select:visible").all()]
    assert shown == [
        "best_to_importance",
        "best_to_maturity",
        "best_to_effort_benefit",
        "importance_to_worst",
        "effort_benefit_to_worst",
    ]
    await page.get_by_role("button", name="Show what follows").click()
    await expect(page.locator(".alert--bad")).to_contain_text("5 entries need a look")
    for name, value in zip(shown, ("2", "8", "4", "4", "2"), strict=True):
        await page.select_option(f"[name={name}]", value)
    await page.get_by_role("button", name="Show what follows").click()
    await expect(page.locator("#found")).to_contain_text("The comparisons agree with each other exactly.")


async def test_a_slider_and_its_number_say_the_same_and_what_it_comes_to(look: Look, server: Served) -> None:
    page = await look(server, path="/settings/weights/new")
    number, slider = page.get_by_label("Urgency", exact=True), page.get_by_label("Slider: Urgency")
    share = page.locator("output[data-out=urgency]")

    await number.fill("60,5")
    await expect(slider).to_have_value("61")
    await expect(page.locator("[data-sum]")).to_have_text("Together they are 130.5 now.")
    await expect(share).to_contain_text("46%")
    async with page.expect_response(re.compile("/settings/weights/new")):
        await slider.press("ArrowLeft")
    await expect(number).to_have_value("60")
    await expect(page.locator("#found")).to_contain_text("46%")
    for name in ("Importance", "Urgency", "Maturity", "Effort/benefit"):
        await page.get_by_label(name, exact=True).fill("")
    await expect(page.locator("[data-sum]")).to_have_text("At least one weight must be above 0.")


async def test_without_a_script_there_are_numbers_alone(look: Look, server: Served) -> None:
    page = await look(server, path="/settings/weights/new", java_script_enabled=False)

    await expect(page.get_by_label("Urgency", exact=True)).to_be_visible()
    await expect(page.locator("[data-slides=urgency]")).to_be_hidden()
    await expect(page.locator("[data-sum]")).to_be_hidden()
