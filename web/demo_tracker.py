"""The demo tracker beside the demo: a make-believe GitHub on loopback, in step with some initiatives from the start."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from granian.constants import Interfaces
from granian.server.embed import Server
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.trackers import connections, links, turns
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link
from integrations.addresses import Allowed
from integrations.demo_tracker.accounts import ADMIN, PUSH, Account
from integrations.demo_tracker.app import create_app
from integrations.demo_tracker.repository import Repository
from integrations.engine.working import Worker
from integrations.kinds import KINDS
from integrations.opening import Outside
from web.app import outside
from web.configuration import Configuration
from web.speech import address, voice

NAME = "Demo tracker"
PROJECT = "sfo-airport/passenger-services"
TOKEN = "demo-token"  # noqa: S105 - opens nothing but the demo tracker on loopback
WAYMARK = Account("waymark-sync", 9001, "Bot", ADMIN)
MARA = Account("mara-delivery", 101, permissions=PUSH)
JONAS = Account("jonas-terminal", 102, permissions=PUSH)
ACCOUNTS = {TOKEN: WAYMARK, "mara-of-the-demo": MARA, "jonas-of-the-demo": JONAS}
OWNER = Actor("Product owner")
PATIENCE = 10.0  # seconds it may take to start
PUSHED = {Stage.IN_DELIVERY: 3, Stage.READY: 3, Stage.SCORING: 1, Stage.PROPOSED: 1, Stage.MEASURING: 1}
PARTS = ("Find out when it happens", "Try it at one gate for two weeks", "Roll it out to all gates")


@dataclass(frozen=True)
class Running:
    """It answers at this port of loopback."""

    port: int
    repository: Repository

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"http://{self.host}/api/v3"


@asynccontextmanager
async def beside(configuration: Configuration, database: Database, *, fresh: bool) -> AsyncIterator[Configuration]:
    """The configuration with the demo tracker allowed, while it runs; as it was where there is none. ``fresh``: the demo
    was loaded just now, so some of its initiatives get their issues."""
    known = await _known(database)
    if not (configuration.demo and (fresh or known)):
        yield configuration
        return
    async with _running(configuration) as tracker:
        allowed = Allowed(configuration.tracker_hosts.hosts | {tracker.host})
        configured = replace(configuration, tracker_hosts=allowed)
        if known is None:
            await furnish(configured, database, tracker)
        elif known.base_url != tracker.base_url:
            await _readdress(database, known.id, tracker.base_url)
        yield configured


async def reachable(configuration: Configuration, database: Database) -> Configuration:
    """With the demo tracker allowed, for a worker apart from the process that serves it."""
    known = await _known(database)
    if not configuration.demo or known is None:
        return configuration
    allowed = Allowed(configuration.tracker_hosts.hosts | {urlsplit(known.base_url).netloc})
    return replace(configuration, tracker_hosts=allowed)


async def _known(database: Database) -> Connection | None:
    async with database.reading() as session:
        found = select(Connection).where(Connection.name == NAME, Connection.state != ConnectionState.DISCONNECTED)
        return (await session.scalars(found)).first()


async def _readdress(database: Database, connection_id: int, base_url: str) -> None:
    """Its port is another one this time."""
    async with database.writing() as session:
        (await connections.by_id(session, connection_id, for_change=True)).base_url = base_url


@asynccontextmanager
async def _running(configuration: Configuration) -> AsyncIterator[Running]:
    repository = Repository(PROJECT, accounts=dict(ACCOUNTS), saved_in=configuration.home / "demo-tracker.json")
    port = _port(configuration.port + 1)
    server = Server(
        create_app(repository), address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False
    )
    serving = asyncio.create_task(server.serve())
    try:
        await _answers(port)
        yield Running(port, repository)
    finally:
        server.stop()  # type: ignore[no-untyped-call] # granian leaves it so
        await asyncio.wait([serving], timeout=PATIENCE)


def _port(wanted: int) -> int:
    """The wanted one, so that addresses stay; another when something else is there."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            found: int = listener.getsockname()[1]
            return found
    raise OSError("there is no free port on 127.0.0.1")


