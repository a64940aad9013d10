"""Looking for an issue past lists that may be behind: its numbers are read one by one."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from backlog.errors import N_, Text
from integrations.errors import Gone, Missing, NoAccess, Unavailable

MOST_READ = 500
"""Issues read one by one at most before it stays unsaid whether there is one."""
Found = TypeVar("Found")


async def following(
    read: Callable[[int], Awaitable[Found]], after: int, listed: Collection[int], gap: int, most: int = MOST_READ
) -> list[Found]:
    """Issues with the numbers above ``after``, but for those ``listed``, until ``gap`` numbers in a row are missing.
    Unavailable when there are too many to be sure."""
    found: list[Found] = []
    missing, number, reads = 0, after, 0
    while missing < gap:
        number += 1
        if number in listed:
            missing = 0
            continue
        if reads == most:
            raise Unavailable(Text(N_("Too many issues were made since to look through them one by one.")))
        reads += 1
        try:
            found.append(await read(number))
            missing = 0
        except (Gone, NoAccess):
            missing = 0
        except Missing as error:
            missing = missing + 1 if error.status == 404 else 0
    return found
