"""What the page of one touchpoint shows, gathered from evidence, triage and initiatives."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, settings
from backlog.evidence import insights, scores, signatures, touchpoints
from backlog.evidence.estimates import Estimate
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.personas import Persona
from backlog.evidence.statistics import PromoterScore
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.evidence import initiatives_about
from backlog.initiatives.initiative import Initiative, InitiativeTouchpoint
from backlog.people.departments import Department
from backlog.ranking import ranked
from backlog.triage.candidates import WAITING, Candidate
from web import chronicle
from web.asked import day, number
from web.chronicle_names import names_in

QUOTES, INITIATIVES = 6, 8


@dataclass(frozen=True, slots=True)
class Cut:
    """Which answers are looked at: of one persona, period, measure; all of the current window when nothing is said."""

    persona_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    measure_id: int | None = None

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> "Cut":
        since, until = day(query, "since"), day(query, "until")
        return cls(number(query, "persona"), since, until, number(query, "measure"))

    @property
    def is_narrowed(self) -> bool:
        return self != Cut()


@dataclass(frozen=True, slots=True)
class Asked:
    """One measure asked at the touchpoint, as it stands over its own months; ``nps`` where it is a recommendation on
    0-10."""

    measure: Measure
    estimate: Estimate
    since: dt.date
    until: dt.date
    nps: PromoterScore | None


@dataclass(frozen=True, slots=True)
class Work:
    """An initiative about the touchpoint; ``rank`` is None when its stage is not ranked."""

    key: str
    title: str
    stage: str
    rank: int | None


async def gathered(session: AsyncSession, touchpoint: Touchpoint, cut: Cut) -> dict[str, Any]:
    """Everything the template wants; missing parts are None or empty."""
    decided = await settings.load(session)
    events = await chronicle.of(session, "touchpoint", touchpoint.id)
    stops = await _places(session, touchpoint.id)
    return {
        "touchpoint": touchpoint,
        "phase": next((stop.phase for stop in stops if stop.phase_id == touchpoint.phase_id), None),
        "department": await session.get(Department, touchpoint.department_id) if touchpoint.department_id else None,
        "threshold": decided.threshold if touchpoint.target is None else touchpoint.target,
        "layer_warning": touchpoints.layer_warning(touchpoint.name),
        **await _figures(session, touchpoint.id, cut),
        **await _voices(session, touchpoint.id),
        **await _signature(session, touchpoint.id, decided.signature_cap),
        "stops": stops,
        "works": await _works(session, touchpoint.id),
        "work_count": await _work_count(session, touchpoint.id),
        "candidate": await _candidate(session, touchpoint.id),
        "personas": [(each.id, each.name) for each in await session.scalars(select(Persona).order_by(Persona.name))],
        "entries": chronicle.entries(events, mentioned=await names_in(session, events)),
    }


async def _figures(session: AsyncSession, touchpoint_id: int, cut: Cut) -> dict[str, Any]:
    """The score in this cut, its trend over all time, its distribution, and what else was asked."""
    measures = await scores.measures_asked(session, touchpoint_id)
    chosen = cut.measure_id if cut.measure_id in [each.id for each in measures] else None
    headline = await scores.headline(
        session, touchpoint_id, persona_id=cut.persona_id, since=cut.since, until=cut.until, measure_id=chosen
    )
    window = await scores.window(session)
    since = headline.since if headline else cut.since or (window.since if window else None)
    until = headline.until if headline else cut.until or (window.last_day if window else None)
    measure_id = chosen or (headline.measure.id if headline else await scores.headline_measure(session, touchpoint_id))
    period: dict[str, Any] = {"persona_id": cut.persona_id, "since": since, "until": until}
    others = [await _asked(session, touchpoint_id, each, cut) for each in measures if each.id != measure_id]
    return {
        "cut": cut,
        "headline": headline,
        "estimate": headline.estimate if headline else None,
        "measure": next((each for each in measures if each.id == measure_id), None),
        "since": since,
        "until": until,
        "trend": await scores.trend(session, touchpoint_id, measure_id, cut.persona_id) if measure_id else [],
        "bins": await scores.distribution(session, touchpoint_id, measure_id, **period) if measure_id else [],
        "nps": await _nps(session, touchpoint_id, headline, cut.persona_id),
        "others": [each for each in others if each],
    }


async def _asked(session: AsyncSession, touchpoint_id: int, measure: Measure, cut: Cut) -> Asked | None:
    """None when it was not asked in this cut; without a period, the last months in which it was asked count."""
    found = await scores.headline(
        session,
        touchpoint_id,
        persona_id=cut.persona_id,
        since=cut.since,
        until=cut.until,
        measure_id=measure.id,
    )
    if found is None:
        return None
    nps = await _nps(session, touchpoint_id, found, cut.persona_id)
    return Asked(measure, found.estimate, found.since, found.until, nps)


async def _nps(
    session: AsyncSession, touchpoint_id: int, headline: scores.Headline | None, persona_id: int | None
) -> PromoterScore | None:
    if headline is None or headline.measure.kind is not Kind.LOYALTY:
        return None
    period: dict[str, Any] = {"persona_id": persona_id, "since": headline.since, "until": headline.until}
    found = await scores.answers(session, touchpoint_id, headline.measure.id, **period)
    return scores.recommendation(headline.measure, found.counts)


async def _voices(session: AsyncSession, touchpoint_id: int) -> dict[str, Any]:
    about = insights.Filters(touchpoint_id=touchpoint_id)
    return {
        "quotes": await insights.for_touchpoint(session, touchpoint_id, QUOTES),
        "themes": await insights.themes(session, about, limit=8),
        "insight_count": await session.scalar(insights.counted(about)) or 0,
    }


async def _signature(session: AsyncSession, touchpoint_id: int, cap: int) -> dict[str, Any]:
    held = await signatures.taken(session)
    return {
        "signature": next((each for each in held if each.touchpoint_id == touchpoint_id), None),
        "taken": held,
        "cap": cap,
        "today": history.now().date(),
    }


async def _places(session: AsyncSession, touchpoint_id: int) -> Sequence[Any]:
    """Where it stands: journey and phase."""
    wanted = (
        select(Journey.id, Journey.name.label("journey"), Phase.name.label("phase"), Phase.id.label("phase_id"))
        .join(Phase, Phase.journey_id == Journey.id)
        .join(Stop, Stop.phase_id == Phase.id)
        .where(Stop.touchpoint_id == touchpoint_id)
        .order_by(Journey.name, Phase.position)
    )
    return (await session.execute(wanted)).all()


async def _works(session: AsyncSession, touchpoint_id: int) -> list[Work]:
    found: Sequence[Initiative] = (await session.scalars(initiatives_about(touchpoint_id).limit(INITIATIVES))).all()
    ranks = await ranked.ranks(session, [each.points for each in found])
    return [
        Work(each.key, each.title, each.stage.name.lower(), rank if each.is_ranked else None)
        for each, rank in zip(found, ranks, strict=True)
    ]


async def _work_count(session: AsyncSession, touchpoint_id: int) -> int:
    links = select(func.count()).where(InitiativeTouchpoint.touchpoint_id == touchpoint_id)
    return await session.scalar(links) or 0


async def _candidate(session: AsyncSession, touchpoint_id: int) -> Candidate | None:
    wanted = select(Candidate).where(Candidate.touchpoint_id == touchpoint_id, Candidate.state.in_(WAITING))
    return (await session.scalars(wanted)).first()


def signature_form(typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the form for a nomination shows at first, or what was typed."""
    next_year = history.now().date() + dt.timedelta(days=365)
    return {"reason": "", "review_on": next_year.isoformat(), "giving_up": "", **(typed or {})}
