"""Journeys as they are looked at: phases with the scores of what stands in them, and the weakest link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import journeys
from backlog.evidence.arrangement import Arrangement
from backlog.evidence.scores import Score
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint
from backlog.initiatives.initiative import Initiative, InitiativeTouchpoint


@dataclass(frozen=True, slots=True)
class Cell:
    """A touchpoint in a phase. ``value`` and ``shrunken`` are on 0-10 and None without answers; ``open`` counts the
    initiatives about it that have a rank."""

    id: int
    name: str
    ownership: Ownership
    access: Access
    value: float | None
    shrunken: float | None
    n: int
    is_signature: bool
    open: int


@dataclass(frozen=True, slots=True)
class Leg:
    """A phase; ``value`` is the mean of its touchpoints' scores, ``n`` their answers together."""

    id: int | None
    name: str
    cells: tuple[Cell, ...]

    @property
    def value(self) -> float | None:
        known = [cell.value for cell in self.cells if cell.value is not None]
        return sum(known) / len(known) if known else None

    @property
    def n(self) -> int:
        return sum(cell.n for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Walk:
    """A journey from its first phase to its last."""

    legs: tuple[Leg, ...]

    @property
    def weakest(self) -> Cell | None:
        """The touchpoint with the lowest shrunken score, so that a handful of answers does not decide."""
        scored = [cell for leg in self.legs for cell in leg.cells if cell.shrunken is not None]
        return min(scored, key=lambda cell: (cell.shrunken or 0.0, cell.name), default=None)

    @property
    def length(self) -> int:
        """How many touchpoints stand in it, each counted once."""
        return len({cell.id for leg in self.legs for cell in leg.cells})


async def walks(session: AsyncSession, journey_ids: Sequence[int]) -> dict[int, Walk]:
    """Each journey by id."""
    laid_out = await journeys.arrangements(session, journey_ids)
    placed = {number for arrangement in laid_out.values() for number in arrangement.touchpoints()}
    known = await cells(session, placed)
    return {number: walk(laid_out.get(number, Arrangement()), known) for number in journey_ids}


def walk(arrangement: Arrangement, known: dict[int, Cell]) -> Walk:
    return Walk(
        tuple(
            Leg(part.id, part.name, tuple(known[number] for number in part.touchpoints)) for part in arrangement.parts
        )
    )


async def cells(session: AsyncSession, touchpoint_ids: Iterable[int]) -> dict[int, Cell]:
    """The touchpoints of these ids as cells."""
    initiatives = (
        select(InitiativeTouchpoint.touchpoint_id, func.count().label("open"))
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .where(Initiative.is_ranked)
        .group_by(InitiativeTouchpoint.touchpoint_id)
        .subquery()
    )
    wanted = (
        select(
            Touchpoint.id,
            Touchpoint.name,
            Touchpoint.ownership,
            Touchpoint.access,
            Score.value,
            Score.shrunken,
            func.coalesce(Score.n, 0).label("n"),
            Signature.touchpoint_id.is_not(None).label("is_signature"),
            func.coalesce(initiatives.c.open, 0).label("open"),
        )
        .outerjoin(Score, Score.touchpoint_id == Touchpoint.id)
        .outerjoin(Signature, Signature.touchpoint_id == Touchpoint.id)
        .outerjoin(initiatives, initiatives.c.touchpoint_id == Touchpoint.id)
        .where(Touchpoint.id.in_(list(touchpoint_ids)))
    )
    return {row["id"]: Cell(**row) for row in (await session.execute(wanted)).mappings()}
