"""Ratings of several people, their medians, and what the data suggests beside them."""

import datetime as dt
import math

import pytest
from sqlalchemy import event, select

from backlog import history
from backlog.database import Database
from backlog.errors import Invalid
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import Tally
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.importance import importance
from backlog.initiatives import evidence, initiatives, ratings, suggestions
from backlog.initiatives.anchors import ANCHORS, LABELS, QUESTIONS
from backlog.initiatives.ratings import RatedInput
from tests.initiatives.field import airport, bags


async def test_the_median_of_several_raters_is_on_the_initiative(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await ratings.rate(session, initiative, {"importance": (8, 9, 10), "effort": (2, 2, 4)}, by=field.katharina)
        await ratings.rate(session, initiative, {"importance": (5, 6, 7), "benefit": (6, 8, 9)}, by=field.jan)

        assert initiative.rated_importance == 7.5
        assert initiative.rated_urgency is None
        assert initiative.rated_effort_benefit == pytest.approx(8.01, abs=0.005)


async def test_a_rater_may_change_and_withdraw_the_own_rating_only(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"urgency": (3, 4, 5)}, by=field.katharina)
        await ratings.rate(session, initiative, {"urgency": (6, 8, 9)}, by=field.jan)

        await ratings.rate(session, initiative, {"urgency": (6, 7, 9)}, by=field.jan)
        assert initiative.rated_urgency == 5.5
        await ratings.withdraw(session, initiative, by=field.jan)

        assert initiative.rated_urgency == 4
        kept = list(await session.scalars(ratings.of(initiative.id)))
        assert [(rating.rater, rating.estimate) for rating in kept] == [("Katharina Wiedenhöft", [3, 4, 5])]
        verbs = [
            (event.verb, event.changes) for event in await session.scalars(history.of("initiative", initiative.id))
        ]
        assert verbs[0] == ("withdrew ratings", {"urgency": [[6, 7, 9], None]})
        assert verbs[1] == ("rated", {"urgency": [[6, 8, 9], [6, 7, 9]]})


async def test_without_any_rating_the_criterion_is_open_again(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"effort": (2, 2, 2), "benefit": (8, 8, 8)}, by=field.jan)

        await ratings.withdraw(session, initiative, ["effort"], by=field.jan)

        assert initiative.rated_effort_benefit is None
        assert initiative.rated_benefit == 8


async def test_a_token_rates_beside_the_person_of_the_same_name(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        machine = Actor("Jan-Erik Thomsen")

        await ratings.rate(session, initiative, {"urgency": (2, 2, 2)}, by=machine)
        await ratings.rate(session, initiative, {"urgency": (8, 8, 8)}, by=field.jan)
        await ratings.rate(session, initiative, {"urgency": (4, 4, 4)}, by=machine, reason="The queue is shorter now.")

        assert initiative.rated_urgency == 6


async def test_the_same_rating_again_changes_nothing(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"urgency": (3, 4, 5)}, by=field.jan)
        await session.flush()
        version = initiative.version

        assert not await ratings.rate(session, initiative, {"urgency": (3, 4, 5)}, by=field.jan)
        await session.flush()

        assert initiative.version == version


async def test_a_rating_counts_as_a_change_of_the_initiative(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"urgency": (4, 4, 4)}, by=field.katharina)
        await session.flush()
        version = initiative.version

        await ratings.rate(session, initiative, {"urgency": (4, 4, 5)}, by=field.jan)
        await session.flush()

        assert initiative.rated_urgency == 4
        assert initiative.version > version


@pytest.mark.parametrize(
    ("name", "estimate", "says"),
    [
        ("importance", (-0.1, 5, 6), "Enter low, likely and high, each from 0 to 10."),
        ("importance", (5, 6, 10.1), "Enter low, likely and high, each from 0 to 10."),
        ("effort", (0, 2, 3), "Enter low, likely and high, each from 1 to 10."),
        ("urgency", (5, math.nan, 6), "Enter low, likely and high, each from 0 to 10."),
        ("urgency", (5, 6, math.inf), "Enter low, likely and high, each from 0 to 10."),
        ("urgency", (5, 6), "Enter low, likely and high, each from 0 to 10."),
        ("maturity", (6, 5, 7), "Low must not be above likely, and likely not above high."),
        ("maturity", (4, 8, 7), "Low must not be above likely, and likely not above high."),
        ("beauty", (4, 5, 6), "This is not something people rate."),
    ],
)
async def test_a_rating_off_its_scale_or_out_of_order_is_refused(
    database: Database, name: str, estimate: tuple[float, ...], says: str
) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        with pytest.raises(Invalid) as refused:
            await ratings.rate(session, initiative, {name: estimate, "benefit": (1, 2, 3)}, by=field.jan)

        assert {field: str(text) for field, text in refused.value.fields.items()} == {name: says}
        assert list(await session.scalars(ratings.of(initiative.id))) == []


