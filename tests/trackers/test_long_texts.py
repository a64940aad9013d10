"""A long text is read while others go on."""

import asyncio
import threading

from integrations import long_texts


async def test_others_go_on_while_a_long_text_is_read() -> None:
    others = threading.Event()
    asyncio.get_running_loop().call_later(0.01, others.set)

    went_on = await long_texts.read(lambda text: others.wait(5), "Lane 4 " * long_texts.LONG)

    assert went_on


async def test_a_short_text_is_read_at_once() -> None:
    where = await long_texts.read(lambda text: threading.current_thread(), "Lane 4")

    assert where is threading.main_thread()
