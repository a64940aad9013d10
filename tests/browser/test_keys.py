"""The keyboard as the status bar promises it, and the sliders of what-if."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Look
from tests.serving import Served


async def current(page: Page) -> str | None:
    return await page.locator("[data-row].is-at").get_attribute("data-row")


async def test_a_row_of_the_backlog_is_found_chosen_and_opened_by_key(page: Page) -> None:
    await page.goto("/backlog")
    keys = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    assert await current(page) == keys[1]
    await page.keyboard.press("k")
    assert await current(page) == keys[0]
    await page.keyboard.press("x")
    await expect(page.locator("[data-bulkbar]")).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    await expect(page.locator("[data-selected]")).to_have_text("2")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-bulkbar]")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/initiatives/{keys[1]}$"))


async def test_the_key_for_selecting_starts_at_the_first_row(page: Page) -> None:
    await page.goto("/backlog")
    first = await page.locator("[data-row]").first.get_attribute("data-row")

    await page.keyboard.press("x")

    await expect(page.locator("[data-row] input:checked")).to_have_count(1)
    assert await current(page) == first
    await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    await expect(page.locator("[data-selected]")).to_have_text("2")


async def test_the_key_for_steps_moves_what_is_selected(page: Page) -> None:
    await page.goto("/backlog")

    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("m")

    await expect(page.locator("[data-bulkbar] select[name=verb]")).to_be_focused()
    await expect(page).to_have_url(re.compile("/backlog$"))


async def test_the_backlog_opens_its_panels_by_key(page: Page) -> None:
    await page.goto("/backlog")

    await page.keyboard.press("?")
    await expect(page.locator("dialog")).to_be_visible()
    await expect(page.locator("dialog")).to_contain_text("what if", ignore_case=True)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_be_hidden()
    await page.keyboard.press("/")
    await page.keyboard.type("wait?")
    await expect(page.locator(".find input")).to_have_value("wait?")
    await expect(page.locator("dialog")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("f")
    await expect(page.locator(".filterbar [open]")).to_be_visible()
    await expect(page.locator(".filterbar [open] input[name=q]:visible")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(".filterbar [open]")).to_have_count(0)
    await page.keyboard.press("w")
    await expect(page).to_have_url(re.compile("whatif=1"))
    await expect(page.locator("[data-weights]")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-weights]")).to_have_count(0)


async def test_an_initiative_is_walked_scored_and_commented_by_key(page: Page) -> None:
    await page.goto("/backlog")
    first, second = await page.locator("a.row__title").evaluate_all("all => all.slice(0, 2).map((a) => a.pathname)")
    await page.goto(first)

    await page.keyboard.press("]")
    await expect(page).to_have_url(re.compile(f"{second}$"))
    await page.keyboard.press("[")
    await expect(page).to_have_url(re.compile(f"{first}$"))
    await page.keyboard.press("e")
    await expect(page.locator("#my-scores form")).to_be_visible()
    await expect(page.get_by_label("Importance, Low")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("e")
    await expect(page.locator("#my-scores form")).to_be_hidden()
    await expect(page.locator("#my-scores summary")).to_be_focused()
    await page.keyboard.press("r")
    await expect(page.locator("textarea[name=text]")).to_be_focused()
    await page.keyboard.type("eu]")
    await expect(page).to_have_url(re.compile(f"{first}$"))
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await expect(page).to_have_url(re.compile("/backlog$"))


async def test_triage_is_emptied_by_key(look: Look, workshop: Served) -> None:
    page = await look(workshop, path="/triage")
    waiting = page.locator("[data-row]")
    everybody = await waiting.count()

    await page.keyboard.press("j")
    await page.wait_for_url(re.compile(r"/triage/\d+"))
    named = await page.locator(".case h1").inner_text()
    await page.keyboard.press("s")
    await expect(page.locator("#snooze[open]")).to_be_visible()
    await page.locator("#snooze button").click()
    await expect(waiting).to_have_count(everybody - 1)
    await page.keyboard.press("z")
    await expect(waiting).to_have_count(everybody)
    async with page.expect_navigation():
        await page.get_by_role("link", name=named).first.click()
    await page.keyboard.press("d")
    await expect(page.locator("#dismissal[open]")).to_be_visible()
    await page.locator("#dismissal input[type=radio]").first.check()
    await page.fill("#dismissal [name=note]", "The new garage opens in spring.")
    await page.keyboard.press("Enter")
    await expect(waiting).to_have_count(everybody - 1)
    await page.keyboard.press("c")
    await page.wait_for_url(re.compile(r"/triage/\d+/initiative$"))
    await page.locator("main form button.btn--main").click()
    await page.wait_for_url(lambda url: not url.endswith("/initiative"))
    await page.goto("/triage")
    await expect(waiting).to_have_count(everybody - 2)


async def test_without_any_weight_nothing_can_be_proposed(page: Page) -> None:
    await page.goto("/backlog?whatif=1")
    order = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")

    await page.locator("form[data-weights] input[type=range]").evaluate_all(
        "all => all.forEach((one) => { one.value = 0; one.dispatchEvent(new Event('input', { bubbles: true })) })"
    )

    await expect(page.locator("output[data-out=urgency]")).to_contain_text("0%")
    await expect(page.locator("[data-summary]")).to_have_text("At least one weight must be above 0.")
    await expect(page.get_by_role("button", name="Propose weights")).to_be_disabled()
    await page.locator("#f-urgency").evaluate(
        "one => { one.value = 50; one.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    await expect(page.get_by_role("button", name="Propose weights")).to_be_enabled()
    await expect(page.locator("[data-summary]")).to_contain_text("shown move")
    assert len(order) > 2


async def test_a_dragged_weight_ranks_anew_at_once_and_then_by_the_server(page: Page) -> None:
    await page.goto("/backlog?whatif=1")
    before = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    await page.locator("#f-maturity").evaluate(
        "slider => { slider.value = 100; slider.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    at_once = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert at_once != before
    assert asked == []
    await expect(page.locator("[data-ranktable].is-waiting")).to_be_visible()
    scores = await page.locator("[data-row] .score").all_inner_texts()
    titles = await page.locator("[data-row] .row__title > span:last-child").all_inner_texts()
    changes = await page.locator("[data-changes] span").all_inner_texts()
    assert set(changes) <= set(titles)

    async with page.expect_response(re.compile("maturity=100")) as answer:
        await page.locator("#f-maturity").dispatch_event("change")
    assert (await answer.value).ok
    await expect(page).to_have_url(re.compile("maturity=100"))
    by_the_server = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert by_the_server == at_once
    assert await page.locator("[data-row] .score").all_inner_texts() == scores
    await expect(page.locator("[data-ranktable]:not(.is-waiting)")).to_be_visible()
    assert any("ranges=1" in url for url in asked)
    simulated = await page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert simulated == at_once
    await expect(page).not_to_have_url(re.compile("ranges="))


async def test_a_weight_dragged_back_to_where_it_was_awaits_nothing(page: Page) -> None:
    await page.goto("/backlog?whatif=1")
    table, slider = page.locator("[data-ranktable]"), page.locator("#f-maturity")
    waiting = re.compile("is-waiting")
    box = await slider.bounding_box()
    assert box
    y, before = box["y"] + box["height"] / 2, await slider.input_value()
    start = box["x"] + 10 + (box["width"] - 20) * int(before) / 100
    await page.mouse.move(start, y)
    await page.mouse.down()
    await page.mouse.move(start + box["width"] / 3, y, steps=4)
    await expect(table).to_have_class(waiting)

    await page.mouse.move(start, y, steps=4)
    await page.mouse.up()

    await expect(slider).to_have_value(before)
    await expect(table).not_to_have_class(waiting)
    await slider.press("ArrowRight")
    await expect(table).to_have_class(waiting)
    await slider.press("ArrowLeft")
    await expect(table).to_have_class(waiting)  # the server has been asked, its answer is to come
    await expect(table).not_to_have_class(waiting, timeout=10_000)
