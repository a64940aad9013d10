"""Persons: who may sign in, and as what. For the administrator."""

from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.history import Actor
from backlog.people import accounts
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import ORDER, Role
from web import chronicle, meanwhile
from web.answers import see_other
from web.chronicle_names import names_in
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
        events = await chronicle.of(session, "person", None)
        mentioned = await names_in(session, events)
    known: dict[str, Any] = {"values": {}, "errors": {}, "message": None, "clash": meanwhile.NONE} | more
    return page(
        request,
        "people/index.html",
        status=status,
        people=people,
        departments={each.id: each for each in departments},
        roles=[(role.value, role.label) for role in ORDER],
        edit=edit,
        kept=kept,
        entries=chronicle.entries(events, names={person.id: person.name for person in people}, mentioned=mentioned),
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


def kept(person: Person) -> dict[str, Any]:
    """Somebody as the form has them."""
    return {"name": person.name, "role": person.role.value, "department": person.department_id}


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
    async def change(session: AsyncSession, person: Person, values: dict[str, str], based: Based) -> None:
        wanted: dict[str, Any] = {"name": values.get("name", ""), "role": role_of(values)}
        wanted["department_id"] = whole(values, "department")
        await accounts.change(session, person, wanted, **based)

    return await changed(request, database, person_id, change, said=N_("%(name)s is changed."))


@post(
    "/settings/people/{person_id:int}/disabling",
    name="people.disable",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def disable(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    async def change(session: AsyncSession, person: Person, _: dict[str, str], based: Based) -> None:
        await accounts.disable(session, person, **based)

    said, undo = N_("%(name)s cannot sign in any more."), "people.enable"
    return await changed(request, database, person_id, change, said=said, undo=undo)


@post(
    "/settings/people/{person_id:int}/enabling",
    name="people.enable",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def enable(
    request: Request[Any, Any, Any], database: NamedDependency[Database], person_id: FromPath[int]
) -> Response[Any]:
    async def change(session: AsyncSession, person: Person, _: dict[str, str], based: Based) -> None:
        await accounts.enable(session, person, **based)

    return await changed(request, database, person_id, change, said=N_("%(name)s may sign in again."))


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

    async def change(session: AsyncSession, person: Person, values: dict[str, str], based: Based) -> None:
        await accounts.change_password(session, person, password=values.get("password", ""), **based)

    said = N_("%(name)s has a new password and is signed out everywhere.")
    return await changed(request, database, person_id, change, said=said)


class Based(TypedDict):
    """Which version a change is based on, and who makes it."""

    version: int | None
    by: Actor


Change = Callable[[AsyncSession, Person, dict[str, str], Based], Awaitable[None]]


async def changed(
    request: Request[Any, Any, Any],
    database: Database,
    person_id: int,
    change: Change,
    *,
    said: str,
    undo: str | None = None,
) -> Response[Any]:
    """Change one of them as the form says; the page with what was typed when it is refused. ``undo`` is the route that
    takes it back."""
    values = meanwhile.settled(await typed(request))
    now: dict[str, Any] = {}
    try:
        async with database.writing() as session:
            person = await accounts.get(session, person_id)
            now = kept(person)
            await change(session, person, values, Based(version=version_of(values), by=request.user.actor))
    except Invalid as invalid:
        return await shown(request, database, status=422, edit=person_id, values=values, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        again: dict[str, Any] = {"values": clash.values, "clash": clash, "message": stale.text}
        return await shown(request, database, status=409, edit=person_id, **again)
    except Conflict as conflict:
        return await shown(request, database, status=409, edit=person_id, values=values, message=conflict.text)
    return see_other(
        request,
        "people.index",
        toast=Text(said, {"name": person.name}),
        undo=request.app.route_reverse(undo, person_id=person_id) if undo else None,
        fields={"version": person.version},
    )


ROUTES = [index, create, update, disable, enable, password]
