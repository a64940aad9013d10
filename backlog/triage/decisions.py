"""Decisions on candidates that reach beyond the candidate: initiatives made, evidence linked, all of it taken back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import find
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives import evidence, initiatives, suggestions
from backlog.initiatives.comments import Comment
from backlog.initiatives.initiative import Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.initiatives.ratings import Rating
from backlog.initiatives.stages import ENDED, Stage
from backlog.triage import rules, trends, voices
from backlog.triage.candidates import WAITING, Candidate, CandidateState
from backlog.triage.rules import LEAST_MOVE, Snooze
from backlog.triage.voices import Theme, Voice

QUOTED = 240  # characters of a comment in a problem


async def get(session: AsyncSession, candidate_id: int, *, for_change: bool = False) -> Candidate:
    """NotFound when there is none. ``for_change`` keeps others from deciding until the transaction ends."""
    found = await find(session, Candidate, candidate_id, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such candidate."))
    return found


async def snooze(
    session: AsyncSession,
    candidate: Candidate,
    *,
    until: dt.date | None = None,
    survey: bool = False,
    change: float | None = None,
    by: Actor,
) -> None:
    """Let it sleep until the first of these. Invalid when none is given, or one makes no sense."""
    if until is None and not survey and change is None:
        raise Invalid({"until": N_("Choose what wakes it.")})
    if change is not None and not LEAST_MOVE <= change <= 10:
        raise Invalid({"change": Text(N_("Enter a number from %(low)s to %(high)s."), {"low": LEAST_MOVE, "high": 10})})
    known = await session.get(Score, candidate.touchpoint_id)
    today = history.now().date()
    asleep = Snooze(known.value if known else candidate.score, known.until if known else today, until, survey, change)
    candidate.fall_asleep(asleep, by=by, today=today)


@dataclass(frozen=True)
class Draft:
    """An initiative as the evidence suggests it, in sentences still to be translated."""

    title: Text
    problem: tuple[Text, ...]
    lead_id: int | None
    insights: Sequence[Voice]


async def draft(session: AsyncSession, candidate: Candidate) -> Draft:
    """Title from the touchpoint; problem from the reason, the trend and what customers say."""
    touchpoint = await session.get_one(Touchpoint, candidate.touchpoint_id)
    themes = await voices.themes(session, touchpoint.id)
    points = (await trends.of(session, [touchpoint.id])).get(touchpoint.id, [])
    problem = [rules.reason_text(candidate.read_reason())]
    if len(points) > 1:
        problem.append(_course(points))
    if themes:
        problem.append(Text(N_("What customers name most: %(themes)s."), {"themes": _listed(themes)}))
    problem += [
        Text(N_("“%(text)s”"), {"text": each.text[:QUOTED]}) for each in await voices.quotes(session, touchpoint.id)
    ]
    return Draft(
        Text(N_("Improve %(touchpoint)s"), {"touchpoint": touchpoint.name}),
        tuple(problem),
        touchpoint.department_id,
        await voices.evidence(session, touchpoint.id),
    )


def _course(points: Sequence[Any]) -> Text:
    first, last = points[0], points[-1]
    return Text(
        N_("The score went from %(first)s in %(start)s to %(last)s in %(end)s."),
        {"first": round(first.value, 1), "start": first.month, "last": round(last.value, 1), "end": last.month},
    )


def _listed(themes: Sequence[Theme]) -> str:
    return "; ".join(f"{each.theme} ({each.n})" for each in themes[:3])


async def accept(session: AsyncSession, candidate: Candidate, values: dict[str, Any], *, by: Actor) -> Initiative:
    """A new initiative about the candidate's touchpoint. ``values`` are those of ``initiatives.propose``."""
    candidate.check_waiting()
    made = await initiatives.propose(session, **{"touchpoint_ids": [candidate.touchpoint_id], **values}, by=by)
    candidate.accept(made.id, by=by)
    await session.flush()
    return made


