"""Loading an import: read, insert and tally a chunk at a time; nothing is visible before the last transaction.

Responses go in by short transactions, so other writers get their turn; pages read the tally, which changes only at
the end, together with the state of the import, the insights, the scores and the candidates. A load that fails, is
stopped or dies leaves rows nobody sees: ``removal.clear`` takes them out.
"""

import asyncio
import gc
import pickle
import tempfile
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, tables
from backlog.database import Database
from backlog.errors import N_, Refused, Text
from backlog.evidence.insights import Insight, InsightKind
from backlog.history import Actor
from backlog.imports import ahead, naming, recipes, storing
from backlog.imports.ahead import Ahead
from backlog.imports.checks import Comment, Found
from backlog.imports.claims import Stopped, claim, guarded, still_loading
from backlog.imports.loads import Load
from backlog.imports.names import Names, measures_named, touchpoints_named
from backlog.imports.pieces import Order, Unknown
from backlog.imports.previews import Table
from backlog.imports.readers import clean, open_sheet
from backlog.imports.surveys import Import, ImportState, SummaryRow
from backlog.rescoring import rescore

SPOOL = 8 << 20  # bytes of comments held in memory

assert tables.__all__  # noqa: S101 - in a process of its own nothing else imports the tables these refer to

Progress = Callable[[int, int], None]
"""Called with (rows read, rows set aside) after each chunk."""


async def load(database: Database, import_id: int, *, progress: Progress | None = None) -> None:
    """Load the stored file of a queued import. Refused (kept as its ``error``) leaves everything as it was.

    Raises Conflict when it is not queued.
    """
    row = await claim(database, import_id)
    await guarded(database, import_id, lambda: _load_file(database, row, progress))


async def load_table(
    database: Database, import_id: int, table: Table, *, strict: bool = False, by: Actor | None = None
) -> None:
    """Load rows that are at hand instead of a file. ``strict``: one wrong row refuses all, ids may stand for names.
    ``by`` is who sent them: the import remembers persons, but no tokens."""
    row = await claim(database, import_id)
    await guarded(database, import_id, lambda: _load(database, row, table, None, strict=strict, by=by))


