"""The backlog page: what it lists, filters, keeps as views, moves in bulk and tries with other weights."""

import asyncio
import html
import json
import re
from importlib import resources

import pytest

from backlog import settings
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.ranking.surroundings import load
from backlog.simulation import runs
from tests.ranking.backlogs import initiative
from tests.ranking.test_ranked import airport
from tests.web.clients import Served
from web.pages import backlog_views


@pytest.fixture
async def backlog(served: Served) -> Served:
    async with served.database.writing() as session:
        await airport(session)
    return served


def titles(page: str) -> list[str]:
    found = re.findall(r'class="row__title"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [
        html.unescape(re.sub(r"<svg.*?</svg>|<span class=.vh.>.*?</span>|<[^>]+>", "", each)).strip() for each in found
    ]


async def test_the_start_page_is_the_backlog(backlog: Served) -> None:
    browser = await backlog.client(Role.VIEWER)

    assert (await browser.get("/")).headers["location"] == "/backlog"


async def test_initiatives_stand_in_rank_order_with_all_that_explains_them(backlog: Served) -> None:
    page = (await (await backlog.client(Role.VIEWER)).get("/backlog")).text

    assert titles(page) == ["Honest waiting times", "Tell where the bag is", "A wider family lane"]
    for shown in (
        "7.15",
        "Queue at security · Security",
        "w-imp-35 w-urg-25 w-mat-15 w-eb-25",
        "1 of 5",
        'title="DIG (lead)"',
    ):
        assert shown in page
    assert 'style="' not in page
    assert "Move" not in titles(page)


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("q=lane", ["A wider family lane"]),
        ("stage=done", ["Close the old desk"]),
        ("stage=ready&stage=done", ["Tell where the bag is", "Close the old desk"]),
        ("department=3", ["Honest waiting times"]),
        ("phase=2&signature=1", ["Honest waiting times"]),
        ("order=title", ["A wider family lane", "Honest waiting times", "Tell where the bag is"]),
        ("phase=x&stage=y&order=z&page=-4", ["Honest waiting times", "Tell where the bag is", "A wider family lane"]),
        ("phase=99999999999999&persona=1e9", ["Honest waiting times", "Tell where the bag is", "A wider family lane"]),
        ("q=%00lane", ["A wider family lane"]),
    ],
)
async def test_the_address_filters_and_sorts(backlog: Served, query: str, listed: list[str]) -> None:
    answer = await (await backlog.client(Role.VIEWER)).get(f"/backlog?{query}")

    assert answer.status_code == 200
    assert titles(answer.text) == listed


async def test_an_empty_list_says_which_filter_hides_how_many(backlog: Served) -> None:
    page = (await (await backlog.client(Role.VIEWER)).get("/backlog?department=2&q=lane")).text

    assert "Without “Text”: 1 initiative." in page
    assert "Without “Department”: 1 initiative." in page
    assert 'href="/backlog?department=2"' in page


async def test_what_a_filter_hides_is_counted_as_readers_write_numbers(served_sqlite: Served) -> None:
    async with served_sqlite.database.writing() as session:
        session.add_all(initiative(f"Step {n}") for n in range(1234))
    reader = await served_sqlite.client(Role.VIEWER, locale="de")

    page = (await reader.get("/backlog?q=nothing+like+it")).text

    assert ": 1.234 Initiativen." in page
    assert "1234" not in page


async def test_an_empty_product_leads_to_the_ways_in(served: Served) -> None:
    assert (await (await served.client()).get("/backlog")).headers["location"] == "/welcome"


async def test_a_backlog_of_closed_initiatives_says_so(served: Served) -> None:
    async with served.database.writing() as session:
        session.add(initiative(stage=Stage.DONE))

    page = (await (await served.client()).get("/backlog")).text

    assert "No initiative is open." in page
    assert "stage=done" in page


async def test_a_page_past_the_end_leads_back(backlog: Served) -> None:
    assert "The list ends before this page." in (await (await backlog.client()).get("/backlog?page=7")).text


async def test_scripts_in_titles_stay_text(backlog: Served) -> None:
    async with backlog.database.writing() as session:
        (await session.get_one(Initiative, 1)).title = "<script>alert(1)</script>"

    page = (await (await backlog.client()).get("/backlog?whatif=1")).text

    assert "<script>alert" not in page
    assert "<script>alert(1)</script>" in html.unescape(page)


async def test_what_if_ranks_by_the_weights_of_the_address_and_keeps_nothing(backlog: Served) -> None:
    browser = await backlog.client(Role.CONTRIBUTOR)
    address = "/backlog?importance=0&urgency=0&maturity=0&effort_benefit=50"

    page = (await browser.get(address)).text

    assert titles(page)[0] == "A wider family lane"
    assert "w-imp-0 w-urg-0 w-mat-0 w-eb-100" in page
    assert "<s>35</s> 0%" in page
    assert "3 → 1" in page
    assert titles((await browser.get("/backlog")).text)[0] == "Honest waiting times"


