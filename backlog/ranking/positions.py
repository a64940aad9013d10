"""The list as people see it: by rank, but for those with a human position, around which the others close up.

A filtered list shows its part of that list in the same order.
"""

from collections.abc import Mapping, Set
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
    there = tuple(part.held.values())
    shown = await ranked.told(session, replace(filters, only=there), Order.RANK, len(there), 0)
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
    following = await _following(session, {ahead[number] for number in there}, numbers)
    before = [_before(following.get(ahead[number])) for number in there]
    columns = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in before]
    counted = select(*columns).where(*replace(filters, besides=numbers).conditions(by_rank=False))
    return dict(zip(there, map(int, (await session.execute(counted)).one()), strict=True))


async def _following(session: AsyncSession, counts: Set[int], numbers: tuple[int, ...]) -> dict[int, Row[Any]]:
    """Who comes after so many of the others in the whole list, where there is one."""
    order = (Initiative.points.desc(), Initiative.id)
    place = func.row_number().over(order_by=order).label("place")
    others = (
        select(Initiative.id, Initiative.points, place)
        .where(Initiative.is_ranked, Initiative.id.not_in(numbers))
        .order_by(*order)
        .limit(max(counts) + 1)
        .subquery()
    )
    rows = await session.execute(select(others).where(others.c.place.in_([count + 1 for count in counts])))
    return {row.place - 1: row for row in rows}


def _before(row: Row[Any] | None) -> ColumnElement[bool]:
    """What holds for those of the whole list that come before this one; for all of them where there is none."""
    is_ranked, points = Initiative.is_ranked.expression, Initiative.points.expression
    if row is None:
        return and_(is_ranked, literal(1) == 1)
    return and_(is_ranked, or_(points > row.points, and_(points == row.points, Initiative.id < row.id)))
