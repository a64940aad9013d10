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
from backlog.imports import loading, recipes, saved, uploads
from backlog.imports.surveys import Import, ImportState, SavedRecipe, new_import
from backlog.people.roles import Role
from tests.evidence.tallies import a_touchpoint
from tests.imports.broken import REFUSED
from tests.web.clients import Browser, Served

SFO = Path(__file__).parents[2] / "backlog" / "demo" / "sfo"
RECIPES = SFO.parent / "recipes"
LONG = """\
respondent,touchpoint,answered on,value
1,Check-in,2026-03-01,4
2,Chek-in,2026-03-02,5
3,Check-in,2026-03-02,3
4,Website,2026-03-02,1
"""


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


async def imported(
    served: Served, browser: Browser, content: bytes | str, name: str = "survey.csv", **more: str
) -> Import:
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
    assert sample.headers["content-type"] == "text/csv; charset=utf-8"

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


def picked(number: int, role: str, **more: str) -> dict[str, str]:
    """What a person fills in for one column."""
    values = {"role": role, **more}
    return {f"columns[{number}].{name}": value for name, value in values.items()}


WELL_READ = picked(3, "value", low="1", high="5")
CORRECTIONS = {
    2013: {"date.month": "5"},
    2014: {"date.month": "5"},
    2015: {"date.month": "5"},
    2016: {},
    2017: {"date.month": "5"},
    2018: {"date.month": "5"},
}


@pytest.mark.parametrize("year", range(2013, 2019))
async def test_each_year_of_the_airport_goes_through_by_its_guesses(served_sqlite: Served, year: int) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    content = (SFO / f"sfo_{year}.csv").read_bytes()

    row = await imported(served_sqlite, browser, content, f"sfo_{year}.csv", **CORRECTIONS[year])

    assert row.state is ImportState.LOADED
    assert row.rows_aside <= 5
    assert row.responses > 40_000


@pytest.mark.parametrize("year", range(2013, 2019))
async def test_each_year_of_the_airport_is_known_by_its_saved_recipe(served_sqlite: Served, year: int) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    recipe = recipes.read((RECIPES / f"sfo_{year}.json").read_bytes())
    async with served_sqlite.database.writing() as session:
        await saved.save(session, f"Airport {year}", recipe, by=WAYMARK)
    content = (SFO / f"sfo_{year}.csv").read_bytes()

    row = await imported(served_sqlite, browser, content, f"sfo_{year}.csv")

    assert row.state is ImportState.LOADED
    assert row.recipe["name"] == f"Airport {year}"
    assert row.rows_aside == 0
    async with served_sqlite.database.reading() as session:
        days = (await session.execute(select(func.min(Response.answered_on), func.max(Response.answered_on)))).one()
    assert {day.isoformat()[:7] for day in days} == {f"{year}-05"}