@pytest.mark.parametrize("headers", [{}, {"hx-target": "div#backlog"}])
async def test_without_any_weight_there_is_nothing_to_rank_by(backlog: Served, headers: dict[str, str]) -> None:
    browser = await backlog.client()
    address = "/backlog?importance=0&urgency=0&maturity=0&effort_benefit=0"

    page = (await browser.get(address, headers=headers)).text

    assert re.search(r"data-summary[^>]*>At least one weight must be above 0.", page)
    assert "these are the agreed weights" not in page


async def test_what_if_shows_the_ranges_of_before_until_its_own_are_asked_for(backlog: Served) -> None:
    async with backlog.database.writing() as session:
        await settings.save(session, {"top": 1}, by=WAYMARK)
    await asyncio.to_thread(runs.run_queued, backlog.database.url)
    browser = await backlog.client(Role.VIEWER)
    address = "/backlog?importance=0&urgency=0&maturity=0&effort_benefit=50"

    agreed = (await browser.get("/backlog")).text
    at_once = (await browser.get(address)).text
    simulated = (await browser.get(f"{address}&ranges=1")).text

    assert sorted(ranges(at_once)) == sorted(ranges(agreed))
    assert "is-waiting" in at_once
    assert "&amp;ranges=1" in at_once
    assert sorted(ranges(simulated)) != sorted(ranges(agreed))
    assert "is-waiting" not in simulated
    assert "ranges=1" not in simulated


def ranges(page: str) -> list[str]:
    return re.findall(r'In simulations: rank [^"]*', page)


async def test_before_the_first_simulation_there_are_no_ranges_under_other_weights_either(backlog: Served) -> None:
    browser = await backlog.client(Role.VIEWER)

    page = (await browser.get("/backlog?importance=0&effort_benefit=50&ranges=1")).text

    assert titles(page)
    assert ranges(page) == []


async def test_a_slider_gets_the_list_and_the_changes_alone(backlog: Served) -> None:
    browser = await backlog.client(Role.VIEWER)
    headers = {"hx-request": "true", "hx-target": "div#backlog"}

    part = (await browser.get("/backlog?importance=0&effort_benefit=50", headers=headers)).text

    assert "<html" not in part
    assert titles(part)[0] == "A wider family lane"
    assert 'id="changes" hx-swap-oob="true"' in part


@pytest.mark.parametrize(
    "typed", ["importance=-5&urgency=5", "importance=0&urgency=0", "importance=nan", "importance=x"]
)
async def test_weights_that_make_no_sense_change_nothing(backlog: Served, typed: str) -> None:
    answer = await (await backlog.client(Role.VIEWER)).get(f"/backlog?{typed}")

    assert answer.status_code == 200
    assert titles(answer.text)[0] == "Honest waiting times"


async def test_a_view_is_kept_for_oneself_or_for_everybody(backlog: Served) -> None:
    owner, viewer = await backlog.client(Role.PRODUCT_OWNER), await backlog.client(Role.VIEWER)
    await viewer.post(
        "/backlog/views", data={"name": "My bags", "query": "q=bag&stage=ready&importance=3", "shared": "1"}
    )
    await owner.post("/backlog/views", data={"name": "Lanes", "query": "q=lane", "shared": "1"})

    seen, by_owner = (await viewer.get("/backlog?q=bag&stage=ready")).text, (await owner.get("/backlog")).text

    assert "My bags" in seen
    assert 'href="/backlog?q=bag&amp;stage=ready" aria-current="page"' in seen
    assert "Lanes" in seen
    assert "My bags" not in by_owner


async def test_a_view_of_everybody_is_not_deleted_by_a_viewer(backlog: Served) -> None:
    owner, viewer = await backlog.client(Role.PRODUCT_OWNER), await backlog.client(Role.VIEWER)
    await owner.post("/backlog/views", data={"name": "Lanes", "query": "q=lane", "shared": "1"})

    assert (await viewer.post("/backlog/views/1/removal")).status_code == 403
    assert (await owner.post("/backlog/views/1/removal")).status_code == 303
    assert (await owner.post("/backlog/views/1/removal")).status_code == 404


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
async def test_a_view_needs_a_name_of_its_own_length(backlog: Served, name: str) -> None:
    browser = await backlog.client(Role.VIEWER)
    await browser.post("/backlog/views", data={"name": name, "query": "q=lane"})

    async with backlog.database.reading() as session:
        assert (await load(session, 1)).views == []


async def test_my_department_is_a_view_for_who_has_one(backlog: Served) -> None:
    async with backlog.database.reading() as session:
        unit = await session.get_one(Department, 2)
    browser = await backlog.client(Role.CONTRIBUTOR, name="Ines", department_id=unit.id)

    assert "My department" in (await browser.get("/backlog")).text
    assert "My department" not in (await (await backlog.client(Role.VIEWER)).get("/backlog")).text


