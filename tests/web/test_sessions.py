"""Signing in and out: what a session is, when it ends, and what a stranger can and cannot find out."""

import asyncio
import datetime as dt
import time

import pytest
from sqlalchemy import delete, func, select, update

from backlog import history
from backlog.history import Event
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.sessions import FailedTry, Session, neighbourhood
from tests.web.clients import PASSWORD, Browser, Served, serving
from web.identity import COOKIE
from web.pages.sessions import safe_address


@pytest.fixture
async def ines(served: Served) -> Person:
    """Somebody with a password."""
    person = await served.person(Role.CONTRIBUTOR, name="Ines")
    await served.password(person)
    return person


async def sign_in(browser: Browser, email: str, password: str = PASSWORD, back: str = "/journeys") -> int:
    answer = await browser.post("/sign-in", data={"email": email, "password": password, "back": back})
    return answer.status_code


async def tried(served: Served, email: str, n: int, address: str = "127.0.0.1") -> None:
    """That many wrong passwords just now, without the work of checking them."""
    async with served.database.writing() as session:
        session.add_all(FailedTry(email=email, address=address, at=history.now()) for _ in range(n))


async def sessions_kept(served: Served) -> int:
    async with served.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Session)) or 0


async def test_the_right_password_opens_the_page_that_was_wanted(served: Served, ines: Person) -> None:
    browser = served.visitor()
    asked = await browser.get("/journeys?sort=name")

    answer = await browser.post(
        "/sign-in", data={"email": ines.email.upper(), "password": PASSWORD, "back": "/journeys?a=1"}
    )

    assert asked.status_code == 401
    assert 'value="/journeys?sort=name"' in asked.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/journeys?a=1")
    assert (await browser.get("/journeys")).status_code == 200


async def test_unknown_names_wrong_passwords_and_disabled_persons_get_the_same_words(
    served: Served, ines: Person
) -> None:
    left = await served.person(Role.VIEWER, name="Left us", disabled_at=history.now())
    await served.password(left)
    tries = {"nobody@waymark.example": PASSWORD, ines.email: "not the password", left.email: PASSWORD}

    answers = [
        await served.visitor().post("/sign-in", data={"email": email, "password": password})
        for email, password in tries.items()
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all("E-mail address and password do not fit together." in answer.text for answer in answers)


async def test_unknown_names_take_as_long_as_known_ones(served_sqlite: Served) -> None:
    person = await served_sqlite.person(Role.VIEWER, name="Known")
    await served_sqlite.password(person)

    async def seconds(email: str) -> float:
        begun = time.perf_counter()
        assert (
            await sign_in(served_sqlite.visitor(address=f"10.0.0.{int(begun * 1000) % 250}"), email, "wrong password")
            == 422
        )
        return time.perf_counter() - begun

    await seconds("warm@up.example")
    known = sorted([await seconds(person.email) for _ in range(5)])[2]
    unknown = sorted([await seconds("nobody@waymark.example") for _ in range(5)])[2]

    assert 0.5 < known / unknown < 2


async def test_after_ten_wrong_passwords_the_right_one_is_not_tried_either(served: Served, ines: Person) -> None:
    browser = served.visitor()

    await tried(served, ines.email, 9)
    tenth = await sign_in(browser, ines.email, "wrong password")
    answer = await browser.post("/sign-in", data={"email": ines.email, "password": PASSWORD})

    assert tenth == 422
    assert "Too many tries" in answer.text


async def test_a_stranger_elsewhere_cannot_lock_the_owner_out(served: Served, ines: Person) -> None:
    await tried(served, ines.email, 10, address="203.0.113.9")

    assert await sign_in(served.visitor(address="203.0.113.9"), ines.email) == 422
    assert await sign_in(served.visitor(address="198.51.100.4"), ines.email) == 303


async def test_thirty_tries_at_once_are_still_only_ten(served: Served, ines: Person) -> None:
    browser = served.visitor()

    await asyncio.gather(*(sign_in(browser, ines.email, "wrong password") for _ in range(30)))

    async with served.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(FailedTry)) == 10
        refused = select(func.count()).where(Event.verb == "failed to sign in")
        assert await session.scalar(refused) == 10


async def test_after_fifteen_minutes_it_may_be_tried_again(served: Served, ines: Person) -> None:
    await tried(served, ines.email, 10)
    async with served.database.writing() as session:
        await session.execute(update(FailedTry).values(at=history.now() - dt.timedelta(minutes=16)))

    assert await sign_in(served.visitor(), ines.email) == 303


async def test_signing_in_forgets_the_tries_before(served: Served, ines: Person) -> None:
    await tried(served, ines.email, 9)
    await sign_in(served.visitor(), ines.email)

    assert await sign_in(served.visitor(), ines.email, "wrong password") == 422
    assert await sign_in(served.visitor(), ines.email) == 303


async def test_odd_characters_in_the_address_are_only_wrong(served: Served, ines: Person) -> None:
    for email in ("ines\x00@x.example", "ü' or 1=1 --" * 10_000):
        assert await sign_in(served.visitor(), email) == 422


async def test_an_invented_session_id_is_never_taken_over(served: Served, ines: Person) -> None:
    browser = served.visitor()
    browser.cookies.set(COOKIE, "chosen-by-somebody-else", domain="waymark.test")

    before = await browser.get("/journeys")
    await sign_in(browser, ines.email)
    thief = served.visitor()
    thief.cookies.set(COOKIE, "chosen-by-somebody-else", domain="waymark.test")

    assert before.status_code == 401
    assert (await browser.get("/journeys")).status_code == 200
    assert (await thief.get("/journeys")).status_code == 401


