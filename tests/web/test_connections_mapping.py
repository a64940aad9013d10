"""The mapping of a connection as a form: out of a mapping and back, what is refused, and two who change it at once."""

from dataclasses import replace
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict

from backlog import history
from backlog.errors import Invalid, Text
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.trackers.fields import Direction, Field, FieldMapping, OnBoth, Rule, StageRule
from integrations.errors import Unavailable
from integrations.issue import Category, Status
from tests.web.clients import Browser, Served
from tests.web.test_connections import plain
from tests.web.tracker_stand_in import CATALOGUE, MAPPING, STATUSES, connect, row, stand_in
from web.connections_asking import Known
from web.connections_choices import missing
from web.meanwhile import written
from web.pages import connections_mapping_forms as forms


def as_sent(values: dict[str, str]) -> dict[str, Any]:
    """The form as a browser sends it: each status of a stage as a box of its own."""
    sent: dict[str, Any] = {name: value for name, value in values.items() if not name.startswith("means-")}
    sent |= {name: value.split(",") for name, value in values.items() if name.startswith("means-") and value}
    return {name: value for name, value in sent.items() if name != "nests" or value}


async def opened(served: Served, browser: Browser, connection: int) -> dict[str, Any]:
    found = await row(served, connection)
    return as_sent(forms.kept(found.maps, found.locale, [])) | {"version": str(found.version)}


def test_a_mapping_survives_its_form() -> None:
    values = forms.kept(MAPPING, "en", [3])

    assert forms.read(values, MAPPING, [3]) == MAPPING


