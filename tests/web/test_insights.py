"""The pages of insights."""

import datetime as dt

import pytest

from backlog.evidence import insights
from backlog.evidence.insights import InsightKind, Values
from backlog.history import WAYMARK
from backlog.people.roles import Role
from tests.evidence.tallies import a_touchpoint
from tests.web.clients import Served


async def heard(served: Served) -> int:
    """Sixty insights about restaurants: forty of one theme, twenty quotes; one more about nothing known."""
    async with served.database.writing() as session:
        restaurants = await a_touchpoint(session, "Restaurants")
        for place in range(60):
            theme = "Too expensive" if place < 40 else "Closed too early"
            await insights.add(
                session,
                Values(
                    touchpoint_id=restaurants.id,
                    kind=InsightKind.PAIN,
                    text="" if place < 40 else f"Nothing was open, visit {place}",
                    theme=theme,
                    said_on=dt.date(2018, 5, 1),
                ),
                by=WAYMARK,
            )
        delight = Values(kind=InsightKind.DELIGHT, text="Lovely <b>art</b>", said_on=dt.date(2018, 5, 2))
        await insights.add(session, delight, by=WAYMARK)
    return restaurants.id


async def test_insights_are_paged_and_their_themes_counted(served: Served) -> None:
    await heard(served)
    browser = await served.client(Role.VIEWER)

    first = (await browser.get("/insights")).text
    second = (await browser.get("/insights?offset=50")).text

    assert "1–50 of 61" in first
    assert "51–61 of 61" in second
    assert "Too expensive" in first
    assert ">40<" in first
    assert "Lovely &lt;b&gt;art" in first


async def test_filters_narrow_what_is_shown(served: Served) -> None:
    restaurants = await heard(served)
    browser = await served.client(Role.VIEWER)

    delight = (await browser.get("/insights?kind=delight")).text
    words = (await browser.get(f"/insights?touchpoint={restaurants}&q=VISIT+41")).text
    theme = (await browser.get("/insights?theme=Closed+too+early")).text

    assert "1–1 of 1" in delight
    assert "visit 41" in words
    assert "1–20 of 20" in theme


async def test_the_touchpoint_shows_its_quotes_and_themes(served: Served) -> None:
    restaurants = await heard(served)
    browser = await served.client(Role.VIEWER)

    page = (await browser.get(f"/touchpoints/{restaurants}")).text

    assert "60 insights" in page
    assert "Nothing was open, visit 59" in page
    assert "Too expensive" in page


async def test_an_insight_is_entered_by_hand(served: Served) -> None:
    restaurants = await heard(served)
    browser = await served.client(Role.CONTRIBUTOR)

    values = {"touchpoint_id": str(restaurants), "text": "The queue was kind.", "said_on": "2018-05-20", "emotion": "1"}
    answer = await browser.post("/insights", data=values)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/touchpoints/{restaurants}#voices"
    assert "The queue was kind." in (await browser.get("/insights?q=queue")).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "", "theme": ""}, "Say what was said"),
        ({"text": "Fine", "said_on": "tomorrow"}, "Enter the day it was said"),
        ({"text": "Fine", "said_on": "2018-05-01", "emotion": "9"}, "Choose from −2 to +2"),
        ({"text": "Fine", "said_on": "2018-05-01", "touchpoint_id": "4711"}, "There is no such touchpoint"),
    ],
)
async def test_what_cannot_be_kept_is_said_beside_the_field(
    served_sqlite: Served, values: dict[str, str], words: str
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await browser.post("/insights", data=values | {"source": "Interview with Ms Ng"})

    assert answer.status_code == 422
    assert words in answer.text
    assert "Interview with Ms Ng" in answer.text
