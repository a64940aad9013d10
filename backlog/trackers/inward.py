"""What comes in from a tracker: one value of an issue becomes one change of its initiative, by the verbs people use."""

import datetime as dt
from collections import deque
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Conflict, Text
from backlog.history import Actor
from backlog.initiatives import evidence, initiatives, moves, stages
from backlog.initiatives.initiative import TITLE_MOST, Initiative
from backlog.initiatives.stages import MOVES, NotYet, Stage, Verb, lacking
from backlog.people.departments import Department
from backlog.trackers.fields import LABEL, Field, FieldMapping, labelled

PLAIN = {Field.TITLE: "title", Field.PROBLEM: "problem", Field.NEXT_STEP: "next_step"}


async def take(
    session: AsyncSession, initiative: Initiative, field: Field, value: Any, mapping: FieldMapping, *, by: Actor
) -> None:
    """Refused (Invalid, Conflict, NotYet) when our side cannot be so, which says why; nothing was changed then."""
    if field is Field.STAGE:
        await move(session, initiative, stage_of(str(value), mapping), by)
        return
    await initiatives.change(
        session, initiative, await _changes(session, field, value, mapping), version=initiative.version, by=by
    )


async def _changes(session: AsyncSession, field: Field, value: Any, mapping: FieldMapping) -> dict[str, Any]:
    if field in PLAIN:
        text = str(value or "")
        return {PLAIN[field]: text[:TITLE_MOST] if field is Field.TITLE else text}
    if field is Field.DUE:
        return {"due_on": dt.date.fromisoformat(str(value)) if value else None}
    if field is Field.LEAD:
        return {"lead_id": await _department(session, value, mapping)}
    raise Conflict(N_("Waymark works this out by itself, so it takes none from a tracker."))


async def _department(session: AsyncSession, value: Any, mapping: FieldMapping) -> int | None:
    """By the mapping; of a label, by its name."""
    target = mapping.fields[Field.LEAD].target
    if value is None:
        return None
    mapped = next((int(number) for number, theirs in mapping.departments.items() if theirs == value), None)
    if mapped is not None:
        return mapped
    for row in await session.execute(select(Department.id, Department.name)):
        if target.startswith(LABEL) and labelled(row.name, target) == value:
            return int(row.id)
    raise Conflict(
        N_("No department of ours is mapped to “%(value)s”. Map one, or change it in the tracker."), value=value
    )


def stage_of(status: str, mapping: FieldMapping) -> Stage:
    """The stage a status means. Conflict when it means none."""
    for stage, rule in mapping.stages.items():
        if status in rule.means:
            return stage
    for stage, rule in mapping.stages.items():
        if rule.sets == status:
            return stage
    raise Conflict(N_("The status “%(status)s” means no stage. Map it to one, then try again."), status=status)


async def move(session: AsyncSession, initiative: Initiative, to: Stage, by: Actor) -> None:
    """By the fewest moves. Refused like `take`; NotYet names what is missing for all of them."""
    verbs = path(initiative.stage, initiative.stage_before, to)
    facts = initiative.facts(has_evidence=await evidence.has_evidence(session, initiative.id))
    if missing := [need for verb in verbs for need in lacking(verb, facts)]:
        raise NotYet(missing)
    reason = f"{by.name}"
    for verb in verbs:
        await moves.move(session, initiative, verb, by=by, reason=reason if MOVES[verb].needs_reason else "")


def path(stage: Stage, before: Stage | None, to: Stage) -> list[Verb]:
    """The fewest verbs from one stage to another. Conflict when there is no way."""
    waiting: deque[tuple[Stage, Stage | None, list[Verb]]] = deque([(stage, before, [])])
    seen = {stage}
    while waiting:
        at, parked_from, verbs = waiting.popleft()
        if at is to:
            return verbs
        for verb in stages.possible(at):
            then = stages.target(verb, at, parked_from)
            if then not in seen and (then is to or then not in (Stage.PARKED, Stage.DROPPED)):
                seen.add(then)
                waiting.append((then, at if verb is Verb.PARK else None, [*verbs, verb]))
    labels = {"now": Text(stages.LABELS[stage]), "to": Text(stages.LABELS[to])}
    raise Conflict(N_("There is no way from “%(now)s” to “%(to)s”."), **labels)
