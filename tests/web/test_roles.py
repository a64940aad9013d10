"""Who may do what: every route of the app, for strangers, each role, a disabled person, and tokens of each role."""

from collections.abc import Iterable

import httpx
import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.demo import seeding
from backlog.evidence import touchpoints
from backlog.history import WAYMARK, Event
from backlog.people.persons import Person
from backlog.people.roles import ORDER, Role
from tests.web.clients import Served
from tests.web.routes import SAFE, Route, all_routes
from web.app import HEADERS
from web.identity import PUBLIC

ROUTES = all_routes()
GUARDED = [route for route in ROUTES if route.needed not in (PUBLIC, None)]


def test_every_route_says_which_role_it_needs() -> None:
    assert [str(route) for route in ROUTES if route.needed is None] == []


def test_only_the_doors_are_public() -> None:
    assert {str(route) for route in ROUTES if route.needed == PUBLIC} == {
        "GET /api",
        "GET /api/openapi.json",
        "GET /api/{address}",
        "GET /api/{path}",
        "GET /{address}",
        "GET /health",
        "GET /rate/{secret}",
        "GET /sign-in",
        "GET /welcome",
        "POST /preferences",
        "POST /rate/{secret}",
        "POST /sign-in",
        "POST /webhooks/{kind}/{connection_id}",
        "POST /welcome",
    }


async def denials(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).where(Event.verb == "was denied")) or 0


async def ask(client: httpx.AsyncClient, route: Route) -> httpx.Response:
    """An empty request to the route, where there is nothing to be found."""
    if route.method in SAFE:
        return await client.request(route.method, route.address)
    if route.is_api:
        return await client.request(route.method, route.address, json={})
    return await client.request(route.method, route.address, data={})


async def is_refused(served: Served, client: httpx.AsyncClient, wanted: Iterable[Route], status: int) -> None:
    """Each of the routes answers with this status, in the right form, and leaves a row in the history."""
    for route in wanted:
        before = await denials(served.database)
        answer = await ask(client, route)
        assert answer.status_code == status, str(route)
        kind = "application/problem+json" if route.is_api else "text/html; charset=utf-8"
        assert answer.headers["content-type"] == kind, str(route)
        assert await denials(served.database) == before + 1, str(route)


async def is_admitted(client: httpx.AsyncClient, wanted: Iterable[Route]) -> None:
    """None of the routes turns the client away, and none breaks."""
    answers = {str(route): (await ask(client, route)).status_code for route in wanted}
    assert {route: status for route, status in answers.items() if status in (401, 403) or status >= 500} == {}


def pages(role: Role, *, allowed: bool) -> list[Route]:
    """The guarded pages this role may or may not use; signing out comes last."""
    found = [route for route in GUARDED if not route.is_api and role.may(route.needed or "") is allowed]
    return sorted(found, key=lambda route: route.path == "/sign-out")


def resources(role: Role, *, allowed: bool) -> list[Route]:
    return [route for route in GUARDED if route.is_api and role.may(route.needed or "") is allowed]


@pytest.fixture
async def lived_in(served_sqlite: Served) -> Served:
    """Somebody exists and something is in the register, so that nothing leads to the first run."""
    await served_sqlite.person(Role.ADMINISTRATOR, name="Ada")
    async with served_sqlite.database.writing() as session:
        await touchpoints.add(session, {"name": "Security queue"}, by=WAYMARK)
    return served_sqlite


@pytest.mark.parametrize("role", ORDER)
async def test_a_person_gets_no_further_than_the_role_allows(lived_in: Served, role: Role) -> None:
    browser = await lived_in.client(role)

    await is_refused(lived_in, browser, pages(role, allowed=False), 403)
    await is_admitted(browser, pages(role, allowed=True))


@pytest.mark.parametrize("role", ORDER)
async def test_a_token_gets_no_further_than_its_role_allows(lived_in: Served, role: Role) -> None:
    api = await lived_in.api(role)

    await is_refused(lived_in, api, resources(role, allowed=False), 403)
    await is_admitted(api, resources(role, allowed=True))


