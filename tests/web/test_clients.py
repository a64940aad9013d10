"""The clients the other tests rely on."""

from backlog.people.roles import Role
from tests.web.clients import Served


async def test_health_answers_anybody(served: Served) -> None:
    answer = await served.visitor().get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_signed_in_client_is_known_and_may_sign_out(served: Served) -> None:
    browser = await served.client(Role.VIEWER)

    answer = await browser.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
