"""An open page of an initiative in a real browser: it follows its issue, and takes nothing from who reads or types."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Look, barriers
from tests.serving import Served

UNTIED = "/initiatives/CX-18"  # in no tracker of the demo

BELOW_THE_BAR = """document.querySelector('#tracker').getBoundingClientRect().top
    >= document.querySelector('.topbar').getBoundingClientRect().bottom"""


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id"))


async def test_an_open_page_follows_its_issue_and_keeps_what_is_typed_and_open(look: Look, own_server: Served) -> None:
    typing = await look(own_server, path=UNTIED)
    await typing.click("text=Link an existing issue")
    await typing.fill("#f-issue", "passenger-serv")
    pushing = await look(own_server, path=UNTIED)

    await pushing.click("#tracker >> text=Push to")
    await pushing.click(".tie summary")
    await expect(pushing.locator(".tie__state")).to_contain_text("in step", timeout=30_000)
    await typing.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(typing.locator(".tie__state")).to_contain_text("in step")

    assert await pushing.locator(".tie details[open]").count() == 1
    assert await typing.input_value("#f-issue") == "passenger-serv"
    assert await focused(typing) == "f-issue"
    assert "Something has changed here" in await typing.inner_text("#tracker .news")
    assert await typing.locator("text=Push to").count() == 0


async def test_unlinking_is_asked_about_by_keyboard_and_leads_back_to_the_tracker(
    look: Look, own_server: Served
) -> None:
    page = await look(own_server, path="/initiatives/CX-5", width=390)  # an issue and its parts

    before = await page.locator(".tie").count()
    await page.click(".tie summary")
    await page.focus(".tie a:has-text('Unlink…')")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**unlink=*")
    asked = await focused(page)
    barred = await barriers(page)
    await page.focus(".asks button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/CX-5#tracker")

    assert asked.startswith("link-")
    assert barred == []
    assert await focused(page) == "tracker"
    assert await page.locator(".tie").count() == before - 1
    assert "only parts are linked and none is the main issue" in await page.inner_text("#tracker")
    assert await page.evaluate(BELOW_THE_BAR)


async def test_an_open_page_in_use_asks_every_few_seconds_and_seldom_when_nobody_touches_it(
    look: Look, server: Served
) -> None:
    page = await look(server, path=UNTIED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/links/live" in request.url else None)
    await page.clock.install()
    await page.reload()

    in_use = await asked_within(page, asked, seconds=60)
    await asked_within(page, asked, seconds=240)
    at_rest = await asked_within(page, asked, seconds=180)
    await page.mouse.move(200, 200)
    back = await asked_within(page, asked, seconds=10)

    assert in_use >= 6
    assert 1 <= at_rest <= 6
    assert back >= 1


async def asked_within(page: Page, asked: list[str], *, seconds: int) -> int:
    """How often it asks; each second of its clock lasts long enough for an answer."""
    before = len(asked)
    for _ in range(seconds):
        await page.clock.run_for(1000)
        await page.wait_for_timeout(15)
    return len(asked) - before
