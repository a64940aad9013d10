"""All routes of the app, for tests that walk them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar
from litestar.routes import HTTPRoute

from backlog.people.roles import Role
from web.app import create_app
from web.configuration import Configuration

SAFE = {"GET", "HEAD"}
NOBODY = "999999"
"""An id that nothing has."""


@dataclass(frozen=True)
class Route:
    """One method of one address; ``needed`` is the role it asks for, "public", or None when it says nothing."""

    method: str
    path: str
    needed: Role | str | None

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api")

    @property
    def has_parameters(self) -> bool:
        return "{" in self.path

    @property
    def address(self) -> str:
        """An address of this route where there is nothing to be found."""
        path = re.sub(r"\{key[^}]*\}", f"CX-{NOBODY}", self.path)
        return re.sub(r"\{[^}]*\}", NOBODY, path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes(app: Litestar) -> Iterator[Route]:
    """Every route a person or program can ask for; OPTIONS is the framework's own and static files are no route."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith("/static"):
            for handler in {id(handler): handler for handler in route.route_handlers}.values():
                for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                    yield Route(method, route.path_format, handler.opt.get("role"))


def all_routes() -> list[Route]:
    home = Path("unused")
    return sorted(
        set(routes(create_app(Configuration(home=home, database_url="sqlite:///unused.db", secret="f" * 64)))),
        key=lambda route: (route.path, route.method),
    )
