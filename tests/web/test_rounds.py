"""Rating rounds on their pages: opening one, links of guests, rating blind, what came out."""

import asyncio
import datetime as dt
import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from backlog import history
from backlog.initiatives import ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.ranking import matrix
from backlog.rounds import answers, ends, rounds
from backlog.rounds.answers import Answers
from backlog.rounds.rounds import RatingRound, RoundRater, RoundRating
from backlog.simulation import asking
from backlog.simulation.questions import Question
from tests.initiatives.field import airport, bags
from tests.web.clients import Served
from web.formats import initials
from web.work import a_new_day, rating_rounds

SECRET = "Pier A only: three words"
"""In the next step of the initiative: guests may read it while the round is open, strangers never."""


@pytest.fixture
async def terminal(served: Served) -> Served:
    """The bags, CX-1, and Katharina and Jan, persons 1 and 2."""
    async with served.database.writing() as session:
        await bags(session, await airport(session))
    return served


def wanted(**more: Any) -> dict[str, Any]:
    return {
        "title": "Bags in autumn",
        "message": "We **need** your view.",
        "inputs": ["importance", "effort"],
        "initiatives": ["CX-1"],
        "people": ["1", "2"],
        "guest_1": "Maria Keller",
        "organisation_1": "Star Cargo",
        "kind_1": "customer",
    } | more


async def links(lead: httpx.AsyncClient, number: int = 1) -> list[str]:
    """The paths of the new links of a round."""
    answer = await lead.post(f"/rounds/{number}/links")
    assert answer.status_code == 201
    return re.findall(r"http://waymark\.test(/rate/[\w-]+)", answer.text)


async def opened(served: Served, **more: Any) -> tuple[httpx.AsyncClient, str]:
    """The browser of who opened the round, and the path of the guest's link."""
    lead = await served.client(Role.DEPARTMENT_LEAD)
    answer = await lead.post("/rounds", data=wanted(**more))
    assert answer.status_code == 303, answer.text
    return lead, (await links(lead))[0]


def saying(importance: object, effort: object = 3, version: int = 2, **more: str) -> dict[str, str]:
    values = {"importance_1_likely": str(importance), "effort_1_likely": str(effort), "version": str(version)}
    return values | more


async def katharina(served: Served) -> httpx.AsyncClient:
    return await _signed_in(served, 1)


async def _signed_in(served: Served, number: int) -> httpx.AsyncClient:
    async with served.database.writing() as session:
        person = await session.get_one(Person, number)
        person.email = f"{person.name.lower().replace(' ', '.')}@{person.role.value}.example"
    return await served.client(person.role, name=person.name)


async def test_a_guest_rates_by_link_without_session_or_cookie_and_it_stays_blind(terminal: Served) -> None:
    lead, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)

    page = await guest.get(link)

    assert page.status_code == 200
    assert SECRET in page.text
    assert "<strong>need</strong>" in page.text
    assert "Katharina" not in page.text
    assert 'href="/backlog' not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]

    kept = await guest.post(link, data=saying(9.5, 2))
    assert (kept.status_code, kept.headers["referrer-policy"]) == (303, "no-referrer")
    assert guest.cookies.get("waymark_session") is None
    again = (await guest.get(kept.headers["location"])).text
    assert "Your ratings are kept" in again
    assert 'value="9.5"' in again

    shown = (await lead.get("/rounds/1")).text
    assert "1 of 3" in shown
    assert "9.5" not in shown + (await lead.get("/initiatives/CX-1")).text
    async with terminal.database.reading() as session:
        assert (await session.scalars(select(Rating))).all() == []
        assert len((await session.scalars(select(RoundRating))).all()) == 2


async def test_a_link_opens_that_page_and_nothing_else(terminal: Served) -> None:
    _, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)
    await guest.get(link)

    for path in ("/backlog", "/initiatives/CX-1", "/rounds", "/rounds/1", "/rounds/1/ratings", "/matrix"):
        assert (await guest.get(path)).status_code == 401
    assert (await guest.get("/api/v1/rating-rounds/1")).status_code == 401
    for method in ("PUT", "DELETE", "PATCH"):
        assert (await guest.request(method, link)).status_code == 405


