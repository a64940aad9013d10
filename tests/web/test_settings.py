"""The first run, settings, people, tokens, preferences, and the lists of departments, personas and layers."""

import asyncio
import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from backlog import settings
from backlog.database import Database
from backlog.demo import seeding
from backlog.evidence import touchpoints
from backlog.evidence.layers import Layer
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK, Event
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.register import entries
from tests.web.clients import PASSWORD, Served

ADA = {"name": "Ada", "email": "ada@waymark.example", "password": PASSWORD, "locale": "de", "organisation": "SFO"}
VERSION = re.compile(r'name="version" value="(\d+)"')


async def count(database: Database, kind: Any) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(kind)) or 0


async def test_every_page_of_an_empty_waymark_leads_to_its_first_run(served: Served) -> None:
    for path in ("/backlog", "/settings", "/sign-in", "/touchpoints"):
        answer = await served.visitor().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/welcome"), path

    assert (await served.visitor().get("/api/v1/journeys")).status_code == 401


async def test_the_first_person_administers_and_is_signed_in(served: Served) -> None:
    browser = served.visitor()

    answer = await browser.post("/welcome", data=ADA)
    page = await browser.get("/welcome")

    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome")
    assert '<html lang="de"' in page.text
    assert 'action="/welcome/demo"' in page.text
    assert (await browser.get("/settings/people")).status_code == 200
    async with served.database.reading() as session:
        assert (await settings.load(session)).organisation == "SFO"


async def test_the_first_run_says_what_is_wrong_and_keeps_what_was_typed(served: Served) -> None:
    answer = await served.visitor().post("/welcome", data=ADA | {"email": "ada", "password": "short"})

    assert answer.status_code == 422
    assert 'value="Ada"' in answer.text
    assert "short" not in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert await count(served.database, Person) == 0


async def test_the_first_run_comes_only_once(served: Served) -> None:
    others = [served.visitor() for _ in range(3)]
    first = await asyncio.gather(*(other.post("/welcome", data=ADA) for other in others))

    page = await served.visitor().get("/welcome")

    assert sorted(answer.status_code for answer in first) == [303, 409, 409]
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert await count(served.database, Person) == 1


