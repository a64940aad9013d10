"""Why an initiative moved, between any two simulations that are kept."""

import asyncio
import datetime as dt

import time_machine

from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.simulation import runs
from backlog.urgency import urgency_profiles
from tests.web.clients import Served

MEG = Actor("Meg")
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


async def rated(served: Served, initiative_id: int, value: int) -> None:
    async with served.database.writing() as session:
        initiative = await session.get_one(Initiative, initiative_id)
        await ratings.rate(session, initiative, {"importance": (value, value, value)}, by=MEG)
    await asyncio.to_thread(runs.run_queued, served.database.url)


async def test_the_shares_of_a_move_are_told_between_any_two_runs(served: Served) -> None:
    async with served.database.writing() as session:
        for title in ("Shorter queues", "Signs that name gates", "Sockets at the gate"):
            await initiatives.propose(session, title=title, by=MEG)
    browser = await served.client(Role.VIEWER)
    assert "has not been simulated yet" in (await browser.get("/initiatives/CX-3/rank")).text
    await rated(served, 1, 7)
    assert "only one simulation" in (await browser.get("/initiatives/CX-3/rank")).text
    await rated(served, 2, 8)
    await rated(served, 3, 9)

    text = (await browser.get("/initiatives/CX-3/rank")).text
    assert "From rank 2 to rank 1" in text
    assert ">+1" in text.partition("What people said of it")[2].partition("</tr>")[0]
    fell = (await browser.get("/initiatives/CX-1/rank?then=1&now=2")).text
    assert "From rank 1 to rank 2" in fell
    assert "−1" in fell.partition("All other initiatives")[2].partition("</tr>")[0]
    assert "/initiatives/CX-3/rank" in (await browser.get("/initiatives/CX-3")).text


async def test_a_deadline_come_nearer_is_told_as_the_calendar_and_no_move_as_a_sentence(served_sqlite: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        async with served_sqlite.database.writing() as session:
            queues = await initiatives.propose(session, title="Shorter queues", by=MEG)
            signs = await initiatives.propose(session, title="Signs that name gates", by=MEG)
            await ratings.rate(session, queues, {"urgency": (6, 6, 6)}, by=MEG)
            await ratings.rate(session, signs, {"urgency": (8, 8, 8)}, by=MEG)
            record = {"kind": "deadline", "day": "2026-12-31", "rises": 50, "before": 6.5}
            urgency_profiles.put(session, signs, record, by=MEG)
        await asyncio.to_thread(runs.run_queued, served_sqlite.database.url)
    with time_machine.travel(NOON + dt.timedelta(days=38), tick=False):
        async with served_sqlite.database.writing() as session:
            await urgency_profiles.refresh(session)
        await asyncio.to_thread(runs.run_queued, served_sqlite.database.url)
        await rated(served_sqlite, 1, 5)
        browser = await served_sqlite.client(Role.VIEWER)
        nearer = (await browser.get("/initiatives/CX-2/rank?then=1&now=2")).text
        still = (await browser.get("/initiatives/CX-2/rank?then=2&now=3")).text

    assert "From rank 2 to rank 1" in nearer
    assert ">+1" in nearer.partition("The calendar: its deadline is nearer")[2].partition("</tr>")[0]
    assert "It has not moved: it was rank 1, and nothing that happened in between" in still
    assert "<table" not in still


async def test_whatever_is_asked_for_the_page_answers(served: Served) -> None:
    async with served.database.writing() as session:
        await initiatives.propose(session, title="Shorter queues", by=MEG)
    await rated(served, 1, 5)
    await rated(served, 1, 6)
    browser = await served.client(Role.VIEWER)

    twice = (await browser.get("/initiatives/CX-1/rank?then=1&now=1")).text
    assert "These are one and the same simulation" in twice
    assert twice.count('<option value="1" selected') == 2
    lost = (await browser.get("/initiatives/CX-1/rank?then=99&now=2")).text
    assert "That simulation is not kept any more" in lost
    assert '<option value="2" selected' in lost
    assert "no. 2" in lost
    assert "not kept any more" in (await browser.get("/runs?since=99")).text
    for query in ("then=abc", "then=99&now=98", "then=2&now=1", "then=1&now=1", "now=0"):
        assert (await browser.get(f"/initiatives/CX-1/rank?{query}")).status_code == 200, query
    assert (await browser.get("/initiatives/CX-99/rank")).status_code == 404