@pytest.mark.parametrize("wrong", ["/rate/nobody", "/rate/" + "x" * 5_000, "/rate/%00", "/rate/1"])
async def test_a_wrong_link_says_nothing_about_initiatives(terminal: Served, wrong: str) -> None:
    await opened(terminal)
    stranger = terminal.visitor(csrf=False)

    for answer in (await stranger.get(wrong), await stranger.post(wrong, data=saying(9))):
        assert answer.status_code == 404
        assert "bag" not in answer.text.lower()
        assert answer.headers["referrer-policy"] == "no-referrer"
    german = await stranger.get(wrong, headers={"accept-language": "de"})
    assert 'lang="de"' in german.text


async def test_a_form_from_another_site_is_not_taken(terminal: Served) -> None:
    _, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)

    assert (await guest.post(link, data=saying(9), headers={"sec-fetch-site": "cross-site"})).status_code == 404
    assert (await guest.post(link, data=saying(9), headers={"sec-fetch-site": "same-origin"})).status_code == 303


async def test_withdrawn_and_replaced_links_open_nothing(terminal: Served) -> None:
    lead, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)
    async with terminal.database.reading() as session:
        rater = (await session.scalars(select(RoundRater).where(RoundRater.guest_id.is_not(None)))).one()
        assert link.rpartition("/")[2] not in str(rater.secret_hash)

    new = await lead.post(f"/rounds/1/raters/{rater.id}/invitation")
    another = re.findall(r"http://waymark\.test(/rate/[\w-]+)", new.text)[0]
    assert (await guest.get(link)).status_code == 404
    assert (await guest.get(another)).status_code == 200
    assert another not in (await lead.get("/rounds/1")).text

    assert (await lead.post(f"/rounds/1/raters/{rater.id}/withdrawal")).status_code == 303
    assert (await guest.get(another)).status_code == 404
    assert (await guest.post(another, data=saying(9))).status_code == 404


async def test_who_rates_after_the_end_keeps_on_screen_what_was_typed(terminal: Served) -> None:
    lead, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)
    assert (await lead.post("/rounds/1/closing", data={"version": "1"})).status_code == 303

    late = await guest.post(link, data=saying(8.25, reason_1="The belt stood still twice."))

    assert (late.status_code, (await guest.get(link)).status_code) == (410, 410)
    assert "8.25" in late.text
    assert "The belt stood still twice." in late.text
    assert SECRET not in late.text
    assert (await lead.post("/rounds/1/closing", data={"version": "1"})).status_code == 409


async def test_what_is_wrong_stands_beside_it_and_stays_typed(terminal: Served) -> None:
    _, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)
    typed = saying("much", 5, effort_1_low="8", unable_effort_1="1")

    refused = await guest.post(link, data=typed)

    assert refused.status_code == 422
    assert 'value="much"' in refused.text
    assert "Enter numbers for low, likely and high" in refused.text
    assert "not both" in refused.text
    above = await guest.post(link, data=saying(5, 5, effort_1_low="8"))
    assert "Low must not be above likely" in above.text
    assert 'value="8"' in above.text


async def test_a_reason_alone_stays_typed_and_is_named(terminal: Served) -> None:
    _, link = await opened(terminal)

    refused = await terminal.visitor(csrf=False).post(link, data={"reason_1": "Belt 3 is narrow.", "version": "2"})

    assert refused.status_code == 422
    assert "Belt 3 is narrow.</textarea>" in refused.text
    assert "Rate it or say that you cannot say" in refused.text


async def test_two_windows_of_a_guest_do_not_overwrite_each_other(terminal: Served) -> None:
    _, link = await opened(terminal)
    guest = terminal.visitor(csrf=False)
    assert (await guest.post(link, data=saying(9, version=2))).status_code == 303

    other = await guest.post(link, data=saying(1, version=2))

    assert other.status_code == 409
    assert 'value="1"' in other.text
    assert (await guest.post(link, data=saying(1, version=3))).status_code == 303


