"""Which initiatives a list shows and in what order."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, or_, select, union

from backlog.evidence.insights import Insight
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.initiatives.keys import number_of
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.ranking.expressions import known

TEXT_MOST = 200


class Order(enum.StrEnum):
    """By rank; by position: by rank too, but for those that people put elsewhere; by title; the longest in its stage
    first; or the highest value of a criterion first."""

    RANK = "rank"
    POSITION = "position"
    TITLE = "title"
    STAGE_AGE = "stage_age"
    IMPORTANCE = "importance"
    URGENCY = "urgency"
    MATURITY = "maturity"
    EFFORT_BENEFIT = "effort_benefit"


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is set must hold. Without ``stages``: those that are ranked, the open ones.

    ``phase``: a touchpoint of the initiative stands in it. ``department``: it leads or contributes. ``persona``: a
    touchpoint stands on a journey this persona walks, or a linked insight comes from it (answers do not count:
    in a survey every persona answers nearly everything). ``text``: in title or problem, in the name
    of a touchpoint, of a phase it stands in or of a department, in a department's code, or the key. ``only`` and
    ``besides`` (those not) name initiatives by number.
    """

    stages: tuple[Stage, ...] = ()
    phase: int | None = None
    department: int | None = None
    persona: int | None = None
    signature: bool = False
    text: str = ""
    only: tuple[int, ...] = ()
    besides: tuple[int, ...] = ()

    @property
    def active(self) -> tuple[str, ...]:
        """The names of those that are set."""
        return tuple(name for name in NAMES if getattr(self, name))

    def without(self, name: str) -> "Filters":
        return replace(self, **{name: getattr(UNFILTERED, name)})

    def conditions(self, *, by_rank: bool = True) -> list[ColumnElement[bool]]:
        """What holds for the initiatives shown; ``by_rank``: they are read in the order of the index."""
        open_ones = Initiative.is_ranked.expression if by_rank else EVERY_RANKED
        found = [Initiative.stage.in_(self.stages) if self.stages else open_ones]
        if self.phase is not None:
            found.append(_on_touchpoints(_in_phase(self.phase)))
        if self.department is not None:
            found.append(_by_departments([self.department]))
        if self.persona is not None:
            found.append(_of_persona(self.persona))
        if self.signature:
            found.append(_on_touchpoints(select(Signature.touchpoint_id)))
        if self.text.strip():
            found.append(_with_text(self.text.strip()))
        return [*found, *self._by_number()]

    def _by_number(self) -> Iterator[ColumnElement[bool]]:
        if self.only:
            yield Initiative.id.in_(self.only)
        if self.besides:
            yield Initiative.id.not_in(self.besides)


EVERY_RANKED = cast(Initiative.is_ranked, Integer) == 1
"""All that are ranked, where all are looked at: jumping through the table along the index takes SQLite three times as
long as reading it from end to end."""
NAMES = ("text", "stages", "phase", "department", "persona", "signature")
UNFILTERED = Filters()


def _on_touchpoints(touchpoints: Any) -> ColumnElement[bool]:
    linked = select(InitiativeTouchpoint.initiative_id).where(InitiativeTouchpoint.touchpoint_id.in_(touchpoints))
    return Initiative.id.in_(linked)


def _in_phase(phase: int) -> Any:
    listed = select(Touchpoint.id).where(Touchpoint.phase_id == phase)
    return union(listed, select(Stop.touchpoint_id).where(Stop.phase_id == phase))


def _of_persona(persona: int) -> ColumnElement[bool]:
    walked = (
        select(Stop.touchpoint_id)
        .join(Phase, Phase.id == Stop.phase_id)
        .join(Journey, Journey.id == Phase.journey_id)
        .where(Journey.persona_id == persona)
    )
    said = (
        select(InitiativeInsight.initiative_id)
        .join(Insight, Insight.id == InitiativeInsight.insight_id)
        .where(Insight.persona_id == persona)
    )
    return or_(_on_touchpoints(walked), Initiative.id.in_(said))


def _with_text(text: str) -> ColumnElement[bool]:
    """In the words of the initiative or in the names that its row shows, or its key."""
    text = text[:TEXT_MOST]
    units = select(Department.id).where(_contains(text, Department.code, Department.name))
    phases = select(Phase.id).where(_contains(text, Phase.name))
    places = union(
        select(Touchpoint.id).where(or_(_contains(text, Touchpoint.name), Touchpoint.phase_id.in_(phases))),
        select(Stop.touchpoint_id).where(Stop.phase_id.in_(phases)),
    )
    found = [_contains(text, Initiative.title, Initiative.problem), _on_touchpoints(places), _by_departments(units)]
    if (number := number_of(text)) is not None:
        found.append(Initiative.id == number)
    return or_(*found)


def _by_departments(units: Any) -> ColumnElement[bool]:
    """One of these leads or contributes."""
    contributes = select(Contribution.initiative_id).where(Contribution.department_id.in_(units))
    return or_(Initiative.lead_id.in_(units), Initiative.id.in_(contributes))


def _contains(text: str, *columns: Any) -> ColumnElement[bool]:
    """In one of the columns, whatever its case; SQLite folds ASCII alone, so other letters are tried in each case."""
    spellings = [text] if text.isascii() else list(dict.fromkeys((text, text.lower(), text.upper(), text.capitalize())))
    return or_(*(column.icontains(each, autoescape=True) for each in spellings for column in columns))


def ordered(order: Order, columns: Any, points: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """What to sort by, of Initiative or of what was selected from it; equal ones by number, so that every page is the
    same each time."""
    if order is Order.RANK:
        return [columns.is_ranked.desc(), points.desc(), columns.id]
    if order is Order.TITLE:
        return [columns.title, columns.id]
    if order is Order.STAGE_AGE:
        return [columns.stage_since, columns.id]
    return [known(columns)[order].desc().nulls_last(), points.desc(), columns.id]
