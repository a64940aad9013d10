"""The page that says how sure the order is: ranges, whom to ask, coin flips, and what changed."""

import asyncio
import zlib
from dataclasses import replace

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import undefer

from backlog import settings
from backlog.database import Database
from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.simulation import runs
from backlog.simulation.runs import Run
from tests.web.clients import Served

MEG, KIM = Actor("Meg"), Actor("Kim")


async def prepared(database: Database) -> None:
    async with database.writing() as session:
        for title in ("Shorter queues", "Signs that name gates", "Sockets at the gate", "Quiet zone"):
            await initiatives.propose(session, title=title, by=MEG)
        queue, signs = (await session.scalars(select(Initiative).order_by(Initiative.id).limit(2))).all()
        await ratings.rate(session, queue, {"importance": (2, 3, 4), "urgency": (5, 6, 7)}, by=MEG)
        await ratings.rate(session, queue, {"importance": (8, 9, 10)}, by=KIM)
        await ratings.rate(session, signs, {"importance": (1, 5, 9)}, by=KIM)
    await asyncio.to_thread(runs.run_queued, database.url)


async def test_before_the_first_simulation_the_page_says_so(served: Served) -> None:
    browser = await served.client(Role.VIEWER)

    answer = await browser.get("/runs")

    assert answer.status_code == 200
    assert "has not been simulated yet" in answer.text


async def test_the_page_tells_ranges_whom_to_ask_and_coin_flips(served: Served) -> None:
    await prepared(served.database)
    browser = await served.client(Role.VIEWER)

    text = (await browser.get("/runs")).text

    assert "10,000 times" in text
    assert "We agree roughly on the weights." in text
    assert 'Importance <span class="nowrap">25–45%</span>' in text
    assert "Meg says 3.0, Kim says 9.0: let them talk." in text
    assert "Kim alone, between 1.0 and 9.0: ask for a closer look." in text
    assert "Nobody has rated it yet, and no department leads." in text
    assert "of the simulations." in text


async def test_two_runs_are_compared(served: Served) -> None:
    await prepared(served.database)
    async with served.database.writing() as session:
        queue = await session.get_one(Initiative, 1)
        await ratings.rate(session, queue, {"importance": (9, 10, 10)}, by=MEG, reason="I saw the queue.")
    await asyncio.to_thread(runs.run_queued, served.database.url)
    browser = await served.client(Role.VIEWER)

    text = (await browser.get("/runs?since=1")).text

    assert "What was rated anew" in (await browser.get("/runs")).text  # with a week ago, or as far back as it goes
    assert "What was rated anew" in text
    assert "Importance" in text.partition("What was rated anew")[2]
    for lost in ("999", "abc", "-1", "2"):
        assert (await browser.get(f"/runs?since={lost}")).status_code == 200


async def test_a_run_is_repeated_and_says_that_it_is_the_same(served: Served) -> None:
    await prepared(served.database)
    browser = await served.client(Role.VIEWER)

    answer = await browser.post("/runs/1/repetition", follow_redirects=True)

    assert "4 initiatives, 10000 draws, seed 1, the same to the last digit." in answer.text
    assert (await browser.post("/runs/99/repetition")).status_code == 404


async def test_a_run_that_cannot_be_repeated_says_so(served: Served) -> None:
    await prepared(served.database)
    async with served.database.writing() as session:
        run = await session.get_one(Run, 1, options=[undefer(Run.inputs)])
        run.inputs = zlib.compress(msgspec.json.encode(replace(run.simulation, seed=2)))
    browser = await served.client(Role.VIEWER)

    answer = await browser.post("/runs/1/repetition", follow_redirects=True)

    assert "Repeated with another result" in answer.text


async def test_how_closely_people_agree_widens_or_narrows_the_ranges(served: Served) -> None:
    await prepared(served.database)
    owner = await served.client(Role.PRODUCT_OWNER)
    weights = {
        "importance": "35",
        "urgency": "25",
        "maturity": "15",
        "effort_benefit": "25",
        "reason": "Talked it over",
    }
    assert (await owner.post("/settings/weights", data=weights | {"closeness": "somehow"})).status_code == 422
    await owner.post("/settings/weights", data=weights | {"closeness": "closely"})
    await owner.post("/settings/weights/1/agreement")
    await asyncio.to_thread(runs.run_queued, served.database.url)

    text = (await owner.get("/runs?since=1")).text

    assert "We agree closely on the weights." in text
    assert "How closely people agree on the weights is another now." in text
    assert "The weights are others now." not in text


async def test_who_tie_in_every_simulation_are_no_coin_flip_and_contested_where_places_are_too_few(
    served: Served,
) -> None:
    same = dict.fromkeys(("importance", "urgency", "maturity", "effort", "benefit"), (5, 5, 5))
    async with served.database.writing() as session:
        await settings.save(session, {"top": 3}, by=MEG)
        for title in ("Shorter queues", "Signs that name gates", "Sockets at the gate", "Quiet zone"):
            equal = await initiatives.propose(session, title=title, by=MEG)
            await ratings.rate(session, equal, same, by=MEG)
    await asyncio.to_thread(runs.run_queued, served.database.url)
    browser = await served.client(Role.VIEWER)

    page, shown = (await browser.get("/runs")).text, (await browser.get("/initiatives/CX-2")).text

    assert page.count("contested: more share its rank than the top has places") == 4
    assert "share their rank in every simulation: a tie, not a coin flip." in page
    assert "of the simulations." not in page
    assert "It ties with CX-1 in every simulation. It ties with CX-3 in every simulation." in shown
    assert "but more initiatives share it than there are places" in shown
    assert "coin flip" not in shown


async def test_a_single_initiative_has_no_next_one_to_be_ahead_of(served: Served) -> None:
    async with served.database.writing() as session:
        await initiatives.propose(session, title="Shorter queues", by=MEG)
    await asyncio.to_thread(runs.run_queued, served.database.url)
    browser = await served.client(Role.VIEWER)

    text = (await browser.get("/runs")).text

    assert "None: there are no two to compare." in text
    assert "ahead of the next" not in text