async def test_a_stranger_is_asked_to_sign_in_everywhere(lived_in: Served) -> None:
    await is_refused(lived_in, lived_in.visitor(), GUARDED, 401)


async def test_a_disabled_person_is_a_stranger(lived_in: Served) -> None:
    browser = await lived_in.client(Role.ADMINISTRATOR, name="Left us")
    async with lived_in.database.writing() as session:
        person = await session.scalar(select(Person).where(Person.name == "Left us"))
        assert person is not None
        person.disabled_at = history.now()

    await is_refused(lived_in, browser, GUARDED, 401)


async def test_a_revoked_or_invented_token_is_refused_with_problem_details(lived_in: Served) -> None:
    api = lived_in.visitor(csrf=False)
    api.headers["authorization"] = "Bearer wm_invented"

    await is_refused(lived_in, api, [route for route in GUARDED if route.is_api], 401)


async def test_strangers_cannot_fill_the_history(lived_in: Served) -> None:
    visitor = lived_in.visitor()
    lived_in.app.state.denials = (history.now().replace(minute=0, second=0, microsecond=0), 999)

    answers = [(await visitor.get("/settings")).status_code for _ in range(3)]

    assert answers == [401, 401, 401]
    assert await denials(lived_in.database) == 1


async def test_the_api_never_takes_the_cookie(lived_in: Served) -> None:
    browser = await lived_in.client(Role.ADMINISTRATOR)

    for route in GUARDED:
        if route.is_api:
            assert (await ask(browser, route)).status_code == 401, str(route)


async def test_pages_never_take_a_token(lived_in: Served) -> None:
    api = await lived_in.api(Role.ADMINISTRATOR)

    assert (await api.get("/settings")).status_code == 401


async def test_a_form_without_its_token_changes_nothing(lived_in: Served) -> None:
    browser = await lived_in.client(Role.ADMINISTRATOR)
    del browser.headers["x-csrftoken"]

    for route in ROUTES:
        if not route.is_api and route.method not in SAFE:
            status = BY_ADDRESS.get(route.path, 403)
            assert (await ask(browser, route)).status_code == status, str(route)


BY_ADDRESS = {"/rate/{secret}": 404, "/webhooks/{kind}/{connection_id}": 401}
"""Who knows the address, or signs what is sent there, needs no more than that."""
PLAIN = [route for route in ROUTES if route.method == "GET" and not route.has_parameters]


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled with the demo"])
async def test_every_page_opens_for_an_administrator(served_sqlite: Served, filled: bool) -> None:
    if filled:
        await seeding.seed(served_sqlite.database)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    api = await served_sqlite.api(Role.ADMINISTRATOR)

    answers = {
        str(route): (await (api if route.is_api else browser).get(route.path, follow_redirects=True)).status_code
        for route in PLAIN
    }
    assert {route: status for route, status in answers.items() if status != 200} == {}


async def test_the_api_describes_itself(served_sqlite: Served) -> None:
    answer = await served_sqlite.visitor().get("/api/openapi.json")

    operations = [
        operation["operationId"]
        for path in answer.json()["paths"].values()
        for method, operation in path.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    assert answer.status_code == 200
    assert len(operations) == len(set(operations)) > 0
    assert not [path for path in answer.json()["paths"] if not path.startswith("/api/v1/")]


async def test_security_headers_stand_on_every_status(lived_in: Served) -> None:
    browser, api = await lived_in.client(Role.VIEWER), await lived_in.api(Role.VIEWER)
    administrator, forged = await lived_in.client(Role.ADMINISTRATOR), lived_in.visitor(csrf=False)
    answers = {
        200: await browser.get("/journeys"),
        303: await browser.post("/preferences", data={"theme": "dark"}),
        401: await lived_in.visitor().get("/journeys"),
        403: await forged.post("/sign-in"),
        404: await api.get("/api/v1/journeys/999999"),
        405: await browser.delete("/journeys"),
        422: await administrator.post("/settings/people", data={"role": "viewer"}),
    }

    assert {status: answer.status_code for status, answer in answers.items()} == {status: status for status in answers}
    for status, answer in answers.items():
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, status
        assert "unsafe" not in answer.headers["content-security-policy"]
