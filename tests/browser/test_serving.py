"""Waymark serves to a browser at all."""

from playwright.async_api import Page

from tests.browser.conftest import Look, barriers
from tests.serving import Served


async def test_a_visitor_is_asked_to_sign_in(visitor: Page) -> None:
    answer = await visitor.goto("/")

    assert answer is not None
    assert answer.status == 401
    assert await visitor.locator("input[type=password]").count() == 1
    assert await barriers(visitor) == []


async def test_the_demo_administrator_gets_in(page: Page) -> None:
    answer = await page.goto("/")

    assert answer is not None
    assert answer.ok
    assert "/sign-in" not in page.url


async def test_an_empty_start_asks_for_an_administrator(look: Look, empty_server: Served) -> None:
    page = await look(empty_server, path="/", visitor=True)

    assert await page.locator("input[type=password]").count() > 0