def run(url: str, import_id: int) -> None:
    """``load`` for another process: all it needs can be sent there. What is wrong stands in the import."""

    async def alone() -> None:
        database = Database(url)
        try:
            await load(database, import_id)
        except (Refused, Stopped):
            pass  # told by the state of the import
        finally:
            await database.close()

    with without_garbage_collection():
        asyncio.run(alone())


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """For a process that does nothing but load: rows make no cycles, yet looking for some among millions of them
    doubles the time. Others need their collector meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _load_file(database: Database, row: Import, progress: Progress | None) -> None:
    recipe = recipes.from_builtins(row.recipe)
    try:
        sheet = open_sheet(
            Path(row.path or ""), encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row
        )
    except OSError:
        raise Refused(N_("The file is no longer there. Nothing was imported. Bring it again.")) from None
    await _load(database, row, sheet, progress, strict=False)


async def _load(
    database: Database, row: Import, table: Table, progress: Progress | None, *, strict: bool, by: Actor | None = None
) -> None:
    recipe = recipes.from_builtins(row.recipe)
    by = by or Actor(row.created_by, row.person_id)
    undated = recipes.undated(recipe)
    warnings = [*table.warnings, *([undated] if undated else [])]
    job = Load(database, row.id, recipe, row.resolutions, by, Names(), strict, warnings=warnings)
    await _begin(job, table)
    await _stream(job, row, table, progress)


async def _stream(job: Load, row: Import, table: Table, progress: Progress | None) -> None:
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as comments:
        async with job.database.unchecked() as database, Ahead() as writing, aclosing(_chunks(job, table)) as chunks:
            async for found in chunks:
                job.count(found)
                if found.comments:
                    pickle.dump(found.comments, comments)
                await writing.do(_write(job, database, found))
                if progress:
                    progress(job.rows, job.aside)
        job.refuse_without_answers()
        comments.seek(0)
        await _finish(job, row.file_name, _comments(comments))


async def _chunks(job: Load, table: Table) -> AsyncGenerator[Found, None]:
    order = Order(table, job.recipe, job.register, storing.day_type(job.database.url))
    async with aclosing(ahead.pieces(order)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Unknown):
                await _name(job, piece)
            else:
                yield piece


def _comments(spool: Any) -> Iterator[list[Comment]]:
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301 - written by this very function's caller
        except EOFError:
            return


async def _begin(job: Load, table: Table) -> None:
    """Names the recipe itself holds."""
    named = {clean(name): name for name in touchpoints_named(job.recipe)}
    persona = {clean(job.recipe.persona): job.recipe.persona} if job.recipe.persona else {}
    async with job.database.writing() as session:
        register = await naming.known(session, ids=job.strict)
        job.register = register
        await naming.add_measures(session, measures_named(job.recipe), register, by=job.by)
        await naming.add_personas(session, persona, register, by=job.by)
        await _resolve(job, session, named)
        await session.execute(update(Import).where(Import.id == job.import_id).values(rows=table.estimated_rows))


async def _name(job: Load, unknown: Unknown) -> None:
    """Decide about names that were new in the rows just read."""
    async with job.database.writing() as session:
        await naming.add_personas(session, unknown.personas, job.register, by=job.by)
        await _resolve(job, session, unknown.touchpoints)


async def _resolve(job: Load, session: AsyncSession, named: Mapping[str, str]) -> None:
    made = await naming.resolve(session, named, job.resolutions, job.register, by=job.by)
    if made:
        job.created += made
        naming.refuse_too_many(job.created)
        job.warnings += naming.layers_among(
            name for key, name in named.items() if job.register.touchpoints[key] in made
        )
        await session.execute(update(Import).where(Import.id == job.import_id).values(created=job.created))


async def _write(job: Load, database: Database, found: Found) -> None:
    """One chunk in one short transaction; Stopped when the import is no longer to be loaded."""
    async with database.writing() as session:
        still = still_loading(job.import_id)
        counted = await session.execute(still.values(rows_read=job.rows, rows_aside=job.aside, responses=job.responses))
        if counted.rowcount != 1:  # type: ignore[attr-defined] # an update has one
            raise Stopped
        await storing.refuse_removed(session, found)
        await storing.add_answers(session, job.import_id, found)
        await storing.set_aside(session, job.import_id, found.wrong)


async def _finish(job: Load, file_name: str, comments: Iterator[list[Comment]]) -> None:
    """Everything that shows, in one transaction."""
    if job.uncounted:
        job.warnings.append(Text(N_("%(n)s answers have the weight 0 and do not count."), {"n": job.uncounted}))
    async with job.database.writing() as session:
        ended = await session.execute(still_loading(job.import_id).values(
            state=ImportState.LOADED, finished_at=history.now(), rows=job.rows, rows_read=job.rows, rows_aside=job.aside,
            responses=job.responses, insights=job.insights, version=Import.version + 1,
            warnings=[{"message": text.message, "params": dict(text.params)} for text in job.warnings],
        ))  # fmt: skip
        if ended.rowcount != 1:  # type: ignore[attr-defined] # an update has one
            raise Stopped
        with storing.refusing_removed():
            await storing.add_tallies(session, job.tallies)
            await _add_summaries(session, job)
            for some in comments:
                await session.execute(insert(Insight), [_insight(job, file_name, each) for each in some])
        history.record(session, job.by, "imported", "import", job.import_id, {
            "file": file_name, "rows": job.rows, "aside": job.aside, "responses": job.responses, "insights": job.insights,
        })  # fmt: skip
        await rescore(session)


async def _add_summaries(session: AsyncSession, job: Load) -> None:
    if job.summaries:
        await session.execute(insert(SummaryRow), [
            {
                "import_id": job.import_id, "touchpoint_id": each.touchpoint_id, "measure_id": each.measure_id,
                "persona_id": each.persona_id, "month": each.month, "n": each.n, "mean": each.mean, "deviation": each.deviation,
            }
            for each in job.summaries
        ])  # fmt: skip


def _insight(job: Load, source: str, comment: Comment) -> dict[str, Any]:
    return {
        "touchpoint_id": comment.touchpoint_id, "import_id": job.import_id, "persona_id": comment.persona_id,
        "kind": InsightKind(comment.kind or "story"), "text": comment.text, "theme": comment.theme,
        "source": (job.recipe.name or source)[:200], "said_on": comment.said_on, "respondent": comment.respondent,
    }  # fmt: skip
