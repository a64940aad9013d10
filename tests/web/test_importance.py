"""Importance and performance as a page, as a switch for suggestions, and in the API."""

import pytest

from backlog import deriving, settings
from backlog.database import Database
from backlog.history import Actor
from backlog.importance.importance_map import Place
from backlog.initiatives import evidence, initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.ranking import ranked
from backlog.rescoring import rescore
from tests.evidence.tallies import a_touchpoint
from tests.importance.answers import Answers, Survey, airport, brought
from tests.web.clients import Served
from web.pages import importance_plot

ADA = Actor("Ada")
ASKED: Answers = {"Security": [9.0] * 200 + [10.0] * 200, "Restaurants": [4.0] * 400, "Art": [8.0] * 400}
PAGE = "/touchpoints/importance"


async def surveyed(database: Database, *, stated: Answers | None = None, n: int = 400) -> Survey:
    places, overall = airport(n)
    survey = await brought(database, places, overall=overall, stated=stated)
    await deriving.derive(database)
    return survey


async def about(database: Database, survey: Survey, name: str) -> int:
    async with database.writing() as session:
        initiative = await initiatives.propose(session, title=f"A better {name}", by=ADA)
        await evidence.link_touchpoints(session, initiative, [survey.touchpoints[name]], by=ADA)
    return initiative.id


async def test_the_page_shows_each_touchpoint_as_a_link_and_in_the_list(served: Served) -> None:
    survey = await surveyed(served.database)
    await about(served.database, survey, "Security")
    browser = await served.client(Role.VIEWER)

    page = (await browser.get(PAGE)).text

    link = f'href="/touchpoints/{survey.touchpoints["Security"]}"'
    assert page.count(link) == 2
    assert "Importance is derived: how much goes with “recommend”." in page
    assert "Concentrate here" in page
    assert "Nobody was asked how important touchpoints are" in page
    assert "The opportunity score needs the best answers to both questions" in page


async def test_intervals_are_drawn_when_asked_for_and_spoken(served_sqlite: Served) -> None:
    await surveyed(served_sqlite.database)
    browser = await served_sqlite.client(Role.VIEWER)

    without, shown = (await browser.get(PAGE)).text, (await browser.get(f"{PAGE}?intervals=1")).text

    assert "plot__reach" not in without
    assert shown.count("plot__reach") == 6
    assert "Importance between" in shown


async def test_what_customers_say_can_be_looked_at_beside_what_is_derived(served: Served) -> None:
    await surveyed(served.database, stated=ASKED)
    browser = await served.client(Role.VIEWER)

    said, derived = (await browser.get(PAGE)).text, (await browser.get(f"{PAGE}?source=derived")).text

    assert "Importance is what customers say." in said
    assert "Importance is derived" in derived
    for page in (said, derived):
        assert "Says and shows it" in page
        assert "underserved" in page


@pytest.mark.parametrize(
    ("n", "source", "expected"),
    [
        (14, "", "No touchpoint has enough answers yet."),
        (14, "", "There are 14 such customers."),
        (400, "?source=stated", "Nobody was asked how important touchpoints are."),
        (400, "?phase=77", "No touchpoint stands in this phase."),
        (400, "?persona=77", "Nobody of this persona has answered."),
    ],
)
async def test_where_there_is_no_plot_it_says_why(served_sqlite: Served, n: int, source: str, expected: str) -> None:
    await surveyed(served_sqlite.database, n=n)
    browser = await served_sqlite.client(Role.VIEWER)

    answer = await browser.get(f"{PAGE}{source}")

    assert answer.status_code == 200
    assert expected in answer.text


async def test_a_touchpoint_that_goes_against_the_outcome_is_told_and_drawn_apart(served_sqlite: Served) -> None:
    places, overall = airport(400)
    places["Security"] = [10 - (each or 0) for each in places["Security"]]
    await brought(served_sqlite.database, places, overall=overall)
    await deriving.derive(served_sqlite.database)
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(PAGE)).text

    assert page.count("bub--against") == 1
    assert page.count("· goes against it") == 1
    assert "Dashed: goes against it" in page
    assert "importance has no sign" in page


@pytest.mark.parametrize(("n", "is_told"), [(65, True), (2000, False)])
async def test_wide_intervals_are_told_in_words(served_sqlite: Served, n: int, is_told: bool) -> None:
    places, overall = airport(n)
    if is_told:  # five whose answers have nothing to do with each other, and everybody else says 8
        said: list[list[float | None]] = [[7, 10, 4, 6, 7], [10, 10, 6, 8, 9], [9, 10, 3, 6, 2], [5, 0, 4, 1, 5]]
        padded = [[*five, *[8.0] * (n - 5)] for five in said]
        places, overall = dict(zip(places, padded, strict=False)), {"recommend": padded[-1]}
    await brought(served_sqlite.database, places, overall=overall)
    await deriving.derive(served_sqlite.database)
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(PAGE)).text

    assert ("This is hardly certain" in page) is is_told