async def merge(session: AsyncSession, candidate: Candidate, key: str | int, *, by: Actor) -> Initiative:
    """Link touchpoint and insights to an open initiative, and remember which links are new. Invalid
    (``initiative``) when there is no such initiative or it has ended."""
    candidate.check_waiting()
    initiative = await _open_initiative(session, key)
    insights = [each.id for each in await voices.evidence(session, candidate.touchpoint_id)]
    known = await _links(session, initiative.id)
    await evidence.link_touchpoints(session, initiative, [candidate.touchpoint_id], by=by)
    await evidence.link_insights(session, initiative, insights, by=by)
    now = await _links(session, initiative.id)
    candidate.merge(initiative.id, by=by)
    added = {"touchpoints": sorted(now[0] - known[0]), "insights": sorted(now[1] - known[1])}
    candidate.before = {**(candidate.before or {}), "added": added}
    await session.flush()
    return initiative


async def _open_initiative(session: AsyncSession, key: str | int) -> Initiative:
    try:
        initiative = await initiatives.by_key(session, key, for_change=True)
    except NotFound as missing:
        raise Invalid({"initiative": missing.text}) from missing
    if initiative.stage in ENDED:
        ended = Text(N_("%(key)s has ended. Choose an open initiative, or create one."), {"key": initiative.key})
        raise Invalid({"initiative": ended})
    return initiative


async def _links(session: AsyncSession, initiative_id: int) -> tuple[set[int], set[int]]:
    touchpoints = await session.scalars(evidence.touchpoint_ids(initiative_id))
    return set(touchpoints), set(await session.scalars(evidence.insight_ids(initiative_id)))


async def undo(session: AsyncSession, candidate: Candidate, *, by: Actor) -> None:
    """Take the last decision back with all it did elsewhere. Conflict, and nothing changed, when the initiative it
    made has been worked on since, or when triage has proposed the touchpoint again."""
    await _check_place(session, candidate)
    made, decided, before = candidate.initiative_id, candidate.state, candidate.before
    candidate.undo(by=by)
    await session.flush()
    if made is None or before is None:
        return
    initiative = await session.get(Initiative, made, with_for_update=True)
    if initiative is None:
        return
    if decided is CandidateState.ACCEPTED:
        await _remove(session, initiative, by)
    elif decided is CandidateState.MERGED:
        await _unlink(session, initiative, before.get("added", {}), by)


async def _check_place(session: AsyncSession, candidate: Candidate) -> None:
    newer = exists().where(
        Candidate.touchpoint_id == candidate.touchpoint_id,
        Candidate.state.in_(WAITING),
        Candidate.id != candidate.id,
    )
    if candidate.before is not None and await session.scalar(select(newer)):
        raise Conflict(N_("Triage has proposed this touchpoint again since. Decide on the new candidate instead."))


async def _remove(session: AsyncSession, initiative: Initiative, by: Actor) -> None:
    """Only while nobody has touched it: people's work is never removed."""
    used = exists().where(Rating.initiative_id == initiative.id) | exists().where(
        Comment.initiative_id == initiative.id
    )
    merged = exists().where(Candidate.initiative_id == initiative.id)
    is_touched = await session.scalar(select(used | merged))
    if initiative.stage is not Stage.PROPOSED or initiative.version != 1 or is_touched:
        raise Conflict(
            N_("%(key)s has been worked on since, so it stays, and so does the decision. Drop it if it is not wanted."),
            key=initiative.key,
        )
    history.record(session, by, "removed", "initiative", initiative.id, {"title": initiative.title})
    await session.delete(initiative)
    await session.flush()


async def _unlink(session: AsyncSession, initiative: Initiative, added: dict[str, list[int]], by: Actor) -> None:
    """Take away the links the merge has added, and no others."""
    for link, column, name in (
        (InitiativeTouchpoint, InitiativeTouchpoint.touchpoint_id, "touchpoints"),
        (InitiativeInsight, InitiativeInsight.insight_id, "insights"),
    ):
        own = link.initiative_id == initiative.id
        await session.execute(delete(link).where(own, column.in_(added.get(name, []))))
    initiative.touch()
    history.record(session, by, "took back a merge", "initiative", initiative.id, {n: len(v) for n, v in added.items()})
    await session.flush()
    await suggestions.refresh(session, [initiative.id])
