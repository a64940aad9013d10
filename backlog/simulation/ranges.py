"""Where simulations put each initiative of the backlog, as pages and the API show it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, ForeignKey, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, upsert
from backlog.initiatives.initiative import Initiative
from backlog.simulation.robustness import Range, Tier

EVEN = (0.4, 0.6)
"""When one is ahead of the other in so many draws, it is a coin flip."""
MOSTLY = 0.5
"""When two have the same points in so many draws, they tie."""


class RankRange(Base):
    """Where an initiative lands, by the latest run: see `robustness.Range`. ``next_id`` is who came after it then."""

    __tablename__ = "rank_range"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    low: Mapped[int]
    high: Mapped[int]
    p_top: Mapped[float]
    tier: Mapped[Tier]
    draws: Mapped[int]
    p_above_next: Mapped[float | None]
    p_tied_next: Mapped[float | None]
    next_id: Mapped[int | None]


COLUMNS = RankRange.__table__.columns.values()


async def show(session: AsyncSession, found: Mapping[int, Range]) -> None:
    """Let these ranges be the ones that pages show: what differs is written, in few statements."""
    there = set(await session.scalars(select(Initiative.id).where(Initiative.is_ranked)))
    known = {row.initiative_id: tuple(row) for row in await session.execute(select(*COLUMNS))}
    ids = [each for each in found if each in there]
    after = dict(pairwise(found))
    rows = [_row(each, found[each], after.get(each) if after.get(each) in there else None) for each in ids]
    gone = sorted(known.keys() - there)
    await session.execute(delete(RankRange).where(RankRange.initiative_id.in_(gone)))
    if changed := [row for row in rows if known.get(row["initiative_id"]) != tuple(row.values())]:
        await session.run_sync(lambda plain: _write(plain.connection(), changed))


def _row(initiative_id: int, found: Range, next_id: int | None) -> dict[str, Any]:
    """As the columns have it; without the next one nothing can be said about the two."""
    known = {"initiative_id": initiative_id, **asdict(found), "next_id": next_id}
    return known if next_id is not None else known | {"p_above_next": None, "p_tied_next": None}


def _write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    wanted = upsert(connection, RankRange)
    values = {column.name: wanted.excluded[column.name] for column in COLUMNS[1:]}
    connection.execute(wanted.on_conflict_do_update(index_elements=["initiative_id"], set_=values), rows)


@dataclass(frozen=True, slots=True)
class Rival:
    """The initiative before or after it in the list, and in what share of draws (0-1) that one is ahead (half of the
    ties counted), and in what share both tie."""

    id: int
    p_ahead: float
    p_tied: float = 0

    @property
    def is_tied(self) -> bool:
        return self.p_tied >= MOSTLY

    @property
    def is_even(self) -> bool:
        return is_even(self.p_ahead, self.p_tied)


def is_even(p_ahead: float, p_tied: float) -> bool:
    """Whether it is a coin flip who of two is ahead; not where they mostly tie."""
    return p_tied < MOSTLY and EVEN[0] <= p_ahead <= EVEN[1]


@dataclass(frozen=True, slots=True)
class Placed:
    """The range of one initiative and its rivals; ``before`` is None for the first, ``after`` for the last."""

    range: RankRange
    before: Rival | None
    after: Rival | None


async def placed(session: AsyncSession, initiative_id: int) -> Placed | None:
    """None before the first simulation, and for what has no rank."""
    near = or_(RankRange.initiative_id == initiative_id, RankRange.next_id == initiative_id)
    known = {row.initiative_id: row for row in await session.scalars(select(RankRange).where(near))}
    own = known.pop(initiative_id, None)
    if own is None:
        return None
    before = next((_before(row) for row in known.values() if row.p_above_next is not None), None)
    return Placed(own, before, _after(own))


def _before(row: RankRange) -> Rival:
    return Rival(row.initiative_id, row.p_above_next or 0, row.p_tied_next or 0)


def _after(own: RankRange) -> Rival | None:
    if own.next_id is None or own.p_above_next is None:
        return None
    return Rival(own.next_id, 1 - own.p_above_next, own.p_tied_next or 0)
