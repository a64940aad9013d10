"""Which initiatives a candidate resembles."""

import datetime as dt

from sqlalchemy import event

from backlog.database import Database
from backlog.evidence.estimates import Period, Point
from backlog.evidence.journeys import Journey, Phase
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.initiatives.stages import Stage
from backlog.triage import trends
from backlog.triage.similar import percent_alike, similar, words_of
from tests.evidence.tallies import a_touchpoint
from tests.triage.cases import said

OWNER = Actor("Product owner")


def test_words_that_say_something_are_kept_without_the_s_of_a_plural() -> None:
    assert words_of("Wi-Fi in the restrooms", "Better signs, and more RESTROOM signs") == ["wi-fi", "restroom", "sign"]


def test_the_same_touchpoint_and_the_same_words_are_wholly_alike() -> None:
    assert percent_alike(3, 3, same_touchpoint=True, same_phase=True) == 100
    assert percent_alike(1, 4, same_touchpoint=False, same_phase=True) == 30
    assert percent_alike(0, 0, same_touchpoint=False, same_phase=False) == 0


async def test_the_same_touchpoint_comes_before_the_same_phase_and_shared_words(database: Database) -> None:
    async with database.writing() as session:
        journey = Journey(name="Departing")
        session.add(journey)
        await session.flush()
        phase = Phase(journey_id=journey.id, name="Security", position=1)
        session.add(phase)
        await session.flush()
        touchpoint = await a_touchpoint(session, "Security screening")
        neighbour = await a_touchpoint(session, "Boarding pass check")
        touchpoint.phase_id = neighbour.phase_id = phase.id
        await said(session, touchpoint.id, "", "Long queues")
        made = {
            "here": await initiatives.propose(session, title="Open lanes", touchpoint_ids=[touchpoint.id], by=OWNER),
            "near": await initiatives.propose(session, title="Scan faster", touchpoint_ids=[neighbour.id], by=OWNER),
            "words": await initiatives.propose(session, title="Ending long queues for families", by=OWNER),
            "other": await initiatives.propose(session, title="Cheaper parking", by=OWNER),
        }
        ended = await initiatives.propose(session, title="Queues", touchpoint_ids=[touchpoint.id], by=OWNER)
        ended.stage = Stage.DROPPED

        found = await similar(session, touchpoint)

    assert [each.id for each in found] == [made[name].id for name in ("here", "near", "words")]
    assert [each.percent for each in found] == [60, 20, 20]
    assert [each.same_touchpoint for each in found] == [True, False, False]
    assert found[2].words == ("long", "queue")


async def test_words_of_the_problem_count_and_percent_signs_are_no_wild_cards(database: Database) -> None:
    async with database.writing() as session:
        touchpoint = await a_touchpoint(session, "Restrooms")
        found_by = await initiatives.propose(session, title="Clean twice", problem="The restrooms smell.", by=OWNER)
        await initiatives.propose(session, title="100 % fewer queues", by=OWNER)

        found = await similar(session, touchpoint)

    assert [(each.id, each.words) for each in found] == [(found_by.id, ("restroom",))]


async def test_a_touchpoint_without_telling_words_resembles_nothing(database: Database) -> None:
    async with database.writing() as session:
        await initiatives.propose(session, title="Clean twice", by=OWNER)

        assert await similar(session, await a_touchpoint(session, "Bus")) == []


async def test_a_large_backlog_takes_no_more_statements_and_few_rows(database: Database) -> None:
    async with database.writing() as session:
        touchpoint: Touchpoint = await a_touchpoint(session, "Restrooms")
        for number in range(120):
            await initiatives.propose(session, title=f"Restroom {number}", by=OWNER)
        statements: list[str] = []
        connection = (await session.connection()).sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))

        found = await similar(session, touchpoint)
        asked = len(statements)

    assert len(found) == 3
    assert asked <= 5


def points(*values: float) -> list[Point]:
    months = [dt.date(2013 + place, 5, 1) for place in range(len(values))]
    return [
        Point(Period.YEAR, first=month, month=month, n=400, value=value, low=value - 0.2, high=value + 0.2)
        for month, value in zip(months, values, strict=True)
    ]


def test_a_trend_in_words_names_where_a_run_began_or_else_the_last_change() -> None:
    said_of = [
        str(trends.in_words(points(*values)))
        for values in ([7.0, 7.4, 7.1, 6.8], [6.0, 5.9, 6.2, 6.5], [7.0, 6.0, 6.6], [7.0, 7.01], [7.5, 7.1])
    ]

    assert said_of == [
        "falling since 2014-05-01",
        "rising since 2014-05-01",
        "up 0.6 since 2014-05-01",
        "unchanged since 2013-05-01",
        "down 0.4 since 2013-05-01",
    ]
    assert trends.in_words(points(7.0)) is None
