"""The demo as it opens: a living backlog over six years of answers, on both databases, filled once for all tests."""

import asyncio
import csv
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import func, select

from backlog import deriving, history
from backlog.database import Database
from backlog.demo import content, register, seeding
from backlog.demo.surveys import NAMES
from backlog.errors import Conflict
from backlog.evidence import signatures
from backlog.evidence.insights import Insight
from backlog.evidence.journeys import Journey
from backlog.evidence.measures import Measure
from backlog.evidence.responses import Response, Tally
from backlog.evidence.scores import Score
from backlog.history import Event
from backlog.imports import copies, recipes
from backlog.imports.recipes import Role as ColumnRole
from backlog.imports.surveys import Import, ImportState, SavedRecipe
from backlog.initiatives.comments import Comment
from backlog.initiatives.initiative import Initiative, InitiativeInsight
from backlog.initiatives.ratings import Rating
from backlog.initiatives.stages import RANKED, Stage
from backlog.people import passwords
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.ranking import movement, overrides
from backlog.ranking.standings import PastPoints
from backlog.triage.candidates import Candidate, CandidateState
from backlog.weights import weights
from backlog.weights.weights import ProfileState, WeightProfile
from tests import databases
from tests.ranking import backlogs

pytestmark = pytest.mark.slow
TREND = content.FOLDER / "sfo" / "sfo_touchpoint_trend_2012_2018.csv"


