"""Decisions that reach beyond the candidate, and how they are taken back."""

import pytest
from sqlalchemy import func, select

from backlog.database import Database
from backlog.errors import Conflict, Invalid, NotFound
from backlog.evidence.insights import InsightKind
from backlog.history import Actor
from backlog.initiatives import comments, evidence, initiatives
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.triage import decisions
from backlog.triage.candidates import Candidate, CandidateState
from backlog.triage.rules import Snooze
from tests.triage.cases import said, waiting

OWNER = Actor("Product owner")


async def test_a_draft_speaks_of_the_worst_theme_the_trend_and_the_quotes(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        for _ in range(3):
            await said(session, candidate.touchpoint_id, "", "Friendly staff", InsightKind.DELIGHT)
        for _ in range(2):
            await said(session, candidate.touchpoint_id, "", "Long queues")
        await said(session, candidate.touchpoint_id, "An hour in socks.", "Taking shoes off")

        draft = await decisions.draft(session, candidate)

    problem = "\n".join(map(str, draft.problem))
    assert str(draft.title) == "Improve Security screening"
    assert "below 5.0 with a probability of 99%" in problem
    assert "from 5.9 in 2017-05-01 to 2.9 in 2018-05-01" in problem
    assert "Long queues (2); Taking shoes off (1); Friendly staff (3)" in problem
    assert "“An hour in socks.”" in problem
    assert draft.insights[0].text == "An hour in socks."


async def test_the_longest_names_still_make_a_title(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session, "S" * 200)
        await said(session, candidate.touchpoint_id, "", "T" * 300)

        draft = await decisions.draft(session, candidate)
        made = await decisions.accept(session, candidate, {"title": str(draft.title)}, by=OWNER)

    assert len(made.title) <= 300


async def test_an_initiative_made_of_a_candidate_is_about_its_touchpoint(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        made = await decisions.accept(session, candidate, {"title": "Two more lanes"}, by=OWNER)

        assert list(await session.scalars(evidence.touchpoint_ids(made.id))) == [candidate.touchpoint_id]
        assert (candidate.state, candidate.initiative_id) == (CandidateState.ACCEPTED, made.id)


async def test_an_initiative_that_cannot_be_kept_leaves_the_candidate_waiting(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        number = candidate.id

    async def accept_without_title() -> None:
        async with database.writing() as session:
            candidate = await decisions.get(session, number, for_change=True)
            await decisions.accept(session, candidate, {"title": ""}, by=OWNER)

    with pytest.raises(Invalid):
        await accept_without_title()

    async with database.reading() as session:
        assert (await decisions.get(session, number)).state is CandidateState.OPEN


async def test_undo_removes_the_initiative_nobody_touched_and_its_key_is_not_given_again(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        made = await decisions.accept(session, candidate, {"title": "Two more lanes"}, by=OWNER)
        number = made.id
    async with database.writing() as session:
        candidate = await decisions.get(session, candidate.id, for_change=True)
        await decisions.undo(session, candidate, by=OWNER)

        assert candidate.state is CandidateState.OPEN
        assert await session.scalar(select(func.count()).select_from(Initiative)) == 0
        again = await initiatives.propose(session, title="Two more lanes", by=OWNER)
        assert again.id > number


@pytest.mark.parametrize("touch", ["comment", "change", "stage", "merge"])
async def test_undo_keeps_an_initiative_that_somebody_has_worked_on(database: Database, touch: str) -> None:
    async with database.writing() as session:
        [candidate, other] = await waiting(session, "Security screening", "Restrooms")
        made = await decisions.accept(session, candidate, {"title": "Two more lanes", "problem": "Queues"}, by=OWNER)
        if touch == "comment":
            await comments.write(session, made, "Talk to the guards first.", by=OWNER)
        elif touch == "change":
            await initiatives.change(session, made, {"title": "Three more lanes"}, version=1, by=OWNER)
        elif touch == "stage":
            made.start_scoring(has_evidence=True)
        else:
            await decisions.merge(session, other, made.key, by=OWNER)

    with pytest.raises(Conflict, match="worked on"):
        async with database.writing() as session:
            await decisions.undo(session, await decisions.get(session, candidate.id), by=OWNER)

    async with database.reading() as session:
        assert (await decisions.get(session, candidate.id)).state is CandidateState.ACCEPTED
        assert await session.get(Initiative, made.id) is not None


async def test_a_merge_links_touchpoint_and_insights_and_undo_takes_away_just_these(database: Database) -> None:
    async with database.writing() as session:
        [candidate, _] = await waiting(session, "Security screening", "Restrooms")
        known = await said(session, candidate.touchpoint_id, "An hour in socks.")
        new = await said(session, candidate.touchpoint_id, "Two lanes open of ten.")
        initiative = await initiatives.propose(session, title="Shorter queues", insight_ids=[known.id], by=OWNER)
        await decisions.merge(session, candidate, initiative.key, by=OWNER)

        assert list(await session.scalars(evidence.touchpoint_ids(initiative.id))) == [candidate.touchpoint_id]
        assert set(await session.scalars(evidence.insight_ids(initiative.id))) == {known.id, new.id}

    async with database.writing() as session:
        candidate = await decisions.get(session, candidate.id)
        await decisions.undo(session, candidate, by=OWNER)

        assert list(await session.scalars(evidence.touchpoint_ids(initiative.id))) == []
        assert list(await session.scalars(evidence.insight_ids(initiative.id))) == [known.id]
        assert (candidate.state, candidate.initiative_id) == (CandidateState.OPEN, None)


@pytest.mark.parametrize("key", ["CX-999", "", "nonsense", "CX-99999999999"])
async def test_a_merge_into_nothing_names_the_field(database: Database, key: str) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)

        with pytest.raises(Invalid) as refused:
            await decisions.merge(session, candidate, key, by=OWNER)

    assert list(refused.value.fields) == ["initiative"]


async def test_a_merge_into_what_has_ended_is_refused(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        initiative = await initiatives.propose(session, title="Shorter queues", by=OWNER)
        initiative.stage = Stage.DONE

        with pytest.raises(Invalid):
            await decisions.merge(session, candidate, initiative.key, by=OWNER)


async def test_undo_gives_way_to_a_newer_candidate(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        made = await decisions.accept(session, candidate, {"title": "Two more lanes"}, by=OWNER)
        made.stage = Stage.DONE
        await session.flush()
        same = {name: getattr(candidate, name) for name in ("touchpoint_id", "cause", "reason", "score", "proposed_at")}
        session.add(Candidate(**same))
        await session.flush()

        with pytest.raises(Conflict, match="proposed this touchpoint again"):
            await decisions.undo(session, candidate, by=OWNER)


async def test_a_snooze_remembers_score_and_latest_answer(database: Database) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)
        await decisions.snooze(session, candidate, survey=True, by=OWNER)

    assert candidate.snooze is not None
    asleep = Snooze.of_stored(candidate.snooze)
    assert (round(asleep.score, 1), asleep.latest_answer.isoformat()) == (2.9, "2018-05-31")


@pytest.mark.parametrize("wrong", [{}, {"change": 0.1}, {"change": 11.0}])
async def test_a_snooze_without_an_end_is_refused(database: Database, wrong: dict[str, float]) -> None:
    async with database.writing() as session:
        [candidate] = await waiting(session)

        with pytest.raises(Invalid):
            await decisions.snooze(session, candidate, by=OWNER, **wrong)  # type: ignore[arg-type] # what the API may bring


@pytest.mark.parametrize("number", [0, -1, 2**40])
async def test_there_is_no_candidate_of_an_odd_number(database: Database, number: int) -> None:
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await decisions.get(session, number)
