"""Lists of the API: which part of them is asked for, and how every one of them answers."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar.di import Provide
from litestar.params import QueryParameter
from sqlalchemy import Result, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

USUAL, MOST = 50, 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` 1-500 rows from ``offset`` (0 is the first) on."""

    limit: int = USUAL
    offset: int = 0


class Listing(msgspec.Struct, Generic[T]):
    """What every list answers; ``total`` counts all rows, not only those of this page."""

    items: list[T]
    total: int


async def read_page(
    limit: Annotated[int, QueryParameter(ge=1, le=MOST, description="Rows of this page, at most 500.")] = USUAL,
    offset: Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="Rows left out before it.")] = 0,
) -> Page:
    """From the address; anything out of range is answered with 400."""
    return Page(limit, offset)


async def part(
    session: AsyncSession, page: Page, wanted: Select[Any], counted: Select[Any] | None = None
) -> tuple[Result[Any], int]:
    """The rows of this page and how many there are in all; ``counted`` where that is known without counting what is
    wanted."""
    if counted is None:
        counted = select(func.count()).select_from(wanted.order_by(None).subquery())
    total = await session.scalar(counted) or 0
    return await session.execute(wanted.limit(page.limit).offset(page.offset)), total


PAGING = {"page": Provide(read_page)}
"""For ``dependencies=`` of a handler that takes ``page: NamedDependency[Page]``."""
