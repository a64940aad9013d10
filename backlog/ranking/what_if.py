"""What if the weights were others: the list re-ranked and what changes, computed and never kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of
from backlog.ranking import expressions
from backlog.ranking.counts import Standing, ranks_among
from backlog.ranking.filters import EVERY_RANKED, UNFILTERED, Filters, Order, ordered
from backlog.ranking.ranked import Listed, Unit, around, listed_from, one_page, picked
from backlog.scoring import Weights
from backlog.settings import Settings


@dataclass(frozen=True, slots=True)
class Reranked:
    """The rows of a page under other weights; ``move`` of a row counts ranks against the agreed ones.

    ``entering`` and ``leaving``: the keys of those who come into the first ``top`` and go out of it."""

    rows: Sequence[Listed]
    entering: Sequence[str]
    leaving: Sequence[str]

    @property
    def moved(self) -> list[Listed]:
        """Those of the page that would move, the furthest first."""
        return sorted((row for row in self.rows if row.move), key=lambda row: -abs(row.move or 0))


async def rerank(
    session: AsyncSession,
    weights: Weights,
    departments: Mapping[int, Unit],
    filters: Filters = UNFILTERED,
    order: Order = Order.RANK,
    limit: int = 50,
    offset: int = 0,
    top: int = Settings().top,
) -> Reranked:
    """A page of the list under these weights, in their order, with new points, ranks and moves; and who comes into the
    first ``top``, or goes out of them."""
    connection = await session.connection()
    asked = {"limit": limit, "offset": offset}
    found = (await connection.execute(statement(weights, filters, order), asked)).all()
    places = await _ranks(session, weights, filters, order, offset, [row.new_points for row in found])
    listed = [
        listed_from(row, departments, row.new_points, *((place, row.rank - place) if row.is_ranked else (None, None)))
        for row, place in zip(found, places, strict=True)
    ]
    entering, leaving = await _top_changes(
        session, weights, top, listed if _is_first(filters, order, offset) and limit >= top else None
    )
    return Reranked(listed, entering, leaving)


@lru_cache(maxsize=256)
def statement(weights: Weights, filters: Filters, order: Order) -> Select[Any]:
    """One page with ``new_points``, and ``rank`` under the agreed weights."""
    value = expressions.points(weights).label("new_points")  # named, so that sorting does not compute it once more
    shown = one_page(picked(filters, order, value, value))
    ahead = select(func.coalesce(func.sum(Standing.n), 0) + 1).where(Standing.points > shown.c.points)
    told = around(shown, ahead.scalar_subquery().label("rank"))
    return told.order_by(*ordered(order, shown.c, shown.c.new_points))


def _is_first(filters: Filters, order: Order, offset: int) -> bool:
    return filters == UNFILTERED and order is Order.RANK and offset == 0


async def _ranks(
    session: AsyncSession, weights: Weights, filters: Filters, order: Order, offset: int, points: Sequence[int]
) -> list[int]:
    """Ranks by these weights: on the first page the rows are their own standings, elsewhere all are counted."""
    if _is_first(filters, order, offset):
        return [1 + sum(other > each for other in points) for each in points]
    value = expressions.points(weights).label("value")
    counted = select(value, func.count()).where(EVERY_RANKED).group_by(value)
    return ranks_among(dict((await session.execute(counted)).all()), points)


async def _top_changes(
    session: AsyncSession, weights: Weights, top: int, first_page: Sequence[Listed] | None
) -> tuple[list[str], list[str]]:
    """Who comes into the top and who goes out of it."""
    by_agreed = select(Initiative.id).where(Initiative.is_ranked).order_by(Initiative.points.desc(), Initiative.id)
    before = list((await session.scalars(by_agreed.limit(top))).all())
    if first_page is None:
        value = expressions.points(weights)
        by_new = select(Initiative.id).where(EVERY_RANKED).order_by(value.desc(), Initiative.id)
        after = list((await session.scalars(by_new.limit(top))).all())
    else:
        after = [row.id for row in first_page[:top]]
    return [key_of(n) for n in after if n not in before], [key_of(n) for n in before if n not in after]
