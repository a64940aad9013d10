"""Lists of the API: which part of them is asked for, and how every one of them answers."""

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.di import Provide
from litestar.params import QueryParameter

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


PAGING = {"page": Provide(read_page)}
"""For ``dependencies=`` of a handler that takes ``page: NamedDependency[Page]``."""
