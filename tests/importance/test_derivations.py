"""Derived importance from the answers that were brought: kept, followed, refused."""

import asyncio
import datetime as dt

import numpy as np
import pytest
from sqlalchemy import delete, select

from backlog import deriving, history
from backlog.database import Database
from backlog.demo import content, surveys
from backlog.evidence.responses import Response, Tally
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK
from backlog.importance import derivations, respondents
from backlog.importance.derivations import Known
from backlog.imports import removal
from backlog.rescoring import rescore
from backlog.triage.candidates import Candidate
from tests.importance import plain_weights
from tests.importance.answers import airport, brought

SFO_2018 = {
    "Q13GETRATE": "Getting to the airport", "Q7ROADS": "Signs and directions on airport roadways", "Q7PARK": "Airport parking",
    "Q7LTPARKING": "Long-term parking shuttle", "Q7AIRTRAIN": "AirTrain", "Q7INFOUP": "Information booths, departures level",
    "Q7INFODOWN": "Information booths, arrivals level", "Q7WALKWAY": "Escalators, elevators and moving walkways",
    "Q14PASSTHRU": "Security screening", "Q14FIND": "Finding your way", "Q7FOOD": "Restaurants",
    "Q7STORE": "Retail shops and concessions", "Q9Restroom": "Restrooms", "Q7WIFI": "Free Wi-Fi",
    "Q7ART": "Artwork and exhibitions", "Q9Boarding": "Boarding areas", "Q7SCREENS": "Information on screens and monitors",
    "Q7SIGN": "Signs and directions inside the airport", "Q7RENTAL": "Rental car center",
}  # fmt: skip


async def found(database: Database) -> list[Known]:
    await deriving.derive(database)
    async with database.reading() as session:
        return await derivations.known(session)


async def names(database: Database) -> dict[int, str]:
    async with database.reading() as session:
        return {each.id: each.name for each in await session.scalars(select(Touchpoint))}


async def test_what_people_recommend_the_airport_for_is_what_a_plain_computation_finds(database: Database) -> None:
    await surveys.load(database, "sfo_2018", at=history.now(), by=WAYMARK)
    file = content.FOLDER / "sfo" / "sfo_2018.csv"
    table = np.array(plain_weights.answers(file, list(SFO_2018), 1, 5), dtype=object)
    outcome = [row[0] for row in plain_weights.answers(file, ["NETPRO"], 0, 10)]
    weights = [row[0] or 0.0 for row in plain_weights.answers(file, ["WEIGHT"], 0, 100)]

    recommend = (await found(database))[0]

    named = await names(database)
    drivers = {named[number]: each for number, each in recommend.drivers.items()}
    columns = [at for at, name in enumerate(SFO_2018.values()) if name in drivers]
    plain = plain_weights.shares([list(table[:, at]) for at in columns], outcome, weights)
    expected = {list(SFO_2018.values())[at]: share for at, share in zip(columns, plain, strict=True)}
    assert recommend.outcome.name == "recommend"
    assert {name: each.share for name, each in drivers.items()} == pytest.approx(expected, abs=1e-6)
    assert sum(each.share for each in drivers.values()) == pytest.approx(1)
    assert all(each.low <= each.share <= each.high and each.correlation > 0 for each in drivers.values())
    assert recommend.derivation.r_squared == pytest.approx(0.449, abs=0.001)
    assert recommend.derivation.n == sum(each is not None for each in outcome)


async def test_what_matters_more_has_the_larger_share_and_half_of_ten_is_average(database: Database) -> None:
    places, overall = airport(asked=0.7)
    survey = await brought(database, places, overall=overall)

    recommend = (await found(database))[0]

    security, food, art = (recommend.drivers[survey.touchpoints[name]] for name in places)
    assert security.share > food.share > art.share
    assert recommend.on_ten(1 / 3) == pytest.approx(5)
    assert recommend.on_ten(0.6) == pytest.approx(9)
    assert recommend.on_ten(0.9) == 10
    assert recommend.reason is None
    assert 250 < security.n < 310
    assert (recommend.derivation.since, recommend.derivation.until) == (dt.date(2017, 6, 1), dt.date(2018, 5, 31))


async def test_the_same_answers_are_not_looked_at_twice(sqlite_database: Database) -> None:
    places, overall = airport()
    await brought(sqlite_database, places, overall=overall)
    first = (await found(sqlite_database))[0].derivation.computed_at

    async with sqlite_database.writing() as session:
        await rescore(session)

    assert (await found(sqlite_database))[0].derivation.computed_at == first
    assert not await deriving.is_asked(sqlite_database)


async def test_two_who_bring_the_first_answers_at_once_both_ask(postgresql_database: Database) -> None:
    async def ask() -> None:
        async with postgresql_database.writing() as session:
            await derivations.ask(session)
            await asyncio.sleep(0.2)

    await asyncio.gather(ask(), ask())

    async with postgresql_database.reading() as session:
        order = await derivations.asked(session)
    assert order is not None
    assert (order.asked, order.done) == (2, 0)


