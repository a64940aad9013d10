"""One TCP connection of the server: HTTP/1.1 by h11, with the fault that was ordered."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

import h11
from litestar.types import ASGIApp

from tests.trackers.contracts import Answered, Asked
from tests.trackers.faults import Fault, Faults

PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked and what went back. ``status`` is None and ``answered`` False when nothing went back."""

    asked: Asked
    answer: Answered | None
    effect: Answered | None
    """What the application itself answered, None when it was never asked."""
    fault: str | None

    @property
    def method(self) -> str:
        return self.asked.method

    @property
    def path(self) -> str:
        return self.asked.path

    @property
    def query(self) -> str:
        return self.asked.query

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return self.asked.headers

    @property
    def body(self) -> bytes:
        return self.asked.body

    @property
    def status(self) -> int | None:
        return self.answer.status if self.answer else None

    @property
    def answered(self) -> bool:
        return self.answer is not None


@dataclass
class Connection:
    """One TCP connection, kept alive for one request after the other."""

    app: ASGIApp
    port: int
    faults: Faults
    record: Callable[[Exchange], None]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def serve(self) -> None:
        protocol = h11.Connection(h11.SERVER)
        while (asked := await self.asked(protocol)) is not None:
            await self.answer(protocol, asked)
            if protocol.our_state is not h11.DONE or protocol.their_state is not h11.DONE:
                return
            protocol.start_next_cycle()

    async def asked(self, protocol: h11.Connection) -> Asked | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = protocol.next_event()
            if event is h11.NEED_DATA:
                protocol.receive_data(await self.reader.read(PIECE))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return as_asked(head, bytes(body))
            else:
                return None

    async def answer(self, protocol: h11.Connection, asked: Asked) -> None:
        fault = self.faults.take(asked)
        kind = fault.kind if fault else None
        effect = await self.effect(asked, fault)
        silent = kind in {"drop", "reset", "black_hole"}
        reply = None if silent else fault.answer(effect) if fault else effect
        self.record(Exchange(asked, reply, effect, kind))
        if fault is not None and fault.kind == "latency" and fault.when == "after":
            await asyncio.sleep(fault.seconds)
        if reply is None:
            await self.leave(protocol, kind)
        else:
            await self.send(protocol, asked, reply, fault)

    async def effect(self, asked: Asked, fault: Fault | None) -> Answered | None:
        if fault is not None and fault.when == "before":
            if fault.kind == "latency":
                await asyncio.sleep(fault.seconds)
            elif fault.kind != "slow":
                return None
        return await run(self.app, asked, self.port)

    async def leave(self, protocol: h11.Connection, kind: str | None) -> None:
        """Without a word: close, reset, or stay silent until the other side gives up."""
        if kind == "black_hole":
            while await self.reader.read(PIECE):
                pass
        if kind == "reset":
            end = cast(socket.socket, self.writer.get_extra_info("socket"))
            # closed without lingering, the kernel sends RST
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        protocol.send_failed()

    async def send(self, protocol: h11.Connection, asked: Asked, reply: Answered, fault: Fault | None) -> None:
        bodiless = asked.method == "HEAD" or reply.status in {204, 304}
        kept = [(name, value) for name, value in reply.headers if name.lower() not in {"content-length", "connection"}]
        length = [] if reply.status in {204, 304} else [("content-length", str(len(reply.body)))]
        self.write(protocol, h11.Response(status_code=reply.status, headers=[*kept, *length]))
        body = b"" if bodiless else reply.body
        for piece in pieces(body, fault):
            self.write(protocol, h11.Data(data=piece))
            await self.writer.drain()
            if fault is not None and fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "cut":
            protocol.send_failed()
            return
        self.write(protocol, h11.EndOfMessage())
        await self.writer.drain()

    def write(self, protocol: h11.Connection, event: h11.Event) -> None:
        self.writer.write(protocol.send(event) or b"")


def as_asked(head: h11.Request, body: bytes) -> Asked:
    path, _, query = head.target.decode("ascii").partition("?")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
    return Asked(head.method.decode("ascii"), path, query, headers, body)


def pieces(body: bytes, fault: Fault | None) -> Iterator[bytes]:
    kind = fault.kind if fault else None
    end = len(body) // 2 if kind == "cut" else len(body)
    step = max(1, len(body) // 10) if kind == "slow" else PIECE
    yield from (body[start : min(start + step, end)] for start in range(0, end, step))


async def run(app: ASGIApp, asked: Asked, port: int) -> Answered:
    """Ask an ASGI application once and collect its whole answer."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": asked.method, "scheme": "http",
        "path": unquote(asked.path), "raw_path": asked.path.encode("ascii"), "query_string": asked.query.encode("ascii"),
        "root_path": "", "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in asked.headers],
        "client": ("127.0.0.1", 0), "server": ("127.0.0.1", port), "state": {},
    }  # fmt: skip
    bodies = iter([{"type": "http.request", "body": asked.body, "more_body": False}])
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(bodies, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await cast(Any, app)(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return Answered(start["status"], headers, b"".join(message.get("body", b"") for message in sent))
