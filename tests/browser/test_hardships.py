"""What people run into: no script at all, a role that is gone, a session that has ended, texts that are code."""

import re
from typing import Any

import httpx
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Look, sign_in
from tests.serving import Served

SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "[press](javascript:alert(3)) <svg onload=alert(4)> ![x](javascript:alert(5))",
)


async def test_the_main_job_needs_no_script(look: Look, workshop: Served) -> None:
    page = await look(workshop, path="/sign-in", visitor=True, java_script_enabled=False)
    await page.fill("[name=email]", "terminals@waymark.example")
    await page.fill("[name=password]", "small-steps-2018")
    await page.locator("main form button.btn--main").click()
    assert "/sign-in" not in page.url

    await page.goto("/backlog")
    everything = await page.locator("[data-row]").count()
    await page.locator(".filterbar summary").first.click()
    await page.locator(".filterbar details[open] select").select_option(index=1)
    await page.locator(".filterbar details[open] button").click()
    assert 0 < await page.locator("[data-row]").count() < everything

    await page.goto("/initiatives/CX-16")
    await page.locator("#my-scores > summary").click()
    for part, value in (("low", "6"), ("likely", "7"), ("high", "9")):
        await page.fill(f"[name=importance_{part}]", value)
    await page.locator("#my-scores button.btn--main").click()
    await expect(page.locator(".timeline")).to_contain_text("Importance 7 (6 to 9)")

    await page.goto("/triage")
    await page.locator("a.cand").last.click()
    await page.locator("a[data-key=d]").click()
    await page.locator("#dismissal input[type=radio]").first.check()
    await page.locator("#dismissal button").click()
    await expect(page.locator(".toasts")).to_contain_text("dismissed", ignore_case=True)


async def give_role(look: Look, server: Served, name: str, role: str) -> None:
    """As the administrator does it, on the page of people."""
    page = await look(server, path="/settings/people")
    await page.locator("tr", has_text=name).get_by_role("link").click()
    await page.select_option("#f-edit-role", role)
    await page.locator("form", has=page.locator("#f-edit-role")).locator("button").click()
    await expect(page.locator("#f-edit-role")).to_have_count(0)


async def signed_in_as(look: Look, browser: Browser, server: Served, email: str, **more: Any) -> Page:
    return await look(server, storage_state=await sign_in(browser, server, email), **more)


async def test_who_loses_the_role_is_told_and_keeps_what_was_typed(
    look: Look, browser: Browser, workshop: Served
) -> None:
    page = await signed_in_as(look, browser, workshop, "design@waymark.example", path="/initiatives/CX-14")
    said = "Signs at level 3 name the gate.\nSigns at level 2 still do not."
    await page.fill("textarea[name=text]", said)
    scoring = await page.context.new_page()
    await scoring.goto("/initiatives/CX-14")
    await scoring.locator("#my-scores > summary").click()
    await scoring.fill("[name=urgency_likely]", "7.5")
    await give_role(look, workshop, "Wayfinding designer", "viewer")

    await page.locator("form", has=page.locator("textarea[name=text]")).locator("button").click()
    await expect(page.locator("h1")).to_have_text("Not for your role")
    await expect(page.locator("main")).to_contain_text("an administrator can change roles")
    await expect(page.get_by_label("Comment")).to_have_value(said)
    await expect(page.get_by_label("Comment")).not_to_be_editable()

    await scoring.locator("#my-scores button.btn--main").click()
    await expect(scoring.get_by_label("Urgency, Likely")).to_have_value("7.5")


async def test_who_loses_the_role_is_told_on_the_page_that_sends_by_itself(
    look: Look, browser: Browser, workshop: Served
) -> None:
    page = await signed_in_as(look, browser, workshop, "ground@waymark.example", path="/matrix?at=CX-14")
    await give_role(look, workshop, "Lead of ground transportation", "viewer")

    await page.locator("[data-estimate] input[name=reason]").fill("It is easier by now")
    await page.locator("[data-estimate] button.btn--main").click()
    await expect(page.locator("#problem")).to_contain_text("Your role does not allow this.")
    await expect(page.locator("[data-estimate] input[name=reason]")).to_have_value("It is easier by now")


async def test_who_is_signed_out_meanwhile_keeps_what_was_typed(look: Look, browser: Browser, workshop: Served) -> None:
    page = await signed_in_as(
        look, browser, workshop, "technology@waymark.example", path="/initiatives/new?touchpoint=2"
    )
    await page.fill("[name=title]", "Wi-Fi at the kerb")
    await page.fill("[name=problem]", "Nobody can call a ride before the doors.")
    await page.context.clear_cookies(name="waymark_session")

    await page.locator("main form button.btn--main").click()
    await expect(page.locator("h1")).to_have_text("Sign in")
    await expect(page.get_by_label("Title")).to_have_value("Wi-Fi at the kerb")
    await expect(page.get_by_label("Problem")).to_have_value("Nobody can call a ride before the doors.")
    await page.fill("[name=email]", "technology@waymark.example")
    await page.fill("[name=password]", "small-steps-2018")
    await page.press("[name=password]", "Enter")
    await expect(page).to_have_url(re.compile(r"/initiatives/new\?touchpoint=2$"))


async def test_a_text_that_is_code_is_only_read(look: Look, workshop: Served) -> None:
    page = await look(workshop, path="/initiatives/new")
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    for name, text in zip(("title", "problem", "next_step"), SCRIPTS, strict=True):
        await page.fill(f"[name={name}]", text)
    await page.locator("main form button.btn--main").click()
    await page.wait_for_url(re.compile(r"/initiatives/CX-\d+$"))
    await page.fill("textarea[name=text]", "\n\n".join(SCRIPTS))
    await page.locator("form", has=page.locator("textarea[name=text]")).locator("button").click()
    await expect(page.locator(".timeline")).to_contain_text("<img src=x onerror=alert(2)>")
    initiative = page.url.partition("#")[0]
    await page.goto("/insights/new")
    await page.fill("[name=text]", SCRIPTS[1])
    await page.fill("main [name=theme]", SCRIPTS[0])
    await page.locator("main form button.btn--main").click()
    for path in (initiative, "/backlog", "/backlog?q=%3Cscript%3Ealert(6)%3C/script%3E", "/insights", "/nothing/<b>"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await page.locator("main script, main [onerror], main [onload], main a[href^='javascript']").count() == 0
    assert ran == []


async def test_every_answer_forbids_foreign_scripts(workshop: Served) -> None:
    async with httpx.AsyncClient(base_url=workshop.url) as client:
        for path in ("/sign-in", "/health", "/nothing", "/static/keys.js"):
            policy = (await client.get(path)).headers["content-security-policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
