"""Proposing and changing initiatives, their departments and their evidence."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Invalid, NotFound, Stale, VersionMissing
from backlog.history import Event
from backlog.initiatives import comments, evidence, initiatives, moves, suggestions
from backlog.initiatives.initiative import Contribution, Initiative
from backlog.initiatives.stages import Stage, Verb
from tests.initiatives.field import airport, bags


async def events(session: AsyncSession, initiative: Initiative) -> Sequence[Event]:
    return list(await session.scalars(history.of("initiative", initiative.id)))


async def test_a_proposed_initiative_has_a_key_its_evidence_and_its_departments(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

    async with database.reading() as session:
        found = await initiatives.by_key(session, f"cx-{initiative.id}")
        assert found.title == "Tell passengers where their bag is, belt to belt"
        assert (found.stage, found.version, found.lead_id) == (Stage.PROPOSED, 1, field.ground)
        assert list(await session.scalars(evidence.touchpoint_ids(found.id))) == [field.reclaim]
        assert list(await session.scalars(select(Contribution.department_id))) == [field.digital]
        assert [event.verb for event in await events(session, found)] == ["proposed"]


async def test_the_title_is_one_line(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)

        initiative = await initiatives.propose(session, title="  Shorter\n queues ", by=field.jan)

    assert initiative.title == "Shorter queues"


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"title": " \n "}, "title", "Give it a title: a short sentence that says what gets better."),
        ({"title": "x" * 10_000}, "title", "Use at most 300 characters; this has 10000."),
        (
            {"title": "Where\0is it"},
            "title",
            "This contains a character that cannot be kept (a NUL or half a character). Remove it.",
        ),
        ({"title": "Bags", "problem": "x" * 20_001}, "problem", "Use at most 20000 characters; this has 20001."),
        (
            {"title": "Bags", "effect": "\ud800"},
            "effect",
            "This contains a character that cannot be kept (a NUL or half a character). Remove it.",
        ),
        ({"title": "Bags", "touchpoint_ids": [4711]}, "touchpoints", "There is no such touchpoint: 4711."),
        ({"title": "Bags", "insight_ids": [2**40, -1]}, "insights", "There is no such insight: -1, 1099511627776."),
        ({"title": "Bags", "lead_id": 4711}, "lead", "There is no such department: 4711."),
        ({"title": "Bags", "contributing_ids": [2**40]}, "departments", "There is no such department: 1099511627776."),
    ],
)
async def test_what_cannot_be_kept_is_refused_beside_its_field(
    database: Database, values: dict[str, object], field: str, says: str
) -> None:
    async with database.writing() as session:
        place = await airport(session)

        with pytest.raises(Invalid) as refused:
            await initiatives.propose(session, by=place.jan, **values)  # type: ignore[arg-type] # bad on purpose

        assert {name: str(text) for name, text in refused.value.fields.items()} == {field: says}
        assert await session.scalar(select(func.count()).select_from(Initiative)) == 0


async def test_every_wrong_field_is_named_at_once(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)

        with pytest.raises(Invalid) as refused:
            await initiatives.propose(session, title="", problem="\0", touchpoint_ids=[99], lead_id=99, by=field.jan)

    assert set(refused.value.fields) == {"title", "problem", "touchpoints", "lead"}


@pytest.mark.parametrize("key", ["CX-0", "CX-4711", "CX-", "", "12; drop table", "CX-99999999999999999999", "²"])
async def test_an_unknown_key_is_not_found(database: Database, key: str) -> None:
    async with database.reading() as session:
        with pytest.raises(NotFound):
            await initiatives.by_key(session, key)


async def test_a_change_keeps_before_and_after_in_the_history(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        changes = await initiatives.change(
            session,
            initiative,
            {"problem": "They wait at the wrong belt.", "lead_id": field.digital, "contributing_ids": [field.ground]},
            version=1,
            by=field.jan,
        )

        assert changes["lead"] == ["Ground handling", "Digital"]
        assert changes["departments"] == [["Digital"], ["Ground handling"]]
        newest = (await events(session, initiative))[0]
        assert (newest.actor, newest.verb) == ("Jan-Erik Thomsen", "changed")
        assert newest.changes["problem"][1] == "They wait at the wrong belt."
        assert initiative.version == 2


async def test_a_change_that_changes_nothing_leaves_no_trace(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        assert not await initiatives.change(session, initiative, {"title": initiative.title}, version=1, by=field.jan)
        assert len(await events(session, initiative)) == 1
        assert initiative.version == 1


async def test_the_second_of_two_people_does_not_overwrite_the_first(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)
        await initiatives.change(session, initiative, {"title": "Bags, told"}, version=1, by=field.katharina)
        await session.flush()

        with pytest.raises(Stale):
            await initiatives.change(session, initiative, {"title": "Bags, tracked"}, version=1, by=field.jan)
        with pytest.raises(VersionMissing):
            await initiatives.change(session, initiative, {"title": "Bags"}, version=None, by=field.jan)

        assert initiative.title == "Bags, told"


async def test_the_lead_does_not_contribute_to_its_own_initiative(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await initiatives.change(session, initiative, {"lead_id": field.digital}, version=1, by=field.jan)

        assert list(await session.scalars(select(Contribution.department_id))) == []


async def test_evidence_is_linked_and_unlinked_both_ways(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await evidence.link_touchpoints(session, initiative, [field.reclaim, field.security], by=field.jan)
        await evidence.link_insights(session, initiative, [field.story], by=field.jan)

        assert list(await session.scalars(evidence.touchpoint_ids(initiative.id))) == [field.reclaim, field.security]
        assert list(await session.scalars(evidence.initiatives_about(field.security))) == [initiative]
        assert list(await session.scalars(evidence.initiatives_answering(field.story))) == [initiative]

        await evidence.unlink_touchpoint(session, initiative, field.reclaim, by=field.jan)
        await evidence.unlink_insight(session, initiative, field.story, by=field.jan)

        assert list(await session.scalars(evidence.touchpoint_ids(initiative.id))) == [field.security]
        assert list(await session.scalars(evidence.insight_ids(initiative.id))) == []
        verbs = [event.verb for event in await events(session, initiative)]
        assert verbs[:4] == ["unlinked insights", "unlinked touchpoints", "linked insights", "linked touchpoints"]


async def test_evidence_that_does_not_exist_is_refused(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        with pytest.raises(Invalid):
            await evidence.link_touchpoints(session, initiative, [field.security, 4711], by=field.jan)
        with pytest.raises(Invalid):
            await evidence.link_insights(session, initiative, [4711], by=field.jan)

        assert list(await session.scalars(evidence.touchpoint_ids(initiative.id))) == [field.reclaim]


async def test_a_move_is_kept_with_its_reason(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await moves.move(session, initiative, Verb.START_SCORING, by=field.jan)
        await moves.move(session, initiative, Verb.PARK, by=field.jan, reason="New belts in spring")

        newest = (await events(session, initiative))[0]
        assert newest.changes == {"stage": ["scoring", "parked"], "verb": "park", "reason": "New belts in spring"}


async def test_an_insight_alone_is_evidence_enough(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await initiatives.propose(session, title="Bags", problem="They wait.", by=field.jan)

        assert await moves.missing_for_next(session, initiative) == ("evidence",)
        with pytest.raises(Conflict):
            await moves.move(session, initiative, Verb.START_SCORING, by=field.jan)
        await evidence.link_insights(session, initiative, [field.story], by=field.jan)
        await moves.move(session, initiative, Verb.START_SCORING, by=field.jan)

        assert initiative.stage is Stage.SCORING


async def test_a_comment_is_kept_and_an_empty_one_refused(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        await comments.write(session, initiative, " Belts 1 to 4 first. ", by=field.jan)
        for text in ("  ", "x" * 5_001, "\0"):
            with pytest.raises(Invalid):
                await comments.write(session, initiative, text, by=field.jan)

        said = list(await session.scalars(comments.of(initiative.id)))
        assert [(comment.author, comment.text) for comment in said] == [("Jan-Erik Thomsen", "Belts 1 to 4 first.")]


async def test_the_key_of_a_removed_initiative_is_never_given_again(database: Database) -> None:
    async with database.writing() as session:
        field = await airport(session)
        removed = await bags(session, field)
        key = removed.key
        await session.delete(removed)
        await session.flush()

        assert (await bags(session, field)).key != key


async def test_what_it_waits_for_is_clear_when_it_is_named_or_when_it_waits_for_nothing(
    sqlite_database: Database,
) -> None:
    async with sqlite_database.writing() as session:
        field = await airport(session)
        initiative = await bags(session, field)

        async def change(**values: Any) -> tuple[str, bool, bool]:
            await initiatives.change(session, initiative, values, version=initiative.version, by=field.jan)
            found = await suggestions.of(session, initiative)
            return initiative.dependencies, initiative.independent, "dependencies" not in found.maturity.missing

        assert await change(independent=False) == ("", False, False)
        assert await change(dependencies="The new belt controllers.") == ("The new belt controllers.", False, True)
        with pytest.raises(Invalid) as refused:
            await change(independent=True)
        assert set(refused.value.fields) == {"dependencies"}
        assert await change(dependencies=" ", independent=True) == (" ", True, True)
        assert await change(dependencies="Customs.") == ("Customs.", False, True)
