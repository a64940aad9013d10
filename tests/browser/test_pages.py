"""Every page as people get it: nothing complains, nothing scrolls sideways, nothing is cut off, nobody is kept out."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import Look, barriers
from tests.serving import Served
from tests.web.routes import all_routes

STANDS_FOR = {
    "key": "CX-5",
    "touchpoint_id": "1",
    "journey_id": "1",
    "import_id": "1",
    "day": "2026-11-16",
    "round_id": "1",
    "secret": "nobody-has-this",
    "connection_id": "1",
    "address": "no/such/page",
}
"""What the demo has in the place of a parameter; the waiting candidate is looked up."""
PAGES = sorted({route.path for route in all_routes() if route.method == "GET" and not route.is_api})
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
CUT_OFF = """() => [...document.querySelectorAll("h1, h2, .row__title span, .cand__title")]
  .filter((el) => el.checkVisibility() && !el.closest(".vh") && el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 1)
  .map((el) => el.textContent.trim())"""


async def address(path: str, page: Page) -> str | None:
    """This page in the demo; None where the demo has nothing to show."""
    known = dict(STANDS_FOR)
    if "{candidate_id" in path:
        inbox = await (await page.request.get("/triage")).text()
        known["candidate_id"] = re.findall(r'href="/triage/(\d+)"', inbox)[0]
    if "{recipe_id" in path:
        return None
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: known[found[1]], path)


async def opened(page: Page, path: str) -> bool:
    """Whether there is such a page in the demo: files and parts of pages are none."""
    target = await address(path, page)
    if target is None:
        return False
    answer = await page.request.get(target)
    kind = answer.headers.get("content-type", "")
    if "text/html" not in kind or "content-disposition" in answer.headers or "<html" not in await answer.text():
        return False
    await page.goto(target)
    await page.evaluate("document.fonts.ready")
    return True


async def sideways(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    wider: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_fits_its_window_and_keeps_nobody_out(path: str, look: Look, server: Served) -> None:
    page = await look(server, reduced_motion="reduce")
    if not await opened(page, path):
        return
    assert await sideways(page) <= 0
    assert await barriers(page) == []
    await page.set_viewport_size(NARROW)
    await page.emulate_media(color_scheme="dark")
    await page.reload()
    assert await sideways(page) <= 0
    assert await page.evaluate(CUT_OFF) == []
    assert await barriers(page) == []


async def test_every_page_fits_in_german_and_in_the_dark(look: Look, server: Served) -> None:
    page = await look(server, theme="dark", locale="de", reduced_motion="reduce")
    wrong: list[Any] = []
    for path in PAGES:
        await page.set_viewport_size(WIDE)
        if not await opened(page, path):
            continue
        wide = await sideways(page)
        await page.set_viewport_size(NARROW)
        narrow, cut = await sideways(page), await page.evaluate(CUT_OFF)
        if wide > 0 or narrow > 0 or cut or await page.get_attribute("html", "lang") != "de":
            wrong.append((path, wide, narrow, cut))
    assert wrong == []


@pytest.mark.parametrize("path", ["/backlog", "/initiatives/CX-5", "/journeys/1", "/touchpoints/1"])
async def test_paper_gets_the_page_without_its_furniture(path: str, page: Page) -> None:
    await page.goto(path)
    await page.emulate_media(media="print", color_scheme="dark")

    for furniture in (".topbar", ".statusbar", ".filterbar", "a.btn", "button:not(.vh)"):
        shown = [await each.inner_text() for each in await page.locator(furniture).all() if await each.is_visible()]
        assert shown == [], furniture
    assert await page.locator("h1").first.is_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


async def test_the_first_run_and_the_empty_pages_after_it(look: Look, empty_server: Served) -> None:
    page = await look(empty_server, path="/", visitor=True, reduced_motion="reduce")
    assert await barriers(page) == []
    await page.fill("[name=name]", "Kim Ode")
    await page.fill("[name=email]", "kim@airport.example")
    await page.fill("[name=password]", "many small steps")
    await page.press("[name=password]", "Enter")
    for path in ("/backlog", "/triage", "/touchpoints", "/touchpoints/overall", "/insights", "/journeys", "/personas"):
        await page.set_viewport_size(WIDE)
        answer = await page.goto(path)
        assert answer is not None
        assert answer.ok
        assert await barriers(page) == []
        await page.set_viewport_size(NARROW)
        assert await sideways(page) <= 0
