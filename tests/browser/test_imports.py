"""The import wizard in a real browser: from a file to the scores, watched, and taken back."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Look, barriers
from tests.serving import Served

SFO = Path(__file__).parents[2] / "backlog" / "demo" / "sfo"


async def test_a_survey_goes_through_the_four_steps_and_back(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/imports/new")
    assert await barriers(page) == []
    await page.set_input_files("[name=file]", SFO / "sfo_2018.csv")
    await page.click("text=Read this file")

    await expect(page.locator("body")).to_contain_text("Read with the recipe “SFO customer survey 2018”.")
    await expect(page.locator("#glance")).to_contain_text("Artwork and exhibitions")
    assert await barriers(page) == []
    await page.click("text=Check rows >> nth=-1")

    await expect(page.locator("body")).to_contain_text("All rows were read; nothing is imported yet.")
    assert await barriers(page) == []
    await page.click("text=Import 2,809 rows")

    await expect(page.locator("text=Undo this import")).to_be_visible(timeout=120_000)
    await expect(page.locator("body")).to_contain_text("53,197")
    assert await barriers(page) == []
    await page.click("text=Undo this import")
    await page.click("text=Undo the whole import")
    await expect(page.locator("body")).to_contain_text("This import was undone")


async def test_the_preview_follows_what_a_person_chooses(page: Page, tmp_path: Path) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "touchpoint,answered on,value\n" + "Gate,2026-03-01,4\nGate,2026-03-02,9\nGate,2026-03-03,2\n" * 4
    )
    await page.goto("/imports/new")
    await page.set_input_files("[name=file]", survey)
    await page.click("text=Read this file")

    await page.fill("[name='columns[2].low']", "1")
    await page.fill("[name='columns[2].high']", "5")
    await page.press("[name='columns[2].high']", "Tab")
    await expect(page.locator("#glance")).to_contain_text("9 is above 5")

    await page.select_option("[name='columns[2].role']", "ignore")
    await expect(page.locator("#glance")).to_contain_text("Choose the column that holds the answer.")
    await expect(page.locator("[name='columns[2].low']")).to_be_hidden()


async def test_no_step_scrolls_sideways_on_a_phone(look: Look, server: Served) -> None:
    page = await look(server, path="/imports/new", width=390, theme="dark", locale="de")
    await page.set_input_files("[name=file]", SFO / "sfo_2016.csv")
    await page.locator("form[enctype] button.btn--main").click()
    await page.wait_for_url("**/columns")
    for step in ("columns", "check"):
        await page.goto(page.url.rpartition("/")[0] + f"/{step}")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert await barriers(page) == []


async def test_without_scripts_the_file_still_goes_through(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/imports/new", java_script_enabled=False)
    await page.set_input_files("[name=file]", SFO / "sfo_2017.csv")
    await page.click("text=Read this file")
    await page.locator("button[value=check]").click()
    await page.locator("form .btn--main").click()

    await expect(page.locator("text=Undo this import")).to_be_visible(timeout=120_000)
