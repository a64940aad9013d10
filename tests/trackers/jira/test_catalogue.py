"""What a connection can choose from, what it may do, and the webhooks it has Jira send."""

import datetime as dt
import json

import pytest

from backlog.trackers.fields import Field
from integrations.catalogue import Kind, TrackerField
from integrations.errors import Refused
from integrations.issue import Category
from integrations.jira.catalogue import Wishes, priorities
from integrations.jira.defaults import defaults
from integrations.jira.hooks import BEFORE_10, SINCE_10, administrators, wished
from integrations.jira.kind import CLOUD, DATA_CENTER
from integrations.tracker import Check
from integrations.writes import Edit
from tests.trackers.fake_jira.airport import DEPARTMENT, INTEGRATION, SCORE, TERMINAL, WHY
from tests.trackers.fake_jira.people import BROWSE, COMMENT, CREATE, EVERYDAY
from tests.trackers.jira.sites import NOON, Jira, jira_of
from tests.trackers.jira.test_issues import made

HOOK = "https://waymark.airport.example/hooks/7/abc"
GATEWAY = "/ex/jira/11223344-a1b2-3b33-c444-def123456789"


async def test_the_catalogue_of_a_type_has_its_own_fields_and_statuses(jira: Jira) -> None:
    found = await jira.tracker.catalogue("10010")

    assert (found.project.id, found.project.key) == ("10000", "GATE")
    assert [each.name for each in found.types] == ["Task", "Story"]
    assert {each.id: each.kind for each in found.fields} == {
        "labels": Kind.LABELS,
        "priority": Kind.CHOICE,
        "assignee": Kind.ACCOUNT,
        "components": Kind.CHOICES,
        "duedate": Kind.DAY,
        DEPARTMENT.id: Kind.CHOICE,
        SCORE.id: Kind.NUMBER,
        WHY.id: Kind.PROSE,
    }
    department = found.field(DEPARTMENT.id)
    assert department is not None
    assert [each.name for each in department.choices] == ["Ground Services", "Retail"]
    assert [(each.name, each.category) for each in found.statuses][-2:] == [
        ("In Review", Category.DOING),
        ("Done", Category.DONE),
    ]
    assert [each.name for each in found.priorities] == ["Highest", "High", "Medium", "Low", "Lowest"]
    assert {"Tom Berger", "Waymark"} <= {each.name for each in found.accounts}
    assert [each.name for each in found.accounts if each.is_us] == ["Waymark"]


async def test_what_must_be_filled_is_told(jira: Jira) -> None:
    by_name = await jira.tracker.catalogue("Story")

    assert [each.id for each in by_name.fields if each.is_required] == [TERMINAL.id]
    assert by_name.field("duedate") is None


async def test_without_a_type_the_first_is_shown(jira: Jira) -> None:
    assert (await jira.tracker.catalogue()).field("duedate") is not None


async def test_projects_are_found_by_their_names(jira: Jira) -> None:
    assert [each.key for each in await jira.tracker.projects()] == ["GATE", "SHOP"]
    assert [each.key for each in await jira.tracker.projects("food")] == ["SHOP"]


def problems(checks: object) -> dict[str, str]:
    assert isinstance(checks, list)
    found: list[Check] = checks
    return {str(each.name): str(each.problem) for each in found if not each.ok}


async def test_a_good_connection_passes_every_check(jira: Jira) -> None:
    found = problems(await jira.tracker.check())

    assert set(found) == ({"may register webhooks"} if jira.site.cloud else set())


async def test_each_missing_permission_is_named(jira: Jira) -> None:
    jira.person("us").permissions = EVERYDAY
    jira.person("us").permissions_in[10_000] = frozenset({BROWSE, COMMENT, CREATE})

    found = problems(await jira.tracker.check())

    assert set(found) == {
        "may change and label",
        "may set the status",
        "may register webhooks",
    }
    assert "Edit Issues" in found["may change and label"]


async def test_a_project_that_is_not_seen_ends_the_checks(jira: Jira) -> None:
    found = problems(await jira.door(jira.tracker.site.access.credentials, project="GONE").check())

    assert set(found) == {"can see the project GONE"}


async def test_a_wrong_token_ends_the_checks(jira: Jira) -> None:
    found = problems(await jira.door({"email": "waymark@airport.example", "token": "wrong"}).check())

    assert "can sign in" in found


async def test_the_wrong_kind_of_jira_is_named() -> None:
    async with jira_of(DATA_CENTER) as jira:
        jira.site.deployment = "Server"
        assert problems(await jira.tracker.check()) == {}
        jira.site.deployment = "Cloud"

        assert "“Cloud”, not Jira Data Center" in problems(await jira.tracker.check())["it is Jira Data Center"]


LOOK_UPS = {
    r"user/assignable/search$": "can read the people to assign",
    r"project/GATE/statuses$": "can read the statuses",
    r"issue/createmeta/GATE/issuetypes$": "can read the types of issue",
    r"issue/createmeta/GATE/issuetypes/\d+$": "can read the fields",
    r"/field$": "can read the kinds of fields",
}


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("path", LOOK_UPS)
async def test_a_look_up_that_is_not_there_stops_nothing(jira: Jira, path: str, status: int) -> None:
    jira.fault("status", status=status, path=path, body=b'{"message": "Not Found"}')

    found = await jira.tracker.catalogue()
    usual = defaults(found)
    await jira.tracker.send(jira.tracker.creation(Edit(title="Warmer gates"), "m-1"))

    assert found.project.id == "10000"
    assert [each.name for each in found.types] == ["Task", "Story"]
    assert (Field.STAGE in usual.fields) is bool(found.statuses)
    checks = await jira.tracker.check()
    assert LOOK_UPS[path] in problems(checks)
    assert not [each for each in checks if each.is_needed and each.problem is not None]


