"""Scores: the headline estimate of each touchpoint on 0-10, never a bare number.

Kept in a table for lists and triage, and worked out on demand for one persona, period or measure.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Row, Select, case, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import settings
from backlog.database import Base
from backlog.evidence import estimates
from backlog.evidence.estimates import FEW, Answers, Bin, Estimate, Point, Window, gathered, months_later
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import SUMS, Tally, tallied
from backlog.evidence.statistics import PromoterScore, Scale
from backlog.evidence.touchpoints import Touchpoint

ONE_AT_A_TIME = 5_703_710
"""Key of the advisory lock: on PostgreSQL two recomputations would otherwise miss each other's evidence."""


class Score(Base):
    """``value`` is the mean on 0-10; ``low``..``high`` its 95 % interval (None below two answers); ``shrunken``
    the empirical-Bayes estimate; ``p_below`` the probability that the true score is below the touchpoint's target
    or the threshold; ``top_box`` the share of the two best answers; ``change`` against the period before."""

    __tablename__ = "score"

    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    n: Mapped[int]
    effective_n: Mapped[float]
    value: Mapped[float]
    deviation: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    shrunken: Mapped[float]
    posterior_deviation: Mapped[float]
    p_below: Mapped[float]
    top_box: Mapped[float | None]
    change: Mapped[float | None]
    change_z: Mapped[float | None]


@dataclass(frozen=True, slots=True)
class Headline:
    """An estimate, of what and when."""

    estimate: Estimate
    measure: Measure
    since: dt.date
    until: dt.date


async def recompute(session: AsyncSession) -> None:
    """Bring the table of scores in line with the tally, the threshold and the targets.

    Call it inside the transaction that changed any of them. Touchpoints without answers in the window have no row.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    await session.flush()
    found = await headlines(session)
    await session.execute(delete(Score))
    if found:
        await session.execute(insert(Score), [_row(place, headline) for place, headline in sorted(found.items())])


def _row(touchpoint_id: int, headline: Headline) -> dict[str, Any]:
    known = headline.estimate
    kept = ("n", "effective_n", "value", "deviation", "low", "high", "shrunken", "posterior_deviation", "p_below")
    return {
        "touchpoint_id": touchpoint_id,
        "measure_id": headline.measure.id,
        "since": headline.since,
        "until": headline.until,
        **{name: getattr(known, name) for name in kept},
        "top_box": known.top_box.value if known.top_box else None,
        "change": known.change.difference if known.change else None,
        "change_z": known.change.z if known.change else None,
    }


async def window(session: AsyncSession) -> Window | None:
    """The months up to the latest answer about any touchpoint, from where the one last asked in earnest looks back. None
    without answers."""
    windows = (await _windows(session, None, None, None)).values()
    if not windows:
        return None
    months = (await settings.load(session)).score_months
    return Window.ending(max(each.until for each in windows), months, max(each.filled for each in windows))


async def headlines(
    session: AsyncSession,
    *,
    persona_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    measure_id: int | None = None,
) -> dict[int, Headline]:
    """The headline of every touchpoint by id, of one persona, period (days; whole months are taken) or measure if
    given. Without a period it is the last months in which the touchpoint was asked, and at least FEW answers where
    there are as many: a fresh answer makes neither it nor the others forget a survey. Without a measure it is each
    touchpoint's own, see ``_own_measure``."""
    windows = await _windows(session, since, until, measure_id)
    if not windows:
        return {}
    by_measure = await _answers(session, windows, persona_id, measure_id)
    measures = {each.id: each for each in await session.scalars(select(Measure))}
    thresholds = await _thresholds(session)
    own = _own_measures(by_measure, measures, windows)
    found: dict[int, Headline] = {}
    for measure in {each.id: each for each in own.values()}.values():
        now = {place: known for place, known in by_measure[measure.id, True].items() if own.get(place) is measure}
        before = by_measure.get((measure.id, False), {})
        for place, estimate in estimates.estimates(
            now, scale=scale_of(measure), thresholds=thresholds, before=before
        ).items():
            months = windows[place, measure.id]
            found[place] = Headline(estimate, measure, months.since, months.last_day)
    return found


