"""Initiatives as the API gives and takes them."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
from litestar import Response
from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import scoring, settings, wording
from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import initiatives, staleness
from backlog.initiatives.criteria import UNKNOWN_PEAK, criteria_of, criterion
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeTouchpoint
from backlog.people.departments import Department
from backlog.ranking import ranked
from backlog.ranking.counts import today
from backlog.ranking.overrides import Override
from backlog.scoring import Weights
from backlog.simulation.ranges import RankRange
from backlog.weights import weights

DepartmentNamed = int | str
"""A department by its id or by its code."""


class CriteriaShown(msgspec.Struct):
    """Each 0-10; null where there is neither a rating nor a suggestion."""

    importance: float | None
    urgency: float | None
    maturity: float | None
    effort_benefit: float | None


class OriginsShown(msgspec.Struct):
    """Where each criterion comes from: rated, suggested or missing."""

    importance: str
    urgency: str
    maturity: str
    effort_benefit: str


class InputsShown(msgspec.Struct):
    """What effort/benefit is made of, each 1-10: the medians of the raters; null where nobody has rated."""

    effort: float | None
    benefit: float | None


class ContributionsShown(msgspec.Struct):
    """What each criterion brings; together exactly the score. A missing one counts as 5."""

    importance: float
    urgency: float
    maturity: float
    effort_benefit: float


class DepartmentInvolved(msgspec.Struct):
    id: int
    code: str
    name: str
    lead: bool


class RangeShown(msgspec.Struct):
    """Ranks ``low`` to ``high`` in nine of ten simulations; ``p_top_k`` the share (0-1) that puts it among the first
    ``top_k``; ``tier``: clear, contested or clear low. Behind a rating by a second or two."""

    low: int
    high: int
    top_k: int
    p_top_k: float
    tier: str


class UrgencyShown(msgspec.Struct):
    """How urgency goes over time. ``profile`` is as it was given, with every field of its kind; ``share`` (0-1) of its
    ``peak`` (0-10) is the ``value`` today, to two decimals."""

    profile: dict[str, str | float]
    peak: float
    share: float
    value: float


class OverrideShown(msgspec.Struct):
    """A position given by hand: it stands there in the list that people see to the end of the day ``until``."""

    position: int
    reason: str
    by: str
    until: dt.date


class InitiativeShown(msgspec.Struct):
    """``rank`` is null where the stage is not ranked, ``range`` also until it was simulated; ``departments`` has
    the lead first; ``touchpoints`` are ids. ``origins.urgency`` is profile where nobody knows its peak, which then
    counts as 5. ``dependencies`` is what it waits for, ``independent``: it waits for nothing; by
    ``due_on`` it is to be delivered. ``stale``: nothing has
    happened since ``touched_at`` for so long that it will be parked."""

    id: int
    key: str
    title: str
    stage: str
    rank: int | None
    range: RangeShown | None
    override: OverrideShown | None
    score: float
    criteria: CriteriaShown
    origins: OriginsShown
    inputs: InputsShown
    contributions: ContributionsShown
    missing: list[str]
    departments: list[DepartmentInvolved]
    touchpoints: list[int]
    version: int
    problem: str
    next_step: str
    effect: str
    dependencies: str
    independent: bool
    due_on: dt.date | None
    urgency_profile: UrgencyShown | None
    touched_at: dt.datetime
    stale: bool
    lead: int | None
    created_at: dt.datetime
    created_by: str


class InitiativeGiven(msgspec.Struct, forbid_unknown_fields=True):
    """The first department leads unless ``lead`` names another."""

    title: str
    problem: str = ""
    next_step: str = ""
    effect: str = ""
    dependencies: str = ""
    independent: bool = False
    due_on: dt.date | None = None
    touchpoints: list[int] = []
    insights: list[int] = []
    departments: list[DepartmentNamed] = []
    lead: DepartmentNamed | None = None


class InitiativeChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays. ``departments`` and ``touchpoints`` replace the ones before; the first department leads
    unless ``lead`` is given."""

    title: str | UnsetType = UNSET
    problem: str | UnsetType = UNSET
    next_step: str | UnsetType = UNSET
    effect: str | UnsetType = UNSET
    dependencies: str | UnsetType = UNSET
    independent: bool | UnsetType = UNSET
    due_on: dt.date | UnsetType | None = UNSET
    touchpoints: list[int] | UnsetType = UNSET
    departments: list[DepartmentNamed] | UnsetType = UNSET
    lead: DepartmentNamed | UnsetType | None = UNSET
    version: int | None = None


async def shapes(session: AsyncSession, found: Sequence[Initiative]) -> list[InitiativeShown]:
    """These initiatives in this order, with ranks under the agreed weights."""
    ids = [initiative.id for initiative in found]
    units = {unit.id: unit for unit in await session.scalars(select(Department))}
    agreed = await weights.active(session)
    places = await ranked.ranks(session, [initiative.points for initiative in found])
    touchpoints = await _linked(session, ids)
    landings = await _ranges(session, ids)
    contributing = await _contributing(session, ids)
    stale_before = staleness.since(await settings.load(session))
    held = await _overrides(session, ids)
    return [
        _shape(
            initiative,
            (place, landings.get(initiative.id)) if initiative.is_ranked else (None, None),
            agreed,
            _departments(initiative, contributing.get(initiative.id, ()), units),
            touchpoints.get(initiative.id, []),
            held.get(initiative.id),
            stale_before,
        )
        for initiative, place in zip(found, places, strict=True)
    ]


