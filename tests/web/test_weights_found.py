"""Finding weights in each way, keeping them as one's own, and proposing what lies in the middle."""

import re

import pytest
from sqlalchemy import select

from backlog.history import Event
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.weights import weight_opinions
from backlog.weights.weight_opinions import WeightOpinion
from backlog.weights.weights import Closeness, WeightProfile
from tests.ranking.backlogs import initiative
from tests.web.clients import Browser, Served
from tests.weights.test_ways import BEST_WORST, ORDER, PAIRS

NUMBERS = {"importance": "100", "urgency": "0", "maturity": "0", "effort_benefit": "0"}
WAYS = [
    ("numbers", NUMBERS, [1.0, 0.0, 0.0, 0.0]),
    ("order", ORDER, [0.5208, 0.2083, 0.0625, 0.2083]),
    ("best_worst", BEST_WORST, None),
    ("pairs", PAIRS, None),
    ("preset", {"preset": "sum"}, [0.25, 0.25, 0.25, 0.25]),
]


@pytest.fixture
async def backlog(served: Served) -> Served:
    async with served.database.writing() as session:
        session.add_all([initiative("Lane", rated_importance=9.0), initiative("Desk", rated_urgency=10.0)])
    return served


async def profiles(served: Served) -> list[WeightProfile]:
    async with served.database.reading() as session:
        return list(await session.scalars(select(WeightProfile).order_by(WeightProfile.id)))


async def says(served: Served, name: str, **values: str) -> Browser:
    """A contributor of this name who has said which weights to use."""
    browser = await served.client(Role.CONTRIBUTOR, name=name)
    answer = await browser.post("/settings/weights/opinions", data={"method": "numbers"} | values)
    assert answer.status_code == 303
    return browser


@pytest.mark.parametrize(("method", "entered", "weights"), WAYS)
async def test_what_follows_is_shown_before_anything_is_proposed(
    backlog: Served, method: str, entered: dict[str, str], weights: list[float] | None
) -> None:
    browser = await backlog.client(Role.CONTRIBUTOR)
    given = {"method": method} | entered

    tried = await browser.post("/settings/weights/new", data=given | {"reason": "Small steps"})
    assert tried.status_code == 200
    assert 'aria-current="page"' in tried.text
    assert "Small steps" in tried.text
    assert "Lane" in tried.text
    assert await profiles(backlog) == []

    assert (await browser.post("/settings/weights", data=given | {"reason": "Small steps"})).status_code == 303
    profile = (await profiles(backlog))[0]
    assert profile.method == method
    assert profile.inputs
    if weights is not None:
        assert [round(weight, 4) for weight in profile.weights.as_dict().values()] == weights
    page = (await browser.get("/settings/weights")).text
    assert "How they were found:" in page


