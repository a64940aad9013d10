"""Moving an initiative from stage to stage, with what the history keeps of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Forbidden
from backlog.history import Actor
from backlog.initiatives import evidence
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import MOVES, Stage, Verb, lacking
from backlog.people.roles import Role


async def move(session: AsyncSession, initiative: Initiative, verb: Verb, *, by: Actor, reason: str = "") -> None:
    """Conflict from a wrong stage, NotYet when something is missing, Invalid without a reason where one is needed."""
    before = initiative.stage
    initiative.move(verb, reason=reason, has_evidence=await evidence.has_evidence(session, initiative.id))
    note(session, initiative, verb, before, by=by)


def note(session: AsyncSession, initiative: Initiative, verb: Verb, before: Stage, *, by: Actor) -> None:
    """Keep in the history that it was moved from the stage it was in before."""
    changes = {"stage": [before, initiative.stage], "verb": verb, "reason": initiative.stage_reason}
    history.record(session, by, "moved", "initiative", initiative.id, changes)


async def missing_for_next(session: AsyncSession, initiative: Initiative) -> tuple[str, ...]:
    """What the next step still needs, worded in stages.NEEDS."""
    verb = initiative.next_verb
    if verb is None:
        return ()
    return lacking(verb, initiative.facts(has_evidence=await evidence.has_evidence(session, initiative.id)))


def require(verb: Verb, role: Role) -> None:
    """Forbidden when the role may not use the verb."""
    if not role.may(MOVES[verb].role):
        raise Forbidden(N_("Your role does not allow this step. Nothing was changed."))
