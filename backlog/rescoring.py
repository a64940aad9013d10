"""What follows from new evidence, another threshold or another target: scores, then triage, then suggestions."""

from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import scores
from backlog.importance import derivations, importance
from backlog.initiatives import suggestions
from backlog.simulation import runs
from backlog.triage import evaluation
from backlog.triage.evaluation import Evaluation


async def rescore(session: AsyncSession) -> Evaluation:
    """Bring everything that rests on the answers up to date, in the transaction that changed them."""
    await scores.recompute(session)
    await importance.recompute(session)
    await derivations.ask(session)
    found = await evaluation.evaluate(session)
    await suggestions.refresh(session)
    await session.run_sync(lambda plain: runs.ask(plain.connection()))
    return found
