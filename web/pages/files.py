"""Files that go out of pages and come in by forms."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import UploadFile

from backlog.errors import N_, Invalid


def csv_file(text: str, name: str) -> Response[str]:
    """A download, with the mark by which spreadsheets know UTF-8."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text, media_type="text/csv", headers=headers)


async def uploaded(request: Request[Any, Any, Any]) -> bytes:
    """The bytes of the form's ``file``. Invalid without one."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Invalid({"file": N_("Choose a file.")})
    return await file.read()
