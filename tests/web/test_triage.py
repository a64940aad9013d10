"""The pages of triage: the inbox, and the decisions that empty it."""

import html
import re

import httpx
import pytest
from sqlalchemy import select

from backlog.history import Actor
from backlog.initiatives import comments, initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.triage import decisions
from backlog.triage.candidates import Candidate, CandidateState, Dismissal
from tests.triage.cases import said, waiting
from tests.web.clients import Served

OWNER = Actor("Ines Albrecht")
NAMES = ("Security screening", "Restrooms", "Airport parking")


async def given(served: Served, *names: str) -> list[int]:
    async with served.database.writing() as session:
        return [candidate.id for candidate in await waiting(session, *(names or NAMES))]


async def state_of(served: Served, number: int) -> CandidateState:
    async with served.database.reading() as session:
        return (await session.get_one(Candidate, number)).state


async def dismissed(served: Served, number: int) -> None:
    async with served.database.writing() as session:
        candidate = await decisions.get(session, number)
        candidate.dismiss(Dismissal.OUTSIDE_OUR_CONTROL, "Run by the airlines.", by=OWNER)


def undo_form(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields of the toast's undo."""
    form = answer.text.split("data-undo")[1].split("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


async def test_the_inbox_shows_the_candidates_beside_the_first_of_them(served: Served) -> None:
    await given(served)
    browser = await served.client(Role.VIEWER)

    page = await browser.get("/triage")

    assert page.status_code == 200
    assert all(name in page.text for name in NAMES)
    assert "Scores 2.9 (n = 145): below 5.0 with a probability of 99%." in page.text
    assert "1 of 3" in page.text
    assert 'aria-current="true"' in page.text


async def test_themes_are_not_counted_as_comments(served_sqlite: Served) -> None:
    async with served_sqlite.database.writing() as session:
        [candidate] = await waiting(session)
        await said(session, candidate.touchpoint_id, "", "Long queues")
    browser = await served_sqlite.client(Role.VIEWER)

    page = await browser.get(f"/triage/{candidate.id}")

    assert "1 insight<" in page.text
    assert "1 comment<" not in page.text


async def test_a_viewer_sees_only(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.VIEWER)

    page = await browser.get(f"/triage/{number}?decide=dismissal")
    answers = [
        await browser.post(f"/triage/{number}/{path}", data={"version": 1})
        for path in ("snooze", "dismissal", "initiative", "merge", "undo")
    ]

    assert 'method="post" action="/triage' not in page.text
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("decide", ["snooze", "dismissal"])
async def test_who_may_not_decide_is_told_so_when_asking_for_it(served_sqlite: Served, decide: str) -> None:
    """As who pressed S on a page loaded before the role was taken away."""
    [number] = await given(served_sqlite, "Restrooms")
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(f"/triage/{number}?decide={decide}")).text
    plain = (await browser.get(f"/triage/{number}")).text

    assert "Your role does not allow this." in page.split('id="problem"')[1].split("<main")[0]
    assert "Your role does not allow this." not in plain


async def test_the_detail_shows_figures_voices_and_similar_initiatives(served: Served) -> None:
    async with served.database.writing() as session:
        [candidate] = await waiting(session)
        await said(session, candidate.touchpoint_id, "An hour in socks.", "Taking <shoes> off")
        await initiatives.propose(session, title="Open lanes", touchpoint_ids=[candidate.touchpoint_id], by=OWNER)
    browser = await served.client(Role.CONTRIBUTOR)

    page = await browser.get(f"/triage/{candidate.id}")

    assert "data-detail" in page.text
    assert "An hour in socks." in page.text
    assert "Taking &lt;shoes&gt; off" in page.text
    assert "60% alike" in page.text
    assert "down 3.0 since May 2017" in page.text
    assert "Score by month" in page.text
    assert 'style="' not in page.text


async def test_after_a_dismissal_the_next_candidate_opens_and_undo_brings_the_first_back(served: Served) -> None:
    [first, second, _] = await given(served)
    browser = await served.client(Role.CONTRIBUTOR)

    answer = await browser.post(
        f"/triage/{first}/dismissal", data={"version": 1, "reason": "outside our control", "note": "Airlines"}
    )
    following = await browser.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, f"/triage/{second}")
    assert "Security screening is dismissed." in following.text
    assert await state_of(served, first) is CandidateState.DISMISSED

    undone = await browser.post(f"/triage/{first}/undo", data=undo_form(following))

    assert undone.headers["location"] == f"/triage/{first}"
    assert await state_of(served, first) is CandidateState.OPEN


