"""Candidates against a database: who is proposed, wakes, and is solved when scores change."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, settings
from backlog.database import Database
from backlog.errors import Conflict, Invalid
from backlog.evidence.measures import Measure
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint, name_key
from backlog.history import WAYMARK, Actor
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.triage import inbox
from backlog.triage.candidates import Candidate, CandidateState, Dismissal, read_text
from backlog.triage.evaluation import Evaluation, evaluate
from backlog.triage.rules import Cause, Snooze

OWNER = Actor("Product owner")
MAY = dt.date(2018, 5, 1)


async def given_score(session: AsyncSession, name: str, value: float, p_below: float, **more: object) -> Score:
    """A touchpoint of this name with this score; a second call moves the score."""
    touchpoint = await session.scalar(select(Touchpoint).where(Touchpoint.name_key == name_key(name)))
    if touchpoint is None:
        touchpoint = Touchpoint(name=name, name_key=name_key(name))
        session.add(touchpoint)
    measure = await session.scalar(select(Measure)) or Measure(name="experience", low=1, high=5)
    session.add(measure)
    await session.flush()
    fields = {
        "touchpoint_id": touchpoint.id, "measure_id": measure.id, "since": MAY, "until": MAY, "n": 466,
        "effective_n": 466.0, "value": value, "deviation": 2.0, "low": value - 0.2, "high": value + 0.2,
        "shrunken": value, "posterior_deviation": 0.1, "p_below": p_below, "top_box": 0.5, "change": None,
        "change_z": None, **more,
    }  # fmt: skip
    return await session.merge(Score(**fields))


async def only_candidate(session: AsyncSession) -> Candidate:
    return (await session.scalars(select(Candidate))).one()


async def test_a_probably_low_touchpoint_is_proposed_once(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Security screening", 3.4, 0.97)
        await given_score(session, "Boarding areas", 8.1, 0.01)
        first = await evaluate(session)
        second = await evaluate(session)

    assert first == Evaluation(proposed=1)
    assert second == Evaluation()
    async with database.reading() as session:
        candidate = await only_candidate(session)
        assert candidate.cause is Cause.LOW
        assert candidate.score == 3.4
        told = (await session.scalars(history.of("candidate", candidate.id))).all()
        assert [(event.verb, event.actor) for event in told] == [("proposed", "Waymark")]


async def test_a_target_of_its_own_takes_the_place_of_the_threshold(database: Database) -> None:
    async with database.writing() as session:
        score = await given_score(session, "Wi-Fi", 6.6, 0.95)
        touchpoint = await session.get_one(Touchpoint, score.touchpoint_id)
        touchpoint.target = 7.2
        await evaluate(session)

        assert (await only_candidate(session)).read_reason().threshold == 7.2


async def test_a_fall_beyond_its_noise_is_proposed_though_it_is_not_low(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "AirTrain", 7.9, 0.01, change=-0.6, change_z=-4.0)
        await evaluate(session)

        assert (await only_candidate(session)).cause is Cause.FELL


async def test_a_recovered_touchpoint_solves_its_candidate_and_says_so(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Restrooms", 4.2, 0.9)
        await evaluate(session)
        await given_score(session, "Restrooms", 5.9, 0.02)
        result = await evaluate(session)

        assert result == Evaluation(solved=1)
        candidate = await only_candidate(session)
        assert candidate.state is CandidateState.SOLVED
        assert candidate.outcome is not None
        assert "now at 5.9" in str(read_text(candidate.outcome))
        events = list(await session.scalars(history.of("candidate", candidate.id)))
        assert [event.verb for event in events] == ["solved", "proposed"]


async def test_a_snoozed_candidate_wakes_at_the_next_survey(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Restaurants", 4.5, 0.9)
        await evaluate(session)
        candidate = await only_candidate(session)
        candidate.fall_asleep(Snooze(4.5, MAY, survey=True), by=OWNER, today=MAY)
        still = await evaluate(session, today=dt.date(2019, 4, 1))
        await given_score(session, "Restaurants", 4.5, 0.9, until=dt.date(2019, 5, 1))
        woken = await evaluate(session, today=dt.date(2019, 6, 1))

        assert (still, woken) == (Evaluation(), Evaluation(woken=1))
        assert candidate.state is CandidateState.OPEN


async def held_against(session: AsyncSession, threshold: float, name: str, value: float, **more: object) -> Evaluation:
    """Another threshold, and what follows from it for a touchpoint with this score."""
    await settings.save(session, {"threshold": threshold}, by=OWNER)
    await given_score(session, name, value, 0.99 if value < threshold else 0.01, **more)
    return await evaluate(session, today=dt.date(2018, 6, 1))


async def test_a_candidate_closed_by_a_lower_threshold_does_not_say_that_its_score_recovered(
    database: Database,
) -> None:
    async with database.writing() as session:
        await held_against(session, 7.2, "Restrooms", 6.9)
        await held_against(session, 8.0, "Restrooms", 6.9)
        await held_against(session, 5.0, "Restrooms", 6.9)
        candidate = await only_candidate(session)

        assert candidate.outcome is not None
        assert "the threshold is lower now" in str(read_text(candidate.outcome))
        (row,) = await inbox.listed(session, [candidate.id])
        assert row.closed == "closed: the threshold is lower now"


async def test_a_threshold_that_goes_up_and_down_wakes_nobody_who_sleeps(database: Database) -> None:
    async with database.writing() as session:
        await held_against(session, 7.2, "Restaurants", 6.4)
        candidate = await only_candidate(session)
        candidate.fall_asleep(Snooze(6.4, MAY, survey=True), by=OWNER, today=MAY)
        moved = [await held_against(session, threshold, "Restaurants", 6.4) for threshold in (5.0, 8.0, 6.0, 7.2)]

        assert moved == [Evaluation()] * 4
        assert (await only_candidate(session)).state is CandidateState.SNOOZED


async def test_what_wakes_under_a_lower_threshold_is_closed_with_the_reason(database: Database) -> None:
    async with database.writing() as session:
        await held_against(session, 7.2, "Restaurants", 6.4)
        candidate = await only_candidate(session)
        candidate.fall_asleep(Snooze(6.4, MAY, survey=True), by=OWNER, today=MAY)
        await held_against(session, 5.0, "Restaurants", 6.4)
        woken = await held_against(session, 5.0, "Restaurants", 6.4, until=dt.date(2018, 6, 30))

        assert woken == Evaluation(solved=1)
        assert candidate.outcome is not None
        assert "the threshold is lower now" in str(read_text(candidate.outcome))


async def test_a_score_that_recovers_closes_also_who_sleeps(database: Database) -> None:
    async with database.writing() as session:
        await held_against(session, 7.2, "Restaurants", 6.4)
        candidate = await only_candidate(session)
        candidate.fall_asleep(Snooze(6.4, MAY, until=dt.date(2019, 1, 1)), by=OWNER, today=MAY)

        assert await held_against(session, 7.0, "Restaurants", 8.4) == Evaluation(solved=1)
        assert candidate.outcome is not None
        assert str(read_text(candidate.outcome)).startswith("Solved: now at 8.4")


async def test_a_snooze_into_the_past_is_refused(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Restaurants", 4.5, 0.9)
        await evaluate(session)
        candidate = await only_candidate(session)

        with pytest.raises(Invalid):
            candidate.fall_asleep(Snooze(4.5, MAY, until=MAY), by=OWNER, today=MAY)


async def test_a_dismissed_candidate_comes_back_only_when_the_score_drops_by_another_half_point(
    database: Database,
) -> None:
    async with database.writing() as session:
        await given_score(session, "Airport parking", 4.6, 0.9)
        await evaluate(session)
        (await only_candidate(session)).dismiss(Dismissal.OUTSIDE_OUR_CONTROL, "", by=OWNER)
        await given_score(session, "Airport parking", 4.3, 0.95)
        quiet = await evaluate(session)
        await given_score(session, "Airport parking", 4.1, 0.97)
        back = await evaluate(session)

    assert (quiet, back) == (Evaluation(), Evaluation(proposed=1))


async def test_a_touchpoint_being_worked_on_is_not_proposed_again(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Rental car center", 4.2, 0.95)
        await evaluate(session)
        now = history.now()
        initiative = Initiative(
            title="Shorten the way to the rental cars", stage_since=now, created_at=now, created_by="x"
        )
        session.add(initiative)
        await session.flush()
        (await only_candidate(session)).accept(initiative.id, by=OWNER)
        meanwhile = await evaluate(session)
        initiative.stage = Stage.DONE
        await session.flush()
        after = await evaluate(session)

    assert (meanwhile, after) == (Evaluation(), Evaluation(proposed=1))


async def test_undo_brings_the_candidate_back_as_it_was(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Signs inside", 4.0, 0.99)
        await evaluate(session)
        candidate = await only_candidate(session)
        candidate.dismiss(Dismissal.OTHER, "The new terminal opens in March.", by=OWNER)
        candidate.undo(by=OWNER)

        assert candidate.state is CandidateState.OPEN
        assert candidate.note == ""
        with pytest.raises(Conflict):
            candidate.undo(by=OWNER)


async def test_what_is_decided_cannot_be_decided_again(database: Database) -> None:
    async with database.writing() as session:
        await given_score(session, "Signs inside", 4.0, 0.99)
        await evaluate(session)
        candidate = await only_candidate(session)
        candidate.dismiss(Dismissal.TOO_FEW_RESPONSES, "", by=OWNER)

        with pytest.raises(Conflict, match="Product owner"):
            candidate.dismiss(Dismissal.ALREADY_SOLVED, "", by=OWNER)


async def test_candidates_without_evidence_close_themselves(database: Database) -> None:
    async with database.writing() as session:
        score = await given_score(session, "Signs inside", 4.0, 0.99)
        await evaluate(session)
        await session.delete(await session.get_one(Score, score.touchpoint_id))
        await session.flush()

        assert await evaluate(session) == Evaluation(solved=1)


async def test_a_higher_probability_asks_for_more_certainty(database: Database) -> None:
    async with database.writing() as session:
        await settings.save(session, {"probability": 0.99}, by=WAYMARK)
        await given_score(session, "Signs inside", 4.4, 0.95)

        assert await evaluate(session) == Evaluation()
