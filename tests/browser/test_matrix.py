"""The matrix with pointer, keys and screen reader: moving a bubble, its ghost, keeping, undoing, and what is refused."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Look, barriers
from tests.browser.test_pages import sideways
from tests.serving import Served

CONTRAST = {"runOnly": ["color-contrast"]}


def bubble(page: Page, key: str) -> Locator:
    return page.locator(f'.bub[data-row="{key}"]')


async def centre(page: Page, key: str) -> tuple[float, float]:
    box = await bubble(page, key).locator(".bub__disc").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def field(page: Page, name: str) -> str:
    return await page.locator(f"#f-{name}").input_value()


async def drag(page: Page, key: str, dx: float, dy: float) -> None:
    x, y = await centre(page, key)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + dx / 2, y + dy / 2)
    await page.mouse.move(x + dx, y + dy)
    await page.mouse.up()


async def test_a_bubble_is_dragged_leaves_a_ghost_and_is_kept_with_a_reason(look: Look, workshop: Served) -> None:
    page = await look(workshop, path="/matrix", reduced_motion="reduce")
    before = float(await bubble(page, "CX-10").get_attribute("data-effort") or 0)
    tenth = (await page.locator("[data-plot]").bounding_box() or {"width": 0})["width"] / 100

    await drag(page, "CX-10", 20 * tenth, 0)

    await expect(page.locator(".bub__ghost")).to_have_count(2)
    await expect(page.locator("[data-chosen]")).to_have_attribute("data-chosen", "CX-10")
    await expect(page.locator("#f-reason")).to_be_focused()
    assert float(await field(page, "effort")) == pytest.approx(before + 2, abs=0.11)
    assert await field(page, "benefit") == await page.locator("[name=benefit_was]").input_value()
    await expect(page.locator('[data-said="effort"]')).to_contain_text("you say")
    await expect(page.locator('[data-was="effort"]')).to_be_visible()
    said = (await page.locator('[data-said="effort"]').inner_text()).replace("will be", "is")
    await page.keyboard.type("The interface is paid for")
    await page.keyboard.press("Enter")

    await expect(page.locator(".toast")).to_contain_text("Your estimate is kept.")
    await expect(page.locator(".bub__ghost")).to_have_count(0)
    await expect(bubble(page, "CX-10")).to_be_focused()
    if "median" in said:
        await expect(page.locator('[data-said="effort"]')).to_have_text(said)
    await page.goto("/initiatives/CX-10")
    await expect(page.locator("main")).to_contain_text("The interface is paid for")


async def test_arrow_keys_move_enter_asks_for_the_reason_and_escape_undoes(page: Page) -> None:
    await page.goto("/matrix")
    el = bubble(page, "CX-5")
    start = await centre(page, "CX-5")
    benefit = float(await el.get_attribute("data-benefit") or 0)

    await el.focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("#f-benefit")).to_be_visible()
    await page.keyboard.press("Shift+ArrowDown")
    await expect(page.locator("#f-benefit")).to_have_value(f"{benefit - 0.4:.1f}")
    await expect(page.locator(".bub__ghost")).to_have_count(2)
    assert (await centre(page, "CX-5"))[1] > start[1]
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-reason")).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(page.locator(".bub__ghost")).to_have_count(0)
    await expect(el).to_be_focused()
    assert await centre(page, "CX-5") == pytest.approx(start, abs=0.6)
    assert await field(page, "benefit") == await page.locator("[name=benefit_was]").input_value()
    await page.keyboard.press("ArrowRight")
    await page.locator("[data-back]").click()
    await expect(page.locator(".bub__ghost")).to_have_count(0)


async def test_no_bubble_leaves_the_scale(page: Page) -> None:
    await page.goto("/matrix?at=CX-5")

    await bubble(page, "CX-5").focus()
    for _ in range(20):
        await page.keyboard.press("Shift+ArrowRight")
    await expect(page.locator("#f-effort")).to_have_value("10.0")
    for _ in range(24):
        await page.keyboard.press("Shift+ArrowLeft")
    await expect(page.locator("#f-effort")).to_have_value("1.0")


async def test_j_and_k_walk_by_rank_and_enter_or_a_click_chooses(page: Page) -> None:
    await page.goto("/matrix")
    keys = await page.locator(".bub").evaluate_all("all => all.map((el) => el.dataset.row)")

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await expect(bubble(page, keys[1])).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-chosen]")).to_have_attribute("data-chosen", keys[1])
    await expect(page).to_have_url(re.compile(f"at={keys[1]}$"))
    await page.locator(f'[data-chooses="{keys[3]}"]').click()
    await expect(page.locator("[data-chosen]")).to_have_attribute("data-chosen", keys[3])
    await expect(bubble(page, keys[3])).to_have_attribute("aria-current", "true")
    await bubble(page, keys[0]).click()
    await expect(page.locator("[data-chosen]")).to_have_attribute("data-chosen", keys[0])
    await page.keyboard.press("j")
    await expect(bubble(page, keys[1])).to_be_focused()
    await page.keyboard.press("i")
    await expect(page.locator(".plot__reach").first).to_be_attached()
    await expect(page).to_have_url(re.compile("intervals=1"))


async def test_a_screen_reader_hears_each_bubble_with_all_it_shows(page: Page) -> None:
    await page.goto("/matrix")

    plot = page.get_by_role("group", name="Effort against benefit, in rank order")
    first = plot.get_by_role("link", name=re.compile(r"^Rank 1: .+\. Effort \d+\.\d, benefit \d+\.\d"))
    await expect(first).to_have_count(1)
    assert await plot.get_by_role("link").count() == await page.locator(".bub").count()


async def test_an_estimate_somebody_else_was_faster_with_stays_as_typed(look: Look, workshop: Served) -> None:
    slow, fast = await asyncio.gather(*(look(workshop, path="/matrix?at=CX-6") for _ in range(2)))
    for page, value in ((fast, "3.3"), (slow, "6.6")):
        await page.fill("#f-effort", value)
        await page.fill("#f-reason", "Counted again")
    await fast.press("#f-reason", "Enter")
    await expect(fast.locator(".toast")).to_be_visible()

    await slow.press("#f-reason", "Enter")

    await expect(slow.locator("#chosen .alert--bad")).to_contain_text("Somebody else changed this in the meantime.")
    assert (await field(slow, "effort"), await field(slow, "reason")) == ("6.6", "Counted again")
    await slow.click("form[data-estimate] .btn--main")
    await expect(slow.locator(".toast")).to_be_visible()


async def test_without_a_script_links_and_a_form_do_the_same(look: Look, workshop: Served) -> None:
    page = await look(workshop, path="/matrix", java_script_enabled=False)

    await bubble(page, "CX-7").click()
    await expect(page.locator("[data-chosen]")).to_have_attribute("data-chosen", "CX-7")
    await page.fill("#f-effort", "11")
    await page.fill("#f-reason", "Three departments, not one")
    await page.click("form[data-estimate] .btn--main")
    await expect(page.locator("#f-effort-error")).to_contain_text("from 1 to 10")
    await page.fill("#f-effort", "8.5")
    await page.click("form[data-estimate] .btn--main")
    await expect(page.locator(".toast")).to_contain_text("Your estimate is kept.")
    await page.click("text=Show intervals")
    await expect(page.locator(".plot__reach").first).to_be_attached()


@pytest.mark.parametrize("path", ["/matrix", "/matrix?at=CX-5&intervals=1"])
async def test_nobody_is_kept_out_at_any_width_theme_or_language(path: str, look: Look, server: Served) -> None:
    for width, locale in ((1440, "en"), (390, "de"), (820, "de")):
        page = await look(server, path=path, width=width, locale=locale, reduced_motion="reduce")
        assert await barriers(page) == []
        assert await sideways(page) <= 0
        if width == 390:
            places = page.locator(".nav a")
            assert await places.count() == 5
            cut = await places.evaluate_all("all => all.filter((a) => a.scrollWidth > a.clientWidth + 1).length")
            assert cut == 0
        dark = await look(server, path=path, width=width, theme="dark", locale=locale, reduced_motion="reduce")
        assert await barriers(dark, CONTRAST) == []


async def test_a_viewer_may_look_but_not_move(look: Look, server: Served) -> None:
    page = await look(server, path="/matrix?at=CX-5")
    await page.locator("[data-plot]").evaluate("plot => plot.removeAttribute('data-may')")
    await bubble(page, "CX-5").focus()
    await page.keyboard.press("ArrowUp")
    await drag(page, "CX-10", 80, 0)
    await expect(page.locator(".bub__ghost")).to_have_count(0)


async def test_on_paper_the_plot_and_its_legend_stay(page: Page) -> None:
    await page.goto("/matrix?at=CX-5")
    await page.emulate_media(media="print", color_scheme="dark")

    assert await page.locator(".plot").is_visible()
    assert await page.locator(".legend").is_visible()
    assert await page.locator(".portfolio").is_visible()
    for furniture in (".filterbar", "form[data-estimate]", ".legendbar .chip", ".topbar"):
        assert not await page.locator(furniture).is_visible(), furniture
