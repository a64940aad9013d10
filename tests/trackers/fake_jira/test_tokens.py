"""Which token opens which door of the fake, and how OAuth hands them out."""

import base64

import httpx

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import INTEGRATION
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.visitors import TASK, Visitors, adf

MAIL = "waymark@airport.example"
APP = {"client_id": "waymark-app", "client_secret": "app-secret"}


async def test_a_classic_token_works_at_the_site_and_a_scoped_one_at_the_gateway(
    site: Site, visitors: Visitors
) -> None:
    answers = {
        (token, gateway): (await visitors.at(site, basic=(MAIL, token), gateway=gateway).get("/myself")).status_code
        for token in ("classic", "scoped")
        for gateway in (False, True)
    }

    assert answers == {
        ("classic", False): 200,
        ("classic", True): 401,
        ("scoped", False): 401,
        ("scoped", True): 200,
    }


async def test_wrong_expired_and_missing_tokens_are_401(site: Site, visitors: Visitors) -> None:
    for basic in [(MAIL, "wrong"), (MAIL, "expired-classic"), ("tom@airport.example", "classic")]:
        answer = await visitors.at(site, basic=basic).get("/myself")
        assert answer.status_code == 401
        assert answer.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert (await visitors.at(site).get("/myself")).status_code == 401


async def test_a_broken_token_may_pass_for_nobody(site: Site, visitors: Visitors) -> None:
    site.switches.broken_token_is_anonymous = True
    nobody = visitors.at(site, basic=(MAIL, "wrong"))

    assert (await nobody.get("/project/search")).json()["values"] == []
    assert (await nobody.get("/myself")).status_code == 401


async def test_a_scope_that_was_not_given_is_missed(site: Site, visitors: Visitors) -> None:
    code = site.oauth.consent("waymark-app", INTEGRATION, frozenset({"read:jira-work"}))
    token = str(site.oauth.issue({**APP, "grant_type": "authorization_code", "code": code})["access_token"])
    reader = visitors.at(site, bearer=token, gateway=True)

    assert (await reader.get("/project/GATE")).status_code == 200
    written = await reader.post("/issue", json={"fields": {**TASK, "summary": "Queue", "description": adf("Long")}})
    assert (written.status_code, written.json()["message"]) == (401, "Unauthorized; scope does not match")


async def test_a_refresh_token_is_good_once(site: Site, visitors: Visitors, clock: HandClock) -> None:
    door = visitors.at(site, path="/")
    code = site.oauth.consent("waymark-app", INTEGRATION)

    first = (await door.post("oauth/token", json={**APP, "grant_type": "authorization_code", "code": code})).json()
    refresh = {**APP, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = await door.post("oauth/token", json=refresh)
    reused = await door.post("oauth/token", json=refresh)

    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert (reused.status_code, reused.json()["error"]) == (403, "invalid_grant")
    clock.forward(hours=1)
    assert (await visitors.at(site, bearer=first["access_token"], gateway=True).get("/myself")).status_code == 401


async def test_an_oauth_token_names_its_sites(site: Site, visitors: Visitors) -> None:
    site.oauth.consenting = INTEGRATION
    door = visitors.at(site, path="/")

    asked = {"client_id": "waymark-app", "redirect_uri": "http://127.0.0.1/back", "state": "s-1"}
    back = httpx.URL((await door.get("authorize", params=asked)).headers["location"])
    form = {**APP, "grant_type": "authorization_code", "code": back.params["code"]}
    token = (await door.post("oauth/token", data=form)).json()["access_token"]
    sites = await door.get("oauth/token/accessible-resources", headers={"Authorization": f"Bearer {token}"})

    assert back.params["state"] == "s-1"
    assert [(each["id"], each["url"]) for each in sites.json()] == [(site.cloud_id, site.url)]
    assert (await door.get("oauth/token/accessible-resources")).status_code == 401


async def test_data_center_locks_an_account_after_wrong_passwords(data_center: Site, visitors: Visitors) -> None:
    wrong = visitors.at(data_center, basic=("waymark", "wrong"))

    answers = [await wrong.get("/myself") for _ in range(4)]
    right = await visitors.at(data_center, basic=("waymark", "password")).get("/myself")

    assert [each.status_code for each in answers] == [401, 401, 401, 403]
    assert answers[0].headers["content-type"].startswith("text/html")
    assert answers[3].headers["x-authentication-denied-reason"].startswith("CAPTCHA_CHALLENGE")
    assert right.status_code == 403


async def test_nonsense_in_the_authorization_header_is_401(site: Site, visitors: Visitors) -> None:
    visitor = visitors.at(site)

    for header in ("Basic !!!", "Basic " + base64.b64encode(b"\xff\xfe").decode(), "Bearer classic", "Token classic"):
        assert (await visitor.get("/myself", headers={"Authorization": header})).status_code == 401
