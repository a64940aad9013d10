"""Signing in and out."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog.database import Database
from backlog.people import sessions
from backlog.people.roles import Role
from backlog.people.sessions import LONGEST, SignInRefused
from web.answers import go_to, see_other
from web.identity import PUBLIC, cookie_name
from web.templating import page


def safe_address(address: str) -> str:
    """The address when it is on this site, else the start page: nobody is sent elsewhere after signing in."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"


def client_address(request: Request[Any, Any, Any]) -> str:
    """Where the request comes from; a proxy's word counts only when the proxy is trusted."""
    if request.app.state.configuration.trusted_proxy:
        forwarded = request.headers.get("x-forwarded-for", "")
        if forwarded:
            return forwarded.rpartition(",")[2].strip()[:64]
    return request.client.host[:64] if request.client else ""


@get("/sign-in", name="sessions.new", opt={"role": PUBLIC}, include_in_schema=False)
async def new(request: Request[Any, Any, Any]) -> Response[Any]:
    back = safe_address(request.query_params.get("back", "/"))
    return page(request, "sessions/new.html", back=back, email="", errors={}, message=None)


@post("/sign-in", name="sessions.create", opt={"role": PUBLIC}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Check the password, issue a new session, and go where the person wanted to go."""
    form = await request.form()
    email, back = str(form.get("email", "")), safe_address(str(form.get("back", "/")))
    address = client_address(request)
    try:
        async with database.reading() as session:
            person = await sessions.check(session, email, str(form.get("password", "")), address)
    except SignInRefused as refused:
        async with database.writing() as session:
            sessions.note_failure(session, email, address)
        return page(request, "sessions/new.html", status=422, back=back, email=email, errors={}, message=refused.text)
    async with database.writing() as session:
        secret = await sessions.start(session, person, request.headers.get("user-agent", ""))
    secure = request.app.state.configuration.secure
    answer = go_to(back)
    answer.set_cookie(
        cookie_name(secure=secure),
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    return answer


@post("/sign-out", name="sessions.delete", opt={"role": Role.VIEWER}, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    async with database.writing() as session:
        await sessions.end(session, request.auth, by=request.user.actor)
    answer = see_other(request, "sessions.new")
    answer.delete_cookie(cookie_name(secure=request.app.state.configuration.secure))
    return answer


ROUTES = [new, create, delete]