async def fill(url: str) -> None:
    async with databases.opened(url) as database:
        await seeding.seed(database)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database filled with the demo; the tests here only read it."""
    with asyncio.Runner() as runner:
        if request.param == "sqlite":
            with request.getfixturevalue("sqlite_files").new() as url:
                runner.run(fill(url))
                yield url
            return
        kept = request.getfixturevalue("postgresql").new()
        url = runner.run(kept.__aenter__())
        try:
            runner.run(fill(url))
            yield url
        finally:
            runner.run(kept.__aexit__(None, None, None))


@pytest.fixture
async def filled(filled_url: str) -> AsyncIterator[Database]:
    async with databases.opened(filled_url) as database:
        yield database


async def test_all_surveys_are_loaded_and_their_recipes_kept(filled: Database) -> None:
    async with filled.reading() as session:
        loaded = (await session.scalars(select(Import).order_by(Import.id))).all()
        saved = await session.scalar(select(func.count()).select_from(SavedRecipe))
        answers = await session.scalar(select(func.count()).select_from(Response))
        insights = await session.scalar(select(func.count()).select_from(Insight))

    assert [each.state for each in loaded] == [ImportState.LOADED] * 7
    assert [each.rows_aside for each in loaded] == [0] * 7
    assert saved == 7
    assert answers == sum(each.responses for each in loaded) > 300_000
    assert insights == 2952


async def test_a_demo_survey_brought_by_hand_is_known_again(filled: Database) -> None:
    for name in NAMES:
        digest = copies.digest_of(content.FOLDER / "sfo" / f"{name}.csv")
        async with filled.reading() as session:
            assert [each.file_name for each in await copies.present(session, digest)] == [f"{name}.csv"]


async def test_the_figures_read_back_agree_with_the_published_trend(filled: Database) -> None:
    async with filled.reading() as session:
        touchpoints = await register.touchpoint_ids(session)
        measures = {measure.name: measure.id for measure in await session.scalars(select(Measure))}
        tallied = (await session.execute(select(Tally))).scalars().all()

    checked = 0
    for row in csv.DictReader(TREND.read_text("utf-8").splitlines()):
        if row["year"] == "2012":
            continue  # its answers were never published
        recipe = recipes.read((content.FOLDER / "recipes" / f"sfo_{row['year']}.json").read_bytes())
        columns = {column.column.strip().upper(): column for column in recipe.columns}
        column = columns[row["source_column"].strip().upper()]
        place = None if column.role is ColumnRole.OVERALL else touchpoints[column.touchpoint]
        measure = measures[recipe.measure_of(column)]
        own = [
            each
            for each in tallied
            if (each.touchpoint_id, each.measure_id, each.month.year) == (place, measure, int(row["year"]))
        ]
        n = sum(each.n for each in own)
        answers = [(1 + 4 * (each.value or 0) / 10, each) for each in own]
        assert n == int(row["n_valid"]), row
        assert sum(answer * each.n for answer, each in answers) / n == pytest.approx(float(row["mean"]), abs=6e-5), row
        weighted = 1 + 4 * sum(each.total for each in own) / sum(each.weight for each in own) / 10
        assert weighted == pytest.approx(float(row["mean_weighted"]), abs=6e-5), row
        top = sum(each.n for answer, each in answers if answer >= 4)
        bottom = sum(each.n for answer, each in answers if answer <= 2)
        assert 100 * top / n == pytest.approx(float(row["top2_pct"]), abs=6e-3), row
        assert 100 * bottom / n == pytest.approx(float(row["bottom2_pct"]), abs=6e-3), row
        checked += 1

    assert checked == 126


async def test_every_rated_touchpoint_has_a_score_and_the_journeys_stand(filled: Database) -> None:
    async with filled.reading() as session:
        scored = await session.scalar(select(func.count()).select_from(Score))
        journeys = list(await session.scalars(select(Journey.name)))
        taken = await signatures.taken(session)

    assert scored == 19
    assert len(journeys) == 2
    assert len(taken) == 3


async def test_initiatives_stand_in_every_stage_with_ratings_comments_and_quotes(filled: Database) -> None:
    async with filled.reading() as session:
        stages = Counter(await session.scalars(select(Initiative.stage)))
        raters = set(await session.scalars(select(Rating.rater)))
        talked = await session.scalar(select(func.count()).select_from(Comment))
        quoted = select(func.count(InitiativeInsight.insight_id)).group_by(InitiativeInsight.initiative_id)
        quotes = list(await session.scalars(quoted))

    assert set(stages) == set(Stage)
    assert stages == Counter(story.stage for story in content.stories())
    assert len(raters) >= 5
    assert talked == sum(len(story.comments) for story in content.stories())
    assert len(quotes) >= 20
    assert max(quotes) <= 10


async def test_candidates_wait_beside_those_decided_on(filled: Database) -> None:
    async with filled.reading() as session:
        states = Counter(await session.scalars(select(Candidate.state)))

    assert states[CandidateState.OPEN] >= 4
    assert set(states) == set(CandidateState)


async def test_ranks_are_there_and_have_moved_since_last_week(filled: Database) -> None:
    async with filled.reading() as session:
        before = await backlogs.counts_on(session, movement.week_ago())
        rows = await backlogs.rows(session, {}, counts_before=before)
        counted = await session.scalar(select(func.count()).select_from(Initiative).where(Initiative.stage.in_(RANKED)))

    moves = [row.move for row in rows]
    places = [row.rank or 0 for row in rows]
    assert places == sorted(places)
    assert places[0] == 1
    assert len(rows) == counted
    assert any(move and move > 0 for move in moves)
    assert any(move and move < 0 for move in moves)
    assert 1 <= moves.count(None) <= 3  # proposed this week


async def test_what_goes_with_the_outcome_is_derived_and_changes_nothing_later(filled: Database) -> None:
    known = select(Initiative.id, Initiative.points, Initiative.suggested_importance).order_by(Initiative.id)
    async with filled.reading() as session:
        before = (await session.execute(known)).all()
    await deriving.derive(filled)
    async with filled.reading() as session:
        assert (await session.execute(known)).all() == before


async def test_some_urgency_goes_over_time_and_one_initiative_stands_where_people_put_it(filled: Database) -> None:
    async with filled.reading() as session:
        timed = list(await session.scalars(select(Initiative).where(Initiative.urgency_profile.is_not(None))))
        [held] = await overrides.in_force(session)
        independent = await session.scalar(select(func.count()).where(Initiative.independent))
        waiting = await session.scalar(select(func.count()).where(Initiative.dependencies != ""))

    assert {each.urgency_profile["kind"] for each in timed if each.urgency_profile} == {"deadline", "seasonal"}
    assert all(each.urgency_share is not None and each.is_ranked for each in timed)
    assert held.position < held.rank
    assert independent == 5
    assert waiting == 8


async def test_what_happened_is_spread_over_ten_weeks_and_lies_in_the_past(filled: Database) -> None:
    now = history.now()
    async with filled.reading() as session:
        moments = list(await session.scalars(select(Event.at).order_by(Event.id)))
        days = set(await session.scalars(select(PastPoints.day)))

    assert moments == sorted(moments)
    assert now - dt.timedelta(days=74) < moments[0] < now - dt.timedelta(days=70)
    assert moments[-1] < now
    assert len({moment.date() for moment in moments}) > 40
    assert min(days) < movement.week_ago() < max(days)


async def test_one_weighting_is_agreed_and_another_waits(filled: Database) -> None:
    async with filled.reading() as session:
        states = [profile.state for profile in await weights.listed(session)]
        agreed = await session.scalar(select(WeightProfile).where(WeightProfile.state == ProfileState.AGREED))

    assert states == [ProfileState.PROPOSED, ProfileState.AGREED]
    assert agreed is not None
    assert agreed.decided_at is not None
    assert agreed.decided_at < history.now() - dt.timedelta(weeks=4)


async def test_all_colleagues_can_sign_in(filled: Database) -> None:
    async with filled.reading() as session:
        people = (await session.scalars(select(Person))).all()
        hint = await seeding.sign_in_hint(session)

    assert {person.role for person in people} >= {Role.ADMINISTRATOR, Role.DEPARTMENT_LEAD, Role.VIEWER}
    assert len(people) == 8
    hashes = {person.password_hash for person in people}
    assert [await passwords.matches(seeding.PASSWORD, known) for known in hashes] == [True]
    assert seeding.EMAIL in hint
    assert seeding.PASSWORD in hint


async def test_a_filled_database_is_not_filled_again(filled: Database) -> None:
    with pytest.raises(Conflict):
        await seeding.seed(filled)