async def test_those_invited_see_only_their_own_until_the_round_ends(terminal: Served) -> None:
    _, link = await opened(terminal)
    one, other = await katharina(terminal), await _signed_in(terminal, 2)
    outside = await terminal.client(Role.CONTRIBUTOR, name="Ines")
    given = {"importance_low": "7.7", "importance_likely": "7.7", "importance_high": "7.7"}
    assert (await outside.post("/initiatives/CX-1/ratings", data=given)).status_code == 303

    page = (await one.get("/initiatives/CX-1")).text
    assert "You are invited to rate." in page
    said = page.partition('id="ratings"')[2].partition('id="evidence"')[0]
    assert "Ines: 7.7" not in said
    assert '<td class="num strong">7.7</td>' in said
    assert "The median that counts today stays visible" in said
    assert "The median that counts today stays visible" in (await one.get("/rounds/1/ratings")).text
    assert "rated Importance" not in page
    assert "Ines: 7.7" in (await outside.get("/initiatives/CX-1")).text
    refused = await one.post("/initiatives/CX-1/ratings", data=given)
    assert refused.status_code == 422
    assert "rate it there" in refused.text

    assert (await one.post("/rounds/1/ratings", data=saying(9, version=1))).status_code == 303
    row = re.findall(r'<th scope="row">Katharina.*?</tr>', (await other.get("/rounds/1")).text, re.DOTALL)[0]
    assert "has rated" in row
    assert "9" not in row
    assert (
        await other.post("/rounds/1/ratings", data=saying(2, unable_effort_1="1", version=1) | {"effort_1_likely": ""})
    ).status_code == 303
    ended = await terminal.visitor(csrf=False).post(link, data=saying(8))

    assert "You were the last one" in ended.text
    page = (await one.get("/rounds/1")).text
    assert "Jan-Erik Thomsen 2.0, Katharina Wiedenhöft 9.0: let these talk first." in page
    assert "Customers see it" in page
    assert "Cannot say: Jan-Erik Thomsen." in page
    page = (await one.get("/initiatives/CX-1")).text
    assert "Maria Keller (Star Cargo)" in page
    assert "in the round “Bags in autumn”" in page
    async with terminal.database.reading() as session:
        assert (await session.get_one(Initiative, 1)).rated_importance == pytest.approx(7.85)


async def test_the_matrix_keeps_what_others_say_from_those_invited(terminal: Served) -> None:
    await opened(terminal)
    one = await katharina(terminal)
    outside = await terminal.client(Role.CONTRIBUTOR, name="Ines")
    given = {f"{name}_{part}": "6" for name in ("effort", "benefit") for part in ("low", "likely", "high")}
    await outside.post("/initiatives/CX-1/ratings", data=given)
    async with terminal.database.reading() as session:
        actors = [
            (await session.get_one(Person, 1)).actor,
            (await terminal.person(Role.CONTRIBUTOR, name="Ines")).actor,
        ]
        seen = [(await matrix.chosen(session, "CX-1", actor)).voices for actor in actors]
        reach = [await matrix.extents(session, [1], actor) for actor in actors]

    assert (seen[0][RatedInput.EFFORT].others, list(seen[0][RatedInput.BENEFIT].others)) == ([], [6])
    assert [set(each[1]) for each in reach] == [{RatedInput.BENEFIT}, {RatedInput.EFFORT, RatedInput.BENEFIT}]
    assert seen[1][RatedInput.EFFORT].own == [6, 6, 6]
    assert seen[0][RatedInput.EFFORT].median == 6
    shown = (await one.get("/matrix?at=CX-1&intervals=1")).text
    assert "Effort: Who said what is hidden until the round ends." in shown
    assert "nobody has rated it yet" not in shown
    moved = {"effort": "3", "effort_was": "6", "benefit": "6", "benefit_was": "6", "reason": "Small.", "version": "2"}
    refused = await one.post("/matrix/CX-1/estimates", data=moved)
    assert refused.status_code == 422
    assert "rate it there" in refused.text


