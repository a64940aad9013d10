"""What follows from new answers, a while later: which touchpoints go with the outcome, then the suggestions."""

import asyncio

from backlog.database import Database
from backlog.importance import derivations, respondents
from backlog.initiatives import suggestions
from backlog.simulation import runs


async def is_asked(database: Database) -> bool:
    async with database.reading() as session:
        return await derivations.asked(session) is not None


def derive_asked(url: str) -> None:
    """Carry out what is asked for, with connections of its own: for a thread, so that nobody who looks at pages waits
    for it."""

    async def alone() -> None:
        database = Database(url, pool_size=1)
        try:
            await derive(database)
        finally:
            await database.close()

    asyncio.run(alone())


async def derive(database: Database) -> None:
    """Derive importance from the evidence as it is now, and bring the suggestions in line, unless nobody asked. The
    same evidence gives the same result, so it is not looked at twice."""
    async with database.reading() as session:
        order = await derivations.asked(session)
        if order is None:
            return
        wanted = await respondents.question(session)
        digest = await derivations.digest(session, wanted)
        is_new = digest != order.digest
        answers = await respondents.answered(session, wanted) if wanted and is_new else None
    found = derivations.outcomes(wanted, answers) if wanted and answers else []
    async with database.writing() as session:
        await derivations.done(session, order.asked, digest)
        if is_new:
            await derivations.keep(session, wanted, found)
            await suggestions.refresh(session)
            await session.run_sync(lambda plain: runs.ask(plain.connection()))
