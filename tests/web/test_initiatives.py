"""The pages of initiatives: proposing, looking, changing, moving, rating, commenting."""

import datetime as dt
import html
import json
import re
from typing import Any

import httpx
import pytest

from backlog.database import Database
from backlog.evidence.insights import Insight
from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.ranking import agreement
from backlog.weights import weights
from tests.initiatives.field import Airport, airport, bags
from tests.web.clients import Served

MEG = Actor("Meg")


async def prepared(database: Database) -> tuple[Airport, str]:
    async with database.writing() as session:
        field = await airport(session)
        return field, (await bags(session, field)).key


async def now(database: Database, key: str) -> Initiative:
    async with database.reading() as session:
        return await initiatives.by_key(session, key)


def text(answer: httpx.Response) -> str:
    """What a reader sees of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, f"no hidden {name}"
    return found[1]


async def test_a_contributor_proposes_an_initiative(served: Served) -> None:
    field, _ = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)
    form = {
        "title": "Shorter queues",
        "touchpoints": [field.security],
        "lead": field.ground,
        "problem": "Long.\r\nVery.",
    }

    empty = await browser.get("/initiatives/new", params={"touchpoint": field.security})
    answer = await browser.post("/initiatives", data=form)
    shown = await browser.get(answer.headers["location"])

    assert re.search(rf'name="touchpoints" value="{field.security}" checked', empty.text)
    assert (answer.status_code, shown.status_code) == (303, 200)
    assert "Shorter queues" in text(shown)
    assert "Security checkpoint" in text(shown)
    assert (await now(served.database, "CX-2")).problem == "Long.\nVery."


async def test_what_was_typed_stays_when_the_title_is_too_long(served: Served) -> None:
    field, _ = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)
    form = {
        "title": "x" * 10_000,
        "problem": "They wait.",
        "departments": [field.digital],
        "touchpoints": [field.reclaim],
    }

    answer = await browser.post("/initiatives", data=form)

    assert answer.status_code == 422
    assert "Use at most 300 characters; this has 10000." in text(answer)
    assert "x" * 10_000 in answer.text
    assert "They wait." in answer.text
    assert re.search(rf'name="departments" value="{field.digital}" checked', answer.text)
    assert re.search(rf'name="touchpoints" value="{field.reclaim}" checked', answer.text)


@pytest.mark.parametrize(
    "form",
    [
        {"title": ""},
        {"title": "Bags", "lead": "no number"},
        {"title": "Bags", "touchpoints": ["4711"]},
        {"title": "Bags", "departments": ["²"]},
        {"title": "Bags", "insights": ["99999999999999"]},
        {"title": "Bags\0"},
    ],
)
async def test_a_form_nobody_could_fill_in_is_refused_without_breaking(
    served_sqlite: Served, form: dict[str, str]
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post("/initiatives", data=form)

    assert answer.status_code == 422
    assert "needs a look" in text(answer)


async def test_scripts_in_any_text_are_shown_and_never_run(served: Served) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    browser = await served.client(Role.CONTRIBUTOR, name="<b>Eve</b>")
    form = {"title": evil, "problem": evil, "next_step": f"[x](javascript:alert(1)) {evil}", "effect": evil}
    address = (await browser.post("/initiatives", data=form)).headers["location"]
    await browser.post(f"{address}/comments", data={"text": evil})
    await browser.post(f"{address}", data=form | {"title": evil + "!", "version": "1"})

    shown, edited = await browser.get(address), await browser.get(f"{address}/edit")

    for answer in (shown, edited):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "javascript:alert" not in re.sub(r"<p>.*?</p>", "", answer.text) or 'href="javascript' not in answer.text
        assert "<b>Eve" not in answer.text


async def test_the_page_shows_what_why_and_who(served: Served) -> None:
    field, key = await prepared(served.database)
    async with served.database.writing() as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        await ratings.rate(session, initiative, {"importance": (8, 9, 10), "effort": (6, 6, 6)}, by=field.katharina)
        await ratings.rate(session, initiative, {"importance": (3, 4, 5), "benefit": (6, 6, 6)}, by=field.jan)
    browser = await served.client(Role.VIEWER)

    answer = await browser.get(f"/initiatives/{key}")

    assert answer.status_code == 200
    seen = text(answer)
    for words in (
        "Tell passengers where their bag is, belt to belt",
        "Pier A only",
        "Why rank 1",
        "Nothing is ahead of it.",
        "Baggage reclaim hall",
        "Ground handling",
        "Katharina Wiedenhöft rated Importance 9 (8 to 10), Effort 6",
        "2 raters",
    ):
        assert words in seen
    assert "Save my scores" not in seen
    assert "Start scoring" not in seen


async def test_what_the_criteria_bring_adds_up_to_the_score_as_printed(served: Served) -> None:
    odd = {"importance": 26.3, "urgency": 22.4, "maturity": 11.1, "effort_benefit": 40.2}
    async with served.database.writing() as session:
        await agreement.agree(session, (await weights.propose(session, odd, "As it came out", by=MEG)).id, by=MEG)
        for number in range(1, 8):
            initiative = await initiatives.propose(session, title=f"Step {number}", by=MEG)
            values = {
                "importance": 2.35 + number,
                "urgency": 8.15,
                "maturity": 0.55 * number,
                "effort": 3,
                "benefit": number,
            }
            await ratings.rate(session, initiative, {name: [value] * 3 for name, value in values.items()}, by=MEG)
    browser = await served.client(Role.VIEWER)

    for number in range(1, 8):
        page = (await browser.get(f"/initiatives/CX-{number}")).text
        parts = re.findall(r"<small><b>([0-9.]+)</b>", page)
        score = re.search(r"of ([0-9.]+) points", page)
        assert len(parts) == 4
        assert score, page
        assert sum(round(100 * float(part)) for part in parts) == round(100 * float(score[1]))


async def test_a_department_lead_moves_the_step_and_can_undo_it(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.DEPARTMENT_LEAD)
    version = hidden(await browser.get(f"/initiatives/{key}"), "version")

    answer = await browser.post(f"/initiatives/{key}/scoring", data={"version": version})

    assert answer.status_code == 303
    moved = await now(served.database, key)
    assert moved.stage is Stage.SCORING
    undone = await browser.post(f"/initiatives/{key}/step-back", data={"version": moved.version, "reason": "Undone"})
    assert undone.status_code == 303
    assert (await now(served.database, key)).stage is Stage.PROPOSED


async def test_the_page_says_what_the_next_step_still_needs(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.DEPARTMENT_LEAD)
    await browser.post(f"/initiatives/{key}/scoring", data={"version": 1})

    shown = await browser.get(f"/initiatives/{key}")
    refused = await browser.post(f"/initiatives/{key}/readiness", data={"version": hidden(shown, "version")})

    assert "Before “Make ready” it needs: a rating of the effort, a rating of the benefit" in text(shown)
    assert refused.status_code == 409
    assert "Before this step it needs: a rating of the effort, a rating of the benefit." in text(refused)


async def test_parking_without_a_reason_keeps_the_page_and_says_so(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.DEPARTMENT_LEAD)

    refused = await browser.post(f"/initiatives/{key}/parking", data={"version": 1, "reason": " "})
    stale = await browser.post(f"/initiatives/{key}/parking", data={"version": 7, "reason": "New belts"})
    parked = await browser.post(f"/initiatives/{key}/parking", data={"version": 1, "reason": "New belts in spring"})

    assert (refused.status_code, stale.status_code, parked.status_code) == (422, 409, 303)
    assert "Say why, so that others can follow." in text(refused)
    assert "Somebody else changed this" in text(stale)
    assert "New belts" in stale.text
    assert "New belts in spring" in text(await browser.get(f"/initiatives/{key}"))


@pytest.mark.parametrize(
    ("role", "resource", "allowed"),
    [
        (Role.CONTRIBUTOR, "scoring", False),
        (Role.DEPARTMENT_LEAD, "scoring", True),
        (Role.DEPARTMENT_LEAD, "drop", False),
        (Role.PRODUCT_OWNER, "drop", True),
    ],
)
async def test_each_step_needs_its_role(served_sqlite: Served, role: Role, resource: str, allowed: bool) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(role)

    answer = await browser.post(f"/initiatives/{key}/{resource}", data={"version": 1, "reason": "Not worth it"})

    assert answer.status_code == (303 if allowed else 403)


def based(form: httpx.Response) -> dict[str, Any]:
    """What a browser sends of the form of an initiative as it was opened."""
    began = html.unescape(hidden(form, "began"))
    words = {name: value for name, value in json.loads(began).items() if value is not False}
    return words | {"version": hidden(form, "version"), "began": began}


async def test_two_people_see_both_texts_of_what_both_changed(served: Served) -> None:
    _, key = await prepared(served.database)
    first = await served.client(Role.CONTRIBUTOR, name="Ines")
    second = await served.client(Role.CONTRIBUTOR, name="Jonas")
    form = await first.get(f"/initiatives/{key}/edit")
    await first.post(f"/initiatives/{key}", data=based(form) | {"title": "Bags, told", "problem": "They wait."})

    clash = await second.post(f"/initiatives/{key}", data=based(form) | {"title": "Bags, tracked"})

    assert clash.status_code == 409
    assert (await now(served.database, key)).title == "Bags, told"
    assert "Title is now: Bags, told Keep that in place of mine" in text(clash)
    assert 'value="Bags, tracked"' in clash.text
    assert "They wait.</textarea>" in clash.text
    assert "Somebody else changed this; it stays so." in text(clash)
    over = await second.post(
        f"/initiatives/{key}", data=based(clash) | {"title": "Bags, tracked", "problem": "They wait."}
    )
    assert over.status_code == 303
    kept = await now(served.database, key)
    assert (kept.title, kept.problem) == ("Bags, tracked", "They wait.")


async def test_for_each_field_that_both_changed_theirs_can_be_kept(served: Served) -> None:
    _, key = await prepared(served.database)
    first, second = [await served.client(Role.CONTRIBUTOR, name=name) for name in ("Ines", "Jonas")]
    form = await first.get(f"/initiatives/{key}/edit")
    theirs = {"title": "Bags, told", "problem": "They wait.", "independent": "1"}
    await first.post(f"/initiatives/{key}", data=based(form) | theirs)
    mine = {"title": "Bags, tracked", "problem": "They wonder.", "independent": "1"}
    clash = await second.post(f"/initiatives/{key}", data=based(form) | mine)

    saved = await second.post(f"/initiatives/{key}", data=based(clash) | mine | {"theirs-title": "1"})

    assert saved.status_code == 303
    kept = await now(served.database, key)
    assert (kept.title, kept.problem, kept.independent) == ("Bags, told", "They wonder.", True)


async def test_a_third_change_while_both_texts_are_compared_is_not_overwritten_either(served: Served) -> None:
    _, key = await prepared(served.database)
    first, second = [await served.client(Role.CONTRIBUTOR, name=name) for name in ("Ines", "Jonas")]
    form = await first.get(f"/initiatives/{key}/edit")
    await first.post(f"/initiatives/{key}", data=based(form) | {"title": "Bags, told"})
    clash = await second.post(f"/initiatives/{key}", data=based(form) | {"title": "Bags, tracked"})
    third = await first.get(f"/initiatives/{key}/edit")
    await first.post(f"/initiatives/{key}", data=based(third) | {"title": "Bags, told", "next_step": "A screen"})

    again = await second.post(f"/initiatives/{key}", data=based(clash) | {"title": "Bags, tracked"})

    assert again.status_code == 409
    assert "Title is now" not in text(again)
    assert "A screen</textarea>" in again.text


async def test_a_rating_by_somebody_else_does_not_get_in_the_way_of_an_edit(served: Served) -> None:
    field, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)
    form = await browser.get(f"/initiatives/{key}/edit")
    async with served.database.writing() as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        await ratings.rate(session, initiative, {"urgency": (1, 2, 3)}, by=field.jan)

    answer = await browser.post(
        f"/initiatives/{key}",
        data=based(form) | {"title": "Bags"},
    )

    assert answer.status_code == 303
    assert (await now(served.database, key)).title == "Bags"


async def test_an_edit_without_its_version_is_refused(served_sqlite: Served) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/initiatives/{key}", data={"title": "Bags"})

    assert answer.status_code == 428


async def test_scores_are_saved_changed_and_withdrawn(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)
    page = await browser.get(f"/initiatives/{key}")
    assert "The data suggests 7.0." in text(page)
    assert "It decides whether they come back or recommend us." in text(page)

    saved = await browser.post(
        f"/initiatives/{key}/ratings",
        data={"urgency_low": "6", "urgency_likely": "7,5", "urgency_high": "9", "effort_likely": "2", "effort_low": ""},
    )
    assert saved.status_code == 303
    assert (await now(served.database, key)).rated_urgency == 7.5
    assert (await now(served.database, key)).rated_effort == 2

    emptied = await browser.post(
        f"/initiatives/{key}/ratings", data={"urgency_low": "", "urgency_likely": "", "urgency_high": ""}
    )
    assert emptied.status_code == 303
    assert (await now(served.database, key)).rated_urgency is None
    assert (await now(served.database, key)).rated_effort == 2

    await browser.post(f"/initiatives/{key}/ratings/withdrawal")
    assert (await now(served.database, key)).rated_effort is None


async def test_wrong_scores_stay_in_the_form_with_a_word_beside_each(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)

    answer = await browser.post(
        f"/initiatives/{key}/ratings",
        data={"importance_likely": "much", "effort_likely": "0", "urgency_low": "9", "urgency_likely": "5"},
    )

    assert answer.status_code == 422
    seen = text(answer)
    assert "Enter numbers for low, likely and high, such as 6.5." in seen
    assert "Enter low, likely and high, each from 1 to 10." in seen
    assert 'value="much"' in answer.text
    assert (await now(served.database, key)).rated_effort is None


async def test_departments_are_added_and_removed(served: Served) -> None:
    field, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)

    lead = await browser.post(f"/initiatives/{key}/departments", data={"department": field.digital, "lead": "1"})
    assert lead.status_code == 303
    assert (await now(served.database, key)).lead_id == field.digital
    await browser.post(f"/initiatives/{key}/departments/{field.digital}/removal")
    assert (await now(served.database, key)).lead_id is None
    nothing = await browser.post(f"/initiatives/{key}/departments", data={"department": ""})

    assert nothing.status_code == 422
    assert "Choose a department." in text(nothing)
    assert "Ground handling" in text(nothing)


async def test_evidence_is_chosen_linked_and_taken_out(served: Served) -> None:
    field, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR)

    offered = await browser.get(f"/initiatives/{key}/evidence")
    found = await browser.get(f"/initiatives/{key}/evidence", params={"find": "copenhagen"})
    linked = await browser.post(
        f"/initiatives/{key}/evidence", data={"touchpoints": [field.security], "insights": [field.story]}
    )

    assert "The bag was in Copenhagen." in text(offered)
    assert "The bag was in Copenhagen." in text(found)
    assert "Baggage reclaim hall" not in re.sub(r"<small>.*?</small>", "", offered.text)
    assert linked.status_code == 303
    shown = text(await browser.get(f"/initiatives/{key}"))
    assert "2 touchpoints · 1 insight" in shown
    await browser.post(f"/initiatives/{key}/touchpoints/{field.security}/removal")
    await browser.post(f"/initiatives/{key}/insights/{field.story}/removal")
    assert "1 touchpoint · 0 insights" in text(await browser.get(f"/initiatives/{key}"))
    wrong = await browser.post(f"/initiatives/{key}/evidence", data={"touchpoints": ["4711"]})
    assert wrong.status_code == 422


async def test_a_coded_theme_is_not_quoted_as_if_somebody_had_said_it(served_sqlite: Served) -> None:
    field, key = await prepared(served_sqlite.database)
    async with served_sqlite.database.writing() as session:
        coded = Insight(touchpoint_id=field.reclaim, theme="Bags come late", said_on=dt.date(2026, 11, 9))
        session.add(coded)
        await session.flush()
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    offered = (await browser.get(f"/initiatives/{key}/evidence")).text
    await browser.post(f"/initiatives/{key}/evidence", data={"insights": [coded.id, field.story]})
    shown = (await browser.get(f"/initiatives/{key}")).text

    assert "“The bag was in Copenhagen.”" in offered
    assert shown.count("“The bag was in Copenhagen.”") == 2
    assert "<b>Bags come late</b>" in offered
    assert shown.count("Bags come late") == 2
    assert "“Bags come late" not in offered + shown
    assert "1 touchpoint · 2 insights" in " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "quote out of the evidence" not in shown


async def test_a_comment_appears_and_an_empty_one_is_refused(served: Served) -> None:
    _, key = await prepared(served.database)
    browser = await served.client(Role.CONTRIBUTOR, name="Ines Ortiz")

    written = await browser.post(f"/initiatives/{key}/comments", data={"text": "Belts **1 to 4** first."})
    refused = await browser.post(f"/initiatives/{key}/comments", data={"text": "x" * 5001})

    assert written.headers["location"].endswith(f"/initiatives/{key}#activity")
    assert refused.status_code == 422
    assert "x" * 5001 in refused.text
    assert "Ines Ortiz wrote Belts 1 to 4 first." in text(await browser.get(f"/initiatives/{key}"))


@pytest.mark.parametrize("key", ["CX-4711", "CX-0", "nothing", "CX-99999999999"])
async def test_an_unknown_initiative_is_not_found(served_sqlite: Served, key: str) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    for address in ("", "/edit", "/evidence"):
        assert (await browser.get(f"/initiatives/{key}{address}")).status_code == 404


async def test_a_viewer_may_look_and_nothing_else(served_sqlite: Served) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.VIEWER)

    assert (await browser.get(f"/initiatives/{key}")).status_code == 200
    for address in ("/initiatives/new", f"/initiatives/{key}/edit", f"/initiatives/{key}/evidence"):
        assert (await browser.get(address)).status_code == 403
    for address in ("", "/ratings", "/comments", "/departments", "/evidence", "/scoring", "/drop"):
        assert (await browser.post(f"/initiatives/{key}{address}")).status_code == 403
