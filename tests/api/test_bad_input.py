"""What no database can hold, and bodies that are no bodies: a problem that says so, never a server error."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar, Request, get
from sqlalchemy.exc import IntegrityError

from backlog import history
from backlog.database import Database
from backlog.people.roles import Role
from tests.evidence.tallies import a_touchpoint
from tests.web.clients import Served
from web.app import create_app

TOO_LARGE = [2**31, 2**63 - 1, 2**63, 10**30, -(2**63) - 1]


@pytest.fixture
async def api(served: Served) -> httpx.AsyncClient:
    async with served.database.writing() as session:
        await a_touchpoint(session, "Restaurants")
    return await served.api(Role.ADMINISTRATOR)


@pytest.mark.parametrize("name", ["phase", "persona"])
@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9223372036854775808", "9" * 400])
async def test_an_id_that_cannot_be_one_is_no_filter(api: httpx.AsyncClient, name: str, number: str) -> None:
    answer = await api.get("/api/v1/initiatives", params={name: number})

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "9" * 5000])
async def test_a_department_that_cannot_be_one_is_told(api: httpx.AsyncClient, number: str) -> None:
    answer = await api.get("/api/v1/initiatives", params={"department": number})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["department"])


async def test_touchpoints_are_found_by_their_phase(api: httpx.AsyncClient) -> None:
    phases = [{"name": "Arriving", "touchpoints": [1]}, {"name": "Onward"}]
    made = (await api.post("/api/v1/journeys", json={"name": "Landing", "phases": phases})).json()["phases"]

    found = [(await api.get("/api/v1/touchpoints", params={"phase": each["id"]})).json()["total"] for each in made]

    assert found == [1, 0]


@pytest.mark.parametrize("number", TOO_LARGE)
async def test_a_journey_of_nobody_through_nothing_is_refused(api: httpx.AsyncClient, number: int) -> None:
    walked = await api.post("/api/v1/journeys", json={"name": "Landing", "persona": number})
    phases = [{"name": "Arriving", "touchpoints": [number]}]
    through = await api.post("/api/v1/journeys", json={"name": "Landing", "phases": phases})

    assert (walked.status_code, list(walked.json()["errors"])) == (422, ["persona"])
    assert (through.status_code, list(through.json()["errors"])) == (422, ["phases"])
    assert (await api.get("/api/v1/journeys")).json()["total"] == 0


@pytest.mark.parametrize("number", TOO_LARGE)
async def test_giving_up_what_there_is_not_gives_nothing_up(api: httpx.AsyncClient, number: int) -> None:
    review_on = history.now().date().replace(year=history.now().year + 1, day=1).isoformat()
    answer = await api.post(
        "/api/v1/touchpoints/1/signature", json={"reason": "Food", "review_on": review_on, "giving_up": number}
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "address", ["/responses?measure=%00", "/imports/1/set-aside?column=a%00", "/touchpoints?q=%00"]
)
async def test_a_nul_in_an_address_finds_nothing(api: httpx.AsyncClient, address: str) -> None:
    assert (await api.get(f"/api/v1{address}")).status_code in (200, 404)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"\xff\xfe", b"[" * 100_000, b'{"name":' * 100_000, b'{"name": NaN}', b'{"name": "\\ud800"}'],
    ids=["nothing", "cut", "null", "binary", "lists", "objects", "nan", "surrogate"],
)
async def test_a_body_that_is_none_is_said_to_be_none(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/api/v1/touchpoints", content=body, headers={"content-type": "application/json"})

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await api.get("/api/v1/touchpoints")).json()["total"] == 1


async def test_an_unknown_field_is_refused(api: httpx.AsyncClient) -> None:
    answer = await api.post("/api/v1/touchpoints", json={"name": "Security", "is_signature": True})

    assert answer.status_code == 400
    assert "is_signature" in json.dumps(answer.json())


async def test_more_rows_than_are_taken_are_refused_before_they_are_read(api: httpx.AsyncClient) -> None:
    body = b"[" + b",".join([b"{}"] * 500_001) + b"]"

    answer = await api.post("/api/v1/responses", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["detail"] == "At most 500000 rows can be sent in one call. Nothing was stored."


@pytest.mark.parametrize("body", [b"", b"\x00\x01binary", b"touchpoint,value\n" + b"Restaurants,3\n" * 500_001])
async def test_rows_that_are_none_or_too_many_are_the_fault_of_the_body(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/api/v1/responses", content=body, headers={"content-type": "text/csv"})

    assert answer.status_code == 422
    assert "Nothing was" in answer.json()["detail"]
    assert (await api.get("/api/v1/responses")).json()["total"] == 0


async def test_more_than_is_taken_at_once_is_said_in_words(api: httpx.AsyncClient) -> None:
    headers = {"content-type": "text/csv", "content-length": str(300 * 1024 * 1024)}

    answer = await api.post("/api/v1/responses", content=b"touchpoint,value", headers=headers)

    assert answer.status_code == 413
    assert answer.json()["detail"] == "This is larger than Waymark takes at once. Nothing was saved."


@get("/breaks", opt={"role": "public"})
async def breaks(request: Request[Any, Any, Any]) -> None:
    password = request.headers["x-password"]
    raise LookupError(f"{len(password)} characters were of no use")


@pytest.fixture
def app(served_sqlite: Served) -> Iterator[Litestar]:
    app = create_app(served_sqlite.configuration)
    app.register(breaks)
    yield app
    structlog.reset_defaults()


async def test_the_log_says_where_it_broke_and_no_values(app: Litestar, capsys: pytest.CaptureFixture[str]) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://waymark.test") as client:  # type: ignore[arg-type]
        answer = await client.get("/breaks", headers={"x-password": "small steps"})

    written = capsys.readouterr().out
    assert answer.status_code == 500
    assert "LookupError: 11 characters were of no use" in written
    assert "small steps" not in written


async def twice(database: Database) -> None:
    async with database.writing() as session:
        await a_touchpoint(session, "Restaurants")
        await a_touchpoint(session, "Restaurants")


async def test_an_error_of_the_database_names_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError, match="hidden due to hide_parameters") as raised:
        await twice(database)

    assert "Restaurants" not in str(raised.value).partition("DETAIL")[0]


async def test_a_role_that_does_not_suffice_is_told_which_one_would(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    answer = await api.post("/api/v1/departments", json={"code": "SEC", "name": "Security"})

    assert answer.status_code == 403
    assert answer.json()["needs"] == "product_owner"
    assert answer.json()["detail"] == "This needs the role product_owner or one above it. Nothing was changed."
