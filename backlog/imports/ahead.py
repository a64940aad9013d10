"""Doing one thing while the next is prepared: rows are read ahead of those being inserted."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from backlog.imports.apart import WORTH_IT, read_apart
from backlog.imports.checks import Found
from backlog.imports.pieces import Order, Unknown, read
from backlog.imports.readers import Sheet


async def pieces(order: Order) -> AsyncGenerator[Found | Unknown, None]:
    """What ``read`` yields and raises, while whoever waits is answered; a large file is read in another process."""
    apart = isinstance(order.table, Sheet) and order.table.size >= WORTH_IT
    reading = read_apart(order) if apart else read(order)
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1, "reading")
    try:
        while (piece := await loop.run_in_executor(thread, next, reading, None)) is not None:
            yield piece
    finally:
        thread.submit(reading.close)  # once it has come to the end of a piece
        thread.shutdown(wait=False)


class Ahead:
    """Does one thing in the background while the next is prepared; leaves nothing running behind."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None

    async def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for the thing before (and raise what it raised), then start this one."""
        try:
            await self.done()
        except BaseException:
            work.close()
            raise
        self.task = asyncio.create_task(work)

    async def done(self) -> None:
        task, self.task = self.task, None
        if task:
            await task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: object, where: object) -> None:
        if kind is None:
            await self.done()
        elif self.task:
            await asyncio.wait([self.task])
