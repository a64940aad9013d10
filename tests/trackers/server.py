"""A real HTTP/1.1 server on loopback for any ASGI application, which can fail in every way a network fails."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import h11
from litestar.types import ASGIApp

from tests.trackers.connection import Connection, Exchange
from tests.trackers.contracts import Contract
from tests.trackers.faults import Faults

PATIENCE = 10.0
"""Seconds a start or an end may take."""


class Server:
    """``url`` once started; ``exchanges`` and ``violations`` of the contract as they happen."""

    def __init__(self, app: ASGIApp, faults: Faults | None = None, contract: Contract | None = None) -> None:
        self.app = app
        self.faults = faults or Faults()
        self.contract = contract
        self.exchanges: list[Exchange] = []
        self.violations: list[str] = []
        self.port = 0
        self.connections: set[asyncio.Task[None]] = set()
        self.listener: asyncio.Server | None = None
        self.lifespan: asyncio.Task[None] | None = None
        self.ending = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        await self.wake()
        self.listener = await asyncio.start_server(self.connected, "127.0.0.1", port)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self.listener is not None:
            self.listener.close()
        for connection in list(self.connections):
            connection.cancel()
        await asyncio.gather(*self.connections, return_exceptions=True)
        self.ending.set()
        if self.lifespan is not None:
            await asyncio.wait_for(self.lifespan, PATIENCE)

    async def wake(self) -> None:
        """The lifespan half of ASGI: background tasks of the application run while the server does."""
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turns = iter(("startup", "shutdown"))

        async def receive() -> dict[str, str]:
            turn = next(turns)
            if turn == "shutdown":
                await self.ending.wait()
            return {"type": f"lifespan.{turn}"}

        async def send(message: MutableMapping[str, Any]) -> None:
            if awake.done():
                return
            if message["type"] == "lifespan.startup.failed":
                awake.set_exception(RuntimeError(message.get("message", "the application did not start")))
            else:
                awake.set_result(None)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self.lifespan = asyncio.create_task(cast(Any, self.app)(scope, receive, send))
        await asyncio.wait([self.lifespan, awake], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if awake.done():
            awake.result()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self.connections.add(task)
        try:
            await Connection(self.app, self.port, self.faults, self.record, reader, writer).serve()
        except (ConnectionError, h11.RemoteProtocolError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the other side left, or the test is over
        except Exception as error:
            self.violations.append(f"the server itself failed: {error!r}")
            raise
        finally:
            self.connections.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if self.contract is not None:
            self.violations += self.contract.check(exchange.asked, exchange.effect)


@asynccontextmanager
async def served(
    app: ASGIApp, faults: Faults | None = None, contract: Contract | None = None, *, port: int = 0
) -> AsyncIterator[Server]:
    """Serve in the running loop until the block ends."""
    server = Server(app, faults, contract)
    await server.start(port)
    try:
        yield server
    finally:
        await server.stop()


@contextmanager
def served_apart(
    app: ASGIApp, faults: Faults | None = None, contract: Contract | None = None, *, port: int = 0
) -> Iterator[Server]:
    """Serve from a thread with a loop of its own, for tests that are not async or start processes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="tracker", daemon=True)
    thread.start()
    server = Server(app, faults, contract)
    try:
        asyncio.run_coroutine_threadsafe(server.start(port), loop).result(PATIENCE)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(PATIENCE * 2)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
