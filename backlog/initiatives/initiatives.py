"""Initiatives: proposing one, finding it again, changing what it says and who works on it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.database import LARGEST_ID, find
from backlog.errors import N_, Invalid, NotFound, Text
from backlog.history import Actor
from backlog.initiatives import evidence, suggestions
from backlog.initiatives.initiative import TITLE_MOST, Contribution, Initiative
from backlog.initiatives.keys import number_of
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department

TEXTS = ("problem", "next_step", "effect", "dependencies")


async def propose(
    session: AsyncSession,
    *,
    title: str,
    problem: str = "",
    next_step: str = "",
    effect: str = "",
    dependencies: str = "",
    independent: bool = False,
    due_on: dt.date | None = None,
    touchpoint_ids: Sequence[int] = (),
    insight_ids: Sequence[int] = (),
    lead_id: int | None = None,
    contributing_ids: Sequence[int] = (),
    by: Actor,
) -> Initiative:
    """A new initiative with its evidence and departments. Invalid names every field that is wrong: ``title``,
    ``problem``, ``next_step``, ``effect``, ``dependencies``, ``touchpoints``, ``insights``, ``lead``,
    ``departments``."""
    texts = {"title": wording.one_line(title), "problem": problem, "next_step": next_step, "effect": effect}
    texts["dependencies"] = dependencies
    wrong = wrong_dependencies(dependencies, independent) | wrong_texts(texts)
    wrong |= await evidence.wrong_links(session, touchpoint_ids, insight_ids)
    wrong |= await _wrong_departments(session, lead_id, contributing_ids)
    if wrong:
        raise Invalid(wrong)
    now = history.now()
    initiative = Initiative(**texts, independent=independent, due_on=due_on, lead_id=lead_id, created_by=by.name)
    initiative.stage, initiative.stage_since, initiative.created_at = Stage.PROPOSED, now, now
    session.add(initiative)
    await session.flush()
    history.record(session, by, "proposed", "initiative", initiative.id, {"title": initiative.title})
    evidence.add_links(session, initiative.id, touchpoint_ids, insight_ids)
    session.add_all(
        Contribution(initiative_id=initiative.id, department_id=each)
        for each in dict.fromkeys(contributing_ids)
        if each != lead_id
    )
    await session.flush()
    await suggestions.refresh(session, [initiative.id])
    return initiative


def wrong_texts(texts: Mapping[str, str]) -> dict[str, Text]:
    """What is wrong with each of the texts given by field name."""
    checks = {name: wording.wrong(text, wording.TEXT_MOST) for name, text in texts.items() if name in TEXTS}
    if "title" in texts:
        checks["title"] = (
            wording.wrong(texts["title"], TITLE_MOST)
            if texts["title"]
            else Text(N_("Give it a title: a short sentence that says what gets better."))
        )
    return {name: problem for name, problem in checks.items() if problem}


def wrong_dependencies(dependencies: str, independent: bool) -> dict[str, Text]:
    """An initiative waits for something, for nothing, or nobody has said yet."""
    if independent and dependencies.strip():
        return {"dependencies": Text(N_("Either it waits for this or for nothing. Empty one of the two."))}
    return {}


def _independent(initiative: Initiative, values: Mapping[str, Any]) -> bool:
    if "independent" in values:
        return bool(values["independent"])
    return initiative.independent and not values.get("dependencies", "").strip()


async def by_key(session: AsyncSession, key: str | int, *, for_change: bool = False) -> Initiative:
    """The initiative of a key (``CX-12``) or number. NotFound when there is none. ``for_change`` keeps others from
    changing it until the transaction ends."""
    initiative = await find(session, Initiative, number_of(str(key)) or 0, for_change=for_change)
    if initiative is None:
        raise NotFound(N_("There is no initiative %(key)s."), key=str(key)[:40])
    return initiative


async def change(
    session: AsyncSession, initiative: Initiative, values: Mapping[str, Any], *, version: int | None, by: Actor
) -> dict[str, list[Any]]:
    """Change ``title``, ``problem``, ``next_step``, ``effect``, ``dependencies``, ``independent``, ``due_on``,
    ``lead_id``, ``contributing_ids``; what is not given stays, but naming what it waits for says that it is not independent. Answers
    field -> [before, after]. VersionMissing, Stale, or Invalid with every wrong field."""
    initiative.expect(version)
    texts = {name: values[name] for name in ("title", *TEXTS) if name in values}
    if "title" in texts:
        texts["title"] = wording.one_line(texts["title"])
    before = await _departments(session, initiative)
    lead_id = values.get("lead_id", initiative.lead_id)
    contributing = [each for each in values.get("contributing_ids", before[1]) if each != lead_id]
    given: dict[str, Any] = {**texts, "independent": _independent(initiative, values)}
    if "due_on" in values:
        given["due_on"] = values["due_on"]
    wrong = wrong_dependencies(texts.get("dependencies", initiative.dependencies), given["independent"])
    wrong |= wrong_texts(texts) | await _wrong_departments(session, lead_id, contributing)
    if wrong:
        raise Invalid(wrong)
    changes = history.differences({name: getattr(initiative, name) for name in given}, given)
    departments = await _change_departments(session, initiative, before, (lead_id, set(contributing)))
    for name, (_, after) in changes.items():
        setattr(initiative, name, after)
    if "due_on" in changes:
        changes["due_on"] = [each and each.isoformat() for each in changes["due_on"]]
    if changes := changes | departments:
        initiative.lead_id = lead_id
        initiative.touch()
        history.record(session, by, "changed", "initiative", initiative.id, changes)
        await suggestions.refresh(session, [initiative.id])
    return changes


Departments = tuple[int | None, set[int]]
"""Ids of the lead and of the contributing ones."""


async def _departments(session: AsyncSession, initiative: Initiative) -> Departments:
    contributing = select(Contribution.department_id).where(Contribution.initiative_id == initiative.id)
    return initiative.lead_id, set(await session.scalars(contributing))


async def _change_departments(
    session: AsyncSession, initiative: Initiative, before: Departments, after: Departments
) -> dict[str, list[Any]]:
    if before == after:
        return {}
    ids = {each for lead, others in (before, after) for each in (lead, *others) if each is not None}
    rows = await session.execute(select(Department.id, Department.name).where(Department.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    for number in after[1] - before[1]:
        session.add(Contribution(initiative_id=initiative.id, department_id=number))
    gone = delete(Contribution).where(Contribution.initiative_id == initiative.id)
    await session.execute(gone.where(Contribution.department_id.in_(before[1] - after[1])))
    return history.differences(_named(before, names), _named(after, names))


def _named(departments: Departments, names: Mapping[int, str]) -> dict[str, Any]:
    lead, others = departments
    return {"lead": names.get(lead) if lead else None, "departments": sorted(names[each] for each in others)}


async def _wrong_departments(
    session: AsyncSession, lead_id: int | None, contributing_ids: Iterable[int]
) -> dict[str, Text]:
    asked = {"lead": {lead_id} if lead_id is not None else set(), "departments": set(contributing_ids)}
    ids = {each for numbers in asked.values() for each in numbers if 0 < each <= LARGEST_ID}
    known = set(await session.scalars(select(Department.id).where(Department.id.in_(ids)))) if ids else set()
    return {
        field: Text(N_("There is no such department: %(ids)s."), {"ids": ", ".join(map(str, sorted(numbers - known)))})
        for field, numbers in asked.items()
        if numbers - known
    }