def test_a_form_brings_each_status_of_a_stage() -> None:
    form = FormMultiDict([("means-ready", "2"), ("means-ready", "1"), ("labels", " cx ")])

    assert forms.brought(form, ["means-ready", "labels", "board"]) == {
        "means-ready": "1,2",
        "labels": "cx",
        "board": "",
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"direction-title": "sideways"}, "direction-title"),
        ({"direction-score": "in"}, "direction-score"),
        ({"target-due": ""}, "target-due"),
        ({"means-done": "1"}, "means-done"),
        ({"labels": "x" * 51}, "labels"),
        ({"labels": ",".join(f"label-{n}" for n in range(300))}, "labels"),
    ],
)
def test_what_cannot_be_mapped_is_refused_by_its_field(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        forms.read(forms.kept(MAPPING, "en", []) | changed, MAPPING, [])

    assert set(refused.value.fields) == {field}


def test_only_fields_of_a_fitting_kind_are_offered() -> None:
    rows = {each.field: each for each in forms.rows(forms.kept(MAPPING, "en", []), CATALOGUE)}

    assert dict(rows[Field.SCORE].targets) == {"cf_score": "CX score"}
    assert [name for name, _ in rows[Field.LEAD].targets] == ["components", "priority", "label:department"]
    assert rows[Field.DUE].warning
    assert not rows[Field.SCORE].may_conflict


def test_what_is_chosen_stays_to_be_chosen_when_the_tracker_cannot_be_asked() -> None:
    rows = {each.field: each for each in forms.rows(forms.kept(MAPPING, "en", []), None)}

    assert rows[Field.DUE].targets == [("duedate", "duedate")]


async def test_the_page_offers_what_the_tracker_has(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    words = plain((await browser.get(f"/connections/{jira}")).text)

    assert "CX score" in words
    assert "In Review" in words
    assert "Not on the screen on which issues are edited." in words
    assert "Epic" in words


async def test_a_mapping_is_saved(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    form = await opened(served, browser, jira)
    form |= {
        "direction-comments": "both",
        "rule-title": "theirs",
        "labels": "cx, waymark",
        "locale": "de",
        "nests": "1",
    }

    answer = await browser.post(f"/connections/{jira}/mapping", data=form)

    found = await row(served, jira)
    assert answer.status_code == 303
    assert found.locale == "de"
    assert found.maps == replace_fields(
        MAPPING,
        {Field.COMMENTS: Rule(Direction.BOTH), Field.TITLE: Rule(Direction.BOTH, OnBoth.THEIRS)},
        labels=("cx", "waymark"),
        nests=True,
    )


def replace_fields(mapping: FieldMapping, fields: dict[Field, Rule], **more: Any) -> FieldMapping:
    known = {name: getattr(mapping, name) for name in mapping.__struct_fields__}
    return FieldMapping(**known | {"fields": {**mapping.fields, **fields}} | more)


async def test_a_refused_mapping_keeps_what_was_typed(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    form = await opened(served, browser, jira) | {"target-due": "", "labels": "something new"}

    answer = await browser.post(f"/connections/{jira}/mapping", data=form)

    assert answer.status_code == 422
    assert 'id="f-target-due-error"' in answer.text
    assert 'value="something new"' in answer.text
    assert (await row(served, jira)).maps == MAPPING


async def test_two_who_map_at_once_are_both_heard(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    form = await opened(served, browser, jira)
    began = forms.kept(MAPPING, "en", [])

    await browser.post(f"/connections/{jira}/mapping", data=form | {"labels": "cx", "means-measuring": ["4"]})
    clashing = form | {"labels": "experience", "began": written(began)}
    answer = await browser.post(f"/connections/{jira}/mapping", data=clashing)

    assert answer.status_code == 409
    assert "Labels on every issue of ours is now: cx" in plain(answer.text)
    version = str((await row(served, jira)).version)
    now = forms.kept((await row(served, jira)).maps, "en", [])
    chosen = as_sent(now) | {"version": version, "began": written(now), "theirs-labels": "1", "labels": "experience"}
    assert (await browser.post(f"/connections/{jira}/mapping", data=chosen)).status_code == 303
    found = (await row(served, jira)).maps
    assert found.labels == ("cx",)
    assert found.stages[Stage.MEASURING].means == ("4",)


async def test_a_mapping_without_its_version_is_not_saved(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    answer = await browser.post(f"/connections/{jira}/mapping", data={"labels": "cx"})

    assert answer.status_code == 428
    assert (await row(served_sqlite, jira)).maps == MAPPING


async def test_a_tracker_that_does_not_answer_leaves_the_mapping_to_be_seen(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It could not be reached."), detail="connection refused")
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    answers = [await browser.get(f"/connections/{jira}") for _ in range(3)]

    words = plain(answers[0].text)
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert "It could not be reached." in words
    assert "“connection refused”" in words
    assert 'value="cf_score" selected' in answers[0].text
    assert len(tracker.opened) == 1


BOARD = (
    Status("c1", "Waiting", Category.TODO),
    Status("c2", "On it", Category.DOING),
    Status("c3", "Done", Category.DONE),
)


async def test_another_board_offers_its_statuses_before_anything_is_kept(served: Served) -> None:
    tracker = stand_in(served)
    tracker.columns = {"Baggage": BOARD}
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    form = await opened(served, browser, jira) | {"board": "Baggage", "labels": "baggage"}

    offered = await browser.post(f"/connections/{jira}/mapping", data=form)
    tried = await browser.post(f"/connections/{jira}/mapping/rehearsal", data=form)
    untouched = (await row(served, jira)).maps
    again = {name: value for name, value in form.items() if not name.startswith("means-")}
    again |= {"sets-ready": "c1", "sets-in_delivery": "c2", "means-in_delivery": ["c2"]}
    saved = await browser.post(f"/connections/{jira}/mapping", data=again)

    assert [offered.status_code, tried.status_code, saved.status_code] == [200, 200, 303]
    assert untouched == MAPPING
    assert "The statuses are others with this choice." in plain(offered.text)
    notice = offered.text.index("data-focus")
    assert offered.text.index('id="statuses"') < notice < offered.text.index("The statuses are others")
    assert 'class="alert alert--bad"' not in offered.text[: offered.text.index("</main>")]
    assert '<option value="c2" selected>On it</option>' in offered.text
    assert 'value="baggage"' in offered.text
    assert "In Progress" not in plain(offered.text)
    found = (await row(served, jira)).maps
    assert (found.board, found.stages[Stage.IN_DELIVERY]) == ("Baggage", StageRule("c2", ("c2",)))


async def test_a_status_that_is_gone_is_marked_and_not_kept(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    gone = {Stage.READY: StageRule("77", ("77", "1"))}
    jira = await connect(served_sqlite, mapping=replace_fields(MAPPING, {}, stages={**MAPPING.stages, **gone}))
    form = await opened(served_sqlite, browser, jira)

    page = await browser.get(f"/connections/{jira}")
    kept = await browser.post(f"/connections/{jira}/mapping", data=form)

    assert 'name="means-ready" value="77">' in page.text
    assert "77 not there any more" in plain(page.text)
    assert kept.status_code == 422
    assert "Ready: “77” is not there any more: choose another status." in plain(kept.text)
    form |= {"sets-ready": "1", "means-ready": ["1"]}
    assert (await browser.post(f"/connections/{jira}/mapping", data=form)).status_code == 303


async def test_statuses_are_believed_when_the_tracker_cannot_be_asked(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It could not be reached."))
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    gone = {Stage.READY: StageRule("77", ("77",))}
    jira = await connect(served_sqlite, mapping=replace_fields(MAPPING, {}, stages={**MAPPING.stages, **gone}))
    form = await opened(served_sqlite, browser, jira)

    answer = await browser.post(f"/connections/{jira}/mapping", data=form)

    assert answer.status_code == 303
    assert (await row(served_sqlite, jira)).maps.stages[Stage.READY] == StageRule("77", ("77",))


def test_where_no_statuses_can_be_seen_none_is_said_to_be_gone() -> None:
    chosen = FieldMapping(stages={Stage.READY: StageRule("77", ("77",))})

    some, none = (Known((1, "", ""), history.now(), replace(CATALOGUE, statuses=each), None) for each in (STATUSES, ()))

    assert set(missing(some, chosen)) == {"sets-ready", "means-ready"}
    assert missing(none, chosen) == {}


def test_a_field_the_tracker_lacks_offers_no_direction() -> None:
    rows = {
        each.field: each for each in forms.rows(forms.kept(FieldMapping(), "en", []), replace(CATALOGUE, fields=()))
    }

    assert rows[Field.DUE].lacks
    assert rows[Field.EFFORT].directions == []
    assert not rows[Field.PRIORITY].lacks
    assert not rows[Field.TITLE].lacks


async def test_a_field_the_tracker_lacks_is_said_and_errors_name_their_field(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)
    form = await opened(served_sqlite, browser, jira) | {"target-score": "", "target-lead": "duedate"}

    words = plain((await browser.get(f"/connections/{jira}")).text)
    answer = plain((await browser.post(f"/connections/{jira}/mapping", data=form)).text)

    assert "This tracker has no such field." not in words
    assert "Score: Choose where it goes in the tracker" in answer
    assert "Lead department: Another field goes there already" in answer


async def test_the_heading_of_a_dry_run_takes_the_focus(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    page = (await browser.get(f"/connections/{jira}")).text
    tried = await browser.post(
        f"/connections/{jira}/mapping/rehearsal", data=await opened(served_sqlite, browser, jira)
    )

    assert f'formaction="/connections/{jira}/mapping/rehearsal#rehearsed-name"' in page
    assert 'id="rehearsed-name" tabindex="-1" aria-describedby="rehearsed-sum" data-focus' in tried.text
