"""The effort/benefit matrix: what stands in it, what lacks an estimate, and re-estimating without overwriting anybody."""

import pytest
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import Invalid, Stale
from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.initiatives.stages import Stage
from backlog.ranking import matrix
from backlog.ranking.filters import UNFILTERED, Filters
from backlog.ranking.portfolio import Part
from backlog.settings import Settings
from tests.ranking.backlogs import initiative
from tests.ranking.test_ranked import airport

MEG, KIM, JAN = Actor("Meg"), Actor("Kim"), Actor("Jan")
EFFORT, BENEFIT = RatedInput.EFFORT, RatedInput.BENEFIT


async def rated(database: Database) -> None:
    """The airport with two initiatives in the matrix and one that lacks its benefit."""
    async with database.writing() as session:
        await airport(session)
    async with database.writing() as session:
        by_id = {each.id: each for each in await session.scalars(select(Initiative))}
        await ratings.rate(session, by_id[1], {"effort": (2, 3, 5), "benefit": (7, 8, 9)}, by=MEG)
        await ratings.rate(session, by_id[1], {"effort": (4, 5, 8)}, by=KIM)
        await ratings.rate(session, by_id[1], {"importance": (9, 9, 9), "urgency": (8, 8, 8)}, by=KIM)
        await ratings.rate(session, by_id[2], {"effort": (8, 9, 10), "benefit": (8, 9, 9)}, by=MEG)
        await ratings.rate(session, by_id[3], {"effort": (1, 2, 3)}, by=MEG)


async def test_what_has_effort_and_benefit_stands_in_it_by_rank(database: Database) -> None:
    await rated(database)

    async with database.reading() as session:
        found = await matrix.load(session, UNFILTERED, Settings())

    assert [(each.key, each.rank, each.effort, each.benefit) for each in found.rated] == [
        ("CX-1", 1, 4.0, 8.0),
        ("CX-2", 2, 9.0, 9.0),
    ]
    assert (found.rated[0].importance, found.rated[0].urgency, found.rated[0].is_signature) == (9.0, 8.0, True)
    assert (found.rated[1].urgency is None, found.rated[1].is_signature) == (True, False)
    assert [(each.key, each.rank, each.missing) for each in found.unrated] == [("CX-3", 3, (BENEFIT,))]
    assert found.rated_total == 2


async def test_the_gauge_counts_all_that_the_filters_let_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rated(database)
    monkeypatch.setattr(matrix, "MOST", 1)

    async with database.reading() as session:
        found = await matrix.load(session, UNFILTERED, Settings())
        ready = await matrix.load(session, Filters(stages=(Stage.READY,)), Settings())
        none = await matrix.load(session, Filters(text="no such thing"), Settings())

    parts = found.gauge.parts
    assert (len(found.rated), found.rated_total, found.gauge.unrated, found.gauge.effort) == (1, 2, 1, 13.0)
    assert parts[Part.SMALL_STEPS].share == pytest.approx(4 / 13)
    assert parts[Part.LARGE_FOOTPRINTS].share == pytest.approx(9 / 13)
    assert parts[Part.SIGNATURE].share == parts[Part.SMALL_STEPS].share
    assert parts[Part.HYGIENE].target is not None
    assert [each.key for each in ready.rated] == ["CX-2"]
    assert (none.rated, none.rated_total, none.gauge.parts[Part.HYGIENE].share) == ((), 0, None)


async def test_a_bubble_reaches_from_the_lowest_low_to_the_highest_high_of_its_raters(database: Database) -> None:
    await rated(database)

    async with database.reading() as session:
        found = await matrix.extents(session, [1, 3], KIM)

    assert found == {1: {EFFORT: (2, 8), BENEFIT: (7, 9)}, 3: {EFFORT: (1, 3)}}


async def test_a_new_estimate_moves_ones_own_rating_and_nobody_elses(database: Database) -> None:
    await rated(database)

    async with database.writing() as session:
        known = await initiatives.by_key(session, "CX-1")
        changed = await matrix.estimate(
            session, "CX-1", {EFFORT: 7.1}, "The interface is paid for", version=known.version, by=KIM
        )
        assert changed.rated_effort == pytest.approx(5.05)
        assert changed.rated_benefit == 8
        kept = {each.rater: each for each in await session.scalars(ratings.of(1)) if each.input is EFFORT}
        assert kept["Meg"].estimate == [2, 3, 5]
        assert kept["Kim"].estimate == [6.1, 7.1, 10]
        assert kept["Kim"].reason == "The interface is paid for"
        chosen = await matrix.chosen(session, "CX-1", KIM)

    effort = chosen.voices[EFFORT]
    assert (effort.mine, effort.raters, effort.others, effort.differs) == (7.1, 2, [3], True)
    assert chosen.voices[BENEFIT].own is None
    assert chosen.voices[BENEFIT].start == 8


async def test_a_first_estimate_is_one_rating_more(database: Database) -> None:
    await rated(database)

    async with database.writing() as session:
        await matrix.estimate(session, "CX-2", {EFFORT: 4, BENEFIT: 7}, "Half is there", version=2, by=JAN)
        given = list(await session.scalars(select(Rating).where(Rating.rater == "Jan")))

    assert sorted((each.input, each.estimate) for each in given) == [(BENEFIT, [7, 7, 7]), (EFFORT, [4, 4, 4])]


@pytest.mark.parametrize(
    ("likely", "reason", "fields"),
    [
        ({EFFORT: 0.9}, "why", {"effort"}),
        ({EFFORT: 4, BENEFIT: 10.1}, " ", {"benefit", "reason"}),
        ({EFFORT: float("nan")}, "why", {"effort"}),
        ({EFFORT: 9, BENEFIT: 9}, "why", {"effort"}),
        ({}, "why", {"effort"}),
        ({EFFORT: 4}, "x" * 2001, {"reason"}),
    ],
)
async def test_an_estimate_off_the_scale_unchanged_or_without_a_reason_is_refused(
    database: Database, likely: dict[RatedInput, float], reason: str, fields: set[str]
) -> None:
    await rated(database)

    async with database.reading() as session:
        version = (await initiatives.by_key(session, "CX-2")).version
        with pytest.raises(Invalid) as refused:
            await matrix.estimate(session, "CX-2", likely, reason, version=version, by=MEG)

    assert set(refused.value.fields) == fields


async def test_an_estimate_based_on_an_older_version_is_refused(database: Database) -> None:
    async with database.writing() as session:
        session.add(initiative(rated_effort=4.0, rated_benefit=5.0, version=3))

    async with database.reading() as session:
        with pytest.raises(Stale):
            await matrix.estimate(session, "CX-1", {EFFORT: 3}, "why", version=2, by=MEG)
