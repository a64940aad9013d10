"""Scores as they stand after a survey: kept for lists, and worked out for one persona or period."""

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backlog import settings
from backlog.database import Database
from backlog.evidence import scores
from backlog.evidence.estimates import FEW, Window, months_later
from backlog.evidence.measures import Kind
from backlog.evidence.personas import Persona
from backlog.evidence.responses import Tally
from backlog.evidence.scores import Score
from backlog.evidence.statistics import Scale
from backlog.history import WAYMARK
from tests.evidence.tallies import MAY_2017, MAY_2018, a_measure, a_touchpoint, answered, summarised

RESTAURANTS_2018: dict[float, int] = {1: 66, 2: 199, 3: 810, 4: 886, 5: 381}
"""Q7FOOD of San Francisco airport's survey: 2342 answers, mean 3.5623, top-2 54.1 %, bottom-2 11.3 %."""


async def scored(database: Database) -> dict[int, Score]:
    async with database.reading() as session:
        return {row.touchpoint_id: row for row in await session.scalars(select(Score))}


async def test_the_airports_restaurants_score_as_published(database: Database) -> None:
    async with database.writing() as session:
        restaurants, experience = await a_touchpoint(session, "Restaurants"), await a_measure(session)
        answered(session, restaurants, experience, RESTAURANTS_2018)
        await scores.recompute(session)

    score = (await scored(database))[restaurants.id]
    assert score.n == 2342
    assert score.value == pytest.approx(10 * (3.5623 - 1) / 4, abs=2e-3)
    assert score.top_box == pytest.approx(0.541, abs=1e-3)
    assert (score.since, score.until) == (dt.date(2017, 6, 1), dt.date(2018, 5, 31))
    assert score.low is not None
    assert score.high is not None
    assert score.low < score.value < score.high


async def test_weights_move_the_mean_and_shrink_the_effective_number(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {5: 40}, weight=3.0)
        answered(session, signs, experience, {1: 40}, weight=1.0)
        await scores.recompute(session)

    score = (await scored(database))[signs.id]
    assert score.value == pytest.approx(7.5)
    assert score.n == 80
    assert score.effective_n == pytest.approx(160**2 / 400)