async def test_the_data_suggests_importance_urgency_and_maturity(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)

        initiative = await bags(session, field)

    assert initiative.suggested_importance == 5.0  # 1,500 of 3,000 meet it
    assert initiative.suggested_urgency == 7.0  # 5 certain + 3 * 1/3 gap + 2 * 0.5 fall
    assert initiative.suggested_maturity == 8.3  # all checks but the effort


async def test_stated_importance_goes_before_reach(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        stated = Measure(name="importance", kind=Kind.IMPORTANCE)
        session.add(stated)
        await session.flush()
        session.add(tally(field.reclaim, stated.id, n=40, mean=9.2))

        await importance.recompute(session)
        await suggestions.refresh(session)

        assert initiative.suggested_importance == 9.2


async def test_a_rating_does_not_count_what_customers_answered_again(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        stated = Measure(name="importance", kind=Kind.IMPORTANCE)
        session.add(stated)
        await session.flush()
        session.add(tally(field.reclaim, stated.id, n=40, mean=9.2))
        await importance.recompute(session)
        asked: list[str] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

        await ratings.rate(session, initiative, {"urgency": (3, 4, 5)}, by=field.katharina)

        assert initiative.suggested_importance == 9.2
    assert any("stated_importance" in each for each in asked)
    assert [each for each in asked if " tally" in each] == []


def tally(touchpoint_id: int, measure_id: int, *, n: int, mean: float) -> Tally:
    return Tally(
        touchpoint_id=touchpoint_id,
        measure_id=measure_id,
        month=dt.date(2026, 11, 1),
        value=None,
        n=n,
        weight=n,
        weight_squared=n,
        total=n * mean,
        total_squared=n * mean**2,
    )


async def test_urgency_follows_the_worst_touchpoint_and_its_target(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await evidence.link_touchpoints(session, initiative, [field.security], by=field.jan)
        assert initiative.suggested_urgency == 7.0

        (await session.get_one(Touchpoint, field.reclaim)).target = 7.0
        await suggestions.refresh(session)

        assert initiative.suggested_urgency == 9.0


async def test_a_new_suggestion_makes_nobody_s_form_stale(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        (await session.get_one(Score, field.reclaim)).p_below = 0.5
        await suggestions.refresh(session)

        assert initiative.suggested_urgency == 4.5
        assert initiative.version == 1


async def test_without_evidence_nothing_is_suggested_but_maturity(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await initiatives.propose(session, title="Bags", by=field.jan)

        found = await suggestions.of(session, initiative)

    assert found.values == (None, None, None, None, 0.0)
    assert set(found.maturity.missing) == {"evidence", "problem", "effect", "lead", "effort", "dependencies"}


async def test_maturity_grows_when_the_effort_is_rated(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await ratings.rate(session, initiative, {"effort": (2, 3, 4)}, by=field.jan)

        assert initiative.suggested_maturity == 10.0
        assert (await session.scalars(select(ratings.Rating.person_id))).one() == field.jan.person_id


def test_every_input_has_a_question_and_anchors_on_its_scale() -> None:
    assert set(LABELS) == set(QUESTIONS) == set(ANCHORS) == set(RatedInput)
    assert all(list(words) == [name.lowest, 3, 5, 7, 10] for name, words in ANCHORS.items())


async def test_a_reason_stands_with_the_rating_and_in_the_history(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await ratings.rate(session, initiative, {"effort": (2, 3, 4)}, by=field.jan, reason="  The belt is free. ")
        told = await session.scalar(history.of("initiative", initiative.id, verbs=["rated"]))
        await ratings.rate(session, initiative, {"effort": (2, 4, 4)}, by=field.jan)

        (rating,) = await session.scalars(ratings.of(initiative.id))
        assert told is not None
        assert told.changes == {"effort": [None, [2, 3, 4]], "reason": "The belt is free."}
        assert rating.reason == ""
        with pytest.raises(Invalid, match="need a look"):
            await ratings.rate(session, initiative, {"effort": (1, 1, 1)}, by=field.jan, reason="x" * 2001)


@pytest.mark.parametrize(
    ("estimate", "likely", "expected"),
    [
        ((4, 5, 8), 6, [5, 6, 9]),
        ((4, 5, 8), 9.5, [8.5, 9.5, 10]),
        ((4, 5, 8), 1, [1, 1, 4]),
        ((5, 5, 5), 7.1, [7.1, 7.1, 7.1]),
    ],
)
def test_an_estimate_moves_with_its_doubt_as_far_as_the_scale_goes(
    estimate: tuple[float, float, float], likely: float, expected: list[float]
) -> None:
    assert ratings.shifted(estimate, likely) == expected
