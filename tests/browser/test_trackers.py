"""Trackers in a real browser, beside the demo tracker: by keyboard, and without a script."""

from tests.browser.conftest import Look, barriers
from tests.serving import Served


async def test_a_conflict_is_decided_by_keyboard_and_its_loser_brought_back(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/conflicts")
    theirs = await page.inner_text(".conflict__side:nth-child(2) b")

    await page.keyboard.press("o")
    await page.wait_for_selector(".decided")
    lost = await page.inner_text(".decided")
    focused = await page.evaluate("document.activeElement.id")
    await page.click("text=Bring back")
    await page.wait_for_selector("text=brought back")

    assert f"Lost: {theirs}" in lost
    assert focused == "conflicts"
    assert await barriers(page) == []


async def test_a_dry_run_is_gone_to_and_stands_below_the_top(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/connections/1")

    await page.click("text=Dry run")
    await page.wait_for_selector("#rehearsed-name:focus")

    top = await page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 46 <= top <= 900
    assert await barriers(page) == []


async def test_a_connection_is_printed_as_words_in_whole_tables(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/connections/1")

    await page.set_viewport_size({"width": 703, "height": 994})  # A4 within its margins
    await page.emulate_media(media="print")

    heads = page.locator("#mapping thead")
    assert [await each.is_visible() for each in await heads.all()] == [True] * await heads.count()
    assert await page.locator("main").locator(".btn:visible, #sign-in:visible").count() == 0
    style = await page.eval_on_selector("#f-direction-title", "el => getComputedStyle(el).borderTopStyle")
    assert (style, await page.is_visible("#f-labels")) == ("none", True)


async def test_a_phone_shows_the_conflicts_and_names_each_choice_of_the_mapping(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/connections/1", width=390)

    words = await page.eval_on_selector_all(
        "#mapping td:has(select:not([hidden]))", "all => all.map((each) => getComputedStyle(each, '::before').content)"
    )
    wide = await page.evaluate("document.documentElement.scrollWidth")
    barred = await barriers(page)
    await page.click(".clashes")

    assert words
    assert all(each.strip('" ') not in ("", "none") for each in words)
    assert (wide, barred) == (390, [])
    assert page.url.endswith("/conflicts")


async def test_a_mapping_is_tried_and_saved_without_a_script(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/connections/1", java_script_enabled=False)

    await page.select_option("#f-direction-title", "out")
    await page.click("text=Dry run")
    tried = await page.inner_text("#rehearsed")
    await page.click("#save-mapping")

    assert "Nothing was saved or sent." in tried
    assert await page.input_value("#f-direction-title") == "out"
    assert "The mapping is kept." in await page.inner_text(".toasts")
