"""The inbox as people read it: three shelves of candidates, and one candidate with all that is known of its case."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import settings
from backlog.errors import Text
from backlog.evidence.estimates import Point
from backlog.evidence.journeys import Phase
from backlog.evidence.scores import Score
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Initiative
from backlog.people.departments import Department
from backlog.triage import trends
from backlog.triage.candidates import Candidate, CandidateState, read_text
from backlog.triage.rules import CLOSED, RECOVERED, Reason, Snooze

SHOWN = 100  # candidates in one list


class Shelf(enum.StrEnum):
    WAITING = "waiting"
    SNOOZED = "snoozed"
    DECIDED = "decided"


STATES = {
    Shelf.WAITING: (CandidateState.OPEN,),
    Shelf.SNOOZED: (CandidateState.SNOOZED,),
    Shelf.DECIDED: (
        CandidateState.ACCEPTED,
        CandidateState.MERGED,
        CandidateState.DISMISSED,
        CandidateState.SOLVED,
    ),
}


def shelf_of(state: CandidateState) -> Shelf:
    return next(shelf for shelf, states in STATES.items() if state in states)


@dataclass(frozen=True, slots=True)
class Listed:
    """A candidate in a list. ``score`` is the present one while it waits, else as it was decided on; ``n`` its
    answers; ``closed`` says how it closed itself."""

    id: int
    touchpoint_id: int
    name: str
    is_signature: bool
    state: CandidateState
    score: float
    n: int
    decided_by: str | None
    decided_at: dt.datetime | None
    dismissal: str | None
    initiative_id: int | None
    snooze: Snooze | None
    closed: str
    points: Sequence[Point] = field(default_factory=list)

    @property
    def course(self) -> Text | None:
        return trends.in_words(self.points)


async def counts(session: AsyncSession) -> dict[Shelf, int]:
    """How many candidates are on each shelf."""
    rows = await session.execute(select(Candidate.state, func.count().label("n")).group_by(Candidate.state))
    found = {row.state: row.n for row in rows}
    return {shelf: sum(found.get(state, 0) for state in states) for shelf, states in STATES.items()}


async def order(session: AsyncSession, shelf: Shelf) -> list[int]:
    """The ids on a shelf: the lowest score first, what is decided by the newest decision."""
    present = func.coalesce(Score.value, Candidate.score)
    keys: list[ColumnElement[Any]] = [present, Candidate.id.asc()]
    if shelf is Shelf.DECIDED:
        keys = [func.coalesce(Candidate.decided_at, Candidate.proposed_at).desc(), Candidate.id.desc()]
    found = select(Candidate.id).outerjoin(Score, Score.touchpoint_id == Candidate.touchpoint_id)
    return list(await session.scalars(found.where(Candidate.state.in_(STATES[shelf])).order_by(*keys)))


async def listed(session: AsyncSession, ids: Sequence[int]) -> list[Listed]:
    """These candidates in this order, with their trends."""
    rows = {row.id: row for row in await session.execute(_rows(ids))}
    points = await trends.of(session, {row.touchpoint_id for row in rows.values()})
    return [_listed(rows[each], points) for each in ids if each in rows]


def _rows(ids: Sequence[int]) -> Select[Any]:
    kept = (
        "id",
        "touchpoint_id",
        "state",
        "decided_by",
        "decided_at",
        "dismissal",
        "initiative_id",
        "snooze",
        "outcome",
        "reason",
    )
    return (
        select(
            *(getattr(Candidate, name) for name in kept),
            Candidate.score.label("decided_score"),
            Touchpoint.name,
            Signature.touchpoint_id.is_not(None).label("is_signature"),
            Score.value,
            Score.n,
        )
        .join(Touchpoint, Touchpoint.id == Candidate.touchpoint_id)
        .outerjoin(Signature, Signature.touchpoint_id == Candidate.touchpoint_id)
        .outerjoin(Score, Score.touchpoint_id == Candidate.touchpoint_id)
        .where(Candidate.id.in_(ids))
    )


def _listed(row: Any, points: dict[int, list[Point]]) -> Listed:
    is_present = row.state in (CandidateState.OPEN, CandidateState.SNOOZED) and row.value is not None
    return Listed(
        id=row.id,
        touchpoint_id=row.touchpoint_id,
        name=row.name,
        is_signature=bool(row.is_signature),
        state=row.state,
        score=row.value if is_present else row.decided_score,
        n=row.n if is_present else Reason.of_stored(row.reason).n,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        dismissal=row.dismissal,
        initiative_id=row.initiative_id,
        snooze=Snooze.of_stored(row.snooze) if row.snooze else None,
        closed=CLOSED.get(row.outcome["message"] if row.outcome else "", CLOSED[RECOVERED]),
        points=points.get(row.touchpoint_id, []),
    )


@dataclass(frozen=True)
class Case:
    """One candidate and its touchpoint. ``threshold`` (0-10) is the touchpoint's own where it has one; ``points`` its
    trend, oldest first; ``initiative`` what became of it."""

    candidate: Candidate
    touchpoint: Touchpoint
    phase: str | None
    department: Department | None
    score: Score | None
    is_signature: bool
    threshold: float
    points: Sequence[Point]
    initiative: Initiative | None

    @property
    def reason(self) -> Reason:
        return self.candidate.read_reason()

    @property
    def outcome(self) -> Text | None:
        return read_text(self.candidate.outcome) if self.candidate.outcome else None

    @property
    def snooze(self) -> Snooze | None:
        return Snooze.of_stored(self.candidate.snooze) if self.candidate.snooze else None


async def case(session: AsyncSession, candidate: Candidate) -> Case:
    """All that is known of a candidate's case."""
    touchpoint = await session.get_one(Touchpoint, candidate.touchpoint_id)
    phase = await session.get(Phase, touchpoint.phase_id) if touchpoint.phase_id else None
    department = await session.get(Department, touchpoint.department_id) if touchpoint.department_id else None
    usual = (await settings.load(session)).threshold
    return Case(
        candidate=candidate,
        touchpoint=touchpoint,
        phase=phase.name if phase else None,
        department=department,
        score=await session.get(Score, touchpoint.id),
        is_signature=await session.get(Signature, touchpoint.id) is not None,
        threshold=usual if touchpoint.target is None else touchpoint.target,
        points=(await trends.of(session, [touchpoint.id])).get(touchpoint.id, []),
        initiative=await session.get(Initiative, candidate.initiative_id) if candidate.initiative_id else None,
    )