async def test_more_answers_are_not_asked_for_where_they_would_not_help(served_sqlite: Served) -> None:
    places, _ = airport(60)
    await brought(served_sqlite.database, places, overall={"recommend": [9.0] * 60})
    await deriving.derive(served_sqlite.database)
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(PAGE)).text

    assert "Everybody gave the same answer" in page
    assert "There are 60 such customers" not in page


async def test_an_empty_register_leads_to_the_import(served_sqlite: Served) -> None:
    viewer, contributor = await served_sqlite.client(Role.VIEWER), await served_sqlite.client(Role.CONTRIBUTOR)

    assert "No answers yet" in (await viewer.get(PAGE)).text
    assert 'href="/imports/new"' in (await contributor.get(PAGE)).text


async def test_until_it_is_computed_the_page_says_so(served_sqlite: Served) -> None:
    places, overall = airport()
    await brought(served_sqlite.database, places, overall=overall)
    browser = await served_sqlite.client(Role.VIEWER)

    assert "It is being worked out." in (await browser.get(PAGE)).text


async def test_the_switch_changes_suggestion_and_rank_and_who_did_it_is_told(served: Served) -> None:
    survey = await surveyed(served.database)
    security, art = [await about(served.database, survey, name) for name in ("Security", "Art")]
    browser = await served.client(Role.ADMINISTRATOR, name="Katharina")

    async def standing() -> tuple[float | None, float | None, float | None, list[int]]:
        async with served.database.reading() as session:
            one, other = await session.get_one(Initiative, security), await session.get_one(Initiative, art)
            ranks = await ranked.ranks(session, [one.points, other.points])
            return one.suggested_importance, other.suggested_importance, one.importance_spread, list(ranks)

    derived = await standing()
    form = {"organisation": "", "version": "0", "derived_importance": "no"}
    answer = await browser.post("/settings", data=form)
    switched = await standing()
    told = (await browser.get("/settings")).text

    assert answer.status_code == 303
    assert derived[0] is not None
    assert derived[1] is not None
    assert derived[0] > 9 > 2 > derived[1]
    assert derived[2] is not None
    assert derived[2] > 0
    assert derived[3] == [1, 2]
    assert switched[:2] == (10.0, 10.0)  # everybody meets both
    assert switched[2] == 0
    assert switched[3] == [1, 1]
    assert "Katharina" in told
    assert "derived importance" in told


async def test_what_is_no_choice_of_the_switch_is_refused(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    answer = await browser.post("/settings", data={"organisation": "", "version": "0", "derived_importance": "maybe"})

    assert answer.status_code == 422
    async with served_sqlite.database.reading() as session:
        assert (await settings.load(session)).derived_importance is True


async def test_the_api_tells_the_map_and_what_it_is_derived_from(served: Served) -> None:
    await surveyed(served.database, stated=ASKED)
    async with served.database.writing() as session:
        await a_touchpoint(session, "Spa")
        await rescore(session)
    api = await served.api(Role.VIEWER)

    said = (await api.get("/api/v1/importance")).json()
    derived = (await api.get("/api/v1/importance?source=derived")).json()

    assert (said["source"], said["outcome"], said["total"]) == ("stated", None, 3)
    assert said["items"][0].keys() >= {"gap", "quadrant", "opportunity", "importance_low", "case", "n"}
    assert (derived["source"], derived["outcome"]) == ("derived", derived["outcomes"][0]["id"])
    outcome = derived["outcomes"][0]
    assert (outcome["name"], outcome["n"], outcome["seed"], outcome["reason"]) == ("recommend", 400, 1, None)
    assert 0 < outcome["r_squared"] < 1


async def test_the_api_tells_the_importance_of_each_touchpoint(served: Served) -> None:
    survey = await surveyed(served.database, stated={"Security": ASKED["Security"]})
    api = await served.api(Role.VIEWER)

    listed = {each["name"]: each["importance"] for each in (await api.get("/api/v1/touchpoints")).json()["items"]}
    one = (await api.get(f"/api/v1/touchpoints/{survey.touchpoints['Security']}")).json()["importance"]

    assert one == listed["Security"]
    assert (one["stated"]["value"], one["stated"]["n"]) == (9.5, 400)
    assert one["derived"]["outcome"] == "recommend"
    assert one["derived"]["low"] <= one["derived"]["share"] <= one["derived"]["high"]
    assert listed["Art"]["stated"] is None
    assert sum(each["derived"]["share"] for each in listed.values()) == pytest.approx(1)


async def test_the_api_refuses_an_importance_it_does_not_know(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    assert (await api.get("/api/v1/importance?source=guessed")).status_code == 400
    assert (await api.get("/api/v1/importance")).json()["items"] == []


def test_an_axis_shows_the_part_of_the_scale_where_anything_is() -> None:
    narrow, wide = importance_plot.axis([7.0, 7.2], 0.1), importance_plot.axis([0.0, 10.0], 0.1)

    assert (narrow.at(7.1), narrow.ticks) == (50.0, [6.5, 7.0, 7.5, 8.0])
    assert (wide.at(5.0), wide.ticks) == (50.0, [0, 2, 4, 6, 8, 10])
    assert wide.at(0.0) > 0


def test_without_touchpoints_nothing_is_drawn() -> None:
    nowhere: list[Place] = []

    assert importance_plot.plot(nowhere, None) is None
