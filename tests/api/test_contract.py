"""The API against its own description: some hundred made-up calls, good and bad, of every operation.

No server error, no status the description does not name, no answer of another shape.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

import migrations
from backlog.database import Database
from backlog.evidence import scores
from backlog.history import WAYMARK
from backlog.initiatives import initiatives
from backlog.people import accounts
from backlog.people.roles import Role
from tests.databases import opened, sqlite_url
from tests.evidence.tallies import a_measure, a_touchpoint, answered
from tests.serving import served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
CALLS = 10
"""Made-up calls of each operation."""


async def filled(database: Database) -> str:
    """A touchpoint with a score, an initiative about it, and somebody; the secret of a token."""
    async with database.writing() as session:
        await accounts.add_first_person(session, email="ana@airport.example", name="Ana", password="small steps, large")
        touchpoint, experience = await a_touchpoint(session, "Restaurants"), await a_measure(session)
        answered(session, touchpoint, experience, {2: 10, 3: 20, 4: 10})
        await scores.recompute(session)
        await initiatives.propose(session, title="Better food", touchpoint_ids=[touchpoint.id], by=WAYMARK)
        return await accounts.add_token(session, name="robot", role=Role.ADMINISTRATOR, by=WAYMARK)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenApiSchema]:
    """The description of a running product; calls go there with an administrator's token."""
    home: Path = tmp_path_factory.mktemp("contract")
    url = sqlite_url(home / "waymark.db")
    migrations.upgrade(url)

    async def fill() -> str:
        async with opened(url) as database:
            return await filled(database)

    secret = asyncio.run(fill())
    with served(home, DEMO="0") as product:
        found = schemathesis.openapi.from_url(f"{product.url}/api/openapi.json")
        found.config.update(headers={"Authorization": f"Bearer {secret}"})
        yield found


def calls(operation: Operation) -> SearchStrategy[Case]:
    """As described, and not as described."""
    return st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))


def broken_promise(operation: Operation) -> str | None:
    """What was answered that is not described; None when all was as promised."""

    @settings(
        max_examples=CALLS,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(calls(operation))
    def call(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    try:
        call()
    except (FailureGroup, Failure) as failure:
        return f"{operation.label}: {failure}"
    return None


def test_every_answer_is_one_that_is_described(described: OpenApiSchema) -> None:
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]

    broken = [broken_promise(operation) for operation in operations]

    assert len(operations) > 40
    assert [each for each in broken if each] == []
