"""Persons: who may sign in, and as what. For the administrator."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.people import accounts
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import ORDER, Role
from web import trail
from web.answers import see_other
from web.forms import typed, version_of, whole
from web.templating import page


@get("/settings/people", name="people.index", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def index(
    request: Request[Any, Any, Any], database: NamedDependency[Database], edit: FromQuery[int | None] = None
) -> Response[str]:
    """Everybody; ``edit`` opens one of them."""
    return await shown(request, database, edit=edit)


async def shown(
    request: Request[Any, Any, Any], database: Database, *, status: int = 200, edit: int | None = None, **more: Any
) -> Response[str]:
    """The page with what was typed, if anything."""
    async with database.reading() as session:
        people = (await session.scalars(select(Person).order_by(Person.disabled_at.is_not(None), Person.name))).all()
        departments = (await session.scalars(select(Department).order_by(Department.name))).all()
        events = await trail.of(session, "person", None)
    known: dict[str, Any] = {"values": {}, "errors": {}, "message": None} | more
    return page(
        request,
        "people/index.html",
        status=status,
        people=people,
        departments={each.id: each for each in departments},
        roles=[(role.value, role.label) for role in ORDER],
        edit=edit,
        entries=trail.entries(events, {person.id: person.name for person in people}),
        **known,
    )


@post("/settings/people", name="people.create", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            person = await accounts.add_person(
                session,
                email=values.get("email", ""),
                name=values.get("name", ""),
                role=role_of(values),
                password=values.get("password", ""),
                department_id=whole(values, "department"),
                by=request.user.actor,
            )
    except Invalid as invalid:
        return await shown(request, database, status=422, values=values, errors=invalid.fields)
    return see_other(request, "people.index", toast=Text(N_("%(name)s may sign in now."), {"name": person.name}))


def role_of(values: dict[str, str]) -> Role:
    if values.get("role") not in set(Role):
        raise Invalid({"role": N_("Choose a role.")})
    return Role(values["role"])


@post(
    "/settings/people/{person_id:int}", name="people.update", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False
)
async def update(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            person = await accounts.get(session, person_id)
            wanted: dict[str, Any] = {"name": values.get("name", ""), "role": role_of(values)}
            wanted["department_id"] = whole(values, "department")
            await accounts.change(session, person, wanted, version=version_of(values), by=request.user.actor)
    except Invalid as invalid:
        return await shown(request, database, status=422, edit=person_id, values=values, errors=invalid.fields)
    except Stale as stale:
        return await shown(request, database, status=409, edit=person_id, values=values, message=stale.text)
    return see_other(request, "people.index", toast=Text(N_("%(name)s is changed."), {"name": person.name}))


@post(
    "/settings/people/{person_id:int}/disabling",
    name="people.disable",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def disable(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        person = await accounts.get(session, person_id)
        await accounts.disable(session, person, by=request.user.actor)
    undo = request.app.route_reverse("people.enable", person_id=person_id)
    said = Text(N_("%(name)s cannot sign in any more."), {"name": person.name})
    return see_other(request, "people.index", toast=said, undo=undo)


@post(
    "/settings/people/{person_id:int}/enabling",
    name="people.enable",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def enable(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        person = await accounts.get(session, person_id)
        await accounts.enable(session, person, by=request.user.actor)
    return see_other(request, "people.index", toast=Text(N_("%(name)s may sign in again."), {"name": person.name}))


@post(
    "/settings/people/{person_id:int}/password",
    name="people.password",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def password(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    """A new password for somebody who forgot it; they are signed out everywhere."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            person = await accounts.get(session, person_id)
            await accounts.change_password(session, person, password=values.get("password", ""), by=request.user.actor)
    except Invalid as invalid:
        errors = {"new_password": invalid.fields["password"]}
        return await shown(request, database, status=422, edit=person_id, errors=errors)
    said = Text(N_("%(name)s has a new password and is signed out everywhere."), {"name": person.name})
    return see_other(request, "people.index", toast=said)


ROUTES = [index, create, update, disable, enable, password]
