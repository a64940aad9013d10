"""Imports of survey files: their state, their saved recipes, and the rows set aside with their reason."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned


class ImportState(enum.StrEnum):
    UPLOADED = "uploaded"
    QUEUED = "queued"
    LOADING = "loading"
    LOADED = "loaded"
    STOPPED = "stopped"
    FAILED = "failed"
    UNDONE = "undone"


class Import(Versioned, Base):
    """One file or one call that brings evidence. ``recipe`` is the column mapping used; ``resolutions`` says for
    each unknown touchpoint name: a touchpoint id, "create" or "aside". Counts are rows of the file and of what came out."""

    __tablename__ = "import"

    id: Mapped[Id]
    file_name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[ImportState] = mapped_column(index=True)
    recipe: Mapped[dict[str, Any]]
    resolutions: Mapped[dict[str, Any]]
    rows: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_aside: Mapped[int] = mapped_column(default=0)
    responses: Mapped[int] = mapped_column(default=0)
    insights: Mapped[int] = mapped_column(default=0)
    error: Mapped[dict[str, Any] | None]
    created_by: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]


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
