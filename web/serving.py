"""Serving: prepare the database, say where and how to sign in, answer until told to stop."""

import asyncio
import errno
import signal
import socket

from granian.constants import Interfaces
from granian.server.embed import Server

from backlog.database import Database
from backlog.demo import seeding
from backlog.people import accounts
from web import demo_tracker, logs, storage
from web.app import create_app, outside
from web.configuration import Configuration, Misconfigured
from web.work import tracker_worker


def serve(configuration: Configuration) -> None:
    """Serve until SIGINT or SIGTERM. Misconfigured when the address is taken or the database cannot be used."""
    probe(configuration)
    storage.ready(configuration)
    with storage.usable(configuration):
        asyncio.run(run(configuration))


def work(configuration: Configuration) -> None:
    """Work on trackers until SIGINT or SIGTERM. Misconfigured when the database cannot be used."""
    storage.ready(configuration)
    with storage.usable(configuration):
        asyncio.run(working(configuration))


async def working(configuration: Configuration) -> None:
    logs.configure()
    database = Database(configuration.database_url)
    configuration = await demo_tracker.reachable(configuration, database)
    running = asyncio.create_task(tracker_worker(configuration, outside(configuration, database)).run())
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, running.cancel)
    print("Waymark works on trackers.", flush=True)
    try:
        await running
    except asyncio.CancelledError:
        print("Waymark has put its work back.", flush=True)
    finally:
        await database.close()


def probe(configuration: Configuration) -> None:
    """Misconfigured unless the address is free: better said before the database is touched."""
    family = socket.AF_INET6 if ":" in configuration.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((configuration.host, configuration.port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "something else is listening there" if taken else (error.strerror or str(error))
            raise Misconfigured(
                f"Waymark cannot listen on {configuration.host}:{configuration.port}: {reason}; "
                "set WAYMARK_PORT or WAYMARK_HOST to another."
            ) from error


async def run(configuration: Configuration) -> None:
    database = Database(configuration.database_url)
    try:
        greeting, fresh = await prepare(configuration, database)
        async with demo_tracker.beside(configuration, database, fresh=fresh) as configured:
            await answer(configured, greeting)
    finally:
        await database.close()


async def answer(configuration: Configuration, greeting: str) -> None:
    """Until SIGINT or SIGTERM."""
    server = Server(
        create_app(configuration, works=True),
        address=configuration.host,
        port=configuration.port,
        interface=Interfaces.ASGI,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, server.stop)
    print(greeting, flush=True)
    await server.serve()


async def prepare(configuration: Configuration, database: Database) -> tuple[str, bool]:
    """Fill an empty database with the demo if wanted; returns what to tell the person who started it, and whether the
    demo was loaded just now."""
    address = f"http://{configuration.host}:{configuration.port}"
    async with database.reading() as session:
        empty = await accounts.is_first_run(session)
    if empty and not configuration.demo:
        return f"Waymark is ready: {address}\nOpen it to create the administrator.", False
    if empty:
        print("Filling the empty database with the SFO demo …", flush=True)
        await seeding.seed(database)
    async with database.reading() as session:
        demo = await seeding.sign_in_hint(session)
    return f"Waymark is ready: {address}" + (f"\n{demo}" if demo else ""), empty
