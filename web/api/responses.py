"""/api/v1/responses: answers of customers, taken all or none, and those that are there."""

import asyncio
import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.params import QueryParameter
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Invalid, Refused, Text
from backlog.evidence.responses import Response as Answer
from backlog.imports import answers, bodies, calls
from backlog.imports.calls import RowsWrong
from backlog.imports.copies import AlreadyIn
from backlog.imports.previews import Table
from backlog.imports.readers import open_sheet
from backlog.imports.surveys import Import
from backlog.people.roles import Role
from web import faults, locales
from web.api.paging import PAGING, Listing, Page
from web.pages.imports_states import stored
from web.templating import reader_locale

Asked = Request[Any, Any, Any]
TAGS = ["responses"]
CSV = "text/csv"
SHOWN = 100  # rows at fault that are told of; the problem says how many there are

TEXT, NUMBER = OpenAPIType.STRING, OpenAPIType.NUMBER
FIELDS: dict[str, Reference | Schema] = {
    "touchpoint": Schema(type=[TEXT, OpenAPIType.INTEGER], description="Name or id."),
    "value": Schema(type=[NUMBER, TEXT], description="On the scale."),
    "measure": Schema(type=TEXT, default="experience"),
    "scale": Schema(type=TEXT, description="Like `1-5`; else that of the measure."),
    "answered_on": Schema(type=TEXT, description="A day like 2026-05-31; else today, and `notes` says so."),
    "respondent": Schema(type=[TEXT, OpenAPIType.INTEGER], description="Any name or number of your own."),
    "weight": Schema(type=[NUMBER, TEXT], default=1),
    "persona": Schema(type=TEXT, description="Name of a persona; see `create` for one that is unknown."),
}
NEEDED = ["touchpoint", "value"]
CREATE = (
    "`touchpoints` makes all names that are unknown, those of personas too; `personas` makes only those. "
    "Without it, a row with an unknown name is an error."
)


class Received(msgspec.Struct):
    """What came of a call; ``import`` is the import it can be undone by. ``notes`` are sentences in the language asked
    for about what was taken as given, such as the day of answers that came without one."""

    responses: int
    touchpoints_created: int
    notes: list[str]
    import_id: int = msgspec.field(name="import")


class ResponseShown(msgspec.Struct):
    """``value`` is on 0-10; without a touchpoint it is about the whole."""

    id: int
    touchpoint: int | None
    measure: str
    persona: int | None
    answered_on: dt.date
    value: float
    weight: float
    respondent: str | None
    import_id: int = msgspec.field(name="import")


@dataclass
class Taking(Operation):
    """The body is read as it comes, so the framework cannot know what it may be."""

    def __post_init__(self) -> None:
        rows = Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.OBJECT, properties=FIELDS, required=NEEDED))
        text = Schema(type=OpenAPIType.STRING)
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(rows), CSV: OpenAPIMediaType(text)})


@post(
    "/api/v1/responses",
    operation_class=Taking,
    opt={"role": Role.CONTRIBUTOR},
    operation_id="addResponses",
    summary="Take in up to 500,000 responses, all or none",
    description=(
        "A JSON list of objects, or `text/csv` with the same names as columns: `touchpoint` (name or id), `value`, and "
        "if wanted `measure` (experience), `scale` (`1-5`), `answered_on`, `respondent`, `weight`, `persona`. "
        "A body that is in already is 409 with the number of its `import`, so a call that was cut off can be sent again; "
        f"it is known by its bytes when it names a respondent or has {bodies.NAMELESS} rows or more, and while a row "
        "gives no `answered_on`, on the same day. Answers without a day count as given "
        "today; `notes` says how many. Imports that were undone do not count; `again=true` takes it in anyway."
    ),
    tags=TAGS,
    status_code=201,
    responses={201: ResponseSpec(Received, description="All were stored")},
)
async def add(
    request: Asked,
    database: NamedDependency[Database],
    create: Annotated[str, QueryParameter(description=CREATE)] = "",
    again: Annotated[bool, QueryParameter(description="Take the body in although it is in already.")] = False,
) -> Response[Any]:
    wanted = {name.strip() for name in create.split(",") if name.strip()}
    if wanted - {"touchpoints", "personas"}:
        raise Invalid({"create": Text(N_("Only touchpoints and personas can be created along the way."))})
    body, today = await request.body(), history.now().date()
    try:
        found = await taken_in(database, request, body, wanted, today, again=again)
    except AlreadyIn as copy:
        more = Text(N_("%(what)s If it is to count once more, add ?again=true."), {"what": copy.text})
        members: dict[str, Any] = {"import": copy.imports[0]}
        return faults.problem(request, 409, more, **members)
    except RowsWrong as wrong:
        return rows_problem(request, wrong)
    except Refused as refused:
        if type(refused) is not Refused:
            raise
        return faults.problem(request, 422, refused.text)  # the body's fault, not that of how things stand
    return Response(received(request, found), status_code=201)


def received(request: Asked, found: Import) -> Received:
    with locales.speaking(reader_locale(request, None)):
        notes = [locales.translated(stored(text)) for text in found.warnings]
    return Received(found.responses, len(found.created), notes, found.id)


async def taken_in(
    database: Database, request: Asked, body: bytes, create: set[str], today: dt.date, *, again: bool
) -> Import:
    """The import that holds what the body said, in either of its two forms."""

    async def taken(table: Table) -> Import:
        digest = await asyncio.to_thread(bodies.digest_of, body, table, today)
        by = request.user.actor
        return await calls.receive(database, table, create=create, digest=digest, again=again, by=by, today=today)

    if request.content_type[0] != CSV:
        return await taken(await asyncio.to_thread(bodies.read_json, body, today))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "responses.csv"
        await asyncio.to_thread(file.write_bytes, body)
        return await taken(await asyncio.to_thread(open_sheet, file))


def rows_problem(request: Asked, wrong: RowsWrong) -> Response[Any]:
    """422 with the first rows at fault and how many there are."""
    with locales.speaking(reader_locale(request, None)):
        errors = [
            {
                "row": each.row,
                "column": each.column,
                "value": each.value[:200],
                "message": locales.translated(each.reason),
            }
            for each in wrong.rows[:SHOWN]
        ]
    return faults.problem(request, 422, wrong.text, errors=errors, count=wrong.count)


@get(
    "/api/v1/responses",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listResponses",
    summary="Responses, the newest import first",
    tags=TAGS,
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    touchpoint: Annotated[int | None, QueryParameter(description="Id of a touchpoint", ge=1, le=2**31 - 1)] = None,
    measure: Annotated[str | None, QueryParameter(description="Name of a measure")] = None,
) -> Listing[ResponseShown]:
    found = answers.listed(touchpoint_id=touchpoint, measure=measure and measure.replace("\0", ""))
    async with database.reading() as session:
        total = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
        newest = found.order_by(Answer.id.desc()).limit(page.limit).offset(page.offset)
        rows = await session.execute(newest)
    return Listing([ResponseShown(**row) for row in rows.mappings()], total)


ROUTES = [add, index]