async def test_moving_several_moves_those_that_can_and_says_why_the_others_stay(backlog: Served) -> None:
    async with backlog.database.writing() as session:
        (await session.get_one(Initiative, 1)).problem = "Nobody knows how long it takes."
    lead = await backlog.client(Role.DEPARTMENT_LEAD)

    answer = await lead.post("/backlog/stage", data={"verb": "start_scoring", "id": ["1", "2", "3", "77"]})

    assert answer.status_code == 200
    assert "1 moved, 3 stayed" in answer.text
    moved, stayed = answer.text.split("These moved")[::-1]
    assert re.findall(r"CX-\d+ [^<]+(?=</a>)", moved) == ["CX-1 Honest waiting times"]
    assert "CX-2 " in stayed
    assert "Before this step it needs: a problem" in answer.text
    async with backlog.database.reading() as session:
        stages = [(await session.get_one(Initiative, key)).stage for key in (1, 2, 3)]
    assert stages == [Stage.SCORING, Stage.READY, Stage.PROPOSED]


async def test_parking_several_needs_a_reason_and_takes_them_off_the_list(backlog: Served) -> None:
    lead = await backlog.client(Role.DEPARTMENT_LEAD)
    asked = {"verb": "park", "id": ["1", "2"], "query": "q=the"}

    without = await lead.post("/backlog/stage", data=asked)
    parked = await lead.post("/backlog/stage", data=asked | {"reason": "After the summer"})

    assert without.status_code == 409
    assert "Say why" in without.text
    assert parked.headers["location"] == "/backlog?q=the"
    assert "Park: 2 moved (CX-1, CX-2)." in (await lead.get("/touchpoints")).text
    assert titles((await lead.get("/backlog")).text) == ["A wider family lane"]


@pytest.mark.parametrize(
    "data", [{"verb": "park"}, {"verb": "fly", "id": "1"}, {"verb": "park", "id": ["x", "99999999999"]}]
)
async def test_a_move_of_nothing_or_by_no_verb_is_refused(backlog: Served, data: dict[str, str]) -> None:
    assert (await (await backlog.client()).post("/backlog/stage", data=data)).status_code == 422


async def test_a_department_lead_does_not_finish_and_a_viewer_moves_nothing(backlog: Served) -> None:
    lead, viewer = await backlog.client(Role.DEPARTMENT_LEAD), await backlog.client(Role.VIEWER)

    assert (await lead.post("/backlog/stage", data={"verb": "finish", "id": "1"})).status_code == 403
    assert (await viewer.post("/backlog/stage", data={"verb": "park", "id": "1"})).status_code == 403
    assert "bulkbar" not in (await viewer.get("/backlog")).text


FOOTER = re.compile(r"<footer.*?</footer>", re.DOTALL)
CAPS = re.compile(r"<kbd>(.*?)</kbd>")


@pytest.mark.parametrize(
    ("role", "listed", "shown"),
    [
        (Role.VIEWER, "JK↵WF", "[]U"),
        (Role.CONTRIBUTOR, "JK↵EWF", "[]ERU"),
        (Role.DEPARTMENT_LEAD, "JK↵XEMWF", "[]EMRU"),
    ],
)
async def test_the_foot_of_the_page_names_the_keys_that_do_something_for_this_role(
    backlog: Served, role: Role, listed: str, shown: str
) -> None:
    browser = await backlog.client(role)

    page, initiative = (await browser.get("/backlog")).text, (await browser.get("/initiatives/CX-1")).text

    feet = ["".join(CAPS.findall(FOOTER.findall(each)[0])).replace("?", "") for each in (page, initiative)]
    assert feet == [listed, shown]
    for markup, caps in ((page, listed), (initiative, shown)):
        assert all(f'data-key="{cap.lower()}"' in markup for cap in caps if cap in "EMRUWF")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
async def test_who_cannot_move_several_has_nothing_to_tick(backlog: Served, role: Role) -> None:
    lead, other = await backlog.client(Role.DEPARTMENT_LEAD), await backlog.client(role)
    ticked = (await lead.get("/backlog")).text

    plain = (await other.get("/backlog")).text

    assert 'type="checkbox" name="id"' in ticked
    assert 'type="checkbox" name="id"' not in plain
    assert titles(plain) == titles(ticked)


async def test_a_long_list_has_pages(served: Served) -> None:
    async with served.database.writing() as session:
        session.add_all(initiative(f"Step {n}", rated_importance=n / 10) for n in range(60))
    browser = await served.client(Role.VIEWER)

    second = (await browser.get("/backlog?page=2&order=rank")).text

    assert titles(second) == [f"Step {n}" for n in range(9, -1, -1)]
    assert "51–60 of 60" in second


async def test_a_view_of_the_demo_is_called_in_the_readers_language_as_long_as_it_is_that_view(backlog: Served) -> None:
    owner = await backlog.client(Role.PRODUCT_OWNER)
    for name, query in (("Under way", "stage=in+delivery&stage=measuring"), ("Parked and dropped", "stage=parked")):
        await owner.post("/backlog/views", data={"name": name, "query": query, "shared": "1"})
    reader = await backlog.client(Role.VIEWER, locale="de")

    page = (await reader.get("/backlog")).text

    assert "Under way" not in page
    assert "Parked and dropped" in page


def test_every_view_of_the_demo_has_a_name_in_each_language() -> None:
    views = json.loads((resources.files("backlog.demo") / "airport.json").read_text(encoding="utf-8"))["views"]

    assert {view["name"]: view["query"] for view in views} == backlog_views.OF_THE_DEMO
