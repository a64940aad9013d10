"""The list of touchpoints: what it shows, how it is filtered and in what order it stands."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.responses import Tally
from backlog.evidence.scores import Score
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint
from backlog.people.departments import Department


class Order(StrEnum):
    """How the list is ordered; those without a score stand last."""

    SCORE = "score"
    P_BELOW = "p_below"
    ANSWERS = "n"
    NAME = "name"
    PHASE = "phase"


@dataclass(frozen=True)
class Filters:
    """Which touchpoints are wanted; None, "" and False mean any. ``persona_id`` wants those with answers of the
    persona, ``since`` and ``until`` (days; whole months are taken) those with answers in the period; ``words`` is
    looked for in name, description, channel and expectation."""

    phase_id: int | None = None
    department_id: int | None = None
    persona_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    ownership: Ownership | None = None
    access: Access | None = None
    signature: bool = False
    below: bool = False
    words: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether only some of the answers are looked at."""
        return any(each is not None for each in (self.persona_id, self.since, self.until))

    def conditions(self, probability: float) -> list[ColumnElement[bool]]:
        """``probability`` is how sure one must be that a score is below its threshold, for ``below``."""
        wanted: list[ColumnElement[bool]] = []
        if self.phase_id is not None:
            stands = exists().where(Stop.touchpoint_id == Touchpoint.id, Stop.phase_id == self.phase_id)
            wanted.append(or_(Touchpoint.phase_id == self.phase_id, stands.correlate(Touchpoint)))
        if self.department_id is not None:
            wanted.append(Touchpoint.department_id == self.department_id)
        if self.is_cut:
            wanted.append(Touchpoint.id.in_(self._answered()))
        if self.ownership is not None:
            wanted.append(Touchpoint.ownership == self.ownership)
        if self.access is not None:
            wanted.append(Touchpoint.access == self.access)
        if self.signature:
            wanted.append(Signature.slot.is_not(None))
        if self.below:
            wanted.append(Score.p_below >= probability)
        if self.words:
            columns = (Touchpoint.name, Touchpoint.description, Touchpoint.channel, Touchpoint.expectation)
            wanted.append(or_(*(column.icontains(self.words, autoescape=True) for column in columns)))
        return wanted

    def _answered(self) -> Select[Any]:
        found = select(Tally.touchpoint_id).where(Tally.touchpoint_id.is_not(None))
        if self.persona_id is not None:
            found = found.where(Tally.persona_id == self.persona_id)
        if self.since is not None:
            found = found.where(Tally.month >= self.since.replace(day=1))
        if self.until is not None:
            found = found.where(Tally.month <= self.until)
        return found


SHOWN: tuple[Any, ...] = (
    Touchpoint.id,
    Touchpoint.version,
    Touchpoint.name,
    Touchpoint.description,
    Touchpoint.channel,
    Touchpoint.ownership,
    Touchpoint.access,
    Touchpoint.expectation,
    Touchpoint.target,
    Touchpoint.department_id,
    Department.code.label("department_code"),
    Department.name.label("department"),
    Touchpoint.phase_id,
    Phase.name.label("phase"),
    Phase.journey_id,
    Phase.position.label("phase_position"),
    Signature.slot.label("signature_slot"),
    Score.value,
    Score.n,
    Score.since,
    Score.until,
    Score.low,
    Score.high,
    Score.shrunken,
    Score.p_below,
    Score.change,
    Score.measure_id,
)


def listed(
    filters: Filters, *, probability: float, order: Order = Order.SCORE, descending: bool = False
) -> Select[Any]:
    """Columns, not entities: this is read often."""
    return _joined(select(*SHOWN)).where(*filters.conditions(probability)).order_by(*_order(order, descending))


def counted(filters: Filters, *, probability: float) -> Select[Any]:
    return _joined(select(func.count(Touchpoint.id))).where(*filters.conditions(probability))


def _joined(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.select_from(Touchpoint)
        .outerjoin(Department, Department.id == Touchpoint.department_id)
        .outerjoin(Phase, Phase.id == Touchpoint.phase_id)
        .outerjoin(Journey, Journey.id == Phase.journey_id)
        .outerjoin(Stop, and_(Stop.phase_id == Touchpoint.phase_id, Stop.touchpoint_id == Touchpoint.id))
        .outerjoin(Signature, Signature.touchpoint_id == Touchpoint.id)
        .outerjoin(Score, Score.touchpoint_id == Touchpoint.id)
    )


def _order(order: Order, descending: bool) -> list[Any]:
    columns: dict[Order, list[Any]] = {
        Order.SCORE: [Score.value],
        Order.P_BELOW: [Score.p_below],
        Order.ANSWERS: [Score.n],
        Order.NAME: [],
        Order.PHASE: [func.lower(Journey.name), Phase.position, Stop.position],
    }
    names = [func.lower(Touchpoint.name), Touchpoint.id]
    if order is Order.NAME:
        return [each.desc() if descending else each.asc() for each in names]
    return [(each.desc() if descending else each.asc()).nulls_last() for each in columns[order]] + names
