"""Touchpoints: the register with its scores, and the page of each."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog import settings
from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.evidence import signatures, touchpoints
from backlog.evidence.listing import Filters, counted
from backlog.evidence.touchpoints import ACCESS_LABELS, OWNERSHIP_LABELS, PLAIN, Access, Ownership, Values
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.register import touchpoint_sheets
from backlog.register.sheets import RowsWrong
from backlog.rescoring import rescore
from web import meanwhile
from web.answers import see_other
from web.forms import decimal, typed, version_of, whole
from web.pages import touchpoint_sheet
from web.pages.files import csv_file, uploaded
from web.pages.touchpoint_lists import choices, cut_of, lines, wanted
from web.pages.touchpoint_sheet import Cut, gathered
from web.templating import page

Asked = Request[Any, Any, Any]


@get("/touchpoints", name="touchpoints.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    asked = wanted(request.query_params)
    async with database.reading() as session:
        decided = await settings.load(session)
        rows = await lines(session, asked, decided)
        numbers = {
            name: await session.scalar(counted(filters, probability=decided.probability)) or 0
            for name, filters in (
                ("all", Filters()),
                ("signature", Filters(signature=True)),
                ("below", Filters(below=True)),
            )
        }
        options = await choices(session)
        held = await signatures.taken(session)
    return page(
        request,
        "touchpoints/index.html",
        rows=rows,
        wanted=asked,
        cut=cut_of(asked.filters),
        numbers=numbers,
        choices=options,
        decided=decided,
        taken=len(held),
        ownerships=OWNERSHIP_LABELS,
        accesses=ACCESS_LABELS,
    )


@get("/touchpoints/{touchpoint_id:int}", name="touchpoints.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[str]:
    return await shown(request, database, touchpoint_id)


async def shown(
    request: Asked, database: Database, touchpoint_id: int, *, status: int = 200, **more: Any
) -> Response[str]:
    """The page of one touchpoint; ``more`` is what a form on it brought."""
    async with database.reading() as session:
        touchpoint = await touchpoints.get(session, touchpoint_id)
        found = await gathered(session, touchpoint, Cut.asked(request.query_params))
    known: dict[str, Any] = {"errors": {}, "values": touchpoint_sheet.signature_form(), "refusal": None}
    return page(request, "touchpoints/show.html", status=status, **found, **(known | more))


@get("/touchpoints/new", name="touchpoints.new", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    name = request.query_params.get("name", "")[:200]
    return await form(request, database, {**_written(PLAIN), "name": name})


@post("/touchpoints", name="touchpoints.create", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """Add it; a name that sounds like an interaction layer is asked about first."""
    values = await typed(request)
    warning = touchpoints.layer_warning(values.get("name", ""))
    if warning and not values.get("as_touchpoint"):
        return await form(request, database, values, status=422, warning=warning)
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.add(session, read(values), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, values, status=422, errors=invalid.fields)
    said = Text(N_("%(name)s is added."), {"name": touchpoint.name})
    return see_other(request, "touchpoints.show", toast=said, touchpoint_id=touchpoint.id)


@get(
    "/touchpoints/{touchpoint_id:int}/edit",
    name="touchpoints.edit",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def edit(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[str]:
    async with database.reading() as session:
        touchpoint = await touchpoints.get(session, touchpoint_id)
    values = _written(touchpoints.values_of(touchpoint))
    return await form(request, database, values, touchpoint=touchpoint)


@post(
    "/touchpoints/{touchpoint_id:int}",
    name="touchpoints.update",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def update(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    """Keep the changes; with another target everything that rests on it follows."""
    values = meanwhile.settled(await typed(request))
    now: Mapping[str, Any] = {}
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            now, version, by = touchpoints.values_of(touchpoint), version_of(values), request.user.actor
            changes = await touchpoints.change(session, touchpoint, read(values), version=version, by=by)
            if "target" in changes:
                await rescore(session)
    except Invalid as invalid:
        return await refused(request, database, touchpoint_id, values, status=422, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        again = _written(clash.values)
        return await refused(request, database, touchpoint_id, again, status=409, refusal=stale.text, clash=clash)
    said = Text(N_("%(name)s is changed."), {"name": touchpoint.name})
    return see_other(request, "touchpoints.show", toast=said, touchpoint_id=touchpoint_id)


async def refused(
    request: Asked, database: Database, touchpoint_id: int, values: dict[str, str], *, status: int, **more: Any
) -> Response[str]:
    """The form again with what was typed, beside the touchpoint as it is now."""
    async with database.reading() as session:
        touchpoint = await touchpoints.get(session, touchpoint_id)
    return await form(request, database, values, status=status, touchpoint=touchpoint, **more)


@post(
    "/touchpoints/{touchpoint_id:int}/removal",
    name="touchpoints.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            touchpoint = await touchpoints.get(session, touchpoint_id)
            await touchpoints.remove(session, touchpoint, version=version_of(values), by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, touchpoint_id, status=409, refusal=conflict.text)
    return see_other(request, "touchpoints.index", toast=Text(N_("%(name)s is removed."), {"name": touchpoint.name}))


async def form(
    request: Asked, database: Database, values: dict[str, str], *, status: int = 200, **more: Any
) -> Response[str]:
    """The form for a new touchpoint, or for changing ``touchpoint``."""
    async with database.reading() as session:
        departments = (await session.execute(select(Department.id, Department.name).order_by(Department.name))).all()
        decided = await settings.load(session)
    known: dict[str, Any] = {
        "touchpoint": None,
        "errors": {},
        "refusal": None,
        "warning": None,
        "clash": meanwhile.NONE,
    } | more
    return page(
        request,
        "touchpoints/form.html",
        status=status,
        values={**_written(PLAIN), **values},
        kept=touchpoints.values_of,
        departments=[tuple(row) for row in departments],
        ownerships=OWNERSHIP_LABELS,
        accesses=ACCESS_LABELS,
        threshold=decided.threshold,
        **known,
    )


def _written(values: Mapping[str, Any]) -> dict[str, str]:
    """As a form shows them."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def read(values: dict[str, str]) -> Values:
    """What was typed, as values; fields that the form did not have are left out. Invalid when one cannot be read."""
    found = Values()
    for name in ("name", "description", "channel", "expectation"):
        if name in values:
            found[name] = values[name].replace("\r\n", "\n")
    if values.get("ownership"):
        found["ownership"] = _choice(values, "ownership", Ownership)
    if values.get("access"):
        found["access"] = _choice(values, "access", Access)
    if "department_id" in values:
        found["department_id"] = whole(values, "department_id")
    if "target" in values:
        found["target"] = _target(values["target"].strip())
    return found


