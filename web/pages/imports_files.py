"""Uploaded survey files: where they lie, and their tables, opened once."""

import asyncio
import hashlib
from functools import lru_cache
from pathlib import Path, PurePosixPath, PureWindowsPath

from litestar.datastructures import UploadFile

from backlog.errors import N_, Refused
from backlog.imports import uploads
from backlog.imports.readers import Sheet, open_sheet
from backlog.imports.recipes import Recipe
from backlog.imports.surveys import Import

BLOCK = 1 << 20


def plain_name(name: str) -> str:
    """The file's own name, without folders and control characters."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(each for each in last if each.isprintable())[:200] or "survey.csv"


async def keep(folder: Path, file: UploadFile) -> tuple[Path, str]:
    """Copy an upload to a file with a name of our own, and its digest; neither side is ever whole in memory."""
    path = uploads.new_path(folder)
    return path, await asyncio.to_thread(_copy, file, path)


def _copy(file: UploadFile, path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("xb") as kept:
        while block := file.file.read(BLOCK):
            digest.update(block)
            kept.write(block)
    return digest.hexdigest()


async def opened(path: Path | str | None, *, encoding: str = "", delimiter: str = "", header_row: int = 1) -> Sheet:
    """The table in this file. Raises Refused."""
    try:
        return await asyncio.to_thread(_still_there, Path(path or ""), encoding, delimiter, header_row)
    except OSError:
        raise Refused(N_("The file is no longer there. Nothing was imported. Bring it again.")) from None


def _still_there(path: Path, encoding: str, delimiter: str, header_row: int) -> Sheet:
    path.stat()
    return _opened(path, encoding, delimiter, header_row)


@lru_cache(maxsize=16)
def _opened(path: Path, encoding: str, delimiter: str, header_row: int) -> Sheet:
    """Uploaded files never change, so what was proved about one holds."""
    return open_sheet(path, encoding=encoding, delimiter=delimiter, header_row=header_row)


async def sheet_of(row: Import, recipe: Recipe) -> Sheet:
    return await opened(row.path, encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row)