async def test_what_lacks_in_the_matching_is_said_beside_the_field_and_what_was_typed_stays(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    number = await draft(
        browser, "visit,Q1_food,Q1_art,Q1_shops\n" + "1,5,4,3\n2,4,2,1\n3,3,5,2\n4,1,1,5\n5,2,3,4\n" * 8
    )
    page = (await browser.get(f"/imports/{number}/columns")).text

    answer = await browser.post(
        f"/imports/{number}/columns",
        data=form_of(page, action="check", **picked(1, "rating", touchpoint="<b>Food</b>", low="five", high="5")),
    )

    assert answer.status_code == 422
    assert "Enter the lowest and the highest answer as numbers." in answer.text
    assert "&lt;b&gt;Food&lt;/b&gt;" in answer.text
    assert 'value="five"' in answer.text
    assert "columns[1].touchpoint" not in str((await the_import(served, number)).recipe)


async def test_the_second_of_two_people_at_one_matching_is_told_and_loses_nothing(served: Served) -> None:
    ines, ben = await served.client(Role.CONTRIBUTOR, name="Ines"), await served.client(Role.CONTRIBUTOR, name="Ben")
    number = await draft(ines, LONG)
    seen_by_ben = (await ben.get(f"/imports/{number}/columns")).text
    await ines.post(f"/imports/{number}/columns", data=form_of(seen_by_ben, persona="Frequent traveller"))

    answer = await ben.post(f"/imports/{number}/columns", data=form_of(seen_by_ben, persona="Family"))

    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.text
    assert 'value="Family"' in answer.text
    assert (await the_import(served, number)).recipe["persona"] == "Frequent traveller"


async def test_a_file_without_dates_says_of_which_day_its_answers_are(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    number = await draft(browser, re.sub(r",(answered on|2026-03-0\d)", "", LONG))

    asked = await matched(browser, number)
    await matched(browser, number, **{"date.fixed": "2026-03-02"})
    checked = (await browser.get(f"/imports/{number}/check")).text
    in_german = (await browser.get(f"/imports/{number}/check", headers={"accept-language": "de"})).text
    await started(browser, number)
    await loading.load(served.database, number)
    shown = (await browser.get(f"/imports/{number}")).text

    assert asked.status_code == 422
    assert "say on which day the answers were given" in asked.text
    for page in (checked, shown):
        assert "No date in the file: all answers count as given on 2 Mar 2026." in page
    assert f'href="/imports/{number}/columns#f-date.fixed"' in checked
    assert "zählen als am 2.\u00a0März 2026 gegeben" in in_german


async def test_a_scale_that_is_only_guessed_is_asked_about_beside_its_column(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    rows = "".join(f"Gate {at},2026-05,{2.4 + at / 24:.2f},120,1.1\n" for at in range(20))
    number = await draft(browser, "touchpoint,period,mean,n,sd\n" + rows)

    page = (await browser.get(f"/imports/{number}/columns")).text

    assert "is its scale 1–5? Its values, 2.4 to 3.19, do not tell for certain" in page


async def test_another_delimiter_reads_the_columns_anew(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, "touchpoint;value,text\nCheck-in;4,fine\nLounge;5,good\n")
    page = (await browser.get(f"/imports/{number}/columns")).text

    answer = await browser.post(f"/imports/{number}/columns", data=form_of(page, delimiter=","))

    assert answer.status_code == 303
    names = [column["column"] for column in (await the_import(served_sqlite, number)).recipe["columns"]]
    assert names == ["touchpoint;value", "text"]


async def test_an_encoding_that_does_not_fit_is_refused_beside_its_field(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG.replace("Check-in", "Gepäck").encode("cp1252"))
    page = (await browser.get(f"/imports/{number}/columns")).text
    assert "Gepäck" in page

    answer = await browser.post(f"/imports/{number}/columns", data=form_of(page, encoding="utf-8"))

    assert answer.status_code == 422
    assert 'id="f-encoding-error"' in answer.text


async def test_a_matching_is_remembered_under_a_name_and_replaced_only_when_told(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    first, second = await draft(browser, LONG), await draft(browser, "Punkt;Wert;x\nCheck-in;4;1\nLounge;5;2\n")
    assert (await matched(browser, first, remember="1", name="Quarterly survey")).status_code == 303

    corrected = (
        {"shape": "long", "date.fixed": "2026-03-01"} | picked(0, "touchpoint") | picked(1, "value", low="1", high="5")
    )
    page = (await browser.get(f"/imports/{second}/columns")).text
    await browser.post(f"/imports/{second}/columns", data=form_of(page, shape="long"))
    refused = await matched(browser, second, remember="1", name="Quarterly survey", **corrected)
    kept = await matched(browser, second, remember="1", name="Quarterly survey", replace="1", **corrected)

    assert refused.status_code == 422
    assert "There is a recipe of this name" in refused.text
    assert kept.status_code == 303
    async with served.database.reading() as session:
        [recipe] = await session.scalars(select(SavedRecipe))
    assert [column["column"] for column in recipe.body["columns"]] == ["Punkt", "Wert", "x"]


async def test_a_recipe_travels_as_a_file(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    first = await draft(browser, LONG)
    recipe = (await browser.get(f"/imports/{first}/recipe")).content
    second = await draft(browser, LONG.replace("value", "value,extra"))
    version = str((await the_import(served_sqlite, second)).version)

    taken = await browser.post(
        f"/imports/{second}/recipe", data={"version": version}, files={"recipe": ("r.json", recipe)}
    )
    broken = await browser.post(f"/imports/{second}/recipe", data={"version": "2"}, files={"recipe": ("r.json", b"{")})

    assert taken.status_code == 303
    assert broken.status_code == 422
    assert "This is not JSON" in broken.text


async def test_unknown_names_are_created_matched_or_set_aside_as_chosen(served: Served) -> None:
    async with served.database.writing() as session:
        check_in = await a_touchpoint(session, "Check-in")
    browser = await served.client(Role.PRODUCT_OWNER)
    number = await draft(browser, LONG + "5,Lounge,2026-03-02,5\n")
    await matched(browser, number)
    page = (await browser.get(f"/imports/{number}/check")).text
    assert "Similar: Check-in" in page
    assert "sounds like an interaction layer" in page

    answer = await started(
        browser, number, unknown=["chek-in", "website", "lounge"], choice=[str(check_in.id), "layer", "create"]
    )
    await loading.load(served.database, number)

    assert answer.status_code == 303
    row = await the_import(served, number)
    assert (row.responses, row.rows_aside) == (4, 1)
    async with served.database.reading() as session:
        assert set(await session.scalars(select(Touchpoint.name))) == {"Check-in", "Lounge"}
        assert list(await session.scalars(select(Layer.name))) == ["Website"]
        answers = select(func.count()).select_from(Response).where(Response.touchpoint_id == check_in.id)
        assert await session.scalar(answers) == 3


async def test_a_touchpoint_left_out_of_a_wide_file_takes_no_other_answers_with_it(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    sample = (await browser.get("/imports/sample.csv")).content
    number = await draft(browser, sample)
    await matched(browser, number)

    names = ["check-in", "security checkpoint", "restaurants"]
    await started(browser, number, unknown=names, choice=["create", "aside", "create"])
    await loading.load(served_sqlite.database, number)

    row = await the_import(served_sqlite, number)
    assert row.rows_aside == 0
    async with served_sqlite.database.reading() as session:
        assert set(await session.scalars(select(Touchpoint.name))) == {"Check-in", "Restaurants"}


async def test_rows_set_aside_come_back_corrected(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    rows = "".join(f"{at},Check-in,2026-03-01,{at % 5 + 1}\n" for at in range(20))
    file = LONG.partition("\n")[0] + "\n" + rows + "21,Check-in,2026-03-02,43\n22,=cmd(),31.3.2026,4\n"
    mapping = picked(2, "date") | picked(3, "value", low="1", high="5") | {"date.format": "y-m-d"}
    row = await imported(served, browser, file, "survey-2026.csv", **mapping)
    assert row.rows_aside == 2
    shown = (await browser.get(f"/imports/{row.id}?column=value")).text
    assert "Did you mean 4.3?" in shown
    assert "31.3.2026" not in shown

    errors = await browser.get(f"/imports/{row.id}/errors.csv")
    assert 'filename="survey-2026-errors.csv"' in errors.headers["content-disposition"]
    assert errors.headers["content-type"] == "text/csv; charset=utf-8"
    assert errors.text.splitlines()[0] == "respondent,touchpoint,answered on,value,row,column,reason"
    assert "'=cmd()" in errors.text

    corrected = errors.text.replace(",43,", ",4,").replace("31.3.2026", "2026-03-31").replace("'=cmd()", "Check-in")
    again = await imported(served, browser, corrected, "survey-2026-errors.csv", **mapping)
    assert (again.responses, again.rows_aside) == (2, 0)


async def test_rows_set_aside_have_their_columns_though_the_file_is_gone(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    ragged = "5,Check-in,2026-03-02,4,and,more\n"
    row = await imported(served_sqlite, browser, LONG + ragged + "6,Check-in,2026-03-02,many\n", **WELL_READ)
    uploaded = served_sqlite.configuration.uploads
    there = list(uploaded.iterdir())

    await uploads.sweep(served_sqlite.database, uploaded)
    errors = (await browser.get(f"/imports/{row.id}/errors.csv")).text.splitlines()

    assert [len(there), list(uploaded.iterdir())] == [1, []]
    assert errors[0] == "respondent,touchpoint,answered on,value,column 5,column 6,row,column,reason"
    assert errors[2].startswith("5,Check-in,2026-03-02,4,and,more,6,,")
    assert errors[3].startswith("6,Check-in,2026-03-02,many,,,7,value,")


async def test_a_call_that_failed_is_not_offered_to_be_tried_again(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    async with served_sqlite.database.writing() as session:
        row = new_import("API: survey tool", None, by=WAYMARK)
        row.state = ImportState.FAILED
        session.add(row)

    shown = (await browser.get(f"/imports/{row.id}")).text
    again = await browser.post(f"/imports/{row.id}/again", data={"version": str(row.version)})

    assert "Try again as it was" not in shown
    assert "Look at the columns" not in shown
    assert again.status_code == 409
    assert (await the_import(served_sqlite, row.id)).state is ImportState.FAILED


async def test_before_it_is_undone_it_says_that_its_touchpoints_go_too(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    row = await imported(served_sqlite, browser, LONG, **WELL_READ)

    asked = (await browser.get(f"/imports/{row.id}?undo=1")).text

    assert "The 2 touchpoints it created go too, unless something else has come to hang on them." in asked


async def test_rows_are_promised_only_when_nothing_is_left_to_decide(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    await matched(browser, number, **WELL_READ)

    before = (await browser.get(f"/imports/{number}/check")).text
    await started(browser, number)
    await loading.load(served_sqlite.database, number)
    number = await draft(browser, LONG.replace("Website", "Check-in"))
    await matched(browser, number, **WELL_READ)
    known = (await browser.get(f"/imports/{number}/check")).text

    assert "before what you decide below" in before
    assert "Import 4 rows" not in before
    assert "Import 4 rows" in known


async def test_an_import_is_undone_by_who_brought_it_or_a_product_owner(served: Served) -> None:
    ines = await served.client(Role.CONTRIBUTOR, name="Ines")
    ben = await served.client(Role.CONTRIBUTOR, name="Ben")
    row = await imported(served, ines, LONG)
    asked = (await ines.get(f"/imports/{row.id}?undo=1")).text

    refused = await ben.post(f"/imports/{row.id}/undo")
    undone = await ines.post(f"/imports/{row.id}/undo")
    twice = await ines.post(f"/imports/{row.id}/undo")

    assert "Undo the whole import" in asked
    assert "Undo this import" not in (await ben.get(f"/imports/{row.id}")).text
    assert (refused.status_code, undone.status_code, twice.status_code) == (403, 303, 409)
    assert await count(served, Response) == 0
    assert "was undone" in (await ines.get(f"/imports/{row.id}")).text


async def test_a_file_that_is_in_is_told_of_beside_the_file(served: Served) -> None:
    ines, ben = await served.client(Role.CONTRIBUTOR, name="Ines"), await served.client(Role.CONTRIBUTOR, name="Ben")
    row = await imported(served, ines, LONG, "may.csv")

    answer = await uploaded(ben, LONG, "may (1).csv")
    asked = (await ben.get(answer.headers["location"])).text

    assert answer.headers["location"].endswith(f"/imports/{row.id + 1}/copies")
    assert "These very answers are in already." in asked
    assert f'/imports/{row.id}">Import {row.id}: may.csv</a>' in asked
    assert "Ines" in asked
    assert f'/imports/{row.id + 1}/columns">Go on all the same' in asked
    left = await ben.post(f"/imports/{row.id + 1}/removal", data={"version": "1"})
    assert left.status_code == 303
    assert await count(served, Import) == 1


async def test_a_copy_that_came_meanwhile_is_not_loaded_until_somebody_says_once_more(served: Served) -> None:
    ines, ben = await served.client(Role.CONTRIBUTOR, name="Ines"), await served.client(Role.CONTRIBUTOR, name="Ben")
    number = await draft(ben, LONG, "may (1).csv")
    await matched(ben, number)
    seen_by_ben = form_of((await ben.get(f"/imports/{number}/check")).text)
    row = await imported(served, ines, LONG, "may.csv")

    refused = await ben.post(f"/imports/{number}/start", data=seen_by_ben)
    button = re.search(r'<button[^>]* name="again" value="(\d+)"[^>]*>Import it once more', refused.text)
    assert button is not None
    state = (await the_import(served, number)).state
    told = await ben.post(f"/imports/{number}/start", data=form_of(refused.text, again=button[1]))

    assert refused.status_code == 409
    assert "have come in meanwhile; see below. Nothing was imported" in refused.text
    assert state is ImportState.UPLOADED
    assert button[1] == str(row.id)
    assert told.status_code == 303
    await loading.load(served.database, number)
    assert await count(served, Response) == 2 * row.responses


async def test_a_stopped_import_that_somebody_else_brought_is_tried_again_only_when_told(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    await matched(browser, number)
    await started(browser, number)
    await browser.post(f"/imports/{number}/stop")
    await imported(served_sqlite, browser, LONG)
    version = str((await the_import(served_sqlite, number)).version)

    refused = await browser.post(f"/imports/{number}/again", data={"version": version})
    told = await browser.post(f"/imports/{number}/again", data={"version": version, "again": str(number + 1)})

    assert refused.status_code == 409
    assert 'name="again"' in refused.text
    assert told.status_code == 303


@pytest.mark.parametrize("state", [ImportState.STOPPED, ImportState.FAILED])
async def test_rows_that_go_with_a_stopped_import_are_not_offered(served_sqlite: Served, state: ImportState) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    row = await imported(served_sqlite, browser, LONG + "6,Check-in,2026-03-02,many\n", **WELL_READ)
    await set_state(served_sqlite, row.id, ImportState.LOADING)
    moving = (await browser.get(f"/imports/{row.id}")).text
    await set_state(served_sqlite, row.id, state)

    ended = (await browser.get(f"/imports/{row.id}")).text
    download = await browser.get(f"/imports/{row.id}/errors.csv")

    assert "2 rows need a look" in moving
    assert [words for words in ("a look", "errors.csv") if words in ended] == []
    assert download.status_code == 404


async def set_state(served: Served, number: int, state: ImportState) -> None:
    async with served.database.writing() as session:
        (await session.get_one(Import, number)).state = state


async def test_a_waiting_import_is_stopped_and_tried_again(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    await matched(browser, number)
    await started(browser, number)
    moving = (await browser.get(f"/imports/{number}")).text
    progress = await browser.get(f"/imports/{number}/progress")

    stopped = await browser.post(f"/imports/{number}/stop")
    ended = await browser.get(f"/imports/{number}/progress")
    version = (await the_import(served, number)).version
    again = await browser.post(f"/imports/{number}/again", data={"version": str(version)})

    assert 'role="progressbar"' in moving
    assert 'hx-trigger="every 1s"' in progress.text
    assert stopped.status_code == 303
    assert ended.headers["hx-refresh"] == "true"
    assert again.status_code == 303
    assert (await the_import(served, number)).state is ImportState.QUEUED


async def test_a_failed_import_says_why_and_what_is_safe(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    await matched(browser, number)
    await started(browser, number)
    await uploads.forget((await the_import(served_sqlite, number)).path, served_sqlite.configuration.uploads)

    with pytest.raises(Exception, match="no longer there"):
        await loading.load(served_sqlite.database, number)

    shown = (await browser.get(f"/imports/{number}")).text
    assert "The file is no longer there" in shown
    assert "scores and candidates are as they were" in shown
    assert (await browser.get(f"/imports/{number}/columns")).status_code == 409


async def test_a_file_that_never_ran_is_removed_with_its_row(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    listed = (await browser.get("/imports")).text

    answer = await browser.post(f"/imports/{number}/removal", data={"version": "1"})

    assert "not imported yet" in listed
    assert answer.status_code == 303
    assert await count(served_sqlite, Import) == 0
    assert list(served_sqlite.configuration.uploads.iterdir()) == []


async def test_a_viewer_sees_imports_and_brings_none(served_sqlite: Served) -> None:
    ines, viewer = await served_sqlite.client(Role.CONTRIBUTOR), await served_sqlite.client(Role.VIEWER)
    row = await imported(served_sqlite, ines, LONG)

    assert (await viewer.get("/imports")).status_code == 200
    assert (await viewer.get(f"/imports/{row.id}")).status_code == 200
    assert (await uploaded(viewer, LONG)).status_code == 403
    assert (await viewer.post(f"/imports/{row.id}/undo")).status_code == 403


async def test_a_started_import_cannot_be_started_or_matched_again(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    await matched(browser, number)
    page = (await browser.get(f"/imports/{number}/check")).text
    await browser.post(f"/imports/{number}/start", data=form_of(page))

    again = await browser.post(f"/imports/{number}/start", data=form_of(page))

    assert again.status_code == 409
    assert (await browser.get(f"/imports/{number}/columns")).headers["location"].endswith(f"/imports/{number}")


async def test_a_hundred_columns_stay_usable(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    names = ",".join(f"field {at}" for at in range(100))
    number = await draft(browser, names + "\n" + ",".join(["text"] * 100) + "\n")

    page = (await browser.get(f"/imports/{number}/columns")).text

    assert "100 ignored columns" in page
    assert len(page) < 600_000


async def test_the_preview_follows_what_is_typed_and_keeps_nothing(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await draft(browser, LONG)
    before = (await the_import(served_sqlite, number)).version
    page = (await browser.get(f"/imports/{number}/columns")).text

    seen = await browser.post(f"/imports/{number}/glance", data=form_of(page, **picked(3, "value", low="0", high="4")))

    assert seen.status_code == 200
    assert "5 is above 4" in seen.text
    assert "10.0" in seen.text
    assert (await the_import(served_sqlite, number)).version == before


async def test_the_api_lists_imports_their_set_aside_rows_and_undoes_them(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    row = await imported(
        served, browser, LONG + "9,Check-in,2026-03-09,many\n", **picked(3, "value", low="1", high="5")
    )
    viewer, owner = await served.api(Role.VIEWER), await served.api(Role.PRODUCT_OWNER)

    listed = (await viewer.get("/api/v1/imports")).json()
    aside = (await viewer.get(f"/api/v1/imports/{row.id}/set-aside")).json()
    refused = await (await served.api(Role.CONTRIBUTOR)).post(f"/api/v1/imports/{row.id}/undo")
    undone = await owner.post(f"/api/v1/imports/{row.id}/undo")

    assert listed["total"] == 1
    assert listed["items"][0]["state"] == "loaded"
    assert "many" in [each["value"] for each in aside["items"]]
    assert refused.status_code == 403
    assert undone.json()["state"] == "undone"
    assert (await owner.get("/api/v1/imports/99")).status_code == 404