def _asked(measure_id: int | None) -> Select[Any, Any, Any, Any, Any]:
    """The months each touchpoint was first and last asked each measure, and the last one from which on there are FEW
    answers (the first, where there are fewer in all)."""
    place = (Tally.touchpoint_id, Tally.measure_id)
    wanted = select(*place, Tally.month, func.sum(Tally.n).label("n")).where(Tally.touchpoint_id.is_not(None))
    if measure_id is not None:
        wanted = wanted.where(Tally.measure_id == measure_id)
    monthly = wanted.group_by(*place, Tally.month).subquery()
    given = monthly.c
    since_then = func.sum(given.n).over(
        partition_by=(given.touchpoint_id, given.measure_id), order_by=given.month.desc()
    )
    held = select(given.touchpoint_id, given.measure_id, given.month, since_then.label("since_then")).subquery().c
    first, last = func.min(held.month), func.max(held.month)
    filled = func.coalesce(func.max(case((held.since_then >= FEW, held.month))), first)
    months = (first.label("since"), last.label("until"), filled.label("filled"))
    return select(held.touchpoint_id, held.measure_id, *months).group_by(held.touchpoint_id, held.measure_id)


async def _windows(
    session: AsyncSession, since: dt.date | None, until: dt.date | None, measure_id: int | None
) -> dict[tuple[int, int], Window]:
    """(touchpoint, measure) -> its months: those wanted, else the last ones it was asked in."""
    asked = (await session.execute(_asked(measure_id))).all()
    if not asked:
        return {}
    months = (await settings.load(session)).score_months
    if since is None and until is None:
        return {(row.touchpoint_id, row.measure_id): Window.ending(row.until, months, row.filled) for row in asked}
    first, last = min(row.since for row in asked), max(row.until for row in asked)
    wanted = _period(since or first, until or max(last, since or last))
    return {(row.touchpoint_id, row.measure_id): wanted for row in asked}


def _period(since: dt.date, until: dt.date) -> Window:
    """The whole months of these days; the last one alone when they are the wrong way round."""
    last = until.replace(day=1)
    first = min(since.replace(day=1), last)
    return Window(first, last, months_later(first, -1 - estimates.months_between(first, last)), last)


