"""Evidence: the touchpoints an initiative is about and the insights it answers, linked both ways."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import LARGEST_ID
from backlog.errors import N_, Invalid, Text
from backlog.evidence.insights import QUOTED, Insight
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives import suggestions
from backlog.initiatives.initiative import Initiative, InitiativeInsight, InitiativeTouchpoint


async def wrong_links(
    session: AsyncSession, touchpoint_ids: Iterable[int], insight_ids: Iterable[int]
) -> dict[str, Text]:
    """Field -> what is wrong, where a touchpoint or an insight does not exist."""
    wrong: dict[str, Text] = {}
    if lost := await _unknown(session, select(Touchpoint.id), touchpoint_ids):
        wrong["touchpoints"] = Text(N_("There is no such touchpoint: %(ids)s."), {"ids": lost})
    if lost := await _unknown(session, select(Insight.id), insight_ids):
        wrong["insights"] = Text(N_("There is no such insight: %(ids)s."), {"ids": lost})
    return wrong


async def _unknown(session: AsyncSession, found: Select[int], asked: Iterable[int]) -> str:
    ids = set(asked)
    if not ids:
        return ""
    usable = [each for each in ids if 0 < each <= LARGEST_ID]
    known = set(await session.scalars(found.where(found.selected_columns[0].in_(usable))))
    return ", ".join(map(str, sorted(ids - known)))


def add_links(
    session: AsyncSession, initiative_id: int, touchpoint_ids: Iterable[int], insight_ids: Iterable[int]
) -> None:
    """Link them in this order; they must exist and not be linked yet."""
    session.add_all(
        InitiativeTouchpoint(initiative_id=initiative_id, touchpoint_id=each, position=place)
        for place, each in enumerate(dict.fromkeys(touchpoint_ids))
    )
    session.add_all(
        InitiativeInsight(initiative_id=initiative_id, insight_id=each) for each in dict.fromkeys(insight_ids)
    )


async def has_evidence(session: AsyncSession, initiative_id: int) -> bool:
    """Whether any touchpoint or insight is linked."""
    touchpoint = exists().where(InitiativeTouchpoint.initiative_id == initiative_id)
    insight = exists().where(InitiativeInsight.initiative_id == initiative_id)
    return bool(await session.scalar(select(or_(touchpoint, insight))))


async def link_touchpoints(session: AsyncSession, initiative: Initiative, ids: Sequence[int], *, by: Actor) -> None:
    """Link touchpoints that are not linked yet. Invalid when one does not exist."""
    await _checked(session, ids, ())
    linked = set(await session.scalars(touchpoint_ids(initiative.id)))
    new = [each for each in dict.fromkeys(ids) if each not in linked]
    last = await session.scalar(
        select(func.max(InitiativeTouchpoint.position)).where(InitiativeTouchpoint.initiative_id == initiative.id)
    )
    for place, number in enumerate(new, -1 if last is None else last):
        session.add(InitiativeTouchpoint(initiative_id=initiative.id, touchpoint_id=number, position=place + 1))
    await _note(session, initiative, "linked touchpoints", {"touchpoints": await _names(session, new)}, by)


async def unlink_touchpoint(session: AsyncSession, initiative: Initiative, number: int, *, by: Actor) -> None:
    """Nothing happens when it is not linked."""
    link = await session.get(InitiativeTouchpoint, (initiative.id, number))
    if link is not None:
        await session.delete(link)
        await _note(session, initiative, "unlinked touchpoints", {"touchpoints": await _names(session, [number])}, by)


async def link_insights(session: AsyncSession, initiative: Initiative, ids: Sequence[int], *, by: Actor) -> None:
    """Link insights that are not linked yet. Invalid when one does not exist."""
    await _checked(session, (), ids)
    linked = set(await session.scalars(insight_ids(initiative.id)))
    new = [each for each in dict.fromkeys(ids) if each not in linked]
    session.add_all(InitiativeInsight(initiative_id=initiative.id, insight_id=number) for number in new)
    await _note(session, initiative, "linked insights", await _said(session, new), by)


async def unlink_insight(session: AsyncSession, initiative: Initiative, number: int, *, by: Actor) -> None:
    """Nothing happens when it is not linked."""
    link = (InitiativeInsight.initiative_id == initiative.id) & (InitiativeInsight.insight_id == number)
    if await session.scalar(select(exists().where(link))):
        await session.execute(delete(InitiativeInsight).where(link))
        await _note(session, initiative, "unlinked insights", await _said(session, [number]), by)


def touchpoint_ids(initiative_id: int) -> Select[int]:
    """The linked touchpoints in order."""
    links = select(InitiativeTouchpoint.touchpoint_id).where(InitiativeTouchpoint.initiative_id == initiative_id)
    return links.order_by(InitiativeTouchpoint.position, InitiativeTouchpoint.touchpoint_id)


def insight_ids(initiative_id: int) -> Select[int]:
    links = select(InitiativeInsight.insight_id).where(InitiativeInsight.initiative_id == initiative_id)
    return links.order_by(InitiativeInsight.insight_id)


def initiatives_about(touchpoint_id: int) -> Select[Initiative]:
    """The other way: the initiatives about a touchpoint, highest score first."""
    links = select(InitiativeTouchpoint.initiative_id).where(InitiativeTouchpoint.touchpoint_id == touchpoint_id)
    found = select(Initiative).where(Initiative.id.in_(links))
    return found.order_by(Initiative.is_ranked.desc(), Initiative.points.desc(), Initiative.id)


def initiatives_answering(insight_id: int) -> Select[Initiative]:
    """The other way: the initiatives that answer an insight, highest score first."""
    links = select(InitiativeInsight.initiative_id).where(InitiativeInsight.insight_id == insight_id)
    found = select(Initiative).where(Initiative.id.in_(links))
    return found.order_by(Initiative.is_ranked.desc(), Initiative.points.desc(), Initiative.id)


async def _checked(session: AsyncSession, touchpoints: Sequence[int], insights: Sequence[int]) -> None:
    if wrong := await wrong_links(session, touchpoints, insights):
        raise Invalid(wrong)


async def _note(
    session: AsyncSession, initiative: Initiative, verb: str, changes: dict[str, list[str]], by: Actor
) -> None:
    if not any(changes.values()):
        return
    initiative.touch()
    history.record(session, by, verb, "initiative", initiative.id, changes)
    await session.flush()
    await suggestions.refresh(session, [initiative.id])


async def _names(session: AsyncSession, ids: Sequence[int]) -> list[str]:
    return list(await session.scalars(select(Touchpoint.name).where(Touchpoint.id.in_(ids)).order_by(Touchpoint.id)))


async def _said(session: AsyncSession, ids: Sequence[int]) -> dict[str, list[str]]:
    """The beginnings of what was said, and the themes where only those are known."""
    rows = (
        await session.execute(select(Insight.text, Insight.theme).where(Insight.id.in_(ids)).order_by(Insight.id))
    ).all()
    said = {
        "insights": [row.text[:QUOTED] for row in rows if row.text],
        "themes": [row.theme for row in rows if not row.text],
    }
    return {name: texts for name, texts in said.items() if texts}


async def ranked_about(session: AsyncSession) -> dict[int, int]:
    """Touchpoint -> how many ranked initiatives are about it."""
    rows = await session.execute(
        select(InitiativeTouchpoint.touchpoint_id, func.count().label("n"))
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .where(Initiative.is_ranked)
        .group_by(InitiativeTouchpoint.touchpoint_id)
    )
    return {row.touchpoint_id: row.n for row in rows}