async def test_whom_to_ask_names_nobody_while_a_round_asks_the_reader(terminal: Served) -> None:
    await opened(terminal)
    outside = await terminal.person(Role.CONTRIBUTOR, name="Ines")
    async with terminal.database.writing() as session:
        initiative = await session.get_one(Initiative, 1)
        await ratings.rate(session, initiative, {"effort": (2, 6, 9), "urgency": (2, 6, 9)}, by=outside.actor)
    asked = [Question(1, "effort", 0.3), Question(1, "urgency", 0.2)]

    async with terminal.database.reading() as session:
        invited = await asking.whom(session, asked, (await session.get_one(Person, 1)).actor)
        others = await asking.whom(session, asked, outside.actor)

    assert [(each.lowest is None, each.round and each.round.title) for each in invited] == [
        (True, "Bags in autumn"),
        (False, None),
    ]
    assert [each.lowest and each.lowest.rater for each in others] == ["Ines", "Ines"]


async def test_a_round_ends_by_itself_soon_after_its_last_day(terminal: Served) -> None:
    await opened(terminal, closes_on=history.now().date().isoformat())

    for days, is_closed in ((0, False), (1, True)):
        with history.at(history.now() + dt.timedelta(days=days)):
            work = asyncio.create_task(rating_rounds(terminal.database))
            await asyncio.sleep(0.3)
            work.cancel()
        async with terminal.database.reading() as session:
            assert ((await session.get_one(RatingRound, 1)).closed_at is not None) is is_closed


async def test_the_work_of_each_day_and_the_last_rater_do_not_wait_for_each_other(terminal: Served) -> None:
    await opened(terminal, people=["1"])
    async with terminal.database.writing() as session:
        (await session.get_one(RoundRater, 2)).withdrawn_at = history.now()
        (await session.get_one(Initiative, 1)).suggested_importance = 3.3  # so that the day has something to change

    async def last() -> bool:
        async with terminal.database.writing() as session:
            found = await rounds.get(session, 1, for_change=True)
            await asyncio.sleep(0.4)
            rater = await session.get_one(RoundRater, 1)
            said = Answers({(1, name): (5, 5, 5) for name in found.asked})
            return await answers.keep(session, found, rater, said, version=rater.version)

    async def day() -> None:
        await asyncio.sleep(0.1)
        await ends.end_due(terminal.database)
        await a_new_day(terminal.database)

    ended, _ = await asyncio.gather(last(), day())

    assert ended


async def test_who_rates_again_after_the_round_says_why(terminal: Served) -> None:
    lead, _ = await opened(terminal, people=["1"])
    one = await katharina(terminal)
    await one.post("/rounds/1/ratings", data=saying(9, version=1))
    await lead.post("/rounds/1/closing", data={"version": "1"})
    again = {"importance_low": "4", "importance_likely": "4", "importance_high": "4"}

    refused = await one.post("/initiatives/CX-1/ratings", data=again)
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert (
        await one.post("/initiatives/CX-1/ratings", data=again | {"reason": "The belt is fixed."})
    ).status_code == 303

    page = (await one.get("/initiatives/CX-1")).text
    assert "rated Importance 4, before 9" in page
    assert "The belt is fixed." in page


async def test_who_withdraws_all_after_the_round_says_why(terminal: Served) -> None:
    _, link = await opened(terminal, people=["1"])
    one = await katharina(terminal)
    await one.post("/rounds/1/ratings", data=saying(9, version=1))
    await terminal.visitor(csrf=False).post(link, data=saying(8))
    typed = {"importance_low": "9", "importance_likely": "9", "importance_high": "9.5"}

    refused = await one.post("/initiatives/CX-1/ratings/withdrawal", data=typed)
    emptied = await one.post("/initiatives/CX-1/ratings", data=dict.fromkeys(typed, ""))
    assert (refused.status_code, emptied.status_code) == (422, 422)
    assert 'value="9.5"' in refused.text
    assert "Say why, so that others can follow." in refused.text

    kept = await one.post("/initiatives/CX-1/ratings/withdrawal", data=typed | {"reason": "Not my field."})
    assert kept.status_code == 303


