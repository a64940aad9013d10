"""Imports: their state, their saved recipes, the rows set aside, and summaries that came without single answers."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned
from backlog.errors import N_, Conflict
from backlog.history import Actor, now


class ImportState(enum.StrEnum):
    UPLOADED = "uploaded"
    QUEUED = "queued"
    LOADING = "loading"
    LOADED = "loaded"
    STOPPED = "stopped"
    FAILED = "failed"
    UNDONE = "undone"


class Import(Versioned, Base):
    """One file or one call that brings evidence.

    ``recipe`` is the column mapping used. ``resolutions`` says for each unknown touchpoint (its ``clean`` name; "*" for
    all others): a touchpoint id, "create" or "aside". ``rows`` estimates the rows of the file, the other counts are
    of what was read. ``worker`` is the process that loads it (``host:pid``). ``digest`` tells copies (``copies``).
    ``created`` holds the ids of touchpoints made for it, ``warnings`` and ``error`` stored texts.
    """

    __tablename__ = "import"

    id: Mapped[Id]
    file_name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str | None] = mapped_column(String(500))
    digest: Mapped[str | None] = mapped_column(String(64), index=True)
    state: Mapped[ImportState] = mapped_column(index=True)
    recipe: Mapped[dict[str, Any]]
    resolutions: Mapped[dict[str, Any]]
    rows: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_aside: Mapped[int] = mapped_column(default=0)
    responses: Mapped[int] = mapped_column(default=0)
    insights: Mapped[int] = mapped_column(default=0)
    created: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[dict[str, Any] | None]
    created_by: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    worker: Mapped[str | None] = mapped_column(String(100))
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.QUEUED, ImportState.LOADING)

    def queue(self, recipe: dict[str, Any], resolutions: dict[str, Any]) -> None:
        """Ready to be loaded with this mapping; a stopped or failed one may be tried again."""
        self._must_be(ImportState.UPLOADED, ImportState.STOPPED, ImportState.FAILED)
        self.recipe, self.resolutions, self.state, self.error = recipe, resolutions, ImportState.QUEUED, None
        self.rows_read = self.rows_aside = self.responses = self.insights = 0
        self.warnings, self.finished_at = [], None

    def stop(self, *, at: dt.datetime) -> None:
        """The loader notices at its next chunk and takes back what it wrote."""
        self._must_be(ImportState.QUEUED, ImportState.LOADING)
        self.state, self.finished_at = ImportState.STOPPED, at

    def undo(self, *, at: dt.datetime) -> None:
        self._must_be(ImportState.LOADED)
        self.state, self.finished_at = ImportState.UNDONE, at

    def _must_be(self, *states: ImportState) -> None:
        if self.state not in states:
            raise Conflict(N_("This import is %(state)s; that cannot be done now."), state=self.state.value)


def new_import(file_name: str, path: str | None, *, digest: str | None = None, by: Actor) -> Import:
    """A file that has arrived and is not mapped yet. Without a ``digest`` nothing is taken for its copy."""
    return Import(
        file_name=file_name[-255:], path=path, digest=digest, state=ImportState.UPLOADED, recipe={}, resolutions={},
        created_by=by.name, person_id=by.person_id, created_at=now(),
    )  # fmt: skip


class SavedRecipe(Versioned, Base):
    """A named column mapping, so that next year's file needs none."""

    __tablename__ = "recipe"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]]
    changed_at: Mapped[dt.datetime]


class SetAside(Base):
    """A row that could not be read, whole, with the column and the reason."""

    __tablename__ = "set_aside"
    __table_args__ = (Index(None, "import_id", "row"),)

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(Text)
    reason: Mapped[dict[str, Any]]
    record: Mapped[list[Any]]


class SummaryRow(Base):
    """Answers known only by their mean, number and standard deviation (``mean`` and ``deviation`` on 0-10)."""

    __tablename__ = "summary"

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), index=True)
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    month: Mapped[dt.date]
    n: Mapped[int]
    mean: Mapped[float]
    deviation: Mapped[float]
