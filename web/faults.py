"""What people and machines see when something is refused or breaks: a page, or problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urlsplit

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from backlog.errors import N_, Conflict, Forbidden, Invalid, NotFound, Refused, Text, VersionMissing
from integrations.errors import TrackerError
from web import locales
from web.identity import FirstRun
from web.templating import page, reader_locale
from web.typed import typed

log = structlog.get_logger()
STATUS: tuple[tuple[type[Refused], int], ...] = (
    (Invalid, 422),
    (NotFound, 404),
    (Forbidden, 403),
    (VersionMissing, 428),
    (Conflict, 409),
    (Refused, 409),
)
WORDS = {
    401: Text(N_("Sign in first. Nothing was changed.")),
    400: Text(N_("Waymark cannot read what was sent. Nothing was changed.")),
    403: Text(N_("Your role does not allow this. Nothing was changed; an administrator can change roles.")),
    404: Text(N_("There is nothing at this address, or you may not see it.")),
    405: Text(N_("This address does not take that kind of request. Nothing was changed.")),
    413: Text(N_("This is larger than Waymark takes at once. Nothing was saved.")),
    500: Text(
        N_("Something broke on our side. Nothing was half-saved; try again, and tell your administrator if it stays.")
    ),
    503: Text(N_("The database does not answer just now. Nothing was changed; try again in a moment.")),
}

ROLE_NEEDED = N_("This needs the role %(needs)s or one above it. Nothing was changed.")
FORM_TOO_OLD = Text(
    N_("This form is too old or came from somewhere else. Nothing was changed; go back, load the page again and retry.")
)


def wants_problem(request: Request[Any, Any, Any]) -> bool:
    return request.scope["path"].startswith("/api/")


def status_of(refused: Refused) -> int:
    return next(status for kind, status in STATUS if isinstance(refused, kind))


def problem(
    request: Request[Any, Any, Any],
    status: int,
    detail: Text | str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response[Any]:
    """An RFC 9457 answer; ``more`` are its extension members."""
    with locales.speaking(reader_locale(request, None)):
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": locales.translated(detail),
            "instance": request.scope["path"],
            **more,
        }
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def wrong(request: Request[Any, Any, Any], status: int, message: Text) -> Response[Any]:
    """The page that says what happened, with what was typed into the form that led here."""
    with locales.speaking(reader_locale(request, request.scope.get("user"))):
        kept = typed(request)
    is_out = request.scope.get("user", "not asked, at a wrong address") is None
    return page(request, "errors/error.html", status=status, code=status, message=message, typed=kept, is_out=is_out)


def refused(request: Request[Any, Any, Any], error: Refused) -> Response[Any]:
    """A rule of the domain said no."""
    status = status_of(error)
    if wants_problem(request):
        with locales.speaking(reader_locale(request, None)):
            fields = {name: locales.translated(text) for name, text in getattr(error, "fields", {}).items()}
        return problem(request, status, error.text, **({"errors": fields} if fields else {}))
    return wrong(request, status, error.text)


def tracker_fault(request: Request[Any, Any, Any], error: TrackerError) -> Response[Any]:
    """A tracker that was asked while somebody waits did not do it."""
    if wants_problem(request):
        return problem(request, HTTPStatus.BAD_GATEWAY, error.text, tracker=error.detail)
    return wrong(request, HTTPStatus.BAD_GATEWAY, error.text)


def http_fault(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refused: unknown address, wrong method, not signed in, not allowed, bad input."""
    status = error.status_code
    if wants_problem(request):
        more: dict[str, Any] = {"errors": error.extra} if status == HTTPStatus.BAD_REQUEST and error.extra else {}
        said: Text | str = "" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else error.detail
        if status == HTTPStatus.FORBIDDEN and isinstance(error.extra, dict) and "needs" in error.extra:
            more = {"needs": error.extra["needs"]}
            said = Text(ROLE_NEEDED, more)
        return problem(request, status, said or WORDS.get(status, ""), headers=error.headers, **more)
    if status == HTTPStatus.UNAUTHORIZED:
        return sign_in_first(request)
    words = (
        FORM_TOO_OLD
        if "CSRF" in error.detail
        else WORDS.get(status) or (WORDS[500] if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Text(error.detail))
    )
    return wrong(request, status, words)


def sign_in_first(request: Request[Any, Any, Any]) -> Response[Any]:
    """The sign-in page in place of what was asked for; it leads back there, after a form was sent to its page."""
    asked = request.url if request.method == "GET" else own_referer(request)
    back = (asked.path + (f"?{asked.query}" if asked.query else "")) if asked else "/"
    with locales.speaking(reader_locale(request, None)):
        kept = typed(request)
    return page(request, "sessions/new.html", status=401, back=back, email="", errors={}, message=None, typed=kept)


def own_referer(request: Request[Any, Any, Any]) -> SplitResult | None:
    """The page of ours that the form stood on; None when the browser does not say or it was somebody else's."""
    came_from = urlsplit(request.headers.get("referer", ""))
    return came_from if came_from.netloc == request.headers.get("host") else None


def broken(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Our own fault: logged whole, shown without innards."""
    status = 503 if is_away(error) else 500
    if isinstance(error, StaleDataError):
        return refused(request, Conflict(N_("Somebody else changed this in the meantime. Nothing was overwritten.")))
    if isinstance(error, UnicodeDecodeError) and wants_problem(request):  # the framework lets it through
        return problem(request, 400, N_("The body is not UTF-8 text. Nothing was saved."))
    if isinstance(error, RecursionError) and wants_problem(request):
        return problem(request, 400, N_("The body is nested too deeply. Nothing was saved."))
    log.error("request failed", path=logged_path(request), method=request.method, exc_info=error)
    if beyond_storage(error):
        status = 400
    if wants_problem(request):
        return problem(request, status, WORDS[status])
    try:
        return wrong(request, status, WORDS[status])
    except Exception as again:
        log.error("error page failed", exc_info=again)
        return Response(str(WORDS[status]), status_code=status, media_type=MediaType.TEXT)


def logged_path(request: Request[Any, Any, Any]) -> str:
    """Without the secret of a guest's link: whoever reads the log must not be able to rate."""
    path: str = request.scope["path"]
    return "/rate/…" if path.startswith("/rate/") else path


def is_away(error: Exception) -> bool:
    """Whether the database is gone, or did not come to our turn in time; another try may well do."""
    if not isinstance(error, DBAPIError):
        return False
    locked = isinstance(error, OperationalError) and "database is locked" in str(error.orig)
    return locked or error.connection_invalidated or getattr(error.orig, "sqlstate", "") in CROSSED


CROSSED = ("40P01", "40001")
"""What PostgreSQL says of a deadlock, and of two who cannot both have been first."""


def beyond_storage(error: Exception) -> bool:
    """Whether what was sent is nothing a database can hold: a number too large, a NUL, half a character."""
    if isinstance(error, DBAPIError):
        return str(getattr(error.orig, "sqlstate", "") or "").startswith("22")
    return isinstance(error, OverflowError | UnicodeEncodeError)


def first_run(request: Request[Any, Any, Any], _: FirstRun) -> Response[Any]:
    return Redirect(request.app.route_reverse("welcome"), status_code=303)


HANDLERS: dict[Any, Any] = {
    FirstRun: first_run,
    Refused: refused,
    TrackerError: tracker_fault,
    HTTPException: http_fault,
    Exception: broken,
}
