"""Evaluation: after every change of evidence and once a day, who waits, who wakes, and whose case is solved."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Row, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, settings
from backlog.errors import Text
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import ENDED
from backlog.settings import Settings
from backlog.triage import rules
from backlog.triage.candidates import WAITING, Candidate, CandidateState
from backlog.triage.rules import NO_EVIDENCE, Action, Reading, Reason, Snooze, Verdict, Wake


@dataclass(frozen=True)
class Evaluation:
    """How many candidates opened, woke up, and were solved by the data."""

    proposed: int = 0
    woken: int = 0
    solved: int = 0


@dataclass(frozen=True)
class Case:
    """One touchpoint as it stands now: its reading, what it is held against, and its candidates so far."""

    touchpoint_id: int
    reading: Reading
    threshold: float
    until: dt.date
    waiting: Candidate | None
    dismissed_at_score: float | None
    is_worked_on: bool


async def evaluate(session: AsyncSession, *, today: dt.date | None = None) -> Evaluation:
    """Apply the rules to every touchpoint with a score. Doing it twice changes nothing more."""
    wanted = await settings.load(session)
    day = today or history.now().date()
    result = Evaluation()
    for case in await cases(session, wanted):
        result = _settle(session, case, wanted, day, result)
    new = [each for each in session.new if isinstance(each, Candidate)]
    await session.flush()
    for candidate in new:
        history.record(session, WAYMARK, "proposed", "candidate", candidate.id, {"reason": candidate.reason})
    for candidate in await without_evidence(session):
        candidate.solve(Text(NO_EVIDENCE), by=WAYMARK, at=history.now())
        result = replace(result, solved=result.solved + 1)
    await session.flush()
    return result


async def without_evidence(session: AsyncSession) -> Sequence[Candidate]:
    """Waiting candidates whose touchpoint has no score any more: its import was undone."""
    scored = exists().where(Score.touchpoint_id == Candidate.touchpoint_id)
    return (await session.scalars(select(Candidate).where(Candidate.state.in_(WAITING), ~scored))).all()


def _settle(session: AsyncSession, case: Case, wanted: Settings, day: dt.date, so_far: Evaluation) -> Evaluation:
    fallen_from = case.waiting.read_reason().before if case.waiting else None
    verdict = rules.judge(case.reading, case.threshold, wanted.probability, fallen_from)
    if case.waiting is None:
        if not may_propose(case, verdict):
            return so_far
        session.add(proposed(case, verdict.reasons[0]))
        return replace(so_far, proposed=so_far.proposed + 1)
    woken = _woken(case.waiting, case, day)
    if verdict.action is Action.SOLVED:
        return _close(case.waiting, case, so_far, is_awake=woken is not None)
    if woken is not None:
        case.waiting.wake(rules.wake_text(woken), by=WAYMARK)
        so_far = replace(so_far, woken=so_far.woken + 1)
    if verdict.reasons:
        _follow(case.waiting, verdict.reasons[0])
    return so_far


def _woken(candidate: Candidate, case: Case, day: dt.date) -> Wake | None:
    if candidate.state is not CandidateState.SNOOZED or not candidate.snooze:
        return None
    return rules.wakes(Snooze.of_stored(candidate.snooze), day, case.until, case.reading.score)


def _close(candidate: Candidate, case: Case, so_far: Evaluation, *, is_awake: bool) -> Evaluation:
    """Solved, unless it sleeps and nothing but the threshold has moved: what was agreed on wakes it, no setting."""
    before = candidate.read_reason().threshold
    sleeps = candidate.state is CandidateState.SNOOZED and not is_awake
    if sleeps and rules.only_threshold_moved(case.reading, case.threshold, before):
        return so_far
    candidate.solve(rules.solved_text(case.reading, case.threshold, before), by=WAYMARK, at=history.now())
    return replace(so_far, solved=so_far.solved + 1)


def may_propose(case: Case, verdict: Verdict) -> bool:
    """Not what is being worked on already, and not what was dismissed unless it has become worse since."""
    if verdict.action is not Action.PROPOSE or case.is_worked_on:
        return False
    return case.dismissed_at_score is None or rules.comes_back(case.dismissed_at_score, case.reading.score)


def proposed(case: Case, reason: Reason) -> Candidate:
    return Candidate(
        touchpoint_id=case.touchpoint_id,
        cause=reason.cause,
        state=CandidateState.OPEN,
        reason=reason.stored(),
        score=reason.score,
        proposed_at=history.now(),
    )


def _follow(candidate: Candidate, reason: Reason) -> None:
    """Keep the words of a waiting candidate true to the newest numbers."""
    if candidate.reason != reason.stored():
        candidate.reason, candidate.cause, candidate.score = reason.stored(), reason.cause, reason.score


async def cases(session: AsyncSession, wanted: Settings) -> Sequence[Case]:
    """Every touchpoint with a score, in the order of its id."""
    worked_on = exists().where(
        Candidate.touchpoint_id == Touchpoint.id,
        Candidate.state.in_([CandidateState.ACCEPTED, CandidateState.MERGED]),
        Candidate.initiative_id == Initiative.id,
        Initiative.stage.not_in(ENDED),
    )
    rows = await session.execute(
        select(Score, Touchpoint.id, Touchpoint.target, worked_on.label("is_worked_on"))
        .join(Touchpoint, Touchpoint.id == Score.touchpoint_id)
        .order_by(Touchpoint.id)
    )
    waiting = {
        candidate.touchpoint_id: candidate
        for candidate in await session.scalars(select(Candidate).where(Candidate.state.in_(WAITING)))
    }
    dismissed = await _last_dismissals(session)
    return [_case(row, wanted, waiting, dismissed) for row in rows]


async def _last_dismissals(session: AsyncSession) -> dict[int, float]:
    """Touchpoint id -> the score at which its newest decided candidate was dismissed."""
    newest = select(func.max(Candidate.id)).group_by(Candidate.touchpoint_id)
    rows = await session.execute(
        select(Candidate.touchpoint_id, Candidate.score).where(
            Candidate.id.in_(newest), Candidate.state == CandidateState.DISMISSED
        )
    )
    return {row.touchpoint_id: row.score for row in rows}


def _case(
    row: Row[Score, int, float | None, bool],
    wanted: Settings,
    waiting: Mapping[int, Candidate],
    dismissed: Mapping[int, float],
) -> Case:
    score, touchpoint_id, target, is_worked_on = row
    return Case(
        touchpoint_id=touchpoint_id,
        reading=Reading(score.value, score.n, score.shrunken, score.p_below, score.change, score.change_z),
        threshold=wanted.threshold if target is None else target,
        until=score.until,
        waiting=waiting.get(touchpoint_id),
        dismissed_at_score=dismissed.get(touchpoint_id),
        is_worked_on=is_worked_on,
    )
