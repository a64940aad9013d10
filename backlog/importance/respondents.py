"""What each respondent answered: an outcome (recommend, overall) beside the touchpoints of the same questionnaire.

The database turns answers into one row for each respondent, so that a million answers neither hold up the threads that
answer pages nor fill the memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, table, text
from sqlalchemy import column as named
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import scores
from backlog.evidence.estimates import Window
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import Response, Tally
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.importance.correlations import Floats
from backlog.importance.driver_samples import DRIVERS_MOST

MOST = 50_000
"""Respondents looked at, of more the last ones to be brought: as exact as anybody needs, and memory stays bounded."""
AT_ONCE = 5_000
OUTCOMES_MOST = 10
IMPORT = table("import", named("id"), named("state"))  # evidence does not know the module that brings it
LOADED = "loaded"


@dataclass(frozen=True)
class Asked:
    """A touchpoint by the measure of its headline; ``n`` answers in its window."""

    id: int
    name: str
    measure_id: int
    n: int


@dataclass(frozen=True)
class Question:
    """Which answers are wanted: the outcomes in the order in which they are preferred, and the touchpoints, of which
    ``beyond`` are too many to be compared at once."""

    outcomes: tuple[Measure, ...]
    touchpoints: tuple[Asked, ...]
    beyond: tuple[Asked, ...]
    months: Window


@dataclass(frozen=True)
class Answered:
    """Respondents x outcomes and respondents x touchpoints on 0-10, NaN where not answered; a weight each."""

    outcomes: Floats
    touchpoints: Floats
    weights: Floats


async def question(session: AsyncSession) -> Question | None:
    """What can be asked of the evidence as it stands; None without answers about touchpoints."""
    months = await scores.window(session)
    if months is None:
        return None
    rows = await session.execute(
        select(Touchpoint.id, Touchpoint.name, Score.measure_id, Score.n)
        .join(Score, Score.touchpoint_id == Touchpoint.id)
        .where(Score.until >= months.since)
        .order_by(Score.n.desc(), Touchpoint.id)
    )
    asked = [Asked(*row) for row in rows]
    chosen = sorted(asked[:DRIVERS_MOST], key=lambda each: each.id)
    return Question(tuple(await _outcomes(session, months)), tuple(chosen), tuple(asked[DRIVERS_MOST:]), months)


async def _outcomes(session: AsyncSession, months: Window) -> Sequence[Measure]:
    """What was asked about the whole: whether customers stay first, then how good it was."""
    about_whole = select(Tally.measure_id).where(
        Tally.touchpoint_id.is_(None), Tally.month >= months.since, Tally.month <= months.until
    )
    wanted = select(Measure).where(Measure.id.in_(about_whole.distinct()), Measure.kind != Kind.IMPORTANCE)
    rank = case((Measure.kind == Kind.LOYALTY, 0), else_=1)
    return (await session.scalars(wanted.order_by(rank, Measure.position, Measure.id).limit(OUTCOMES_MOST))).all()


async def imports(session: AsyncSession) -> Sequence[int]:
    """Those whose answers count, the last one first."""
    return (
        await session.scalars(select(IMPORT.c.id).where(IMPORT.c.state == LOADED).order_by(IMPORT.c.id.desc()))
    ).all()


async def answered(session: AsyncSession, wanted: Question, *, most: int = MOST) -> Answered:
    """Who answered about an outcome, with what they answered about touchpoints. Who answered a question twice counts
    with the mean; without a name of their own respondents cannot be told apart and do not count."""
    parts: list[Floats] = []
    left = most
    if session.get_bind().dialect.name == "sqlite":  # sorting millions of answers in memory would take as many bytes
        await session.execute(text("PRAGMA temp_store=FILE"))
    for import_id in await imports(session):
        if left <= 0:
            break
        stream = await session.stream(_by_respondent(import_id, wanted).limit(left))
        async for rows in stream.partitions(AT_ONCE):
            parts.append(np.array([tuple(row) for row in rows], dtype=float))
            left -= len(rows)
    width = 1 + len(wanted.outcomes) + len(wanted.touchpoints)
    whole = np.concatenate(parts) if parts else np.empty((0, width))
    return Answered(whole[:, 1 : 1 + len(wanted.outcomes)], whole[:, 1 + len(wanted.outcomes) :], whole[:, 0])


def _by_respondent(import_id: int, wanted: Question) -> Select[tuple[float, ...]]:
    """Weight, outcomes, touchpoints of each respondent of an import, the last ones first."""
    outcomes = [_mean(and_(_OVERALL, Response.measure_id == each.id)) for each in wanted.outcomes]
    places = [
        _mean(and_(Response.touchpoint_id == each.id, Response.measure_id == each.measure_id))
        for each in wanted.touchpoints
    ]
    is_outcome = and_(_OVERALL, Response.measure_id.in_([each.id for each in wanted.outcomes]))
    return (
        select(func.avg(Response.weight), *outcomes, *places)
        .where(
            Response.import_id == import_id,
            Response.respondent.is_not(None),
            Response.respondent != "",
            Response.answered_on >= wanted.months.since,
            Response.answered_on <= wanted.months.last_day,
            or_(is_outcome, Response.touchpoint_id.in_([each.id for each in wanted.touchpoints])),
        )
        .group_by(Response.respondent)
        .having(func.count(case((is_outcome, 1))) > 0)
        .order_by(func.max(Response.id).desc())
    )


_OVERALL = Response.touchpoint_id.is_(None)


def _mean(condition: ColumnElement[bool]) -> ColumnElement[float]:
    return func.avg(case((condition, Response.value)))
