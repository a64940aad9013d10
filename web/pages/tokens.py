"""API tokens: added, shown once, revoked. For the administrator."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.people import tokens
from backlog.people.roles import ORDER, Role
from backlog.people.tokens import Token
from web import chronicle
from web.answers import see_other
from web.forms import typed
from web.pages.people import role_of
from web.templating import page


@get("/settings/tokens", name="tokens.index", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    return await shown(request, database)


async def shown(
    request: Request[Any, Any, Any], database: Database, *, status: int = 200, **more: Any
) -> Response[str]:
    async with database.reading() as session:
        known = (await session.scalars(select(Token).order_by(Token.revoked_at.is_not(None), Token.name))).all()
        events = await chronicle.of(session, "token", None)
    values: dict[str, Any] = {"values": {}, "errors": {}, "secret": None} | more
    return page(
        request,
        "tokens/index.html",
        status=status,
        tokens=known,
        roles=[(role.value, role.label) for role in ORDER],
        entries=chronicle.entries(events, names={token.id: token.name for token in known}),
        **values,
    )


@post("/settings/tokens", name="tokens.create", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The answer is the page itself, not a way to it: the secret is shown this once and kept nowhere."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            name = values.get("name", "")
            secret = await tokens.add_token(session, name=name, role=role_of(values), by=request.user.actor)
    except Invalid as invalid:
        return await shown(request, database, status=422, values=values, errors=invalid.fields)
    return await shown(request, database, status=201, secret=secret, name=name.strip())


@post(
    "/settings/tokens/{token_id:int}/revocation",
    name="tokens.revoke",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def revoke(
    request: Request[Any, Any, Any], database: NamedDependency[Database], token_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        token = await tokens.get(session, token_id)
        await tokens.revoke(session, token, by=request.user.actor)
    said = Text(N_("The token “%(name)s” is refused from now on."), {"name": token.name})
    return see_other(request, "tokens.index", toast=said)


ROUTES = [index, create, revoke]