async def _answers(
    session: AsyncSession,
    windows: Mapping[tuple[int, int], Window],
    persona_id: int | None,
    measure_id: int | None,
) -> dict[tuple[int, bool], dict[int, Answers]]:
    """(measure, whether now or before) -> touchpoint -> answers; one grouped query that reads the tally once, by the
    stretches between all ends of windows."""
    ends = {each for months in set(windows.values()) for each in (months.before, months.since, months.next)}
    edges = sorted(ends)
    stretch = case(*((Tally.month >= edge, edge) for edge in reversed(edges[:-1]))).label("stretch")
    wanted = (
        select(Tally.measure_id, Tally.touchpoint_id, Tally.value, stretch, *SUMS)
        .where(Tally.touchpoint_id.is_not(None), Tally.month >= edges[0], Tally.month < edges[-1])
        .group_by(Tally.measure_id, Tally.touchpoint_id, Tally.value, "stretch")
    )
    if persona_id is not None:
        wanted = wanted.where(Tally.persona_id == persona_id)
    if measure_id is None:
        wanted = wanted.join(Measure, Measure.id == Tally.measure_id).where(Measure.kind == Kind.QUALITY)
    else:
        wanted = wanted.where(Tally.measure_id == measure_id)
    groups: dict[tuple[int, bool], list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(wanted):
        months = windows[row.touchpoint_id, row.measure_id]
        if months.before <= row.stretch < months.next:
            groups[row.measure_id, row.stretch >= months.since].append(row)
    return {place: gathered(rows, "touchpoint_id") for place, rows in groups.items()}


def _own_measures(
    answers: Mapping[tuple[int, bool], Mapping[int, Answers]],
    measures: Mapping[int, Measure],
    windows: Mapping[tuple[int, int], Window],
) -> dict[int, Measure]:
    """Touchpoint -> the measure of its headline."""
    asked: dict[int, list[tuple[Measure, Answers, Window]]] = defaultdict(list)
    for (measure_id, is_now), by_place in answers.items():
        for place, found in by_place.items():
            if is_now and found.count_for_something:
                asked[place].append((measures[measure_id], found, windows[place, measure_id]))
    return {place: _own_measure(each) for place, each in asked.items()}


def _own_measure(asked: Sequence[tuple[Measure, Answers, Window]]) -> Measure:
    """The first by position that has enough answers and is still asked in earnest: a single answer to another question
    does not take the place of a survey, and a question given up does not stand in for the one asked since."""
    enough = [each for each in asked if each[1].sums.n >= FEW] or asked
    newest = max((months for _, _, months in enough), key=lambda months: months.filled)
    current = [measure for measure, _, months in enough if months.filled >= newest.beside]
    return min(current, key=lambda measure: (measure.position, measure.id))


async def _thresholds(session: AsyncSession) -> dict[int, float]:
    """Each touchpoint's target, else the organisation's threshold."""
    usual = (await settings.load(session)).threshold
    rows = await session.execute(select(Touchpoint.id, Touchpoint.target))
    return {place: usual if target is None else target for place, target in rows}


def scale_of(measure: Measure) -> Scale:
    return Scale(measure.low, measure.high, measure.is_reversed)


async def headline(
    session: AsyncSession,
    touchpoint_id: int,
    *,
    persona_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    measure_id: int | None = None,
) -> Headline | None:
    """As ``headlines``, for one touchpoint; the others still say how far it is shrunk. None without answers."""
    found = await headlines(session, persona_id=persona_id, since=since, until=until, measure_id=measure_id)
    return found.get(touchpoint_id)


async def trend(
    session: AsyncSession, touchpoint_id: int | None, measure_id: int | None = None, persona_id: int | None = None
) -> list[Point]:
    """All that was ever answered, by the finest period the data fill, oldest first. Without a touchpoint: of an
    overall measure, which must then be named."""
    measure_id = measure_id or await headline_measure(session, touchpoint_id)
    if measure_id is None:
        return []
    wanted = tallied(touchpoint_id, measure_id, persona_id, None, None, Tally.month, Tally.value)
    return estimates.trend(gathered(await session.execute(wanted), "month"))


async def answers(
    session: AsyncSession,
    touchpoint_id: int | None,
    measure_id: int,
    *,
    persona_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Answers:
    """All answers to one measure in a period."""
    wanted = tallied(touchpoint_id, measure_id, persona_id, since, until, Tally.measure_id, Tally.value)
    return gathered(await session.execute(wanted), "measure_id").get(measure_id, Answers())


async def distribution(
    session: AsyncSession,
    touchpoint_id: int | None,
    measure_id: int | None = None,
    persona_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> list[Bin]:
    """How many gave each answer, with the answers as printed on the scale."""
    measure = await session.get(Measure, measure_id or await headline_measure(session, touchpoint_id))
    if measure is None:
        return []
    found = await answers(session, touchpoint_id, measure.id, persona_id=persona_id, since=since, until=until)
    return estimates.bins(found.counts, scale_of(measure))


def recommendation(measure: Measure, counts: Mapping[float, int]) -> PromoterScore | None:
    """The net promoter score, where the measure was asked as one: loyalty, on 0-10."""
    asked = measure.kind is Kind.LOYALTY and (measure.low, measure.high, measure.is_reversed) == (0, 10, False)
    return estimates.promoters(counts) if asked else None


async def headline_measure(session: AsyncSession, touchpoint_id: int | None) -> int | None:
    """Of the current score, else the first quality measure that was ever asked there."""
    if touchpoint_id is None:
        return None
    current = await session.scalar(select(Score.measure_id).where(Score.touchpoint_id == touchpoint_id))
    return current or next(iter([each.id for each in await measures_asked(session, touchpoint_id)]), None)


async def measures_asked(session: AsyncSession, touchpoint_id: int | None) -> Sequence[Measure]:
    """The measures with answers about this touchpoint (None: about the whole), quality first."""
    place = Tally.touchpoint_id.is_(None) if touchpoint_id is None else Tally.touchpoint_id == touchpoint_id
    asked = select(Tally.measure_id).where(place).distinct()
    rank = case((Measure.kind == Kind.QUALITY, 0), (Measure.kind == Kind.LOYALTY, 1), else_=2)
    return (
        await session.scalars(select(Measure).where(Measure.id.in_(asked)).order_by(rank, Measure.position, Measure.id))
    ).all()
