"""Other weights: the same ranks as the formula gives, on any page, and who comes into the top."""

import random

import pytest
from sqlalchemy import select

from backlog import scoring
from backlog.database import Database
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.ranking import what_if
from backlog.ranking.filters import UNFILTERED, Filters, Order
from backlog.scoring import Weights
from tests.ranking import backlogs
from tests.ranking.backlogs import initiative

EFFORT_FIRST = Weights.normalised(20, 15, 20, 45)


@pytest.fixture
async def backlog(database: Database) -> Database:
    chance = random.Random(11)
    stages = [Stage.PROPOSED, Stage.READY, Stage.DONE]
    async with database.writing() as session:
        for number in range(90):
            values = {
                name: chance.randrange(101) / 10 if chance.random() < 0.8 else None
                for name in ("rated_importance", "suggested_urgency", "rated_maturity", "rated_effort_benefit")
            }
            session.add(initiative(f"Step {number}", chance.choice(stages), **values))
    return database


async def expected(database: Database, weights: Weights) -> dict[int, tuple[int, int]]:
    """Points and rank of each ranked initiative by the formula."""
    async with database.reading() as session:
        rows = (await session.scalars(select(Initiative).where(Initiative.is_ranked))).all()
    points = {
        row.id: scoring.points(
            {
                "importance": row.rated_importance,
                "urgency": row.suggested_urgency,
                "maturity": row.rated_maturity,
                "effort_benefit": row.rated_effort_benefit,
            },
            weights,
        )
        for row in rows
    }
    ranks = scoring.ranks(list(points.values()))
    return {key: (points[key], rank) for key, rank in zip(points, ranks, strict=True)}


@pytest.mark.parametrize(
    ("filters", "order", "offset"),
    [
        (UNFILTERED, Order.RANK, 0),
        (UNFILTERED, Order.RANK, 10),
        (UNFILTERED, Order.TITLE, 0),
        (Filters(text="1"), Order.RANK, 0),
        (Filters(stages=(Stage.READY,)), Order.RANK, 3),
    ],
)
async def test_every_page_shows_points_ranks_and_moves_by_the_formula(
    backlog: Database, filters: Filters, order: Order, offset: int
) -> None:
    now, then = await expected(backlog, EFFORT_FIRST), await expected(backlog, Weights())

    async with backlog.reading() as session:
        found = await what_if.rerank(session, EFFORT_FIRST, {}, filters, order, 10, offset)

    assert len(found.rows) == 10
    assert [(row.points, row.rank) for row in found.rows] == [now[row.id] for row in found.rows]
    assert [row.move for row in found.rows] == [then[row.id][1] - now[row.id][1] for row in found.rows]
    if order is Order.RANK:
        assert [row.rank for row in found.rows] == sorted(row.rank or 0 for row in found.rows)


@pytest.mark.parametrize("offset", [0, 20])
async def test_it_tells_who_enters_and_who_leaves_the_top(backlog: Database, offset: int) -> None:
    async with backlog.reading() as session:
        found = await what_if.rerank(session, Weights(0.0, 0.0, 0.0, 1.0), {}, offset=offset)
        before = [row.key for row in (await backlogs.page(session, limit=3)).rows]
        after = [row.key for row in (await what_if.rerank(session, Weights(0.0, 0.0, 0.0, 1.0), {}, limit=3)).rows]

    assert list(found.entering) == [key for key in after if key not in before]
    assert list(found.leaving) == [key for key in before if key not in after]


async def test_closed_initiatives_have_no_rank_to_move_from(backlog: Database) -> None:
    async with backlog.reading() as session:
        found = await what_if.rerank(session, EFFORT_FIRST, {}, Filters(stages=(Stage.DONE,)))

    assert {(row.rank, row.move) for row in found.rows} == {(None, None)}


@pytest.mark.parametrize(
    ("given", "percents"),
    [
        ((35, 25, 15, 25), [35, 25, 15, 25]),
        ((1, 1, 1, 0), [34, 33, 33, 0]),
        ((1, 1, 1, 1), [25, 25, 25, 25]),
        ((35, 25, 15, 80), [22, 16, 10, 52]),
        ((0, 0, 0, 3), [0, 0, 0, 100]),
    ],
)
def test_whole_percents_add_up_to_100(given: tuple[float, ...], percents: list[int]) -> None:
    assert list(Weights.normalised(*given).percents().values()) == percents