async def test_the_form_of_a_new_round_keeps_what_was_typed(terminal: Served) -> None:
    lead = await terminal.client(Role.DEPARTMENT_LEAD)
    wrong = wanted(
        title="", closes_on="2020-01-01", guest_2="maria keller", organisation_2="STAR CARGO", kind_2="partner"
    )

    refused = await lead.post("/rounds", data=wrong)
    empty = await lead.post("/rounds", data={"title": "Alone"})
    never = await lead.post("/rounds", data=wanted(closes_on="soon"))

    assert refused.status_code == 422
    assert "stands among the guests twice" in refused.text
    assert "This day is over." in refused.text
    assert 'value="STAR CARGO"' in refused.text
    assert "a round without raters can never end" in empty.text
    assert "Choose at least one initiative" in empty.text
    assert "Choose at least one thing" in empty.text
    assert "Enter a day" in never.text
    async with terminal.database.reading() as session:
        assert (await session.scalars(select(RatingRound))).all() == []


async def test_only_leads_open_close_and_invite(terminal: Served) -> None:
    lead, _ = await opened(terminal)
    other = await terminal.client(Role.CONTRIBUTOR, name="Ines")

    assert (await other.get("/rounds/new")).status_code == 403
    assert (await other.post("/rounds", data=wanted())).status_code == 403
    assert (await other.post("/rounds/1/closing", data={"version": "1"})).status_code == 403
    assert (await other.post("/rounds/1/links")).status_code == 403
    assert (await other.get("/rounds/1/ratings")).status_code == 403
    assert "Bags in autumn" in (await other.get("/rounds")).text
    assert (await lead.get("/rounds/999")).status_code == 404
    assert (await lead.post("/rounds/1/raters/999/withdrawal")).status_code == 404
    assert (await lead.post("/rounds/1/closing")).status_code == 428


async def test_names_and_words_are_escaped(terminal: Served) -> None:
    evil = "<script>alert(1)</script>"
    lead, link = await opened(terminal, guest_1=evil, title=evil, message=evil)
    shown = (await lead.get("/rounds/1")).text + (await terminal.visitor(csrf=False).get(link)).text
    assert "<script>alert" not in shown + (await lead.get("/rounds")).text


async def test_two_who_close_at_once_close_it_once(terminal: Served) -> None:
    lead, link = await opened(terminal)
    other = await terminal.client(Role.PRODUCT_OWNER)
    await terminal.visitor(csrf=False).post(link, data=saying(9))

    answers = await asyncio.gather(*(each.post("/rounds/1/closing", data={"version": "1"}) for each in (lead, other)))

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    async with terminal.database.reading() as session:
        assert len((await session.scalars(select(Rating))).all()) == 2
        closings = history.of("rating_round", 1, verbs=["closed the round"])
        assert len((await session.scalars(closings)).all()) == 1


async def test_the_last_two_who_rate_at_once_end_it_once(terminal: Served) -> None:
    _, link = await opened(terminal, people=["1"])
    one, guest = await katharina(terminal), terminal.visitor(csrf=False)

    answers = await asyncio.gather(
        one.post("/rounds/1/ratings", data=saying(9, version=1)), guest.post(link, data=saying(4))
    )

    assert {answer.status_code for answer in answers} <= {200, 303}
    async with terminal.database.reading() as session:
        assert (await session.get_one(Initiative, 1)).rated_importance == 6.5


async def test_a_log_does_not_have_the_secret_of_a_link(served_sqlite: Served) -> None:
    async with served_sqlite.database.writing() as session:
        await session.execute(text("DROP TABLE rating_round_rating"))
        await session.execute(text("DROP TABLE rating_round_rater"))

    with capture_logs() as logged:
        answer = await served_sqlite.visitor(csrf=False).get("/rate/of-a-guest")

    assert answer.status_code == 500
    assert [entry["path"] for entry in logged] == ["/rate/…"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maria Keller (Star Cargo)", "MK"), ("Maria Keller", "MK"), ("Families (who fly)", "FA"), ("(unknown)", "(U")],
)
def test_the_initials_of_a_guest_leave_the_organisation_out(name: str, letters: str) -> None:
    assert initials(name) == letters
