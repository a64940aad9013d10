"""Signing in and out."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog.database import Database
from backlog.people import sessions
from backlog.people.roles import Role
from backlog.people.sessions import LONGEST, SignInRefused
from web.answers import go_to, see_other
from web.identity import PUBLIC, cookie_name, is_first_run
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
    if await is_first_run(request):
        return see_other(request, "welcome")
    return page(request, "sessions/new.html", back=back, email="", errors={}, message=None)


@post("/sign-in", name="sessions.create", opt={"role": PUBLIC}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Check the password, issue a new session, and go where the person wanted to go."""
    form = await request.form()
    email, back = str(form.get("email", "")), safe_address(str(form.get("back", "/")))
    try:
        secret = await sessions.sign_in(
            database,
            email,
            str(form.get("password", "")),
            address=client_address(request),
            user_agent=request.headers.get("user-agent", ""),
            old=request.auth,
        )
    except SignInRefused as refused:
        return page(request, "sessions/new.html", status=422, back=back, email=email, errors={}, message=refused.text)
    return carrying(go_to(back), secret, secure=request.app.state.configuration.secure)


def carrying(answer: Response[Any], secret: str, *, secure: bool) -> Response[Any]:
    """The answer with the session's cookie: not for scripts, not for other sites, only for this host under https."""
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
    secure = request.app.state.configuration.secure
    answer = see_other(request, "sessions.new")
    answer.set_cookie(
        cookie_name(secure=secure), "", max_age=0, httponly=True, samesite="lax", secure=secure
    )  # a __Host- cookie can only be taken back with the attributes it was given with
    return answer


ROUTES = [new, create, delete]