def _choice(values: dict[str, str], name: str, kind: type[Any]) -> Any:
    try:
        return kind(values[name])
    except ValueError:
        raise Invalid({name: N_("Choose one of these.")}) from None


def _target(text: str) -> float | None:
    try:
        return decimal(text) if text else None
    except ValueError:
        raise Invalid(
            {"target": Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 0, "high": 10})}
        ) from None


@get("/touchpoints/export.csv", name="touchpoints.export", opt={"role": Role.VIEWER}, include_in_schema=False)
async def export(database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        return csv_file(await touchpoint_sheets.exported(session), "touchpoints.csv")


@get("/touchpoints/import", name="touchpoints.reading", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def reading(request: Asked) -> Response[str]:
    return _reading(request)


def _reading(request: Asked, *, status: int = 200, **more: Any) -> Response[str]:
    known: dict[str, Any] = {"errors": {}, "row_errors": [], "columns": touchpoint_sheets.COLUMNS}
    return page(request, "touchpoints/import.html", status=status, **(known | more))


@post("/touchpoints/import", name="touchpoints.take_in", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def take_in(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """All rows of the file or none; what is wrong is shown by row and column."""
    try:
        data = await uploaded(request)
        async with database.writing() as session:
            found = await touchpoint_sheets.take_in(session, data, by=request.user.actor)
            if found.retargeted:
                await rescore(session)
    except RowsWrong as wrong:
        return _reading(request, status=422, errors=wrong.fields, row_errors=wrong.row_errors)
    except Invalid as invalid:
        return _reading(request, status=422, errors=invalid.fields)
    return see_other(request, "touchpoints.index", toast=found.text)


ROUTES = [index, show, new, create, edit, update, remove, export, reading, take_in]
