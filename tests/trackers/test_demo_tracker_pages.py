"""The pages of the demo tracker, on which people play the delivery team."""

from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.demo_tracker.pages import TEAM
from integrations.demo_tracker.repository import Repository
from tests.trackers.fake_github import JONAS, MARA, NAME, github, repository

QUEUES = "Shorter queues at security"
NASTY = '<script>alert("gate")</script>'


@pytest.fixture
def tracked() -> Repository:
    return repository()


@pytest.fixture
async def browser(tracked: Repository) -> AsyncIterator[httpx.AsyncClient]:
    async with github(tracked) as server, httpx.AsyncClient(base_url=server.url, follow_redirects=True) as client:
        yield client
        assert server.violations == []


async def test_the_start_leads_to_the_issues_and_each_says_what_it_is(
    browser: httpx.AsyncClient, tracked: Repository
) -> None:
    tracked.open_issue(QUEUES, by=MARA, labels=["cx"])

    start, listed = await browser.get("/"), await browser.get(f"/{NAME}/issues")
    shown = await browser.get(tracked.page + "/issues/1")
    style = await browser.get("/demo-tracker.css")

    assert all("<h1>Demo tracker</h1>" in one.text for one in (start, listed, shown))
    assert f'href="/{NAME}/issues"' in start.text
    assert f'<a href="/{NAME}/issues/1">#1 {QUEUES}</a>' in listed.text
    assert '<span class="label">cx</span>' in shown.text
    assert (style.status_code, style.headers["content-type"].split(";")[0]) == (200, "text/css")


async def test_closed_issues_are_shown_when_asked_for(browser: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.close(1, by=MARA)

    open_ones, closed = await browser.get(f"/{NAME}"), await browser.get(f"/{NAME}?state=closed")

    assert (QUEUES in open_ones.text, QUEUES in closed.text) == (False, True)


async def test_the_team_creates_retitles_comments_closes_and_reopens(
    browser: httpx.AsyncClient, tracked: Repository
) -> None:
    made = await browser.post(f"/{NAME}/issues", data={"title": QUEUES, "body": "42 minutes"})
    await browser.post(f"/{NAME}/issues/1/title", data={"title": "Shorter queues at every checkpoint"})
    said = await browser.post(f"/{NAME}/issues/1/comments", data={"body": "Two more lanes"})
    closed = await browser.post(f"/{NAME}/issues/1/state", data={"state": "completed"})
    state = tracked.issues.get(1).state
    await browser.post(f"/{NAME}/issues/1/state", data={"state": "open"})

    issue = tracked.issues.get(1)
    assert (made.url.path, made.history[0].status_code) == (f"/{NAME}/issues/1", 303)
    assert (issue.title, issue.body, issue.author, state, issue.state) == (
        "Shorter queues at every checkpoint", "42 minutes", TEAM, "closed", "open",
    )  # fmt: skip
    assert "Two more lanes" in said.text
    assert "Reopen issue" in closed.text


async def test_every_text_is_escaped_and_no_script_may_run(browser: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.open_issue(NASTY, by=MARA, body=NASTY, labels=[NASTY])
    tracked.comments.write(1, NASTY, by=JONAS)

    pages = [await browser.get(f"/{NAME}/issues"), await browser.get(f"/{NAME}/issues/1")]

    for page in pages:
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'value="&lt;script&gt;alert(&#34;gate&#34;)&lt;/script&gt;"' in pages[1].text


async def test_a_form_of_another_site_changes_nothing(browser: httpx.AsyncClient, tracked: Repository) -> None:
    answer = await browser.post(f"/{NAME}/issues", data={"title": QUEUES}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, tracked.issues.every()) == (403, [])


@pytest.mark.parametrize("title", ["", "  ", "Q" * 257])
async def test_an_impossible_title_is_refused_in_words(
    browser: httpx.AsyncClient, tracked: Repository, title: str
) -> None:
    answer = await browser.post(f"/{NAME}/issues", data={"title": title})

    assert (answer.status_code, "A title has 1 to 256 characters." in answer.text) == (422, True)
    assert tracked.issues.every() == []


async def test_what_is_gone_says_so_on_a_page(browser: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.delete(1, by=MARA)

    gone, never = await browser.get(f"/{NAME}/issues/1"), await browser.get("/aurora-airport/secret/issues")

    assert (gone.status_code, never.status_code) == (410, 404)
    assert "This issue was deleted" in gone.text
    assert "<h1>Demo tracker</h1>" in never.text


async def test_the_team_edits_the_description_and_the_labels_and_closes_as_not_planned(
    browser: httpx.AsyncClient, tracked: Repository
) -> None:
    tracked.open_issue(QUEUES, by=MARA, body="Forty minutes.", labels=["waymark", "old"])

    await browser.post(
        f"/{NAME}/issues/1/body", data={"body": "Fifty minutes.\r\n<!-- hidden -->\r\n<script>x</script>"}
    )
    await browser.post(f"/{NAME}/issues/1/labels", data={"labels": "waymark, terminal 2"})
    shown = await browser.post(f"/{NAME}/issues/1/state", data={"state": "not_planned"})

    issue = tracked.issues.get(1)
    assert (issue.body, issue.labels) == (
        "Fifty minutes.\n<!-- hidden -->\n<script>x</script>",
        ["waymark", "terminal 2"],
    )
    assert (issue.state, issue.state_reason) == ("closed", "not_planned")
    article = shown.text.partition("<article>")[2].partition("</article>")[0]
    assert "Fifty minutes." in article
    assert "hidden" not in article
    assert "script" not in article