async def test_a_summary_of_mean_and_deviation_scores_without_top_box(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        summarised(session, signs, experience, 40, 6.5, 2.0)
        await scores.recompute(session)

    score = (await scored(database))[signs.id]
    assert score.value == pytest.approx(6.5)
    assert score.deviation == pytest.approx(2.0)
    assert score.top_box is None


async def test_the_threshold_counts_unless_the_touchpoint_has_a_target(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session)
        signs = await a_touchpoint(session, "Signs")
        roads = await a_touchpoint(session, "Roads", target=7.9)
        for touchpoint in (signs, roads):
            answered(session, touchpoint, experience, {4: 300, 5: 20})
        await scores.recompute(session)
    before = await scored(database)

    async with database.writing() as session:
        await settings.save(session, {"threshold": 7.9}, by=WAYMARK)
        await scores.recompute(session)

    after = await scored(database)
    assert before[signs.id].p_below < 0.01
    assert before[roads.id].p_below > 0.99
    assert after[signs.id].p_below > 0.99


async def test_a_touchpoint_nobody_answered_about_has_no_score_any_more(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {4: 10})
        await scores.recompute(session)
        await session.delete(await session.scalar(select(Tally)))
        await scores.recompute(session)

    assert await scored(database) == {}


async def test_the_change_is_against_the_survey_before(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {4: 100, 5: 100}, month=MAY_2017)
        answered(session, signs, experience, {3: 100, 4: 100}, month=MAY_2018)
        await scores.recompute(session)

    score = (await scored(database))[signs.id]
    assert score.value == pytest.approx(6.25)
    assert score.change == pytest.approx(-2.5)
    assert score.change_z is not None
    assert score.change_z < -5


async def test_the_headline_is_the_first_quality_measure_that_was_answered(database: Database) -> None:
    async with database.writing() as session:
        cleanliness = await a_measure(session, "cleanliness", position=2)
        experience = await a_measure(session, position=1)
        importance = await a_measure(session, "importance", kind=Kind.IMPORTANCE)
        restaurants, restrooms = await a_touchpoint(session, "Restaurants"), await a_touchpoint(session, "Restrooms")
        answered(session, restaurants, experience, {3: 10})
        answered(session, restaurants, cleanliness, {5: 10})
        answered(session, restrooms, cleanliness, {4: 10})
        answered(session, restrooms, importance, {5: 10})
        await scores.recompute(session)

    found = await scored(database)
    assert found[restaurants.id].measure_id == experience.id
    assert found[restrooms.id].measure_id == cleanliness.id
    assert found[restrooms.id].value == pytest.approx(7.5)


async def test_a_fresh_answer_about_one_touchpoint_leaves_the_others_their_scores(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session)
        signs, roads = await a_touchpoint(session, "Signs"), await a_touchpoint(session, "Roads")
        answered(session, signs, experience, {4: 100}, month=MAY_2018)
        answered(session, roads, experience, {4: 100}, month=MAY_2018)
        answered(session, roads, experience, {2: 1}, month=dt.date(2026, 11, 1))
        await scores.recompute(session)

    found = await scored(database)
    assert (found[signs.id].n, found[signs.id].until) == (100, dt.date(2018, 5, 31))
    assert (found[roads.id].n, found[roads.id].until) == (101, dt.date(2026, 11, 30))


@pytest.mark.parametrize("late", [dt.date(2018, 6, 1), dt.date(2019, 6, 1), dt.date(2026, 11, 1)])
@pytest.mark.parametrize("angry", [1, 5])
async def test_late_answers_join_the_survey_before_them(database: Database, late: dt.date, angry: int) -> None:
    async with database.writing() as session:
        shops, experience = await a_touchpoint(session, "Retail shops and concessions"), await a_measure(session)
        answered(session, shops, experience, {3: 1000, 4: 1000}, month=MAY_2017)
        answered(session, shops, experience, {3: 600, 4: 600}, month=dt.date(2018, 4, 1))
        answered(session, shops, experience, {3: 500, 4: 577}, month=MAY_2018)
        await scores.recompute(session)
        before = await session.get_one(Score, shops.id)
        change = before.change
        answered(session, shops, experience, {1: angry}, month=late)
        await scores.recompute(session)

    score = (await scored(database))[shops.id]
    assert score.n == 2277 + angry
    assert score.value == pytest.approx(10 * (500 * 3 + 577 * 4 + 600 * 7 + angry - score.n) / score.n / 4)
    assert score.since <= dt.date(2018, 4, 1)
    assert score.until == months_later(late, 1) - dt.timedelta(days=1)
    assert score.change == pytest.approx(change, abs=0.03)


async def test_late_answers_do_not_change_what_the_headline_asks(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session, position=1)
        cleanliness = await a_measure(session, "cleanliness", position=2)
        for name, late in (("Restaurants", experience), ("Boarding areas", cleanliness), ("Art", None)):
            place = await a_touchpoint(session, name)
            answered(session, place, experience, {4: 2342}, month=MAY_2018)
            answered(session, place, cleanliness, {4: 2900}, month=dt.date(2018, 6, 1))
            if late:
                answered(session, place, late, {5: 1}, month=dt.date(2026, 11, 1))
                answered(session, place, late, {5: 1}, month=dt.date(2019, 5, 1))
        await scores.recompute(session)

    found = await scored(database)
    assert {score.measure_id for score in found.values()} == {experience.id}


async def test_a_late_answer_does_not_bring_back_a_question_given_up(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session, position=1)
        satisfaction = await a_measure(session, "satisfaction", position=2)
        signs = await a_touchpoint(session, "Signs")
        answered(session, signs, experience, {4: 100}, month=MAY_2017)
        answered(session, signs, satisfaction, {5: 100}, month=dt.date(2018, 6, 1))
        answered(session, signs, experience, {4: 1}, month=dt.date(2018, 7, 1))
        await scores.recompute(session)

    assert (await scored(database))[signs.id].measure_id == satisfaction.id


async def test_few_answers_in_all_count_however_old(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {4: 10}, month=MAY_2017)
        answered(session, signs, experience, {2: 3}, month=dt.date(2026, 11, 1))
        await scores.recompute(session)

    assert (await scored(database))[signs.id].n == 13


async def test_one_personas_score_keeps_the_survey_when_a_late_answer_comes(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        domestic = Persona(name="Domestic traveller")
        session.add(domestic)
        await session.flush()
        answered(session, signs, experience, {5: 40}, persona_id=domestic.id)
        answered(session, signs, experience, {5: 60})
        answered(session, signs, experience, {1: 1}, month=dt.date(2026, 11, 1))

    async with database.reading() as session:
        found = await scores.headline(session, signs.id, persona_id=domestic.id)

    assert found is not None
    assert found.estimate.n == 40


MONTHS = st.dates(dt.date(2016, 1, 1), dt.date(2026, 11, 30)).map(lambda day: day.replace(day=1))


@given(st.dictionaries(MONTHS, st.integers(1, 60), min_size=1), MONTHS, st.integers(1, 60))
def test_one_more_answer_leaves_at_least_what_a_headline_needs(
    n: dict[dt.date, int], added: dt.date, months: int
) -> None:
    """And all of a survey: a window that rolls on past the last one lets go only of what is older than it."""
    before, after = held(n, months), held({**n, added: n.get(added, 0) + 1}, months)
    assert after >= min(before + 1, FEW) or added < max(n)
    if len(n) == 1:
        assert after >= before


def held(n: Mapping[dt.date, int], months: int) -> int:
    """How many answers are in the window."""
    later = {month: sum(k for other, k in n.items() if other >= month) for month in n}
    filled = max((month for month in n if later[month] >= FEW), default=min(n))
    window = Window.ending(max(n), months, filled)
    return sum(k for month, k in n.items() if month >= window.since)


async def test_the_window_of_all_reaches_back_to_what_was_asked_in_earnest(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session)
        for number in range(40):
            place = await a_touchpoint(session, f"Gate {number}")
            answered(session, place, experience, {4: 100}, month=MAY_2018)
            answered(session, place, experience, {1: 1}, month=dt.date(2026, 11, 1))
        window = await scores.window(session)

    assert window is not None
    assert (window.since, window.until) == (dt.date(2017, 6, 1), dt.date(2026, 11, 1))


async def test_one_answer_to_another_question_does_not_take_the_place_of_a_survey(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session, position=1)
        cleanliness = await a_measure(session, "cleanliness", position=2)
        restrooms = await a_touchpoint(session, "Restrooms")
        answered(session, restrooms, cleanliness, {4: 100}, month=MAY_2018)
        answered(session, restrooms, experience, {1: 1}, month=dt.date(2026, 11, 1))
        await scores.recompute(session)

    score = (await scored(database))[restrooms.id]
    assert (score.measure_id, score.n) == (cleanliness.id, 100)


async def test_a_question_given_up_does_not_stand_in_for_the_one_asked_since(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session, position=1)
        satisfaction = await a_measure(session, "satisfaction", position=2)
        signs = await a_touchpoint(session, "Signs")
        answered(session, signs, experience, {4: 100}, month=MAY_2017)
        answered(session, signs, satisfaction, {5: 100}, month=dt.date(2018, 6, 1))
        await scores.recompute(session)

    assert (await scored(database))[signs.id].measure_id == satisfaction.id


async def test_touchpoints_are_shrunk_only_towards_those_asked_the_same(database: Database) -> None:
    async with database.writing() as session:
        experience = await a_measure(session)
        cleanliness = await a_measure(session, "cleanliness", position=2)
        for name in ("Restaurants", "Shops", "Roads"):
            answered(session, await a_touchpoint(session, name), experience, {2: 200, 3: 200})
        restrooms = await a_touchpoint(session, "Restrooms")
        answered(session, restrooms, cleanliness, {5: 20, 4: 10})
        await scores.recompute(session)

    score = (await scored(database))[restrooms.id]
    assert score.shrunken == pytest.approx(score.value)


async def test_one_personas_score_is_of_its_own_answers(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        domestic, international = Persona(name="Domestic traveller"), Persona(name="International traveller")
        session.add_all([domestic, international])
        await session.flush()
        answered(session, signs, experience, {5: 40}, persona_id=domestic.id)
        answered(session, signs, experience, {3: 60}, persona_id=international.id)

    async with database.reading() as session:
        found = await scores.headline(session, signs.id, persona_id=international.id)

    assert found is not None
    assert found.estimate.n == 60
    assert found.estimate.value == pytest.approx(5.0)


async def test_a_period_leaves_the_rest_out(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {5: 40}, month=MAY_2017)
        answered(session, signs, experience, {3: 60}, month=MAY_2018)

    async with database.reading() as session:
        found = await scores.headline(session, signs.id, since=dt.date(2017, 1, 1), until=dt.date(2017, 12, 31))
        nothing = await scores.headline(session, signs.id, since=dt.date(2010, 1, 1), until=dt.date(2011, 1, 1))

    assert found is not None
    assert (found.estimate.n, found.until) == (40, dt.date(2017, 12, 31))
    assert nothing is None


async def test_trend_and_distribution_cover_what_was_asked(database: Database) -> None:
    async with database.writing() as session:
        signs, experience = await a_touchpoint(session, "Signs"), await a_measure(session)
        answered(session, signs, experience, {5: 40}, month=MAY_2017)
        answered(session, signs, experience, {3: 60, 1: 10}, month=MAY_2018)
        await scores.recompute(session)

    async with database.reading() as session:
        points = await scores.trend(session, signs.id)
        bins = await scores.distribution(session, signs.id, since=MAY_2018)

    assert [(point.month, point.n) for point in points] == [(MAY_2017, 40), (MAY_2018, 70)]
    assert [each.n for each in bins] == [10, 0, 60, 0, 0]


async def test_recommendation_of_the_whole_is_a_promoter_score(database: Database) -> None:
    async with database.writing() as session:
        recommend = await a_measure(session, "recommend", kind=Kind.LOYALTY, scale=Scale(0, 10))
        answered(session, None, recommend, {10: 10, 9: 5, 8: 10, 6: 5})

    async with database.reading() as session:
        found = await scores.answers(session, None, recommend.id)
        score = scores.recommendation(recommend, found.counts)

    assert score is not None
    assert round(score.raw, 1) == 33.3