async def _answers(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def furnish(configuration: Configuration, database: Database, tracker: Running) -> None:
    """Links in step, issues of a team below one of them, a conflict and something that could not be taken in."""
    unlimited = {name: replace(kind, limits=()) for name, kind in KINDS.items()}
    worker = Worker(replace(outside(configuration, database), kinds=unlimited), voice, partial(address, configuration))
    pushed = await _push(worker.outside, database, tracker)
    await worker.finish()
    await worker.finish()
    await _listen(configuration, worker.outside, database)
    await _disagree(database, tracker, pushed)
    await worker.finish()
    await worker.close()


async def _listen(configuration: Configuration, outside: Outside, database: Database) -> None:
    """What is changed there arrives at once."""
    connection = await _known(database)
    if connection is None:
        return
    secret = outside.seal.open(connection.hook_secrets)["now"]
    async with outside.opened(connection) as tracker:
        hook = await tracker.register_hook(f"{configuration.url}/webhooks/{connection.kind}/{connection.id}", secret)
    if hook is not None:
        async with database.writing() as session:
            (await connections.by_id(session, connection.id, for_change=True)).hook_id = hook.id


async def _push(outside: Outside, database: Database, tracker: Running) -> Sequence[int]:
    """Ids of the initiatives."""
    async with database.writing() as session:
        connection = await connections.add(
            session,
            outside.seal,
            kind="github",
            name=NAME,
            base_url=tracker.base_url,
            project=PROJECT,
            credentials={"token": TOKEN},
            by=OWNER,
        )
        ids = await _chosen(session)
        for each in ids:
            await links.push(session, each, connection, by=OWNER)
        for title in PARTS:
            await links.push(session, ids[0], connection, title=title, by=OWNER)
    return ids


async def _chosen(session: AsyncSession) -> list[int]:
    ids: list[int] = []
    for stage, many in PUSHED.items():
        best = select(Initiative.id).where(Initiative.stage == stage).order_by(Initiative.points.desc()).limit(many)
        ids += await session.scalars(best)
    return ids


async def _disagree(database: Database, tracker: Running, ids: Sequence[int]) -> None:
    """What a delivery team does meanwhile."""
    numbers = await _numbers(database)
    repository = tracker.repository
    parts = [
        number
        for (initiative, is_main), found in numbers.items()
        if initiative == ids[0] and not is_main
        for number in found
    ]
    repository.close(min(parts), by=MARA)
    main = {initiative: found[0] for (initiative, is_main), found in numbers.items() if is_main}
    repository.assign(main[ids[0]], MARA.login, by=MARA)
    repository.label(main[ids[1]], "terminal", by=JONAS)
    repository.comments.write(main[ids[1]], "We can start when the contractor has answered.", by=JONAS)
    async with database.writing() as session:
        disputed = await initiatives.by_key(session, ids[3], for_change=True)
        title = disputed.title
        await initiatives.change(
            session, disputed, {"title": f"{title}, step by step"}, version=disputed.version, by=OWNER
        )
        await turns.ask_all(session, (await session.scalars(select(Link.connection_id).limit(1))).one())
    repository.edit(main[ids[3]], by=MARA, title=f"{title} (terminal 2 only)")
    repository.close(main[ids[-2]], by=JONAS)


async def _numbers(database: Database) -> dict[tuple[int, bool], list[int]]:
    """(initiative, whether main) -> numbers of issues."""
    found: dict[tuple[int, bool], list[int]] = {}
    async with database.reading() as session:
        for link in await session.scalars(select(Link).where(Link.external_key.is_not(None)).order_by(Link.id)):
            number = int((link.external_key or "").rpartition("#")[2])
            found.setdefault((link.initiative_id, link.is_main), []).append(number)
    return found
