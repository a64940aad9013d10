"""The pages, one module per resource."""

from litestar.types import ControllerRouterHandler

from web.pages import health, sessions

ROUTES: list[ControllerRouterHandler] = [*health.ROUTES, *sessions.ROUTES]
