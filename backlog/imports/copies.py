"""The same content a second time: known by the digest of its bytes, and told of before its answers count double."""

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Conflict
from backlog.imports.surveys import Import, ImportState

PRESENT = (ImportState.QUEUED, ImportState.LOADING, ImportState.LOADED)
"""States in which answers count, or are about to."""
ONE_AT_A_TIME = 0x636F7079
"""Key of the advisory lock: on PostgreSQL two that bring the same content would otherwise miss each other."""


class AlreadyIn(Conflict):
    """The content is in the evidence, or on its way there, by these imports (ids, the newest first)."""

    def __init__(self, earlier: Sequence[Import]) -> None:
        self.imports = [each.id for each in earlier]  # the rows themselves end with the transaction
        newest = earlier[0]
        message = (
            N_(
                "These very answers are being imported just now: import %(number)s, “%(file)s”, by %(by)s. Nothing was imported."
            )
            if newest.is_under_way
            else N_(
                "These very answers are in already: import %(number)s, “%(file)s” of %(day)s, by %(by)s. Nothing was imported."
            )
        )
        day = (newest.finished_at or newest.created_at).date()
        super().__init__(message, number=newest.id, file=newest.file_name, day=day, by=newest.created_by)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def present(session: AsyncSession, digest: str | None, *, but: int | None = None) -> Sequence[Import]:
    """Other imports of this content that count or are about to, the newest first. None has no copies."""
    if digest is None:
        return []
    same = select(Import).where(Import.digest == digest, Import.state.in_(PRESENT), Import.id != (but or 0))
    return (await session.scalars(same.order_by(Import.id.desc()))).all()


async def refuse(
    session: AsyncSession, digest: str | None, *, but: int | None = None, known: Collection[int] = ()
) -> None:
    """Raise AlreadyIn when content is in that whoever brings it again does not know of. Until the transaction ends
    nobody else brings the same."""
    if digest is None:
        return
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    earlier = await present(session, digest, but=but)
    if {each.id for each in earlier} - set(known):
        raise AlreadyIn(earlier)
