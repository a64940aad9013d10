"""Parts of pages are kept as rendered; whatever they show stands in their keys: nobody sees what is old or another's."""

import asyncio
import datetime as dt
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import select

from backlog import history, settings
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK, Actor
from backlog.initiatives import ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Verb
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.ranking import agreement, overrides, views
from backlog.simulation import runs
from backlog.triage.candidates import Candidate, CandidateState
from backlog.urgency import urgency_profiles
from backlog.weights import weights
from tests.initiatives.field import airport, bags
from tests.web.clients import Served
from web.fragments import Fragments

MEG = Actor("Meg")


@pytest.fixture
async def filled(served_sqlite: Served) -> Served:
    async with served_sqlite.database.writing() as session:
        field = await airport(session)
        await bags(session, field)
    await asyncio.to_thread(runs.run_queued, served_sqlite.database.url)
    return served_sqlite


async def as_kept_and_as_new(served: Served, browser: httpx.AsyncClient, address: str) -> tuple[str, str]:
    """The page with the parts that are kept, and with all parts rendered anew."""
    kept = (await browser.get(address)).text
    served.app.state.pages.fragments.clear()
    return kept, (await browser.get(address)).text


async def renamed(served: Served) -> None:
    async with served.database.writing() as session:
        (await session.scalars(select(Initiative))).first().title = "Bags that arrive before their owners"  # type: ignore[union-attr] # the field has one


async def rated(served: Served) -> None:
    async with served.database.writing() as session:
        await ratings.rate(session, await session.get_one(Initiative, 1), {"urgency": (1, 1, 1)}, by=MEG)


async def ranged(served: Served) -> None:
    await rated(served)
    await asyncio.to_thread(runs.run_queued, served.database.url)


async def moved(served: Served) -> None:
    async with served.database.writing() as session:
        (await session.get_one(Initiative, 1)).move(Verb.START_SCORING, has_evidence=True)


async def department_renamed(served: Served) -> None:
    async with served.database.writing() as session:
        for department in await session.scalars(select(Department)):
            department.name += " and more"


async def touchpoint_renamed(served: Served) -> None:
    async with served.database.writing() as session:
        for touchpoint in await session.scalars(select(Touchpoint)):
            touchpoint.name += " (new)"


async def top_of_two(served: Served) -> None:
    async with served.database.writing() as session:
        await settings.save(session, {"top": 2}, by=WAYMARK)


async def organisation_named(served: Served) -> None:
    async with served.database.writing() as session:
        await settings.save(session, {"organisation": "Flughafen Nordhafen"}, by=WAYMARK)


async def person_renamed(served: Served) -> None:
    async with served.database.writing() as session:
        for person in await session.scalars(select(Person)):
            person.name, person.theme, person.locale = "Kim Sørensen", "dark", "de"


async def candidate_waiting(served: Served) -> None:
    async with served.database.writing() as session:
        for candidate in await session.scalars(select(Candidate)):
            candidate.state = CandidateState.OPEN


async def view_kept(served: Served) -> None:
    async with served.database.writing() as session:
        await views.save(session, "Mondays", "stage=ready", shared=True, by=WAYMARK)


async def weights_agreed(served: Served) -> None:
    async with served.database.writing() as session:
        proposed = await weights.propose(session, {"importance": 1, "urgency": 1}, "Waiting costs", by=MEG)
        await agreement.agree(session, proposed.id, by=MEG)


async def gone_stale(served: Served) -> None:
    async with served.database.writing() as session:
        await settings.save(session, {"stale_weeks": 1}, by=WAYMARK)
        for initiative in await session.scalars(select(Initiative)):
            initiative.touched_at -= dt.timedelta(weeks=2)


async def put_at_a_position(served: Served) -> None:
    async with served.database.writing() as session:
        found = await session.get_one(Initiative, 1)
        until = history.now().date() + dt.timedelta(days=9)
        await overrides.put(session, found, position=1, reason="Promised.", until=until, by=MEG)


CHANGES = (
    renamed, rated, ranged, moved, department_renamed, touchpoint_renamed, top_of_two, organisation_named, person_renamed,
    candidate_waiting, view_kept, weights_agreed, gone_stale, put_at_a_position,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changes_shows_at_once(filled: Served, change: Callable[[Served], Awaitable[None]]) -> None:
    browser = await filled.client(Role.PRODUCT_OWNER)
    before, _ = await as_kept_and_as_new(filled, browser, "/backlog")
    await change(filled)

    kept, new = await as_kept_and_as_new(filled, browser, "/backlog")

    assert kept == new
    assert kept != before or change is candidate_waiting


@pytest.mark.parametrize(
    "query", ["q=bags", "stage=scoring", "department=1", "signature=1", "order=title", "whatif=1", "page=2"]
)
async def test_another_list_has_other_filters(filled: Served, query: str) -> None:
    browser = await filled.client(Role.PRODUCT_OWNER)
    await browser.get("/backlog")

    kept, new = await as_kept_and_as_new(filled, browser, f"/backlog?{query}")

    assert kept == new


async def test_each_reader_gets_the_course_of_an_urgency_in_their_own_language(filled: Served) -> None:
    async with filled.database.writing() as session:
        season = {"kind": "seasonal", "start": "12-01", "end": "12-02", "inside": 9, "outside": 1, "lead_in": 0}
        urgency_profiles.put(session, await session.get_one(Initiative, 1), season, by=MEG)
    english = (await (await filled.client(Role.VIEWER, name="Ada")).get("/backlog")).text
    german = (await (await filled.client(Role.VIEWER, name="Jan", locale="de")).get("/backlog")).text

    assert "season until" in english
    assert "Saison bis" in german
    assert "season until" not in german


async def test_each_reader_gets_their_own_page(filled: Served) -> None:
    kim = await filled.client(Role.PRODUCT_OWNER, name="Kim")
    ada = await filled.client(Role.VIEWER, name="Ada")
    kims = (await kim.get("/backlog")).text
    adas, new = await as_kept_and_as_new(filled, ada, "/backlog")

    assert adas == new
    assert "Kim" not in adas
    assert "Ada" not in kims
    for address in ("/triage", "/settings/weights", "/no/such/page"):
        await kim.get(address)
        kept, new = await as_kept_and_as_new(filled, ada, address)
        assert kept == new


async def test_who_sees_the_same_list_shares_it_and_sends_forms_with_a_token_of_their_own(filled: Served) -> None:
    kim = await filled.client(Role.DEPARTMENT_LEAD, name="Kim")
    sam = await filled.client(Role.DEPARTMENT_LEAD, name="Sam")
    fragments = filled.app.state.pages.fragments
    kims = (await kim.get("/backlog")).text
    length = fragments.length

    sams = (await sam.get("/backlog")).text

    assert fragments.length - length < len(sams) / 4, "his own top bar, but not another list"
    own = [set(re.findall(r'name="_csrf_token" value="([^"]*)"', page)) for page in (kims, sams)]
    assert [len(tokens) for tokens in own] == [1, 1]
    assert own[0] != own[1]
    view = await sam.post("/backlog/views", data={"name": "Mondays", "_csrf_token": own[1].pop()})
    assert view.status_code == 303


def test_the_oldest_part_goes_when_there_is_no_room() -> None:
    fragments = Fragments(7)
    rendered: list[str] = []

    def render(name: str) -> str:
        rendered.append(name)
        return 3 * name

    for name in ("a", "b", "c", "b", "a"):
        fragments.get(name, lambda name=name: render(name))  # type: ignore[misc] # mypy cannot infer a lambda with a default

    assert rendered == ["a", "b", "c", "a"]
