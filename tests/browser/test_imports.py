"""The import wizard in a real browser: from a file to the scores, watched, and taken back."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import Look, barriers
from tests.serving import Served

SFO = Path(__file__).parents[2] / "backlog" / "demo" / "sfo"


async def test_a_survey_goes_through_the_four_steps_and_back(look: Look, own_server: Served, tmp_path: Path) -> None:
    survey = tmp_path / "sfo_2018.csv"
    survey.write_bytes((SFO / survey.name).read_bytes() + b"\n")  # not the very file the demo has
    page = await look(own_server, path="/imports/new")
    assert await barriers(page) == []
    await page.set_input_files("[name=file]", survey)
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
    assert list((own_server.home / "imports").iterdir()) == []
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
    await page.wait_for_url("**/copies")
    for step in ("copies", "columns", "check"):
        await page.goto(page.url.rpartition("/")[0] + f"/{step}")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert await barriers(page) == []


async def test_a_file_that_is_in_already_is_left_without_a_trace(page: Page) -> None:
    await page.goto("/imports/new")
    await page.set_input_files("[name=file]", SFO / "sfo_2016.csv")
    await page.click("text=Read this file")

    await expect(page.locator(".alert")).to_contain_text("These very answers are in already.")
    await expect(page.locator(".alert a")).to_have_text(re.compile(r"Import \d+: sfo_2016.csv"))
    await page.click("text=Do not import it")
    await expect(page.locator("[data-toast]").first).to_contain_text("sfo_2016.csv is removed.")


async def test_without_scripts_the_file_still_goes_through_once_more(look: Look, own_server: Served) -> None:
    page = await look(own_server, path="/imports/new", java_script_enabled=False)
    await page.set_input_files("[name=file]", SFO / "sfo_2017.csv")
    await page.click("text=Read this file")
    await page.click("text=Go on all the same")
    await page.locator("button[value=check]").click()
    await page.click("text=Import it once more")

    await expect(page.locator("text=Undo this import")).to_be_visible(timeout=120_000)
