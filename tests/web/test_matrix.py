"""The matrix page: bubbles, what is missing, intervals, the portfolio, and one's own estimate by a plain form."""

import html
import re

import pytest

from backlog import settings
from backlog.database import Database
from backlog.history import WAYMARK, Actor
from backlog.initiatives import initiatives, ratings
from backlog.people.roles import Role
from backlog.ranking import views
from backlog.ranking.matrix import Bubble
from tests.ranking.test_matrix import rated
from tests.web.clients import Served
from web.pages import backlog_views, matrix_plot, plots

VERSION = re.compile(r'name="version" value="(\d+)"')
ESTIMATE = {"effort_was": "4.0", "benefit_was": "8.0", "effort": "4.0", "benefit": "8.0", "reason": "Half is there"}


@pytest.fixture
async def product(served: Served) -> Served:
    await rated(served.database)
    return served


def bubbles(page: str) -> list[str]:
    found = re.findall(r'<a class="bub[^>]*aria-label="([^"]*)"', page)
    return [html.unescape(each) for each in found]


async def version(database: Database, key: str) -> int:
    async with database.reading() as session:
        return (await initiatives.by_key(session, key)).version


async def test_bubbles_are_links_in_rank_order_with_full_names(product: Served) -> None:
    page = (await (await product.client(Role.VIEWER)).get("/matrix")).text

    assert bubbles(page) == [
        "Rank 1: Honest waiting times. Effort 4.0, benefit 8.0, signature",
        "Rank 2: Tell where the bag is. Effort 9.0, benefit 9.0, urgency unknown",
    ]
    assert "benefit is missing" in page
    assert 'href="/matrix?at=CX-1#chosen"' in page
    for unwanted in ('style="', "data-may", "data-estimate", "#ratings"):
        assert unwanted not in page


async def test_the_same_filters_as_in_the_backlog(product: Served) -> None:
    browser = await product.client(Role.CONTRIBUTOR)

    ready = (await browser.get("/matrix?stage=ready&intervals=1")).text
    none = (await browser.get("/matrix?q=no+such+thing")).text

    assert [each[:6] for each in bubbles(ready)] == ["Rank 2"]
    assert 'name="intervals" value="1"' in ready
    assert 'action="/backlog"' in ready  # the search of the topbar alone
    assert ready.count('action="/backlog"') == 1
    assert "Nothing that these filters let through." in none
    assert bubbles(none) == []


async def test_the_views_of_the_backlog_lead_here_in_the_readers_language(product: Served) -> None:
    name, query = next(iter(backlog_views.OF_THE_DEMO.items()))
    async with product.database.writing() as session:
        await views.save(session, name, query, shared=True, by=WAYMARK)
    german = await product.client(Role.VIEWER, locale="de")

    page = (await german.get("/matrix")).text

    assert html.escape(f'href="/matrix?{query}"', quote=False) in page
    assert "Startklar" in page
    assert f">{name}</a>" not in page


async def test_intervals_are_drawn_and_told_on_demand(product: Served) -> None:
    browser = await product.client(Role.VIEWER)

    without = (await browser.get("/matrix?at=CX-1")).text
    shown = (await browser.get("/matrix?at=CX-1&intervals=1")).text

    assert "plot__reach" not in without
    assert shown.count("plot__reach") == 4
    assert "effort between 2.0 and 8.0, benefit between 7.0 and 9.0" in bubbles(shown)[0]
    assert 'href="/matrix?at=CX-1"' in shown


async def test_the_portfolio_is_held_against_its_targets_in_words(product: Served) -> None:
    browser = await product.client(Role.ADMINISTRATOR)

    before = (await browser.get("/matrix")).text
    kept = await browser.post("/settings", data={"small_steps_from": "10", "small_steps_to": "31"})
    after = (await browser.get("/matrix")).text

    assert kept.status_code == 303
    assert "Below the target" in before  # 31 % of 40 to 70
    assert "(40–70%)" in before
    assert "Above the target" in before  # 69 % large footprints of 20 to 40
    assert "(10–31%)" in after
    assert "Below the target" not in after
    assert "no target" in after


