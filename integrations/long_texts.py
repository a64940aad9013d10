"""Long texts are read beside the loop, so that nobody waits for one."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONG = 8_000  # characters: some 30 ms
Found = TypeVar("Found")


async def read(reading: Callable[[str], Found], text: str) -> Found:
    return reading(text) if len(text) < LONG else await asyncio.to_thread(reading, text)
