"""What every page knows, in which language it speaks, and how values are written."""

import datetime as dt
import time
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from litestar import Request, Response, get
from litestar.exceptions import NoRouteMatchFoundException
from litestar.testing import TestClient

from backlog.errors import Text
from tests.web.stage import KATHARINA, stage
from web import formats, locales
from web.locales import speaking
from web.templating import Addresses, markdown, page, step


def shown(template: str, **values: Any) -> Any:
    @get("/shown")
    async def handler(request: Request[Any, Any, Any]) -> Response[str]:
        return page(request, template, **values)

    return handler


# ---------- numbers, days, times ----------


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", ["−12,345.7", "94%", "7.58", "+0.8", "0.0"]),
        ("de", ["−12.345,7", "94\N{NO-BREAK SPACE}%", "7,58", "+0,8", "0,0"]),
    ],
)
def test_numbers_are_written_as_the_language_does(locale: str, written: list[str]) -> None:
    with speaking(locale):
        assert [
            formats.number(-12345.678, 1),
            formats.percent(0.94),
            formats.points(758),
            formats.signed(0.8),
            formats.signed(-0.01),
        ] == written


def test_days_and_months_are_written_as_the_language_does() -> None:
    survey = dt.date(2026, 3, 5)
    with speaking("en"):
        assert (formats.day(survey), formats.day(survey, year=False), formats.month("2026-03")) == (
            "5 Mar 2026",
            "5 Mar",
            "Mar 2026",
        )
    with speaking("de"):
        assert (formats.day(survey), formats.month(survey)) == ("5.\N{NO-BREAK SPACE}März 2026", "März 2026")


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (dt.timedelta(seconds=0.4), "just now"),
        (dt.timedelta(seconds=20), "20 seconds ago"),
        (dt.timedelta(minutes=4, seconds=50), "4 minutes ago"),
        (dt.timedelta(hours=23), "23 hours ago"),
        (dt.timedelta(days=6), "6 days ago"),
        (dt.timedelta(days=40), "11 Oct 2026"),
    ],
)
def test_time_that_passed_is_told_in_the_largest_whole_unit(before: dt.timedelta, written: str) -> None:
    now = dt.datetime(2026, 11, 20, 9, 41, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        assert formats.ago(now - before) == written


@pytest.mark.parametrize(
    ("probability", "written"), [(1.0, ">99%"), (0.992, ">99%"), (0.99, "99%"), (0.004, "<1%"), (0.0, "<1%")]
)
def test_a_chance_is_never_certain(probability: float, written: str) -> None:
    assert formats.chance(probability) == written


def test_what_is_missing_is_a_dash() -> None:
    assert [formats.number(None), formats.points(None), formats.day(None), formats.ago(None)] == ["–"] * 4


def test_moments_are_shown_in_the_zone_of_the_organisation() -> None:
    moment = formats.moment_in(formats.zone("Europe/Berlin"))

    assert moment(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)) == "2 Jul 2026, 00:30"


@pytest.mark.parametrize(("score", "colour"), [(0, 1), (3.9, 1), (4, 2), (5.5, 3), (6, 4), (7.9, 5), (8, 6), (10, 6)])
def test_a_score_has_the_colour_of_its_step(score: float, colour: int) -> None:
    assert step(score) == colour


# ---------- words ----------


@pytest.mark.parametrize(
    ("wishes", "accepts", "language"),
    [
        (["de"], "en", "de"),
        ([None, "de"], "en", "de"),
        ([None, None], "fr, de-AT;q=0.8, en;q=0.5", "de"),
        ([None], "en;q=0.2, de;q=0.9", "de"),
        (["tlh"], "*;q=x", "en"),
    ],
)
def test_the_language_is_the_persons_else_the_cookies_else_the_browsers(
    wishes: list[str | None], accepts: str, language: str
) -> None:
    assert locales.chosen(*wishes, accept_language=accepts) == language


def test_a_sentence_of_the_domain_is_filled_in_with_sentences() -> None:
    stage_name = Text("In delivery")

    assert locales.translated(Text("It is %(stage)s already.", {"stage": stage_name})) == "It is In delivery already."


def test_what_people_wrote_is_cleaned() -> None:
    written = markdown("**bold** <script>alert(1)</script> [site](javascript:alert(1)) <img src=x onerror=alert(1)>")

    assert "<strong>bold</strong>" in written
    assert "<script" not in written
    assert "<img" not in written
    assert 'href="javascript' not in written


# ---------- pages ----------