@pytest.mark.parametrize(
    ("method", "entered", "field", "said"),
    [
        ("numbers", dict.fromkeys(NUMBERS, "0"), "urgency", "At least one weight must be above 0."),
        ("order", ORDER | {"urgency": "7"}, "urgency", "A place is a whole number from 1 to 4."),
        ("best_worst", BEST_WORST | {"worst": "urgency"}, "worst", "cannot be the same one"),
        ("best_worst", BEST_WORST | {"best_to_importance": ""}, "best_to_importance", "This comparison is missing."),
        ("pairs", PAIRS | {"urgency_maturity": ""}, "urgency_maturity", "This comparison is missing."),
        ("pairs", PAIRS | {"urgency_maturity": "x" * 10_000}, "urgency_maturity", "between 1/9 and 9"),
        ("preset", {"preset": "guess"}, "preset", "Choose one of these."),
        ("preset", {}, "preset", "Choose one of these."),
    ],
)
@pytest.mark.parametrize("path", ["/settings/weights/new", "/settings/weights", "/settings/weights/opinions"])
async def test_what_is_missing_or_wrong_stands_beside_its_field(
    served_sqlite: Served, path: str, method: str, entered: dict[str, str], field: str, said: str
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post(path, data={"method": method, "reason": "Small steps"} | entered)

    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert said in answer.text
    assert "Small steps" in answer.text
    assert await profiles(served_sqlite) == []


async def test_a_reason_of_ten_thousand_characters_is_given_back(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    for path in ("/settings/weights", "/settings/weights/opinions"):
        answer = await browser.post(path, data={"method": "order", "reason": "why " * 2_500} | ORDER)
        assert answer.status_code == 422
        assert "Use at most 2000 characters" in answer.text
        assert "why why why" in answer.text
        assert 'value="4" checked' in answer.text


async def test_pairs_that_contradict_each_other_are_told_with_the_pair_to_look_at(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    round_and_round = PAIRS | {"importance_urgency": "5", "urgency_maturity": "5", "importance_maturity": "1/5"}

    page = (await browser.post("/settings/weights/new", data={"method": "pairs"} | round_and_round)).text

    assert "The pairs contradict each other: consistency ratio" in page
    assert "Look again at maturity against importance: you said 5 times as much" in page


async def test_a_circle_names_all_its_pairs_and_pairs_that_fit_as_one_are_said_to_count_just_as_much(
    served_sqlite: Served,
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    alike = dict.fromkeys(PAIRS, "1")
    circle = alike | {"importance_urgency": "9", "urgency_maturity": "9", "importance_maturity": "1/9"}
    one = alike | {"importance_urgency": "2"}

    round_page = (await browser.post("/settings/weights/new", data={"method": "pairs"} | circle)).text
    one_page = (await browser.post("/settings/weights/new", data={"method": "pairs"} | one)).text

    assert (
        "importance counts more than urgency, urgency more than maturity, and maturity more than importance"
        in round_page
    )
    assert "Look again" not in round_page
    assert "1 times" not in one_page
    assert "you said 2 times as much; all pairs together make it" in one_page


async def test_criteria_called_equal_print_equal_shares(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    equal = dict.fromkeys(PAIRS, "1") | {each: "5" for each in PAIRS if each.startswith("importance")}

    page = (await browser.post("/settings/weights/new", data={"method": "pairs"} | equal)).text

    assert page.partition("What follows")[2].count("<b>12.5%</b>") == 3


async def test_a_script_gets_what_follows_alone(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    script = {"hx-request": "true"}

    good = await browser.post("/settings/weights/new", data={"method": "order"} | ORDER, headers=script)
    bad = await browser.post("/settings/weights/new", data={"method": "pairs"}, headers=script)

    assert good.text.lstrip().startswith('<section class="box" id="found"')
    assert (good.status_code, bad.status_code) == (200, 422)
    assert "6 entries are missing or wrong" in bad.text


@pytest.mark.parametrize("query", ["method=pairs", "method=best_worst&best=nobody", "method=guess"])
async def test_an_address_that_tells_too_little_opens_the_form(served_sqlite: Served, query: str) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.get(f"/settings/weights/new?{query}")

    assert answer.status_code == 200
    assert 'role="alert"' not in answer.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("query", "typed", "field"),
    [
        ("importance=-5", "-5", "importance"),
        ("importance=abc&urgency=20", "abc", "importance"),
        ("maturity=%00", "", "maturity"),
        ("importance=0&urgency=0&maturity=0&effort_benefit=0", "0", "importance"),
    ],
)
async def test_an_address_with_a_weight_that_is_none_says_so_beside_the_field(
    served_sqlite: Served, query: str, typed: str, field: str
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.get(f"/settings/weights/new?{query}")

    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert f'name="{field}" type="text" value="{typed}' in answer.text


async def test_ones_own_weights_stand_beside_those_of_others_and_can_be_changed_and_withdrawn(served: Served) -> None:
    await says(served, "Ines", importance="60", urgency="20", maturity="10", effort_benefit="10")
    kim = await says(served, "Kim", importance="20", urgency="60", maturity="10", effort_benefit="10")

    page = (await kim.get("/settings/weights")).text
    assert "You differ most on importance: Kim says 20%, Ines says 60%." in page
    assert "By that you hardly agree." in page

    mine = (await kim.get("/settings/weights/new?mine=1")).text
    assert 'name="urgency" type="text" value="60"' in mine
    changed = {"method": "order", "reason": "Queues first"} | ORDER
    assert (await kim.post("/settings/weights/opinions", data=changed)).status_code == 303
    again = (await kim.get("/settings/weights/new?mine=1")).text
    assert "Queues first" in again
    assert 'value="4" checked' in again

    async with served.database.reading() as session:
        kept = await session.scalar(select(WeightOpinion).where(WeightOpinion.said_by == "Kim"))
        assert kept is not None
        assert (kept.version, kept.method) == (2, "order")
    assert (await kim.post("/settings/weights/opinions/withdrawal")).status_code == 303
    assert (await kim.post("/settings/weights/opinions/withdrawal")).status_code == 404
    async with served.database.reading() as session:
        assert list(await session.scalars(select(WeightOpinion.said_by))) == ["Ines"]
        verbs = list(await session.scalars(select(Event.verb).where(Event.subject == "weight_opinion")))
    assert verbs == ["said which weights"] * 3 + ["withdrew weights"]


async def test_the_medians_are_proposed_with_the_names_and_the_closeness_people_show(served: Served) -> None:
    for name, importance in (("Ada", "40"), ("Ines", "42")):
        await says(served, name, importance=importance, urgency="30", maturity="10", effort_benefit="20")
    browser = await says(served, "Kim", importance="44", urgency="30", maturity="10", effort_benefit="20")

    page = (await browser.get("/settings/weights/new?method=medians")).text
    seen = re.search(r'name="opinions" value="([^"]+)"', page)
    assert seen is not None
    assert 'value="closely" checked' in page
    assert "Ada, Ines, Kim" in page
    given = {"method": "medians", "closeness": "closely", "reason": "What we say together"}
    answer = await browser.post("/settings/weights", data=given | {"opinions": seen[1]})

    assert answer.status_code == 303
    profile = (await profiles(served))[0]
    assert profile.inputs["names"] == ["Ada", "Ines", "Kim"]
    assert (profile.method, profile.closeness) == ("medians", Closeness.CLOSELY)
    assert round(profile.importance, 4) == round(42 / 102, 4)
    assert "Ada, Ines, Kim" in (await browser.get("/settings/weights")).text


async def test_medians_that_are_others_now_are_looked_at_again_first(served: Served) -> None:
    ada = await says(served, "Ada", **NUMBERS)
    page = (await ada.get("/settings/weights/new?method=medians")).text
    seen = re.search(r'name="opinions" value="([^"]+)"', page)
    await says(served, "Kim", **NUMBERS | {"urgency": "100"})

    given = {"method": "medians", "reason": "Together", "opinions": seen[1] if seen else ""}
    answer = await ada.post("/settings/weights", data=given)

    assert answer.status_code == 422
    assert "Look at the medians again" in answer.text
    assert await profiles(served) == []


async def test_nobody_has_medians_and_those_who_left_do_not_count(served: Served) -> None:
    browser = await served.client(Role.CONTRIBUTOR)
    nobody = await browser.get("/settings/weights/new?method=medians")
    refused = await browser.post("/settings/weights", data={"method": "medians", "reason": "Together"})
    assert (nobody.status_code, refused.status_code) == (200, 409)

    await says(served, "Left us", **NUMBERS)
    async with served.database.writing() as session:
        person = await session.scalar(select(Person).where(Person.name == "Left us"))
        assert person is not None
        person.disabled_at = person.created_at
    async with served.database.reading() as session:
        assert await weight_opinions.together(session) is None


async def test_viewers_look_and_say_nothing(served_sqlite: Served) -> None:
    await says(served_sqlite, "Ines", **NUMBERS)
    viewer = await served_sqlite.client(Role.VIEWER)

    page = (await viewer.get("/settings/weights")).text

    assert "Ines" in page
    assert "/settings/weights/new" not in page
    for path in ("/settings/weights/opinions", "/settings/weights/opinions/withdrawal", "/settings/weights/new"):
        assert (await viewer.post(path, data=NUMBERS)).status_code == 403


async def test_who_agreed_is_named_with_the_day(served: Served) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    await owner.post("/settings/weights", data=NUMBERS | {"reason": "Customers first"})

    late = await owner.post("/settings/weights/1/agreement", data={"agreed_by": "Board", "agreed_on": "2126-01-01"})
    endless = await owner.post("/settings/weights/1/agreement", data={"agreed_by": "x" * 10_000})
    assert (late.status_code, endless.status_code) == (422, 422)
    assert "Choose a day that is not to come." in late.text
    assert 'value="Board"' in late.text

    given = {"agreed_by": "Board: Ada, Ines", "agreed_on": "2026-11-02"}
    assert (await owner.post("/settings/weights/1/agreement", data=given)).status_code == 303
    page = (await owner.get("/settings/weights")).text
    assert "agreed on 2 Nov 2026 by Board: Ada, Ines" in page