async def test_each_sign_in_gets_a_new_session_and_the_old_one_ends(served: Served, ines: Person) -> None:
    browser = served.visitor()
    await sign_in(browser, ines.email)
    first = next(cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE)
    await sign_in(browser, ines.email)
    second = next(cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE)
    old = served.visitor()
    old.cookies.set(COOKIE, first or "", domain="waymark.test")

    assert first != second
    assert (await old.get("/journeys")).status_code == 401
    assert await sessions_kept(served) == 1


async def test_signing_out_ends_the_session_not_only_the_cookie(served: Served, ines: Person) -> None:
    browser = served.visitor()
    await sign_in(browser, ines.email)
    copy = served.visitor()
    copy.cookies.update(browser.cookies)

    await browser.post("/sign-out")

    assert (await copy.get("/journeys")).status_code == 401
    assert await sessions_kept(served) == 0


@pytest.mark.parametrize(
    ("column", "ago", "status"),
    [
        ("seen_at", dt.timedelta(hours=7, minutes=50), 200),
        ("seen_at", dt.timedelta(hours=8, minutes=1), 401),
        ("created_at", dt.timedelta(days=29, hours=23), 200),
        ("created_at", dt.timedelta(days=30, minutes=1), 401),
        ("seen_at", dt.timedelta(hours=-2), 200),
    ],
    ids=["idle not yet", "idle 8 hours", "30 days not yet", "30 days", "clock put back"],
)
async def test_sessions_end_after_8_idle_hours_and_after_30_days(
    served: Served, column: str, ago: dt.timedelta, status: int
) -> None:
    browser = await served.client(Role.VIEWER)
    async with served.database.writing() as session:
        await session.execute(update(Session).values({column: history.now() - ago}))

    assert (await browser.get("/journeys")).status_code == status


async def test_being_used_keeps_a_session_awake(served: Served) -> None:
    browser = await served.client(Role.VIEWER)
    async with served.database.writing() as session:
        await session.execute(update(Session).values(seen_at=history.now() - dt.timedelta(hours=7)))

    await browser.get("/journeys")

    async with served.database.reading() as session:
        seen = await session.scalar(select(Session.seen_at))
        assert seen is not None
        assert history.now() - seen < dt.timedelta(minutes=1)


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(served: Served, ines: Person) -> None:
    answer = await served.visitor().post("/sign-in", data={"email": ines.email, "password": PASSWORD})

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


async def test_under_https_the_cookies_belong_to_this_host_alone(served_sqlite: Served) -> None:
    person = await served_sqlite.person(Role.VIEWER, name="Ines")
    await served_sqlite.password(person)
    async with serving(served_sqlite.database, served_sqlite.configuration.home, secure=True) as secure:
        browser = secure.visitor()
        form = await secure.visitor(csrf=False).get("/sign-in")
        answer = await browser.post("/sign-in", data={"email": person.email, "password": PASSWORD})

        for cookie in (form.headers["set-cookie"], answer.headers["set-cookie"]):
            assert cookie.startswith("__Host-waymark_")
            assert "Secure" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
        assert (await browser.get("/journeys")).status_code == 200
        left = await browser.post("/sign-out")
        assert "Secure" in left.headers["set-cookie"]
        assert (await browser.get("/journeys")).status_code == 401


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "\\/evil.example", "evil", ""],
)
async def test_nobody_is_sent_to_another_site_after_signing_in(elsewhere: str) -> None:
    assert safe_address(elsewhere) == "/"


async def test_a_forged_x_forwarded_for_counts_only_behind_a_trusted_proxy(served_sqlite: Served) -> None:
    person = await served_sqlite.person(Role.VIEWER, name="Ines")
    await served_sqlite.password(person)

    async def locked_out(served: Served) -> bool:
        for number in range(11):  # the eleventh is not looked at
            visitor = served.visitor()
            visitor.headers["x-forwarded-for"] = f"10.0.0.{number}"
            await sign_in(visitor, person.email, "wrong password")
        return await sign_in(served.visitor(), person.email) == 422

    assert await locked_out(served_sqlite)
    async with served_sqlite.database.writing() as session:
        await session.execute(delete(FailedTry))
    async with serving(served_sqlite.database, served_sqlite.configuration.home, trusted_proxy=True) as behind:
        assert not await locked_out(behind)


def test_one_household_is_one_address_whatever_the_protocol() -> None:
    assert neighbourhood("2001:db8:1:2:3:4:5:6") == neighbourhood("2001:db8:1:2::9")
    assert neighbourhood("::ffff:203.0.113.9") == neighbourhood("203.0.113.9") != neighbourhood("203.0.113.10")


async def test_every_sign_in_and_sign_out_is_in_the_history(served: Served, ines: Person) -> None:
    browser = served.visitor()
    await sign_in(browser, ines.email, "wrong password")
    await sign_in(browser, ines.email)
    await browser.post("/sign-out")

    async with served.database.reading() as session:
        verbs = list(await session.scalars(select(Event.verb).where(Event.subject == "session").order_by(Event.id)))
    assert verbs == ["failed to sign in", "signed in", "signed out"]


async def test_language_and_theme_can_be_chosen_before_signing_in(served: Served, ines: Person) -> None:
    visitor = served.visitor()

    answer = await visitor.post("/preferences", data={"locale": "de", "back": "/sign-in"})
    await visitor.post("/preferences", data={"theme": "dark", "back": "/sign-in"})
    page = await visitor.get("/sign-in")

    assert answer.headers["location"] == "/sign-in"
    assert '<html lang="de" data-theme="dark">' in page.text