async def test_the_chosen_initiative_says_what_raters_say(product: Served) -> None:
    kim = await product.person(Role.CONTRIBUTOR, name="Kim")
    async with product.database.writing() as session:
        known = await initiatives.by_key(session, "CX-1")
        await ratings.rate(session, known, {"effort": (5, 6, 7)}, by=kim.actor)
    browser = await product.client(Role.CONTRIBUTOR, name="Kim")

    page = (await browser.get("/matrix?at=CX-1")).text
    part = (await browser.get("/matrix?at=CX-1", headers={"HX-Request": "true", "HX-Target": "div#chosen"})).text

    assert "Effort: you say 6.0; the median of 3 raters is 5.0." in page
    assert "Benefit: 1 other says 8.0, you say nothing yet." in page
    assert "The small dot in the plot is where you see it." in page
    assert 'data-others="5.0 3.0"' in page or 'data-others="3.0 5.0"' in page
    assert part.lstrip().startswith('<div id="chosen"')
    assert '<svg class="plot"' not in part


async def test_an_estimate_is_ones_own_rating_and_the_rank_follows(product: Served) -> None:
    browser = await product.client(Role.CONTRIBUTOR, name="Jan")
    page = (await browser.get("/matrix?at=CX-1&stage=proposed")).text
    found = VERSION.search(page)
    assert found
    assert 'action="/matrix/CX-1/estimates?stage=proposed"' in page

    answer = await browser.post(
        "/matrix/CX-1/estimates?stage=proposed", data=ESTIMATE | {"effort": "10", "version": found[1]}
    )
    after = (await browser.get(answer.headers["location"])).text
    activity = (await browser.get("/initiatives/CX-1")).text

    assert (answer.status_code, answer.headers["location"]) == (303, "/matrix?stage=proposed&at=CX-1")
    assert "Your estimate is kept." in after
    assert "Effort: you say 10.0; the median of 3 raters is 5.0." in after
    assert "Benefit: 1 other says 8.0" in after
    assert "Half is there" in activity
    async with product.database.reading() as session:
        kept = [each for each in await session.scalars(ratings.of(1)) if each.rater == "Jan"]
        assert [(each.input.value, each.estimate, each.reason) for each in kept] == [
            ("effort", [10, 10, 10], "Half is there")
        ]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"effort": "much"}, "effort", "Enter a number from 1 to 10."),
        ({"effort": "0,5"}, "effort", "Enter a number from 1 to 10."),
        ({"effort": ""}, "effort", "Enter a number from 1 to 10."),
        ({"effort": "7", "reason": ""}, "reason", "Say why"),
        ({}, "effort", "Nothing is different"),
    ],
)
async def test_what_cannot_be_kept_stands_beside_its_field(
    served_sqlite: Served, given: dict[str, str], field: str, said: str
) -> None:
    await rated(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    number = await version(served_sqlite.database, "CX-1")

    answer = await browser.post("/matrix/CX-1/estimates", data=ESTIMATE | given | {"version": str(number)})

    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert said in answer.text
    assert bubbles(answer.text)
    for name, text in given.items():
        assert f'id="f-{name}" name="{name}" type="text" value="{text}"' in answer.text


async def test_an_estimate_on_an_older_state_is_refused_and_kept_as_typed(product: Served) -> None:
    browser = await product.client(Role.CONTRIBUTOR)
    number = await version(product.database, "CX-1")
    async with product.database.writing() as session:
        known = await initiatives.by_key(session, "CX-1")
        await ratings.rate(session, known, {"effort": (1, 1, 1)}, by=Actor("Ines"))

    late = ESTIMATE | {"effort": "7,5", "reason": "Paid for", "version": str(number)}
    answer = await browser.post(
        "/matrix/CX-1/estimates", data=late, headers={"HX-Request": "true", "HX-Target": "main#main"}
    )

    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime." in answer.text
    assert 'value="7,5"' in answer.text
    assert 'value="Paid for"' in answer.text
    assert 'name="version" value="' + str(number + 1) in answer.text
    assert "<html" not in answer.text
    again = await browser.post("/matrix/CX-1/estimates", data=late | {"version": str(number + 1)})
    assert again.status_code == 303
    missing = await browser.post("/matrix/CX-1/estimates", data=ESTIMATE | {"effort": "3"})
    assert missing.status_code == 428


async def test_viewers_look_and_unknown_initiatives_are_said_to_be_unknown(served_sqlite: Served) -> None:
    await rated(served_sqlite.database)
    viewer, lead = await served_sqlite.client(Role.VIEWER), await served_sqlite.client(Role.DEPARTMENT_LEAD)

    assert (await viewer.post("/matrix/CX-1/estimates", data=ESTIMATE)).status_code == 403
    assert "There is no initiative CX-99." in (await viewer.get("/matrix?at=CX-99")).text
    assert (await viewer.get("/matrix?at=%00&intervals=2&phase=x")).status_code == 200
    assert (await lead.post("/matrix/CX-99/estimates", data=ESTIMATE | {"version": "1"})).status_code == 404


async def test_an_empty_backlog_says_what_the_matrix_is_for(served_sqlite: Served) -> None:
    async with served_sqlite.database.writing() as session:
        await settings.save(session, {"organisation": "SFO"}, by=WAYMARK)

    page = (await (await served_sqlite.client(Role.VIEWER)).get("/matrix")).text

    assert "Nothing has both effort and benefit rated here yet." in page
    assert "As soon as effort and benefit are rated" in page


def bubble(number: int, effort: float, benefit: float, importance: float | None = 5, **more: bool) -> Bubble:
    return Bubble(
        number,
        f"Initiative number {number}",
        number,
        effort,
        benefit,
        importance,
        7.0,
        **more or {"is_signature": False},
    )


def test_bubbles_at_one_place_are_pushed_apart_by_a_few_pixels() -> None:
    drawn = matrix_plot.drawn([bubble(1, 3, 8), bubble(2, 3, 8), bubble(3, 9, 2)])

    first, second, alone = drawn
    dx, dy = (first.nudge[axis] - second.nudge[axis] for axis in (0, 1))
    assert (dx**2 + dy**2) ** 0.5 >= first.r + second.r
    assert [alone.nudge, alone.nudge_narrow] == [(0, 0), (0, 0)]
    assert (first.x, first.y) == (25, 25)


def test_no_bubble_is_pushed_far_or_out_of_the_plot() -> None:
    crowd = [bubble(n, 1, 10) for n in range(1, 60)] + [bubble(n, 10, 1, 10, is_signature=True) for n in range(60, 90)]

    for each in matrix_plot.drawn(crowd):
        for nudge, window in ((each.nudge, matrix_plot.WIDE), (each.nudge_narrow, matrix_plot.NARROW)):
            width, height, farthest = window
            assert (nudge[0] ** 2 + nudge[1] ** 2) ** 0.5 <= farthest + 0.2
            assert 0 <= each.x / 100 * width + nudge[0] <= width
            assert 0 <= each.y / 100 * height + nudge[1] <= height


def test_urgent_is_loud_and_important_is_large() -> None:
    assert [matrix_plot.colour(each) for each in (None, 0, 4.0, 7.9, 8.0, 10)] == [
        "bub--open", "h6", "h5", "h2", "h1", "h1",
    ]  # fmt: skip
    assert [matrix_plot.radius(each) for each in (None, 0, 3, 5, 10)] == [15.1, 12, 12, 15.1, 23]


def test_names_stand_at_the_ends_and_signature_and_at_the_chosen_one() -> None:
    places = [(5, 5), (1, 5), (9, 6), (3, 9), (5, 2), (6, 7), (7, 4)]
    rows = [bubble(n, *place, is_signature=n == 6) for n, place in enumerate(places, 1)]
    drawn = matrix_plot.drawn(rows)

    assert sorted(each.drawn.bubble.id for each in matrix_plot.names(drawn, "")) == [2, 3, 4, 5, 6]
    assert matrix_plot.names(drawn, "CX-7")[0].drawn.bubble.id == 7
    assert matrix_plot.names([], "") == []
    assert plots.shortened("Mehrwertsteuerrückerstattungsschalterbeschilderung") == "Mehrwertsteuerrückerstattungsscha…"
    assert plots.shortened("Tell passengers where their bag is, belt to belt") == "Tell passengers where their bag…"