async def test_after_the_last_candidate_the_one_above_opens_and_then_nothing_waits(served_sqlite: Served) -> None:
    [first, last] = await given(served_sqlite, "Security screening", "Restrooms")
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    reason = {"version": 1, "reason": "already solved"}

    above = await browser.post(f"/triage/{last}/dismissal", data=reason)
    nothing = await browser.post(f"/triage/{first}/dismissal", data=reason)
    page = await browser.get(nothing.headers["location"])

    assert above.headers["location"] == f"/triage/{first}"
    assert nothing.headers["location"] == "/triage"
    assert "Nothing waits" in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose a reason."),
        ({"reason": "bored"}, "Choose a reason."),
        ({"reason": "other"}, "Say in a few words why."),
        ({"reason": "other", "note": "<script>alert(1)</script>" * 200}, "Use at most"),
        ({"reason": "other", "note": "a\0b"}, "cannot be kept"),
    ],
)
async def test_a_wrong_dismissal_keeps_what_was_typed(served_sqlite: Served, typed: dict[str, str], words: str) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/dismissal", data={"version": 1, **typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert html.escape(typed.get("note", "")[:50]) in answer.text
    assert "<script>alert" not in answer.text
    assert await state_of(served_sqlite, number) is CandidateState.OPEN


@pytest.mark.parametrize("wakes", ["survey", "month", "change"])
async def test_a_snooze_moves_it_to_the_snoozed(served_sqlite: Served, wakes: str) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/snooze", data={"version": 1, "wakes": wakes, "until": ""})
    shelf = await browser.get("/triage?list=snoozed")

    assert answer.status_code == 303
    assert "Security screening" in shelf.text
    assert "until" in shelf.text
    assert await state_of(served_sqlite, number) is CandidateState.SNOOZED


@pytest.mark.parametrize(
    "typed", [{}, {"wakes": "date"}, {"wakes": "date", "until": "2001-01-01"}, {"wakes": "survey", "until": "soon"}]
)
async def test_a_snooze_that_ends_never_or_in_the_past_is_refused(served_sqlite: Served, typed: dict[str, str]) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/snooze", data={"version": 1, **typed})

    assert answer.status_code == 422
    assert await state_of(served_sqlite, number) is CandidateState.OPEN


async def test_the_form_of_an_initiative_is_filled_from_the_evidence_and_saved(served: Served) -> None:
    async with served.database.writing() as session:
        [candidate] = await waiting(session)
        insight = await said(session, candidate.touchpoint_id, "An hour in socks.", "Taking shoes off")
    browser = await served.client(Role.CONTRIBUTOR)

    form = await browser.get(f"/triage/{candidate.id}/initiative")
    answer = await browser.post(
        f"/triage/{candidate.id}/initiative",
        data={"version": 1, "title": "Keep shoes on", "problem": "Socks", "insights": [insight.id]},
    )

    assert 'value="Improve Security screening"' in form.text
    assert "The score went from 5.9 in May 2017 to 2.9 in May 2018." in form.text
    assert answer.status_code == 303
    async with served.database.reading() as session:
        made = (await session.scalars(select(Initiative))).one()
        assert (made.title, made.problem) == ("Keep shoes on", "Socks")
        assert (await session.get_one(Candidate, candidate.id)).initiative_id == made.id


