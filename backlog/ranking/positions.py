"""The list as people see it: by rank, but for those with a human position, around which the others close up.

A filtered list shows its part of that list in the same order.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.initiative import Initiative
from backlog.ranking import overrides, ranked, splice
from backlog.ranking.counts import Standing
from backlog.ranking.filters import UNFILTERED, Filters, Order

Rows = tuple[Row[Any], ...]


async def rows(session: AsyncSession, filters: Filters, order: Order, limit: int, offset: int) -> Rows:
    """One page as the database has it, in any order."""
    if order is not Order.POSITION:
        return await ranked.told(session, filters, order, limit, offset)
    held = {each.initiative_id: each.position for each in await overrides.in_force(session)}
    total = await session.scalar(select(func.coalesce(func.sum(Standing.n), 0))) or 0
    return await told(session, held, total, filters, limit, offset)


async def told(
    session: AsyncSession, held: Mapping[int, int], total: int, filters: Filters, limit: int, offset: int
) -> Rows:
    """One page by position. ``held``: who stands where by hand; ``total``: how many are ranked. Nothing more is asked
    where nobody does."""
    if not held:
        return await ranked.told(session, filters, Order.RANK, limit, offset)
    numbers = tuple(sorted(held))
    ahead = splice.ahead(held, total)
    if filters != UNFILTERED:
        ahead = await _ahead(session, ahead, filters, numbers)
    part = splice.part(ahead, limit, offset)
    others = await ranked.told(session, replace(filters, besides=numbers), Order.RANK, part.limit, part.offset)
    if not part.held:
        return others
    shown = await ranked.told(session, replace(filters, only=numbers), Order.RANK, len(numbers), 0)
    return tuple(part.merged(others, {row.id: row for row in shown}))


async def _ahead(
    session: AsyncSession, ahead: Mapping[int, int], filters: Filters, numbers: tuple[int, ...]
) -> dict[int, int]:
    """The same of a part of the list: those in it, and how many of the others that are in it stand before each."""
    shown = select(Initiative.id).where(*replace(filters, only=numbers).conditions(by_rank=False))
    present = set(await session.scalars(shown))
    there = [number for number in ahead if number in present]
    if not there:
        return {}
    before = [await _before(session, ahead[number], numbers) for number in there]
    columns = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in before]
    counted = select(*columns).where(*replace(filters, besides=numbers).conditions(by_rank=False))
    return dict(zip(there, map(int, (await session.execute(counted)).one()), strict=True))


async def _before(session: AsyncSession, count: int, numbers: tuple[int, ...]) -> ColumnElement[bool]:
    """What holds for the first ``count`` of the others in the whole list."""
    is_ranked, points = Initiative.is_ranked.expression, Initiative.points.expression
    others = select(Initiative.points, Initiative.id).where(is_ranked, Initiative.id.not_in(numbers))
    following = await session.execute(others.order_by(points.desc(), Initiative.id).limit(1).offset(count))
    if (row := following.first()) is None:
        return and_(is_ranked, literal(1) == 1)
    return and_(is_ranked, or_(points > row.points, and_(points == row.points, Initiative.id < row.id)))