async def test_sample_data_is_refused_where_something_is_already(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    async with served_sqlite.database.writing() as session:
        await touchpoints.add(session, {"name": "Security queue"}, by=WAYMARK)

    assert (await browser.post("/welcome/demo")).status_code == 409
    assert await count(served_sqlite.database, Touchpoint) == 1


async def test_sample_data_that_broke_off_half_way_can_be_loaded_again(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    async with served_sqlite.database.writing() as session:
        await seeding.begin(session, dt.date(2026, 11, 20))

    offered = await browser.get("/welcome")
    start = await browser.get("/backlog")

    assert 'action="/welcome/demo"' in offered.text
    assert start.headers["location"] == "/welcome"


async def test_settings_are_kept_and_told(served: Served) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    values = {
        "organisation": "SFO",
        "threshold": "7,2",
        "probability": "0.9",
        "signature_cap": "4",
        "score_months": "6",
    }

    answer = await browser.post("/settings", data=values)
    page = await browser.get("/settings")

    assert answer.status_code == 303
    async with served.database.reading() as session:
        kept = await settings.load(session)
    assert (kept.threshold, kept.probability, kept.signature_cap, kept.score_months) == (7.2, 0.9, 4, 6)
    assert "changed settings" in page.text


async def test_settings_out_of_range_are_refused_beside_the_field(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    wrong = (
        ("threshold", "eleven"),
        ("threshold", "10.1"),
        ("threshold", "nan"),
        ("threshold", "9e999"),
        ("probability", "0.4"),
        ("signature_cap", "2.5"),
        ("signature_cap", "0"),
        ("score_months", ""),
        ("organisation", "x" * 101),
        ("small_steps_from", "101"),
        ("signature_to", "33.3"),
        ("large_footprints_from", "41"),
    )

    for field, text in wrong:
        answer = await browser.post("/settings", data={"threshold": "6", "organisation": "SFO"} | {field: text})

        assert answer.status_code == 422, (field, text)
        assert f'id="f-{field}-error"' in answer.text, (field, text)
        assert f'value="{text}"' in answer.text, (field, text)
    assert await count(served_sqlite.database, settings.Setting) == 0


async def test_settings_changed_by_another_administrator_are_not_overwritten_unseen(served: Served) -> None:
    mine, theirs = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ines")
    await theirs.post("/settings", data={"organisation": "SFO", "threshold": "7.2", "version": "0"})

    late = await mine.post("/settings", data={"organisation": "SFO", "threshold": "6.1", "version": "0"})

    assert late.status_code == 409
    assert 'value="6.1"' in late.text
    assert 'name="version" value="1"' in late.text
    async with served.database.reading() as session:
        assert (await settings.load(session)).threshold == 7.2
    again = await mine.post("/settings", data={"organisation": "SFO", "threshold": "6.1", "version": "1"})
    assert again.status_code == 303


async def test_a_lost_role_counts_at_once_while_the_page_is_open(served: Served) -> None:
    admin, browser = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    ben = await served.person(Role.ADMINISTRATOR, name="Ben")
    assert (await browser.get("/settings/people")).status_code == 200

    demoted = await admin.post(f"/settings/people/{ben.id}", data={"name": "Ben", "role": "viewer", "version": "1"})
    answer = await browser.post("/settings", data={"threshold": "1"})

    assert (demoted.status_code, answer.status_code) == (303, 403)
    assert "Your role does not allow this. Nothing was changed" in answer.text


async def test_a_person_is_added_and_may_sign_in(served: Served) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    values = {"name": "Ines", "email": "ines@waymark.example", "role": "contributor", "password": PASSWORD}

    refused = await browser.post("/settings/people", data=values | {"password": "short"})
    answer = await browser.post("/settings/people", data=values)
    signed_in = await served.visitor().post("/sign-in", data={"email": values["email"], "password": PASSWORD})

    assert (refused.status_code, answer.status_code, signed_in.status_code) == (422, 303, 303)
    assert 'value="ines@waymark.example"' in refused.text


async def test_disabling_and_a_new_password_sign_a_person_out(served: Served) -> None:
    admin, browser = await served.client(Role.ADMINISTRATOR), await served.client(Role.VIEWER, name="Ines")
    ines = await served.person(Role.VIEWER, name="Ines")

    await admin.post(f"/settings/people/{ines.id}/disabling", data={"version": "1"})
    disabled = await browser.get("/journeys")
    await admin.post(f"/settings/people/{ines.id}/enabling", data={"version": "2"})
    browser = await served.client(Role.VIEWER, name="Ines")
    enabled = await browser.get("/journeys")
    await admin.post(f"/settings/people/{ines.id}/password", data={"password": PASSWORD, "version": "3"})
    reset = await browser.get("/journeys")

    assert (disabled.status_code, enabled.status_code, reset.status_code) == (401, 200, 401)


@pytest.mark.parametrize("part", ["", "/disabling", "/password"])
async def test_a_person_changed_by_another_administrator_is_not_changed_unseen(served: Served, part: str) -> None:
    mine, theirs = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    ines = await served.person(Role.VIEWER, name="Ines")
    typed = {"name": "Inés", "role": "viewer", "password": PASSWORD}
    await theirs.post(f"/settings/people/{ines.id}", data={"name": "Ines", "role": "contributor", "version": "1"})

    blind = await mine.post(f"/settings/people/{ines.id}{part}", data=typed)
    late = await mine.post(f"/settings/people/{ines.id}{part}", data=typed | {"version": "1"})
    again = await mine.post(f"/settings/people/{ines.id}{part}", data=typed | {"version": "2"})

    assert (blind.status_code, late.status_code, again.status_code) == (428, 409, 303)
    assert "Somebody else changed this in the meantime" in late.text
    assert late.text.count('name="version" value="2"') == 3
    assert 'value="Inés"' in late.text
    assert PASSWORD not in late.text


async def test_a_person_enabled_by_another_administrator_is_not_enabled_unseen(served: Served) -> None:
    mine, theirs = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    ines = await served.person(Role.VIEWER, name="Ines")
    for part, version in (("disabling", "1"), ("enabling", "2"), ("disabling", "3")):
        await theirs.post(f"/settings/people/{ines.id}/{part}", data={"version": version})

    late = await mine.post(f"/settings/people/{ines.id}/enabling", data={"version": "2"})

    assert late.status_code == 409
    assert "Let Ines sign in again" in late.text


async def test_a_password_that_is_too_short_is_said_beside_its_field(served: Served) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    ines = await served.person(Role.VIEWER, name="Ines")

    answer = await browser.post(f"/settings/people/{ines.id}/password", data={"password": "short", "version": "1"})

    assert answer.status_code == 422
    assert 'href="#f-password"' in answer.text
    assert 'id="f-password"' in answer.text


async def test_the_last_administrator_stays(served: Served) -> None:
    browser = await served.client(Role.ADMINISTRATOR)
    ada = await served.person(Role.ADMINISTRATOR)

    disabling = await browser.post(f"/settings/people/{ada.id}/disabling", data={"version": "1"})
    demotion = await browser.post(f"/settings/people/{ada.id}", data={"name": "Ada", "role": "viewer", "version": "1"})

    assert (disabling.status_code, demotion.status_code) == (409, 409)
    assert "is the only administrator" in disabling.text
    assert f'id="person-{ada.id}"' in demotion.text
    assert (await browser.get("/settings/people")).status_code == 200


async def test_a_token_is_shown_once_used_and_revoked(served: Served) -> None:
    browser = await served.client(Role.ADMINISTRATOR)

    added = await browser.post("/settings/tokens", data={"name": "Nightly import", "role": "viewer"})
    secret = re.search(r"wm_[\w-]+", added.text)
    assert secret is not None
    program = served.visitor(csrf=False)
    program.headers["authorization"] = f"Bearer {secret[0]}"
    used = await program.get("/api/v1/journeys")
    page = await browser.get("/settings/tokens")
    revoked = await browser.post("/settings/tokens/1/revocation")

    assert (added.status_code, used.status_code, revoked.status_code) == (201, 200, 303)
    assert secret[0] not in page.text
    assert "never" not in page.text
    assert (await program.get("/api/v1/journeys")).status_code == 401


async def test_a_person_chooses_language_theme_and_name(served: Served) -> None:
    browser = await served.client(Role.VIEWER)

    answer = await browser.post(
        "/preferences", data={"locale": "de", "theme": "dark", "name": "Inés", "back": "/journeys"}
    )
    page = await browser.get("/preferences")
    system = await browser.post("/preferences", data={"theme": "system", "back": "//evil.example"})

    assert answer.headers["location"] == "/journeys"
    assert '<html lang="de" data-theme="dark">' in page.text
    assert 'value="Inés"' in page.text
    assert system.headers["location"] == "/"
    assert "data-theme" not in (await browser.get("/journeys")).text


async def test_what_cannot_be_chosen_is_left_alone(served: Served) -> None:
    browser = await served.client(Role.VIEWER)

    await browser.post("/preferences", data={"locale": "tlh", "theme": "pink", "role": "administrator"})

    async with served.database.reading() as session:
        person = (await session.scalars(select(Person))).one()
    assert (person.locale, person.theme, person.role) == (None, None, Role.VIEWER)
    assert (await browser.post("/preferences", data={"name": " "})).status_code == 422


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(served: Served) -> None:
    here, elsewhere = await served.client(Role.VIEWER), await served.client(Role.VIEWER)
    await served.password(await served.person(Role.VIEWER))

    refused = await here.post("/preferences/password", data={"old_password": "guessed", "password": "a new password"})
    answer = await here.post("/preferences/password", data={"old_password": PASSWORD, "password": "a new password"})

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert "This is not your present password." in refused.text
    assert (await here.get("/journeys")).status_code == 200
    assert (await elsewhere.get("/journeys")).status_code == 401


LISTS = [("departments", Department, {"code": "SEC"}), ("personas", Persona, {}), ("layers", Layer, {})]


@pytest.mark.parametrize(("path", "kind", "more"), LISTS)
async def test_a_name_is_added_changed_and_removed(
    served: Served, path: str, kind: type[entries.Entry], more: dict[str, str]
) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)
    values = {"name": "Security <b>", "description": "=1+1"} | more

    added = await browser.post(f"/{path}", data=values)
    twice = await browser.post(f"/{path}", data=values | {"name": "security <B>"})
    page = await browser.get(f"/{path}?edit=1")
    changed = await browser.post(f"/{path}/1", data=values | {"name": "Checkpoints", "version": "1"})
    stale = await browser.post(f"/{path}/1", data=values | {"name": "Control points", "version": "1"})
    removed = await browser.post(f"/{path}/1/removal", data={"version": "2"})

    assert [answer.status_code for answer in (added, twice, changed, stale, removed)] == [303, 422, 303, 409, 303]
    assert "exists already" in twice.text
    assert "Security &lt;b&gt;" in page.text
    assert 'value="Control points"' in stale.text
    assert VERSION.findall(stale.text)[0] == "2"
    assert await count(served.database, kind) == 0
    async with served.database.reading() as session:
        verbs = await session.scalars(select(Event.verb).where(Event.subject == kind.__tablename__).order_by(Event.id))
        assert list(verbs) == ["added", "changed", "removed"]


async def test_what_is_used_stays_and_says_by_what(served: Served) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)
    await browser.post("/departments", data={"code": "SEC", "name": "Security"})
    async with served.database.writing() as session:
        await touchpoints.add(session, {"name": "Security queue", "department_id": 1}, by=WAYMARK)

    answer = await browser.post("/departments/1/removal", data={"version": "1"})

    assert answer.status_code == 409
    assert "Security is still used by touchpoints (1)." in answer.text


@pytest.mark.parametrize(("path", "kind", "more"), LISTS)
async def test_a_list_goes_out_and_comes_in_equal(
    served: Served, path: str, kind: type[entries.Entry], more: dict[str, str]
) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)
    await browser.post(f"/{path}", data={"name": "=cmd|' /C calc'!A0", "description": 'semi; "quoted", text'} | more)
    out = await browser.get(f"/{path}/list.csv")
    await browser.post(f"/{path}/1/removal", data={"version": "1"})

    answer = await browser.post(f"/{path}/list", files={"file": ("list.csv", out.content)})
    again = await browser.get(f"/{path}/list.csv")

    assert answer.status_code == 303
    assert "'=cmd" in out.text
    assert not re.search(r"(^|,)\"?[=+\-@\t]", out.text)
    assert again.content == out.content