async def test_a_wrong_title_keeps_what_was_typed(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(
        f"/triage/{number}/initiative", data={"version": 1, "title": "x" * 10_000, "problem": "Kept <b>as typed</b>"}
    )

    assert answer.status_code == 422
    assert "Use at most 300 characters" in answer.text
    assert "Kept &lt;b&gt;as typed&lt;/b&gt;" in answer.text
    assert await state_of(served_sqlite, number) is CandidateState.OPEN


async def test_undo_of_an_initiative_somebody_commented_on_is_refused_in_words(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    answer = await browser.post(f"/triage/{number}/initiative", data={"version": 1, "title": "Keep shoes on"})
    form = undo_form(await browser.get(answer.headers["location"]))
    async with served_sqlite.database.writing() as session:
        made = (await session.scalars(select(Initiative))).one()
        await comments.write(session, made, "Talk to the guards first.", by=OWNER)

    refused = await browser.post(f"/triage/{number}/undo", data=form)

    assert refused.status_code == 409
    assert "has been worked on since, so it stays" in refused.text
    assert await state_of(served_sqlite, number) is CandidateState.ACCEPTED


async def test_a_merge_finds_initiatives_by_words_and_key(served: Served) -> None:
    [number, *_] = await given(served)
    async with served.database.writing() as session:
        made = await initiatives.propose(session, title="Shorter queues", by=OWNER)
    browser = await served.client(Role.CONTRIBUTOR)

    nothing = await browser.get(f"/triage/{number}/merge", params={"q": "100%\0"})
    by_word = await browser.get(f"/triage/{number}/merge", params={"q": "QUEUES"})
    by_key = await browser.get(f"/triage/{number}/merge", params={"q": made.key.lower()})
    answer = await browser.post(f"/triage/{number}/merge", data={"version": 1, "initiative": made.key})

    assert "No open initiative found" in nothing.text
    assert "Shorter queues" in by_word.text
    assert "Shorter queues" in by_key.text
    assert answer.status_code == 303
    assert await state_of(served, number) is CandidateState.MERGED


@pytest.mark.parametrize("typed", [{}, {"initiative": "CX-999"}, {"initiative": "<b>"}])
async def test_a_merge_into_nothing_is_refused_beside_the_list(served_sqlite: Served, typed: dict[str, str]) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/merge", data={"version": 1, **typed})

    assert answer.status_code == 422
    assert "There is no initiative" in answer.text


async def test_who_was_slower_is_told_who_decided_what_and_keeps_the_note(served: Served) -> None:
    [number, *_] = await given(served)
    browser = await served.client(Role.CONTRIBUTOR)
    await dismissed(served, number)

    late = await browser.post(
        f"/triage/{number}/dismissal", data={"version": 1, "reason": "other", "note": "Ask the guards."}
    )
    form = await browser.get(f"/triage/{number}/initiative")

    assert late.status_code == 409
    assert "Ines Albrecht dismissed it." in late.text
    assert "Ask the guards." in late.text
    assert "Next candidate" in late.text
    assert form.status_code == 409


async def test_new_numbers_make_no_decision_stale(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    async with served_sqlite.database.writing() as session:
        candidate = await decisions.get(session, number)
        candidate.score = 2.5
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/snooze", data={"version": 1, "wakes": "survey"})

    assert answer.status_code == 303


async def test_without_a_version_nothing_is_decided(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(f"/triage/{number}/snooze", data={"wakes": "survey"})

    assert answer.status_code == 428
    assert await state_of(served_sqlite, number) is CandidateState.OPEN


@pytest.mark.parametrize(
    ("shelf", "words"),
    [
        ("waiting", "No evidence yet"),
        ("snoozed", "Nothing is snoozed"),
        ("decided", "Nothing is decided yet"),
        ("nonsense", "No evidence yet"),
    ],
)
async def test_an_empty_shelf_says_why(served_sqlite: Served, shelf: str, words: str) -> None:
    browser = await served_sqlite.client(Role.VIEWER)

    page = await browser.get("/triage", params={"list": shelf})

    assert page.status_code == 200
    assert words in page.text


async def test_the_decided_say_who_and_why_and_can_be_taken_back(served_sqlite: Served) -> None:
    [number, *_] = await given(served_sqlite)
    await dismissed(served_sqlite, number)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    page = await browser.get("/triage?list=decided")

    assert "Run by the airlines." in page.text
    assert "dismissed: outside our control" in page.text
    assert "Take this back" in page.text


async def test_there_is_no_candidate_of_that_number(served_sqlite: Served) -> None:
    browser = await served_sqlite.client()

    for address in ("/triage/404", "/triage/99999999999999999999", "/triage/404/merge", "/triage/404/initiative"):
        assert (await browser.get(address)).status_code == 404


async def test_the_inbox_speaks_german_numbers(served_sqlite: Served) -> None:
    await given(served_sqlite)
    browser = await served_sqlite.client(Role.VIEWER)

    page = await browser.get("/triage", headers={"accept-language": "de"})

    assert "2,9" in page.text
