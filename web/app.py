"""The application, wired in one place; read it from top to bottom."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from backlog.database import Database
from backlog.simulation.trials import Trials
from backlog.trackers.sealing import Seal
from integrations.opening import Outside
from web import faults, logs, webhooks
from web.api import ROUTES as API_ROUTES
from web.api import versions
from web.api.bodies import Asking
from web.api.described import Described
from web.configuration import Configuration
from web.identity import PUBLIC, Identity, admit
from web.pages import ROUTES as PAGE_ROUTES
from web.templating import Pages
from web.work import working

HERE = Path(__file__).parent
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
LARGEST_BODY = 256 * 1024 * 1024  # bytes; a survey of some million answers


def create_app(configuration: Configuration, *, works: bool = False) -> Litestar:
    """The whole product over one database; ``works`` when this process also does the work behind the pages."""
    logs.configure()
    return Litestar(
        route_handlers=[
            *PAGE_ROUTES,
            *API_ROUTES,
            *webhooks.ROUTES,
            create_static_files_router(
                path="/static", directories=[HERE / "static"], opt={"role": PUBLIC}, name="static"
            ),
        ],
        state=state_of(configuration, Pages(time_zone=configuration.time_zone)),
        dependencies={"database": Provide(database_of, sync_to_thread=False)},
        middleware=[DefineMiddleware(Identity, exclude=["^/static/", "^/health$"])],
        guards=[admit],
        csrf_config=CSRFConfig(
            secret=configuration.secret,
            cookie_name=form_cookie(configuration),
            exclude=["^/api/", "^/webhooks/"],
            cookie_secure=configuration.secure,
            cookie_httponly=True,
        ),
        exception_handlers=faults.HANDLERS | versions.HANDLERS,
        before_send=[add_headers],
        lifespan=[closing, *([working] if works else [])],
        openapi_config=openapi(),
        request_class=Asking,
        request_max_body_size=LARGEST_BODY,
    )


def state_of(configuration: Configuration, pages: Pages) -> State:
    """All that requests share; nothing else of the app knows the database."""
    database = Database(configuration.database_url)
    return State(
        {
            "configuration": configuration,
            "database": database,
            "pages": pages,
            "trials": Trials(),
            "outside": outside(configuration, database),
        }
    )


def database_of(state: State) -> Database:
    database: Database = state.database
    return database


def outside(configuration: Configuration, database: Database) -> Outside:
    """What speaks to trackers."""
    return Outside(database, Seal(configuration.secret, configuration.former_secrets), configuration.tracker_hosts)


def form_cookie(configuration: Configuration) -> str:
    """Its name changes with the secret: a browser that kept one signed with another secret just gets a new one."""
    name = f"waymark_form_{hashlib.sha256(configuration.secret.encode()).hexdigest()[:8]}"
    return f"__Host-{name}" if configuration.secure else name


def openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Waymark",
        version="1",
        description="From customer survey to ranked backlog. Send the token as `Authorization: Bearer ...`.",
        path="/api",
        render_plugins=[Described()],
        openapi_router=Router(path="/api", route_handlers=[], opt={"role": PUBLIC}, include_in_schema=False),
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
    )


async def add_headers(message: Message, scope: Scope) -> None:
    """Security headers on every answer, whatever its status."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if scope["path"].startswith("/static/"):
            headers["cache-control"] = "public, max-age=31536000, immutable"
        elif "cache-control" not in headers:
            headers["cache-control"] = "no-store"


@asynccontextmanager
async def closing(app: Litestar) -> AsyncIterator[None]:
    yield
    await app.state.database.close()
