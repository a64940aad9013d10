"""The import wizard, page by page."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from backlog.evidence.insights import Insight
from backlog.evidence.layers import Layer
from backlog.evidence.responses import Response
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK
from backlog.imports import loading, recipes, saved
from backlog.imports.surveys import Import, ImportState, SavedRecipe
from backlog.people.roles import Role
from tests.evidence.tallies import a_touchpoint
from tests.imports.broken import REFUSED
from tests.web.clients import Browser, Served

SFO = Path(__file__).parents[2] / "backlog" / "demo" / "sfo"
RECIPES = SFO.parent / "recipes"
LONG = "respondent,touchpoint,answered on,value\n1,Check-in,2026-03-01,4\n2,Chek-in,2026-03-02,5\n3,Check-in,2026-03-02,3\n4,Website,2026-03-02,1\n"


async def uploaded(browser: Browser, content: bytes | str, name: str = "survey.csv") -> httpx.Response:
    body = content.encode() if isinstance(content, str) else content
    return await browser.post("/imports", files={"file": (name, body, "text/csv")})


async def draft(browser: Browser, content: bytes | str, name: str = "survey.csv") -> int:
    """The id of a file that went through step 1."""
    answer = await uploaded(browser, content, name)
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/imports/(\d+)/columns", answer.headers["location"])[1])  # type: ignore[index]


def form_of(html: str, **more: str) -> dict[str, Any]:
    """What a browser would send of the form of step 2 or 3, with some fields filled in."""
    form = html[html.index('<form class="stack stack--l"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        _put(sent, attributes.get("name", ""), attributes.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        _put(sent, name, chosen[1] if chosen else "")
    return {name: value for name, value in sent.items() if name} | more


def _put(sent: dict[str, Any], name: str, value: str) -> None:
    plain = value.replace("&amp;", "&").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
    if name in {"unknown", "choice"}:
        sent.setdefault(name, []).append(plain)
    else:
        sent[name] = plain


async def matched(browser: Browser, number: int, **more: str) -> httpx.Response:
    page = await browser.get(f"/imports/{number}/columns")
    assert page.status_code == 200
    return await browser.post(f"/imports/{number}/columns", data=form_of(page.text, action="check", **more))


async def started(browser: Browser, number: int, **more: Any) -> httpx.Response:
    page = await browser.get(f"/imports/{number}/check")
    assert page.status_code == 200
    return await browser.post(f"/imports/{number}/start", data=form_of(page.text) | more)


async def imported(served: Served, browser: Browser, content: bytes | str, name: str = "survey.csv", **more: str) -> Import:
    """A file that went through all four steps."""
    number = await draft(browser, content, name)
    answer = await matched(browser, number, **more)
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>.*?<span>(.*?)</span>', answer.text)
    assert (await started(browser, number)).status_code == 303
    await loading.load(served.database, number)
    return await the_import(served, number)


async def the_import(served: Served, number: int) -> Import:
    async with served.database.reading() as session:
        return await session.get_one(Import, number)


async def count(served: Served, model: Any) -> int:
    async with served.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_the_sample_survey_goes_through_as_it_is_guessed(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    sample = await browser.get("/imports/sample.csv")

    row = await imported(served, browser, sample.content, "sample.csv")

    assert row.state is ImportState.LOADED
    assert row.rows_aside == 0
    async with served.database.reading() as session:
        names = set(await session.scalars(select(Touchpoint.name)))
        assert await session.scalar(select(func.count(func.distinct(Response.respondent)))) == 24
        assert await session.scalar(select(func.count()).select_from(Insight)) == 12
    assert names == {"Check-in", "Security checkpoint", "Restaurants"}
    shown = (await browser.get(f"/imports/{row.id}")).text
    assert "Undo this import" in shown


@pytest.mark.parametrize("case", sorted(REFUSED.keys() - {"not the columns of the recipe"}))
async def test_a_broken_file_is_refused_beside_the_field_and_nothing_is_kept(served_sqlite: Served, case: str) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await uploaded(browser, REFUSED[case][0](), f"{case}.csv")

    assert answer.status_code == 422
    assert 'id="f-file-error"' in answer.text
    assert REFUSED[case][1] in answer.text
    assert await count(served_sqlite, Import) == 0
    assert list(served_sqlite.configuration.uploads.iterdir()) == []


async def test_a_form_without_a_file_says_so(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post("/imports", data={})

    assert answer.status_code == 422
    assert "Choose a file." in answer.text