@pytest.mark.parametrize("status", [403, 404])
async def test_without_priorities_none_is_mapped(jira: Jira, status: int) -> None:
    jira.fault("status", status=status, path=r"/priority(/search)?$", body=b"{}")
    wishes = Wishes()

    assert await priorities(jira.tracker.site, [TrackerField("priority", "Priority", Kind.CHOICE)], wishes) == ()
    assert set(wishes.unread) == {"can read the priorities"}


@pytest.mark.parametrize("status", [403, 404])
async def test_rights_that_cannot_be_asked_are_neither_there_nor_missing(jira: Jira, status: int) -> None:
    jira.fault("status", status=status, path="/mypermissions$", body=b"{}")

    checks = {str(each.name): each for each in await jira.tracker.check()}

    for name in ("can read", "can write", "may change and label", "may set the status", "may comment"):
        assert (checks[name].ok, checks[name].problem) == (None, None)
        assert checks[name].unasked is not None
    assert checks["may register webhooks"].ok is (False if jira.site.cloud else None)


async def test_a_right_jira_does_not_name_is_not_known(jira: Jira) -> None:
    jira.fault("status", status=200, path="/mypermissions$", body=b'{"permissions": {}}')

    checks = {str(each.name): each for each in await jira.tracker.check()}

    assert checks["can write"].ok is None


@pytest.mark.parametrize("status", [403, 404])
async def test_which_jira_it_is_may_be_unknown(jira: Jira, status: int) -> None:
    jira.fault("status", status=status, path="/serverInfo$", body=b"{}")

    checks = await jira.tracker.check()

    assert checks[0].ok is None
    assert checks[1].ok is True
    assert "can sign in" not in [str(each.name) for each in checks]
    assert "may comment" in [str(each.name) for each in checks]


async def test_at_the_gateway_issues_lead_there_when_jira_does_not_tell_its_address() -> None:
    async with jira_of(CLOUD, prefix=GATEWAY) as jira:
        scoped = {"email": "waymark@airport.example", "token": "scoped"}
        tracker = jira.door(scoped, base_url=jira.site.gateway)
        jira.fault("status", status=404, path="/serverInfo$", body=b"{}")

        assert (await tracker.catalogue()).project.url == f"{jira.site.gateway}/browse/GATE"


async def test_an_api_token_registers_no_webhook(cloud: Jira) -> None:
    assert await cloud.tracker.register_hook(HOOK, "secret") is None


async def test_an_app_registers_a_webhook_and_keeps_it_alive() -> None:
    async with jira_of(CLOUD, prefix=GATEWAY) as jira:
        app = {"client_id": "waymark-app", "client_secret": "app-secret"}
        code = jira.site.oauth.consent("waymark-app", INTEGRATION)
        answer = jira.site.oauth.issue({**app, "grant_type": "authorization_code", "code": code})
        tracker = jira.door({**app, "refresh_token": str(answer["refresh_token"])}, base_url=jira.site.gateway)

        await tracker.register_hook(HOOK, "secret")
        hook = await tracker.register_hook(HOOK, "secret")

        assert hook is not None
        assert list(jira.site.hooks.registered) == [int(hook.id)]
        assert hook.expires_at == NOON + dt.timedelta(days=30)
        jira.clock.forward(days=20)
        renewed = await tracker.renew_hook(hook)
        assert renewed.expires_at == NOON + dt.timedelta(days=50)
        await tracker.remove_hook(renewed)
        await tracker.remove_hook(renewed)
        assert jira.site.hooks.registered == {}
        for number in range(5):
            await tracker.register_hook(f"{HOOK}/{number}", "secret")
        with pytest.raises(Refused):
            await tracker.register_hook(f"{HOOK}/6", "secret")


async def test_an_administrator_registers_a_webhook_with_a_secret(data_center: Jira) -> None:
    await data_center.tracker.register_hook(HOOK, "old secret")
    hook = await data_center.tracker.register_hook(HOOK, "secret")

    assert hook is not None
    (registered,) = data_center.site.hooks.registered.values()
    assert (registered.id, registered.secret, registered.url) == (int(hook.id), "secret", HOOK)
    assert hook.expires_at is None
    assert await data_center.tracker.renew_hook(hook) == hook
    await data_center.tracker.remove_hook(hook)
    await data_center.tracker.remove_hook(hook)
    assert data_center.site.hooks.registered == {}


def test_since_version_10_the_secret_stands_in_the_configuration() -> None:
    before, since = (wished(path, "GATE", HOOK, "secret") for path in (BEFORE_10, SINCE_10))

    assert since["configuration"]["SECRET"] == before["secret"] == "secret"
    assert "secret" not in since


@pytest.mark.parametrize(("version", "path"), [([9, 12, 4], BEFORE_10), ([10, 3, 0], SINCE_10), (None, BEFORE_10)])
async def test_the_version_says_where_webhooks_are_registered(
    data_center: Jira, version: list[int] | None, path: str
) -> None:
    body = json.dumps({"versionNumbers": version}).encode()
    data_center.fault("status", status=200, body=body, path="/serverInfo", times=1)

    assert await administrators(data_center.tracker.site) == path


async def test_who_is_no_administrator_registers_none(data_center: Jira) -> None:
    data_center.person("us").permissions = EVERYDAY

    assert await data_center.tracker.register_hook(HOOK, "secret") is None


async def test_jira_is_not_asked_to_send_again(jira: Jira) -> None:
    issue = await made(jira)

    assert jira.tracker.nesting(issue, issue) is None
    hook = await jira.tracker.register_hook(HOOK, "secret")
    assert hook is None or await jira.tracker.redeliveries(hook, NOON) == ()
