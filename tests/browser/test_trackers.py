"""Trackers in a real browser, beside the demo tracker: by keyboard, and without a script."""

from tests.browser.conftest import Look, barriers
from tests.serving import Served


async def test_a_conflict_is_decided_by_keyboard_and_its_loser_brought_back(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/conflicts")
    theirs = await page.inner_text(".conflict__side:nth-child(2) b")

    await page.keyboard.press("o")
    await page.wait_for_selector(".decided")
    lost = await page.inner_text(".decided")
    await page.click("text=Bring back")
    await page.wait_for_selector("text=brought back")

    assert f"Lost: {theirs}" in lost
    assert await barriers(page) == []


async def test_a_mapping_is_tried_and_saved_without_a_script(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/connections/1", java_script_enabled=False)

    await page.select_option("#f-direction-title", "out")
    await page.click("text=Dry run")
    tried = await page.inner_text("#rehearsed")
    await page.click("#save-mapping")

    assert "Nothing was saved or sent." in tried
    assert await page.input_value("#f-direction-title") == "out"
    assert "The mapping is kept." in await page.inner_text(".toasts")