def _shape(
    initiative: Initiative,
    place: tuple[int | None, RangeShown | None],
    agreed: Weights,
    departments: list[DepartmentInvolved],
    touchpoints: list[int],
    override: OverrideShown | None,
    stale_before: dt.datetime | None,
) -> InitiativeShown:
    criteria = criteria_of(initiative)
    known = {name: criterion.value for name, criterion in criteria.items()}
    parts = scoring.contributions(known, agreed)
    return InitiativeShown(
        id=initiative.id,
        key=initiative.key,
        title=initiative.title,
        stage=initiative.stage.value,
        rank=place[0],
        range=place[1],
        override=override if initiative.is_ranked else None,
        score=initiative.points / 100,
        criteria=CriteriaShown(**{name: _two_decimals(value) for name, value in known.items()}),
        origins=OriginsShown(**{name: criterion.origin for name, criterion in criteria.items()}),
        inputs=InputsShown(_two_decimals(initiative.rated_effort), _two_decimals(initiative.rated_benefit)),
        contributions=ContributionsShown(**{name: part / 100 for name, part in parts.items()}),
        missing=scoring.missing(known),
        departments=departments,
        touchpoints=touchpoints,
        version=initiative.version,
        problem=initiative.problem,
        next_step=initiative.next_step,
        effect=initiative.effect,
        dependencies=initiative.dependencies,
        independent=initiative.independent,
        due_on=initiative.due_on,
        urgency_profile=urgency_shown(initiative),
        touched_at=initiative.touched_at,
        stale=staleness.is_stale(initiative.stage, initiative.touched_at, stale_before),
        lead=initiative.lead_id,
        created_at=initiative.created_at,
        created_by=initiative.created_by,
    )


def urgency_shown(initiative: Initiative) -> UrgencyShown | None:
    if initiative.urgency_profile is None or initiative.urgency_share is None:
        return None
    known = criterion(initiative.rated_urgency, initiative.suggested_urgency).value
    peak, share = UNKNOWN_PEAK if known is None else known, initiative.urgency_share
    return UrgencyShown(initiative.urgency_profile, peak, share, round(peak * share, 2))


def _two_decimals(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _departments(
    initiative: Initiative, contributing: Sequence[int], units: Mapping[int, Department]
) -> list[DepartmentInvolved]:
    others = sorted((units[number] for number in contributing), key=lambda unit: unit.code)
    lead = [units[initiative.lead_id]] if initiative.lead_id else []
    return [
        DepartmentInvolved(id=unit.id, code=unit.code, name=unit.name, lead=unit.id == initiative.lead_id)
        for unit in [*lead, *others]
    ]


async def _ranges(session: AsyncSession, ids: Sequence[int]) -> dict[int, RangeShown]:
    top = (await settings.load(session)).top
    rows = await session.scalars(select(RankRange).where(RankRange.initiative_id.in_(ids)))
    return {
        row.initiative_id: RangeShown(low=row.low, high=row.high, top_k=top, p_top_k=row.p_top, tier=row.tier.value)
        for row in rows
    }


async def _overrides(session: AsyncSession, ids: Sequence[int]) -> dict[int, OverrideShown]:
    held = select(Override).where(Override.initiative_id.in_(ids), Override.until >= today())
    return {
        row.initiative_id: OverrideShown(position=row.position, reason=row.reason, by=row.put_by, until=row.until)
        for row in await session.scalars(held)
    }


async def _linked(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[int]]:
    rows = await session.execute(
        select(InitiativeTouchpoint.initiative_id, InitiativeTouchpoint.touchpoint_id)
        .where(InitiativeTouchpoint.initiative_id.in_(ids))
        .order_by(InitiativeTouchpoint.position, InitiativeTouchpoint.touchpoint_id)
    )
    found: dict[int, list[int]] = {}
    for initiative_id, touchpoint_id in rows:
        found.setdefault(initiative_id, []).append(touchpoint_id)
    return found


async def _contributing(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[int]]:
    rows = await session.execute(
        select(Contribution.initiative_id, Contribution.department_id).where(Contribution.initiative_id.in_(ids))
    )
    found: dict[int, list[int]] = {}
    for initiative_id, department_id in rows:
        found.setdefault(initiative_id, []).append(department_id)
    return found


async def one(session: AsyncSession, key: str | int) -> InitiativeShown:
    """NotFound when there is none."""
    return (await shapes(session, [await initiatives.by_key(session, key)]))[0]


async def answer(database: Database, key: str | int, status: int = 200) -> Response[InitiativeShown]:
    """One initiative as it stands, its version also as ETag."""
    async with database.reading() as session:
        shown = await one(session, key)
    return Response(shown, status_code=status, headers={"ETag": f'"{shown.version}"'})


async def department_ids(session: AsyncSession, named: Sequence[DepartmentNamed], field: str) -> list[int]:
    """Ids for ids and codes, in order. Invalid (``field``) names every code that does not exist."""
    codes = {name.strip().upper() for name in named if isinstance(name, str)}
    storable = [code for code in codes if wording.wrong(code, 8) is None]
    rows = await session.execute(
        select(Department.id, Department.code).where(func.upper(Department.code).in_(storable))
    )
    known = {row.code.upper(): row.id for row in rows}
    if unknown := sorted(repr(code[:20])[1:-1] for code in codes - known.keys()):
        raise Invalid({field: Text(N_("There is no such department: %(ids)s."), {"ids": ", ".join(unknown)})})
    return [known[name.strip().upper()] if isinstance(name, str) else name for name in named]
