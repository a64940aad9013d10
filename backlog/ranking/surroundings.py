"""What stands around the list, asked for in one statement: what can be filtered by, saved views, weights, totals."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.journeys import Journey, Phase
from backlog.evidence.personas import Persona
from backlog.evidence.signatures import Signature
from backlog.initiatives.initiative import Initiative
from backlog.people.departments import Department
from backlog.ranking import splice
from backlog.ranking.counts import PastStanding, Standing, today
from backlog.ranking.filters import EVERY_RANKED
from backlog.ranking.movement import week_ago
from backlog.ranking.overrides import Override
from backlog.ranking.ranked import Unit
from backlog.ranking.views import SavedView
from backlog.scoring import CRITERIA, DEFAULT_WEIGHTS, Weights
from backlog.settings import Setting, Settings
from backlog.weights.weights import ProfileState, WeightProfile

REASON_SHOWN = 160
"""Characters of why people put something at a position; every list page carries them for each of these."""


@dataclass(frozen=True, slots=True)
class Named:
    """A phase (``group``: its journey) or a persona that can be filtered by."""

    id: int
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; ``query`` as in the address of the backlog. ``own``: it is this person's, not everybody's."""

    id: int
    name: str
    query: str
    own: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """Where people put an initiative, to the end of the day ``until``; of the ``reason`` its beginning."""

    position: int
    by: str
    until: dt.date
    reason: str


@dataclass(slots=True, eq=False)
class Surroundings:
    """Equal to itself alone: the same rows are read as the same. ``told``: these rows. ``total``: ranked initiatives.
    ``counts_before``: the standings a week ago, None when nothing changed since. ``placed``: the human positions in force,
    by initiative."""

    told: tuple[tuple[Any, ...], ...] = ()
    departments: dict[int, Unit] = field(default_factory=dict)
    phases: list[Named] = field(default_factory=list)
    personas: list[Named] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    weights: Weights = DEFAULT_WEIGHTS
    total: int = 0
    signatures: int = 0
    signature_cap: int = Settings().signature_cap
    top: int = Settings().top
    stale_weeks: int = Settings().stale_weeks
    counts_before: Mapping[str, int] | None = None
    placed: dict[int, Placed] = field(default_factory=dict)


async def load(session: AsyncSession, person_id: int | None) -> Surroundings:
    """All of it, with the views of this person and those of everybody."""
    connection = await session.connection()
    asked = {"day": week_ago(), "today": today(), "person": person_id}
    return read(tuple(map(tuple, (await connection.execute(statement(), asked)).all())))


@lru_cache(maxsize=64)
def read(told: tuple[tuple[Any, ...], ...]) -> Surroundings:
    """The rows of the statement as what they mean; they change seldom and are asked for all the time."""
    found = Surroundings(told)
    for kind, number, name, more, _ in told:
        _take(found, kind, number, name, more)
    found.phases.sort(key=lambda phase: phase.group)
    found.placed = _standing(found.placed, found.total)
    return found


def _standing(placed: Mapping[int, Placed], total: int) -> dict[int, Placed]:
    """Where they stand: a list that has become shorter has no place beyond its end."""
    ahead = splice.ahead({number: each.position for number, each in placed.items()}, total)
    return {number: replace(placed[number], position=place + 1) for number, place in splice.places(ahead).items()}


def _take(found: Surroundings, kind: str, number: int, name: str, more: str) -> None:
    match kind:
        case "department":
            found.departments[number] = Unit(number, more, name)
        case "phase":
            found.phases.append(Named(number, name, more))
        case "persona":
            found.personas.append(Named(number, name))
        case "view" | "own view":
            found.views.append(View(number, name, more, kind == "own view"))
        case "weights":
            found.weights = Weights.normalised(*json.loads(more))
        case "total" | "signatures":
            setattr(found, kind, number)
        case "signature_cap" | "top" | "stale_weeks":
            setattr(found, kind, int(json.loads(more)))
        case "placed":
            position, until, reason = more.split(" ", 2)
            found.placed[number] = Placed(int(position), name, dt.date.fromisoformat(until), _beginning(reason))
        case "before":
            found.counts_before = json.loads(more)


def _beginning(reason: str) -> str:
    return reason if len(reason) <= REASON_SHOWN else f"{reason[:REASON_SHOWN].rstrip()} …"


@cache
def statement() -> CompoundSelect[Any]:
    """Rows of (kind, number, name, more), for ``day``, ``today`` and ``person``; built once."""
    person = bindparam("person", type_=Integer)
    own = case((SavedView.person_id.is_not(None), "own view"), else_="view")
    agreed = [getattr(WeightProfile, criterion) for criterion in CRITERIA]
    day = bindparam("day", type_=Date)
    before = select(PastStanding.counts).where(PastStanding.day >= day).order_by(PastStanding.day).limit(1).subquery()
    parts = union_all(
        _part("department", Department.id, Department.name, Department.code),
        _part("phase", Phase.id, Phase.name, Journey.name, place=Phase.position).join(Journey),
        _part("persona", Persona.id, Persona.name),
        _part(own, SavedView.id, SavedView.name, SavedView.query, place=SavedView.position).where(
            or_(SavedView.person_id.is_(None), SavedView.person_id == person)
        ),
        _part("weights", WeightProfile.id, more=_joined(agreed)).where(WeightProfile.state == ProfileState.AGREED),
        _part("total", func.coalesce(func.sum(Standing.n), 0)),
        _part("signatures", func.count(Signature.slot)),
        _part(Setting.name, more=cast(Setting.value, String)).where(
            Setting.name.in_(["signature_cap", "top", "stale_weeks"])
        ),
        _part("before", more=cast(before.c.counts, String)),
        _placed(bindparam("today", type_=Date)),
    )
    return parts.order_by(text("place"), text("name"), text("number"))


def _part(kind: Any, number: Any = 0, name: Any = "", more: Any = "", *, place: Any = 0) -> Select[Any]:
    def plain(value: Any, of: type[String] | type[Integer]) -> Any:
        return literal(value, of) if isinstance(value, int | str) else cast(value, of)

    return select(
        plain(kind, String).label("kind"),
        plain(number, Integer).label("number"),
        plain(name, String).label("name"),
        plain(more, String).label("more"),
        plain(place, Integer).label("place"),
    )


def _placed(today: Any) -> Select[Any]:
    """``more`` is the position, the last day and the beginning of the reason, one more than shown where there is more.
    From the few positions to their initiatives: by the index of what is ranked SQLite would begin with all of these."""
    until = cast(Override.until, String)
    reason = func.substr(Override.reason, 1, REASON_SHOWN + 1)
    more = cast(Override.position, String) + literal(" ", String) + until + literal(" ", String) + reason
    is_ranked = select(EVERY_RANKED).where(Initiative.id == Override.initiative_id).scalar_subquery()
    placed = _part("placed", Override.initiative_id, Override.put_by, more, place=Override.position)
    return placed.where(Override.until >= today, is_ranked)


def _joined(columns: Sequence[Any]) -> ColumnElement[str]:
    """Numbers as "[1, 2]"."""
    first, *rest = (cast(column, String) for column in columns)
    joined = literal("[", String) + first
    for each in rest:
        joined = joined + "," + each
    return joined + "]"