def test_the_frame_shows_the_places_that_exist_and_what_waits() -> None:
    with TestClient(stage()) as client:
        text = client.get("/samples").text

    assert '<a href="/backlog" aria-current="page">' in text
    assert '<span class="n">12<span class="vh"> waiting</span></span>' in text
    assert "Scores to 20 Nov" in text
    assert "Matrix" not in text


def test_an_error_page_stands_on_its_own_without_a_viewer_or_navigation() -> None:
    broken = shown("errors/error.html", status=500, code=500, message=Text("Something broke on our side."), is_out=True)
    with TestClient(stage(broken, viewer=None, nav={})) as client:
        answer = client.get("/shown")

    assert answer.status_code == 500
    assert "Something broke on our side." in answer.text
    assert 'class="nav"' not in answer.text


def test_a_block_alone_is_answered_without_the_frame() -> None:
    alone = shown("errors/error.html", block="main", code=404, heading="", message=Text("Nothing here."), is_out=False)
    with TestClient(stage(alone)) as client:
        answer = client.get("/shown", headers={"HX-Request": "true"})

    assert "<html" not in answer.text
    assert "Nothing here." in answer.text
    assert "HX-Request" in answer.headers["vary"]


def test_the_person_decides_language_and_theme() -> None:
    viewer = replace(KATHARINA, locale="de", theme="dark")
    with TestClient(stage(viewer=viewer)) as client:
        text = client.get("/samples", headers={"Accept-Language": "en"}).text

    assert '<html lang="de" data-theme="dark">' in text


def test_a_form_carries_the_token_that_the_cookie_has() -> None:
    with TestClient(stage()) as client:
        text = client.get("/samples").text
        token = client.cookies["csrftoken"]

        assert f'name="_csrf_token" value="{token}"' in text
        assert client.post("/sign-out", data={"_csrf_token": token}).status_code == 201
        assert client.post("/sign-out", data={"_csrf_token": "guessed"}).status_code == 403


def test_an_address_has_its_query_without_what_is_empty() -> None:
    url = Addresses(stage())

    assert url("backlog.index", {"q": "bag drop", "stage": ["ready", "scoring"], "phase": None, "page": ""}) == (
        "/backlog?q=bag+drop&stage=ready&stage=scoring"
    )
    with pytest.raises(NoRouteMatchFoundException):
        url("backlog.matrix")


def test_a_static_address_changes_with_the_file() -> None:
    pages = stage().state.pages

    assert pages.static("steps.css").startswith("/static/steps.css?v=")
    assert pages.static("steps.css") != pages.static("print.css").replace("print", "steps")


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("sessions/new.html", {"back": "/", "email": "k@x.example", "errors": {}, "message": Text("Wrong password.")}),
        (
            "welcome/new.html",
            {"shortest": 12, "values": {"name": "Ole"}, "errors": {"email": Text("Enter an address.")}},
        ),
    ],
)
def test_the_first_pages_work_without_anybody_signed_in(template: str, values: dict[str, Any]) -> None:
    with TestClient(stage(shown(template, **values), viewer=None, nav={})) as client:
        assert client.get("/shown").status_code == 200


def test_a_list_page_is_formatted_in_a_few_milliseconds() -> None:
    """Fifty rows write about five hundred values; Babel alone would take 50 microseconds for each."""
    with speaking("de"):
        formats.number(1, 2)
        began = time.perf_counter()
        for tenths in range(10_000):
            formats.number(tenths / 10, 1)
        spent = time.perf_counter() - began

    assert spent / 10_000 < 20e-6


def test_the_year_of_a_recent_day_is_said_when_it_is_another() -> None:
    survey, autumn = dt.date(2018, 5, 31), dt.date(2026, 11, 20)
    with speaking("en"):
        assert [formats.recent_day(day, dt.date(2026, 11, 22)) for day in (survey, autumn, None)] == [
            formats.day(survey), formats.day(autumn, year=False), "–",
        ]  # fmt: skip


def test_a_text_of_few_signs_that_would_be_megabytes_on_a_page_is_shown_as_it_was_written() -> None:
    table = "|<b>" * 200 + "\n" + "|-" * 200 + "\n" + "late\n" * 200

    shown = markdown(table)

    assert shown.startswith("<pre>|&lt;b&gt;|")
    assert len(shown) < 20_000


def test_the_longest_comments_of_people_are_shown_as_they_are_meant() -> None:
    assert "<pre>" not in markdown("|a|b\n|-|-\n" + "|late|5\n" * 2_500)
    assert "<pre>" not in markdown("Lane [4] is *late*, see [the survey](https://airport.example).\n" * 300)
