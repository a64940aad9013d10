"""A real Chromium looking at a served Waymark filled with the demo.

Tests are ``async def`` and take ``page`` (signed in as the demo's administrator), ``visitor`` (not signed in) or
``look``, which opens pages of any width, theme and language. They share one server; a test that changes what others
look at takes ``workshop`` or ``own_server`` and opens its pages with ``look(workshop)``.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, async_playwright

from backlog.demo.seeding import EMAIL, PASSWORD
from tests import chromium
from tests.missing import not_had
from tests.serving import Served, demo_home, served

HERE = Path(__file__).parent
EXPECTED = re.compile(r"Failed to load resource.* (4\d\d |net::ERR_CONNECTION_REFUSED)")
"""Chromium reports every refused form as an error on its console; the test looks at the page instead. A page that is still
open asks for news of a server that has gone with its test."""

Look = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        found = chromium.find()
    except chromium.Unavailable as error:
        not_had("Chromium", str(error))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Waymark with the demo, for all tests that only look."""
    with served(demo_home(tmp_path_factory.mktemp("server") / "home")) as found:
        yield found


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Waymark with the demo, for tests that change it: each keeps to initiatives and people of its own."""
    with served(demo_home(tmp_path_factory.mktemp("workshop") / "home")) as found:
        yield found


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Served]:
    """Waymark with the demo, for this test alone."""
    with served(demo_home(tmp_path / "own-home")) as found:
        yield found


@pytest.fixture
def empty_server(waymark_home: Path) -> Iterator[Served]:
    """Waymark without the demo: nobody has signed in yet, nothing is there."""
    with served(waymark_home, DEMO="0") as found:
        yield found


class Complaints(list[str]):
    """What a page has complained about on its console: script errors, refused styles and scripts, lost files."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            self.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """The cookies of the demo's administrator, by server."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def look(browser: Browser, signed_in: dict[str, StorageState]) -> AsyncIterator[Look]:
    """``await look(server, width=390, theme="dark", locale="de", path="/backlog", visitor=False)``: a new page.

    The test fails when a page complained on its console.
    """
    contexts: list[BrowserContext] = []
    complaints = Complaints()

    async def open_page(
        server: Served,
        *,
        path: str = "",
        width: int = 1440,
        theme: Literal["light", "dark"] = "light",
        locale: str = "en",
        visitor: bool = False,
        **options: Any,
    ) -> Page:
        if not visitor:
            if server.url not in signed_in:
                signed_in[server.url] = await sign_in(browser, server)
            options.setdefault("storage_state", signed_in[server.url])
        context = await browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 900 if width > 600 else 844},
            color_scheme=theme,
            locale=locale,
            **options,
        )
        contexts.append(context)
        page = await context.new_page()
        complaints.watch(page)
        if path:
            await page.goto(path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


async def sign_in(browser: Browser, server: Served, email: str = EMAIL) -> StorageState:
    context = await browser.new_context(base_url=server.url)
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.fill("[name=email]", email)
    await page.fill("[name=password]", PASSWORD)
    await page.press("[name=password]", "Enter")
    await page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    state = await context.storage_state()
    await context.close()
    return state


@pytest_asyncio.fixture(loop_scope="session")
async def page(look: Look, server: Served) -> Page:
    """A page of the shared server, 1440 wide, signed in as the demo's administrator."""
    return await look(server)


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(look: Look, server: Served) -> Page:
    """A page of the shared server, nobody signed in."""
    return await look(server, visitor=True)


SETTLED = """async () => {
    await document.fonts.ready;
    await Promise.allSettled(document.getAnimations().map((each) => each.finished));
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
"""After a change of window or theme the new colours are there only when they are drawn; axe must not look before."""


async def barriers(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What keeps people out of this page, by axe: one line for each kind of barrier, worst case first."""
    await page.evaluate(SETTLED)
    found = await Axe().run(page, options=options)
    return [
        f"{entry['id']} ({entry['impact']}): {entry['help']}: {entry['nodes'][0]['html'][:200]}"
        for entry in found.response["violations"]
    ]