async def test_what_is_asked_for_while_it_is_computed_is_computed_again(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await derivations.ask(session)
        order = await derivations.asked(session)
        await derivations.ask(session)
        assert order is not None

        await derivations.done(session, 1)

    assert await deriving.is_asked(sqlite_database)


async def test_an_import_that_is_undone_takes_with_it_what_was_derived(database: Database) -> None:
    places, overall = airport()
    survey = await brought(database, places, overall=overall)
    assert (await found(database))[0].drivers

    await removal.undo(database, survey.import_id, by=WAYMARK)

    assert await found(database) == []


async def test_a_second_survey_adds_its_customers(database: Database) -> None:
    for seed in (1, 2):
        places, overall = airport(150, seed=seed)
        await brought(database, places, overall=overall)

    assert (await found(database))[0].derivation.n == 300  # r0 of the one is not r0 of the other


async def test_touchpoints_with_too_few_answers_are_left_out_and_named(sqlite_database: Database) -> None:
    places, overall = airport()
    places["Spa"] = [*places["Art"][:44], *[None] * 356]
    survey = await brought(sqlite_database, places, overall=overall)

    recommend = (await found(sqlite_database))[0]

    assert recommend.derivation.left_out == [[survey.touchpoints["Spa"], 44]]
    assert recommend.derivation.needed == 60
    assert len(recommend.drivers) == 3


async def refused(database: Database) -> str:
    known = (await found(database))[0]
    assert not known.drivers
    assert known.derivation.r_squared is None
    return str(known.reason)


async def test_a_handful_of_customers_is_refused_in_words(sqlite_database: Database) -> None:
    places, overall = airport(14)
    await brought(sqlite_database, places, overall=overall)

    assert await refused(sqlite_database) == "No touchpoint has enough answers yet."


async def test_one_customer_is_refused(sqlite_database: Database) -> None:
    places, overall = airport(1)
    await brought(sqlite_database, places, overall=overall)

    assert await refused(sqlite_database) == "No touchpoint has enough answers yet."


async def test_one_touchpoint_cannot_be_compared(sqlite_database: Database) -> None:
    places, overall = airport()
    await brought(sqlite_database, {"Art": places["Art"]}, overall=overall)

    assert await refused(sqlite_database) == derivations.ALONE


async def test_an_outcome_everybody_gave_alike_is_refused(sqlite_database: Database) -> None:
    places, _ = airport()
    await brought(sqlite_database, places, overall={"recommend": [8.0] * 400})

    assert await refused(sqlite_database) == "Everybody gave the same answer: there is nothing to explain."


async def test_touchpoints_everybody_scored_alike_explain_nothing(sqlite_database: Database) -> None:
    _, overall = airport()
    await brought(sqlite_database, {"Art": [8.0] * 400, "Security": [3.0] * 400}, overall=overall)

    assert await refused(sqlite_database) == derivations.UNRELATED


async def test_customers_without_an_id_cannot_be_told_apart(sqlite_database: Database) -> None:
    places, overall = airport()
    await brought(sqlite_database, places, overall=overall, with_ids=False)

    assert await refused(sqlite_database) == "No touchpoint has enough answers yet."


async def test_customers_of_weight_0_do_not_count(sqlite_database: Database) -> None:
    places, overall = airport()
    await brought(sqlite_database, places, overall=overall, weights=[1.0] * 300 + [0.0] * 100)

    assert (await found(sqlite_database))[0].derivation.n == 300


async def test_touchpoints_that_are_answered_the_same_share_evenly(sqlite_database: Database) -> None:
    places, overall = airport()
    survey = await brought(sqlite_database, places | {"Security again": places["Security"]}, overall=overall)

    drivers = (await found(sqlite_database))[0].drivers

    one, other = (drivers[survey.touchpoints[name]].share for name in ("Security", "Security again"))
    assert one == pytest.approx(other)


async def test_whether_customers_stay_goes_before_how_good_it_was_and_what_can_be_told_before_both(
    sqlite_database: Database,
) -> None:
    places, overall = airport()
    both = overall | {"experience": overall["recommend"]}
    await brought(sqlite_database, places, overall=both)
    preferred = [each.outcome.name for each in await found(sqlite_database)]

    await brought(
        sqlite_database,
        places,
        overall={"satisfaction": overall["recommend"], "recommend": [8.0] * 400},
        day=dt.date(2021, 5, 1),
    )
    later = [(each.outcome.name, each.reason is None) for each in await found(sqlite_database)]

    assert preferred == ["recommend", "experience"]
    assert later == [("satisfaction", True), ("recommend", False)]


async def test_who_answers_twice_counts_once_with_the_mean_and_of_many_the_last_are_looked_at(
    database: Database,
) -> None:
    places, overall = airport(60)
    survey = await brought(database, places, overall=overall)
    async with database.writing() as session:
        twice = await session.scalar(
            select(Response).where(Response.respondent == "r59", Response.touchpoint_id == survey.touchpoints["Art"])
        )
        assert twice is not None
        kept = {
            name: getattr(twice, name)
            for name in ("import_id", "touchpoint_id", "measure_id", "answered_on", "respondent")
        }
        session.add(Response(**kept, value=twice.value / 2))

    async with database.reading() as session:
        wanted = await respondents.question(session)
        assert wanted is not None
        few = await respondents.answered(session, wanted, most=10)

    assert few.touchpoints.shape == (10, 3)
    at = [each.name for each in wanted.touchpoints].index("Art")
    assert few.touchpoints[0, at] == pytest.approx(0.75 * twice.value)


async def test_a_touchpoint_removed_meanwhile_is_passed_over(database: Database) -> None:
    places, overall = airport()
    survey = await brought(database, places, overall=overall)
    async with database.reading() as session:
        wanted = await respondents.question(session)
        assert wanted is not None
        answers = await respondents.answered(session, wanted)
    gone = survey.touchpoints["Art"]
    async with database.writing() as session:
        await session.execute(delete(Response).where(Response.touchpoint_id == gone))
        await session.execute(delete(Tally).where(Tally.touchpoint_id == gone))
        await session.execute(delete(Candidate).where(Candidate.touchpoint_id == gone))
        await session.execute(delete(Touchpoint).where(Touchpoint.id == gone))

    async with database.writing() as session:
        await derivations.keep(session, wanted, derivations.outcomes(wanted, answers))

    async with database.reading() as session:
        known = (await derivations.known(session))[0]
    assert gone not in known.drivers
    assert len(known.drivers) == 2
