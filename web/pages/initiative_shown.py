"""The page of one initiative: what it needs to be drawn, also after something on it was refused."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, scoring, settings
from backlog.database import Database
from backlog.errors import Text
from backlog.initiatives import anchors, dossier, initiatives, stages, staleness
from backlog.initiatives.criteria import CHECKS, criteria_of
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of
from backlog.initiatives.ratings import Rating
from backlog.initiatives.stages import MOVES, Verb
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.ranking import counts, overrides, ranked
from backlog.rounds import blindness, rounds
from backlog.scoring import Counterfactual, Weights
from backlog.settings import Settings
from backlog.simulation import ranges
from backlog.simulation.ranges import Placed
from backlog.urgency import urgency
from backlog.weights import weights
from web import chronicle, courses, formats
from web.identity import Viewer
from web.pages import override_forms, urgency_forms
from web.pages.initiative_links_live import seen
from web.pages.initiative_links_shown import tracked
from web.pages.initiative_opinions import opinions
from web.templating import page


@dataclass(frozen=True)
class Standing:
    """Where it stands: ``rank`` of ``all`` ranked ones (None when its stage is not ranked), who is before and after,
    what would lift it past the one before, and where simulations put it among the first ``top`` and beyond."""

    rank: int | None
    all: int
    before: str | None
    after: str | None
    lift: Counterfactual | None
    placed: Placed | None = None
    top: int = 0


async def show_page(
    request: Request[Any, Any, Any],
    database: Database,
    key: str,
    *,
    status: int = 200,
    alert: Text | None = None,
    errors: Mapping[str, Text] | None = None,
    typed: Mapping[str, Any] | None = None,
    at: str = "",
) -> Response[Any]:
    """The whole page; ``at`` names the form that was refused, ``typed`` and ``errors`` are what it said."""
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        asked = await rounds.asked_of(session, request.user.actor, initiative.id)
        found = await dossier.of(session, initiative, blindness.may_read(request.user.actor, asked))
        agreed = await weights.active(session)
        standing = await standing_of(session, found.initiative, agreed)
        departments = list(await session.scalars(select(Department).order_by(Department.name)))
        known = await settings.load(session)
        held = await overrides.of(session, found.initiative.id)
        gone = await left(session, found.ratings)
        links = await tracked(session, initiative.id)
    viewer: Viewer = request.user
    involved = {department.id for department in (found.lead, *found.contributing) if department}
    return page(
        request,
        "initiatives/show.html",
        status=status,
        d=found,
        initiative=found.initiative,
        standing=standing,
        criteria=criteria_of(found.initiative),
        weights={name: round(100 * weight) for name, weight in agreed.as_dict().items()},
        contributions=scoring.contributions(values(found.initiative), agreed),
        opinions=opinions(found, viewer.actor, asked, gone),
        invited=list({each.id: each for each in asked.values()}.values()),
        may_invite=viewer.may(Role.DEPARTMENT_LEAD),
        raters=sorted({rating.rater for rating in found.ratings}),
        entries=chronicle.entries(found.events, found.comments),
        next_verb=found.initiative.next_verb,
        others=others(found.initiative, viewer),
        moves=MOVES,
        needs=[stages.NEEDS[need] for need in found.missing],
        free=[each for each in departments if each.id not in involved],
        anchors=anchors,
        checks={name: (label, name not in found.suggested.maturity.missing) for name, label in CHECKS.items()},
        course=courses.of(found.initiative),
        course_form=urgency_forms.filled(found.initiative) | (dict(typed or {}) if at == "urgency" else {}),
        course_seen=urgency_forms.seen(found.initiative),
        urgency=urgency,
        month_names=formats.month_names,
        override=held,
        override_form=override_forms.filled(held) | (dict(typed or {}) if at == "override" else {}),
        override_seen=override_forms.seen(held),
        override_bounds=override_forms.bounds(),
        may_override=viewer.may(Role.PRODUCT_OWNER) and found.initiative.is_ranked,
        stale=stale(found.initiative, known),
        parked_by_itself=staleness.REASON,
        may_edit=viewer.may(Role.CONTRIBUTOR),
        tracked=links,
        heard=max((each.id for each in found.events), default=0),
        news=False,
        seen=seen(links.mark, news=False),
        unlinking=request.query_params.get("unlink", ""),
        may_link=viewer.may(Role.DEPARTMENT_LEAD),
        alert=alert,
        errors=errors or {},
        typed=typed or {},
        at=at,
    )


@dataclass(frozen=True)
class Stale:
    """Nothing has happened for so many whole ``weeks``; it is parked on ``day`` when nothing happens until then."""

    weeks: int
    day: dt.date


def stale(initiative: Initiative, known: Settings) -> Stale | None:
    if not staleness.is_stale(initiative.stage, initiative.touched_at, staleness.since(known)):
        return None
    weeks = (history.now() - initiative.touched_at) // dt.timedelta(weeks=1)
    return Stale(weeks, max(staleness.parked_on(initiative, known), history.now().date()))


async def left(session: AsyncSession, given: Sequence[Rating]) -> frozenset[int]:
    """The raters, by id, who cannot sign in any more."""
    ids = {rating.person_id for rating in given if rating.person_id is not None}
    return frozenset(
        await session.scalars(select(Person.id).where(Person.id.in_(ids), Person.disabled_at.is_not(None)))
    )


def values(initiative: Initiative) -> dict[str, float | None]:
    return {name: criterion.value for name, criterion in criteria_of(initiative).items()}


async def standing_of(session: AsyncSession, initiative: Initiative, agreed: Weights) -> Standing:
    total = await session.scalar(select(func.coalesce(func.sum(counts.Standing.n), 0))) or 0
    if not initiative.is_ranked:
        return Standing(None, total, None, None, None)
    before, after = await dossier.neighbours(session, initiative)
    ahead = await session.scalar(
        select(func.min(counts.Standing.points)).where(
            counts.Standing.points > initiative.points, counts.Standing.n > 0
        )
    )
    lift = None if ahead is None else scoring.counterfactual(values(initiative), agreed, ahead)
    rank = (await ranked.ranks(session, [initiative.points]))[0]
    placed = await ranges.placed(session, initiative.id)
    top = (await settings.load(session)).top
    return Standing(rank, total, _key(before), _key(after), lift, placed, top)


def _key(number: int | None) -> str | None:
    return None if number is None else key_of(number)


def others(initiative: Initiative, viewer: Viewer) -> list[Verb]:
    """The verbs of the menu: possible now, allowed to the viewer, and not the one that leads on."""
    return [
        verb
        for verb in stages.possible(initiative.stage)
        if verb is not initiative.next_verb and viewer.may(MOVES[verb].role)
    ]