async def test_a_list_with_one_wrong_row_changes_nothing(served: Served) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)
    data = "code,name\nSEC,Security\n,Nobody\nTOO LONG CODE,Baggage\n"

    answer = await browser.post("/departments/list", files={"file": ("list.csv", data.encode())})

    assert answer.status_code == 422
    assert "Row 3, column “code”: Enter a short code." in answer.text
    assert "Row 4, column “code”" in answer.text
    assert await count(served.database, Department) == 0


async def test_a_file_that_is_no_list_is_refused_with_a_reason(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    files = (b"", b"\x00\x01\x02binary", b"PK\x03\x04not a list", b"colour\nred\n", "näme\n".encode("latin-1"))

    for data in files:
        answer = await browser.post("/personas/list", files={"file": ("list.csv", data)})

        assert answer.status_code == 422, data
        assert 'id="f-file-error"' in answer.text, data


async def test_departments_are_known_by_their_code_and_the_page_says_so(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    await browser.post("/departments", data={"code": "AA", "name": "Alpha"})
    await browser.post("/departments", data={"code": "BB", "name": "Beta"})
    rows = b"code,name\nAA,Alphabet\nBB,Beta\nCC,Gamma\n"

    pages = [(await browser.get(f"/{path}")).text for path in ("departments", "personas")]
    await browser.post("/departments/list", files={"file": ("list.csv", rows)})
    page = await browser.get("/departments")

    assert "Rows with a known code change that department, its name too" in pages[0]
    assert "Rows with a known name change it" in pages[1]
    assert "1 added, 1 changed, 1 unchanged." in page.text
    assert "Alphabet" in page.text


@pytest.mark.parametrize(
    ("path", "rows", "said"),
    [
        (
            "departments",
            "code,name\nAA,Alpha\nBB,Beta\naa,Alpha two\n",
            "Row 4, column “name”: This differs from row 2",
        ),
        ("personas", "name,description\nAnna,one\nanna,two\n", "Row 3, column “description”: This differs from row 2"),
    ],
)
async def test_a_list_that_contradicts_itself_changes_nothing(
    served_sqlite: Served, path: str, rows: str, said: str
) -> None:
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await browser.post(f"/{path}/list", files={"file": ("list.csv", rows.encode())})

    assert answer.status_code == 422
    assert said in answer.text
    assert await count(served_sqlite.database, Department if path == "departments" else Persona) == 0


async def test_a_page_below_one_of_the_settings_lights_that_one_alone(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    pages = [
        (await browser.get(f"/settings{path}")).text for path in ("", "/weights", "/weights/new", "/positioning/edit")
    ]

    lit = [
        re.findall(r'<a href="(/settings[^"]*)" aria-current', page.split("sidenav")[1].split("</nav>")[0])
        for page in pages
    ]
    assert lit == [["/settings"], ["/settings/weights"], ["/settings/weights"], ["/settings/positioning"]]
