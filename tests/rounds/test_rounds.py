"""Rating rounds: blind while they are open, everybody's own ratings when they end."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Invalid, Stale, VersionMissing
from backlog.history import Actor
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.rounds import answers, ends, links, openings, progress, results, rounds
from backlog.rounds.answers import Answers
from backlog.rounds.guests import Guest, GuestKind
from backlog.rounds.openings import GuestGiven, Invited, Proposal
from backlog.rounds.rounds import RatingRound, RoundRater
from backlog.simulation import estimates
from tests.initiatives.field import Airport, airport, bags

MARIA = GuestGiven("Maria Keller", "Star Cargo")


async def opened(session: AsyncSession, field: Airport, initiative: Initiative, **more: Any) -> RatingRound:
    """Importance of the bags, asked of Katharina, Jan and a customer."""
    both = [field.katharina.person_id or 0, field.jan.person_id or 0]
    wanted = Proposal("Bags in autumn", ["importance"], [initiative.key], Invited(both, guests=[MARIA]))
    return await openings.open_round(session, replace(wanted, **more), by=field.katharina)


async def say(
    session: AsyncSession,
    found: RatingRound,
    name: str,
    value: float | None,
    inputs: Sequence[RatedInput] = (RatedInput.IMPORTANCE,),
    reason: str = "",
) -> bool:
    """The same of every initiative of the round."""
    locked = await rounds.get(session, found.id, for_change=True)
    rater = next(each for each in await rounds.raters(session, found.id) if each.name.startswith(name))
    ids = [each.id for each in await rounds.initiatives_of(session, found.id)]
    estimate = None if value is None else (value, value, value)
    said = Answers({(number, each): estimate for number in ids for each in inputs}, dict.fromkeys(ids, reason))
    return await answers.keep(session, locked, rater, said, version=rater.version)


async def kept(session: AsyncSession, initiative: Initiative) -> Mapping[str, Sequence[float]]:
    return {each.rater: each.estimate for each in await session.scalars(ratings.of(initiative.id))}


async def is_open(database: Database, found: RatingRound) -> bool:
    async with database.reading() as session:
        return (await rounds.get(session, found.id)).is_open


async def test_while_a_round_is_open_nothing_that_was_said_in_it_counts_anywhere(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"importance": (5, 5, 5)}, by=field.jan)
        found = await opened(session, field, initiative)
        before = (initiative.points, initiative.version, len((await session.scalars(select(Rating))).all()))

        assert not await say(session, found, "Jan", 9)
        assert not await say(session, found, "Maria", 2)

        assert (initiative.points, initiative.version, len((await session.scalars(select(Rating))).all())) == before
        assert initiative.rated_importance == 5
        reached = await progress.of(session, found)
        assert (reached.done, reached.awaited) == (2, 3)
        assert await results.of(session, found) == []
        events = (await session.scalars(history.of("rating_round", found.id))).all()
        assert events[0].changes == {"answered": 1, "asked": 1}
        assert "9" not in str([event.changes for event in events])


async def test_when_the_last_has_rated_all_become_ratings_at_once(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await ratings.rate(session, initiative, {"importance": (5, 5, 5)}, by=field.jan)
        found = await opened(session, field, initiative)
        await say(session, found, "Jan", 9, reason="Copenhagen called twice.")
        await say(session, found, "Maria", 2)

        assert await say(session, found, "Katharina", 4)

        assert await kept(session, initiative) == {
            "Jan-Erik Thomsen": [9, 9, 9],
            "Katharina Wiedenhöft": [4, 4, 4],
            "Maria Keller (Star Cargo)": [2, 2, 2],
        }
        assert initiative.rated_importance == 4
        sides = {each.rater: (each.is_customer, each.round_id) for each in await session.scalars(select(Rating))}
        assert sides["Maria Keller (Star Cargo)"] == (True, found.id)
        assert sides["Jan-Erik Thomsen"] == (False, found.id)
        told = {
            event.actor: event.changes
            for event in await session.scalars(history.of("initiative", initiative.id, verbs=["rated"], limit=3))
        }
        assert told["Jan-Erik Thomsen"] == {
            "importance": [[5, 5, 5], [9, 9, 9]],
            "round": "Bags in autumn",
            "reason": "Copenhagen called twice.",
        }
        assert (found.closed_by, found.is_open) == ("Waymark", False)
    async with database.reading() as session:
        counted = await estimates.of_ranked(session)
    assert sorted(likely for _, likely, _ in counted[initiative.id]["importance"]) == [2, 4, 9]


async def test_score_and_rank_follow_when_a_round_ends(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        await say(session, found, "Jan", 10)
        before = initiative.points
    async with database.writing() as session:
        locked = await rounds.get(session, found.id, for_change=True)
        await ends.close(session, locked, version=locked.version, by=field.katharina)
    async with database.reading() as session:
        after = await initiatives.by_key(session, initiative.key)
    assert after.points > before


async def test_the_evidence_is_read_once_for_all_that_a_round_asked(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        two = [await bags(session, field), await initiatives.propose(session, title="Signs", by=field.jan)]
        keys, asked = [each.key for each in two], [RatedInput.EFFORT]
        found = await opened(session, field, two[0], keys=keys, inputs=[each.value for each in asked])
        await say(session, found, "Jan", 3, asked)
        await say(session, found, "Maria", 4, asked)
        before = [each.suggested_maturity or 0.0 for each in two]
        told: list[str] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: told.append(given[2]))

        assert await say(session, found, "Katharina", 5, asked)

        assert [each.suggested_maturity for each in two] == [pytest.approx(each + 1.7, abs=0.11) for each in before]
    assert len([each for each in told if "score.p_below" in each]) == 1


async def test_who_cannot_say_leaves_no_rating_and_keeps_nobody_waiting(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        await say(session, found, "Jan", 9)
        await say(session, found, "Katharina", 7)

        assert await say(session, found, "Maria", None)

        assert set(await kept(session, initiative)) == {"Jan-Erik Thomsen", "Katharina Wiedenhöft"}
        result = (await results.of(session, found))[0]
        assert (result.unable, [voice.likely for voice in result.voices]) == (["Maria Keller (Star Cargo)"], [7, 9])


async def test_a_rating_may_be_changed_and_taken_back_while_the_round_is_open(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        found = await opened(session, field, await bags(session, field))
        await say(session, found, "Jan", 9)
        await say(session, found, "Jan", 3)
        rater = await rounds.rater_of(session, found.id, field.jan)
        assert rater is not None
        assert [each.estimate for each in (await answers.of(session, rater)).values()] == [[3, 3, 3]]

        await answers.keep(session, found, rater, Answers(), version=rater.version)

        assert (await progress.of(session, found)).done == 0


async def test_two_windows_of_the_same_rater_do_not_overwrite_each_other(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        found = await opened(session, field, await bags(session, field))
        rater = await rounds.rater_of(session, found.id, field.jan)
        assert rater is not None
        seen = rater.version
        await say(session, found, "Jan", 9)

        with pytest.raises(Stale):
            await answers.keep(session, found, rater, Answers(), version=seen)
        with pytest.raises(VersionMissing):
            await answers.keep(session, found, rater, Answers(), version=None)


async def test_a_round_that_has_ended_takes_nothing_and_ends_once(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        found = await opened(session, field, await bags(session, field))
        await ends.close(session, found, version=1, by=field.katharina)

        with pytest.raises(Conflict, match="has ended"):
            await say(session, found, "Jan", 9)
        with pytest.raises(Conflict, match="Katharina Wiedenhöft closed it"):
            await ends.close(session, found, version=1, by=field.jan)


async def test_a_round_ends_when_its_day_is_over(database: Database) -> None:
    day = dt.date(2026, 11, 20)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    with history.at(noon):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            found = await opened(session, field, initiative, closes_on=day)
            await say(session, found, "Jan", 9)
        await ends.end_due(database)
        assert await is_open(database, found)
    with history.at(noon + dt.timedelta(days=1)):
        async with database.writing() as session:
            with pytest.raises(Conflict, match="has ended"):
                await say(session, found, "Maria", 9)
        await ends.end_due(database)

    async with database.reading() as session:
        found = await rounds.get(session, found.id)
        assert found.closed_at == noon + dt.timedelta(days=1)
        assert set(await kept(session, initiative)) == {"Jan-Erik Thomsen"}


async def test_a_round_does_not_wait_for_who_has_left_and_keeps_what_they_said(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        await say(session, found, "Katharina", 6)
        await say(session, found, "Maria", 7)
        (await session.get_one(Person, field.katharina.person_id)).disabled_at = history.now()
        (await session.get_one(Person, field.jan.person_id)).disabled_at = history.now()

        reached = await progress.of(session, found)
        assert (reached.done, reached.awaited) == (1, 1)
    await ends.end_due(database)

    async with database.reading() as session:
        assert set(await kept(session, initiative)) == {"Katharina Wiedenhöft", "Maria Keller (Star Cargo)"}


async def test_what_is_wrong_with_a_round_is_said_by_field(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        jan = field.jan.person_id or 0
        wanted = Proposal("x" * 10_000, [], [], Invited(), message="x" * 10_000, closes_on=dt.date(2020, 1, 1))

        with pytest.raises(Invalid) as empty:
            await openings.open_round(session, wanted, by=field.jan)
        twice = Invited([jan, jan], guests=[MARIA, GuestGiven("MARIA Keller ", "star cargo")])
        with pytest.raises(Invalid) as doubled:
            await openings.open_round(session, Proposal("Autumn", ["joy"], ["CX-9"], twice), by=field.jan)

        assert set(empty.value.fields) == {"title", "message", "inputs", "initiatives", "raters", "closes_on"}
        assert set(doubled.value.fields) == {"inputs", "initiatives", "raters", "guests"}
        assert "twice" in str(doubled.value.fields["raters"])
        assert "twice" in str(doubled.value.fields["guests"])


@pytest.mark.parametrize(
    ("guests", "said"),
    [
        ([GuestGiven(" ")], "needs a name"),
        ([GuestGiven("M" * 10_000)], "at most 100"),
        ([GuestGiven("Maria", "S" * 10_000)], "at most 90"),
        ([GuestGiven("Maria\u202e")], "cannot be seen"),
    ],
)
async def test_a_guest_has_a_name_that_fits(sqlite_database: Database, guests: list[GuestGiven], said: str) -> None:
    async with sqlite_database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        wanted = Proposal("Autumn", ["importance"], [initiative.key], Invited(guests=guests))
        with pytest.raises(Invalid) as wrong:
            await openings.open_round(session, wanted, by=field.jan)
        assert said in str(wrong.value.fields["guests"])


async def test_nobody_who_may_not_rate_is_invited_and_nobody_too_many(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        jan = field.jan.person_id or 0
        (await session.get_one(Person, jan)).disabled_at = history.now()
        many = [GuestGiven(f"Guest {number}") for number in range(51)]
        for invited, said in (
            (Invited([jan]), "disabled"),
            (Invited([999_999]), "cannot rate"),
            (Invited(guests=many), "at most 50"),
            (Invited([field.katharina.person_id or 0], for_customers=[jan]), "without being invited"),
        ):
            wanted = Proposal("Autumn", ["importance"], [initiative.key], invited)
            with pytest.raises(Invalid) as wrong:
                await openings.open_round(session, wanted, by=field.katharina)
            assert said in str(wrong.value.fields["raters"])


async def test_low_above_high_and_what_is_not_asked_for_are_named_by_place(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative, inputs=["importance", "effort"])
        rater = await rounds.rater_of(session, found.id, field.jan)
        assert rater is not None
        said = Answers(
            {
                (initiative.id, RatedInput.IMPORTANCE): (9, 5, 2),
                (initiative.id, RatedInput.EFFORT): (0, 5, 11),
                (initiative.id, RatedInput.URGENCY): (1, 2, 3),
                (999, RatedInput.EFFORT): None,
            },
            {initiative.id: "x" * 10_000},
        )

        with pytest.raises(Invalid) as wrong:
            await answers.keep(session, found, rater, said, version=rater.version)

        assert set(wrong.value.fields) == {
            "importance_1", "effort_1", "urgency_1", "effort_999", "reason_1",
        }  # fmt: skip
        assert (await progress.of(session, found)).done == 0


async def test_only_the_hash_of_a_link_is_kept_and_a_new_one_ends_the_old(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        found = await opened(session, field, await bags(session, field))
        secret = next(iter((await links.make_links(session, found, by=field.jan)).values()))
        await session.flush()
        assert await links.make_links(session, found, by=field.jan) == {}
        rater = await links.by_secret(session, secret)
        assert rater is not None
        assert (rater.name, len(secret) >= 43, secret in str(vars(rater))) == ("Maria Keller (Star Cargo)", True, False)

        said = Answers(
            {(number, found.asked[0]): (2, 3, 4) for number in [(await rounds.initiatives_of(session, found.id))[0].id]}
        )
        await answers.keep(session, found, rater, said, version=rater.version)
        another = await links.invite_again(session, found, rater, by=field.jan)
        await session.flush()

        assert await answers.of(session, rater) == {}
        assert rater.rated_at is None

        assert await links.by_secret(session, secret) is None
        assert await links.by_secret(session, another or "") is rater
        await links.withdraw(session, found, rater, by=field.jan)
        assert await links.by_secret(session, another or "") is None
        assert await links.by_secret(session, "") is None
        assert await links.by_secret(session, "x" * 10_000) is None


async def test_a_round_keeps_one_invitation_at_least_and_ends_with_the_last_awaited(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        invited = {each.name[:3]: each for each in await rounds.raters(session, found.id)}
        await say(session, found, "Maria", 4)
        await links.withdraw(session, found, invited["Jan"], by=field.katharina)
        assert found.closed_at is None
        await links.invite_again(session, found, invited["Jan"], by=field.katharina)
        await links.withdraw(session, found, invited["Kat"], by=field.katharina)
        assert found.closed_at is None

        await links.withdraw(session, found, invited["Jan"], by=field.katharina)

        assert not found.is_open
        assert set(await kept(session, initiative)) == {"Maria Keller (Star Cargo)"}

        alone = await opened(session, field, initiative, invited=Invited([field.jan.person_id or 0]))
        last = (await rounds.raters(session, alone.id))[0]
        with pytest.raises(Conflict, match="last one"):
            await links.withdraw(session, alone, last, by=field.katharina)


async def test_a_guest_is_the_same_in_the_next_round_and_replaces_only_the_own_rating(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        for guest, value in (
            (MARIA, 2),
            (GuestGiven("maria keller", "Star Cargo", GuestKind.PARTNER), 6),
        ):
            found = await opened(session, field, initiative, invited=Invited(guests=[guest]))
            assert await say(session, found, "Maria", value)

        assert await kept(session, initiative) == {"Maria Keller (Star Cargo)": [6, 6, 6]}
        assert len((await session.scalars(select(Guest))).all()) == 1
        rating = (await session.scalars(select(Rating))).one()
        assert (rating.is_customer, rating.round_id) == (False, 2)


async def test_what_a_round_asks_is_rated_nowhere_else_by_those_invited(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative, invited=Invited([field.jan.person_id or 0]))

        with pytest.raises(Invalid) as wrong:
            await rounds.expect_free(session, initiative.id, ["importance", "urgency"], field.jan)
        await rounds.expect_free(session, initiative.id, ["importance"], field.katharina)
        await rounds.expect_free(session, initiative.id, ["importance"], Actor("Waymark"))

        assert set(wrong.value.fields) == {"importance"}
        assert await rounds.asked_of(session, field.jan, initiative.id) == {RatedInput.IMPORTANCE: found}


async def test_the_most_contested_comes_first_with_its_two_ends(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        asked = (RatedInput.IMPORTANCE, RatedInput.URGENCY)
        found = await opened(session, field, initiative, inputs=[name.value for name in asked])
        for name, importance, urgency in (("Jan", 5, 9), ("Katharina", 5, 2), ("Maria", 6, 2)):
            rater: RoundRater = next(
                each for each in await rounds.raters(session, found.id) if each.name.startswith(name)
            )
            said = {
                (initiative.id, RatedInput.IMPORTANCE): [importance] * 3,
                (initiative.id, RatedInput.URGENCY): [urgency] * 3,
            }
            await answers.keep(session, found, rater, Answers(said), version=rater.version)

        first, second = await results.of(session, found)

        assert [(each.input, each.is_contested) for each in (first, second)] == [
            (RatedInput.URGENCY, True),
            (RatedInput.IMPORTANCE, False),
        ]
        assert first.spread is not None
        assert first.spread.highest == ("Jan-Erik Thomsen",)
        assert first.spread.lowest == ("Katharina Wiedenhöft", "Maria Keller (Star Cargo)")
        assert first.spread.customers_less_internal == -3.5


async def test_who_rates_again_after_a_round_or_against_others_says_why(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative, invited=Invited([field.jan.person_id or 0]))
        await say(session, found, "Jan", 9)

        with pytest.raises(Invalid) as wrong:
            await ratings.rate(session, initiative, {"importance": (4, 4, 4)}, by=field.jan)
        await ratings.rate(session, initiative, {"importance": (9, 9, 9)}, by=field.jan)
        await ratings.rate(session, initiative, {"importance": (4, 4, 4)}, by=field.jan, reason="The belt is fixed.")
        await ratings.rate(session, initiative, {"importance": (5, 5, 5)}, by=field.jan)

        assert set(wrong.value.fields) == {"reason"}
        assert await kept(session, initiative) == {"Jan-Erik Thomsen": [5, 5, 5]}


async def test_who_takes_a_rating_of_a_round_back_says_why(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative, invited=Invited([field.jan.person_id or 0]))
        await say(session, found, "Jan", 9)

        with pytest.raises(Invalid) as wrong:
            await ratings.withdraw(session, initiative, ["importance"], by=field.jan, reason=" ")
        assert set(await kept(session, initiative)) == {"Jan-Erik Thomsen"}
        await ratings.withdraw(session, initiative, by=field.jan, reason="Not my field.")

        assert set(wrong.value.fields) == {"reason"}
        assert await kept(session, initiative) == {}
        event = await session.scalar(history.of("initiative", initiative.id, verbs=["withdrew ratings"], limit=1))
        assert event is not None
        assert event.changes == {"importance": [[9, 9, 9], None], "reason": "Not my field."}


async def test_a_reason_without_a_rating_is_named_and_not_lost(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        rater = (await rounds.raters(session, found.id))[0]

        with pytest.raises(Invalid) as wrong:
            await answers.keep(session, found, rater, Answers({}, {initiative.id: "Belt 3."}), version=rater.version)

        assert set(wrong.value.fields) == {f"reason_{initiative.id}"}


async def test_a_round_does_not_wait_for_who_may_not_rate_any_more(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        found = await opened(session, field, initiative)
        await say(session, found, "Katharina", 5)
        jan = await session.get_one(Person, field.jan.person_id)
        jan.role = Role.VIEWER
        await session.flush()

        assert (await progress.of(session, found)).awaited == 2
        assert await say(session, found, "Maria", 5)


async def test_the_last_one_a_round_waits_for_keeps_the_invitation(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        both = [field.katharina.person_id or 0, field.jan.person_id or 0]
        found = await opened(session, field, initiative, invited=Invited(both))
        gone = await session.get_one(Person, field.jan.person_id)
        gone.disabled_at = history.now()
        await session.flush()
        last = next(each for each in await rounds.raters(session, found.id) if each.name.startswith("Katharina"))

        with pytest.raises(Conflict):
            await links.withdraw(session, found, last, by=field.katharina)


async def test_two_who_invite_the_same_new_guest_at_once_invite_one_guest(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

    async def open_one() -> None:
        async with database.writing() as session:
            await opened(session, field, initiative, invited=Invited(guests=[MARIA]))
            await asyncio.sleep(0.2)

    await asyncio.gather(open_one(), open_one())

    async with database.reading() as session:
        assert len((await session.scalars(select(Guest))).all()) == 1
        raters = (await session.scalars(select(RoundRater))).all()
        assert len({each.guest_id for each in raters}) == 1
        assert len(raters) == 2


async def test_the_list_counts_as_the_round_itself_does(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        several = [await opened(session, field, initiative) for _ in range(3)]
        await say(session, several[0], "Jan", 9)
        await say(session, several[0], "Maria", None)
        await links.withdraw(session, several[1], (await rounds.raters(session, several[1].id))[0], by=field.jan)
        (await session.get_one(Person, field.katharina.person_id)).role = Role.VIEWER
        await session.flush()

        counted = await progress.counts(session, several)

        for found in several:
            one = await progress.of(session, found)
            assert (counted[found.id].done, counted[found.id].awaited) == (one.done, one.awaited)
        assert counted[several[0].id] == progress.Count(awaited=2, done=2)
