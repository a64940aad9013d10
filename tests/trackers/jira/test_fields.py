"""Values come in many shapes; each has one form here, and what has none is left out."""

from typing import Any

import pytest

from integrations.catalogue import Kind
from integrations.jira.dialect import CLOUD, DATA_CENTER
from integrations.jira.fields import Values, kind_of, tracker_field

TEXTAREA = {"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea"}
DOCUMENT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Warm"}]}],
}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (None, None),
        ("", None),
        ([], None),
        (0, 0.0),
        (5, 5.0),
        (True, "true"),
        ("2027-01-31", "2027-01-31"),
        ({"id": "3", "name": "Medium"}, "3"),
        ({"id": "10200", "value": "Ground Services"}, "10200"),
        ({"accountId": "5b10", "displayName": "Tom Berger"}, "5b10"),
        ([{"id": "1", "name": "Boarding"}, {"id": "2", "name": "Lounge"}], ("1", "2")),
        (["hand-luggage", "queue"], ("hand-luggage", "queue")),
        ([{"odd": 1}], None),
        ({"odd": 1}, None),
        ([None], None),
        (DOCUMENT, "Warm"),
    ],
)
def test_a_value_is_read_by_its_shape(raw: Any, value: Any) -> None:
    assert Values(CLOUD, {}).read("customfield_10050", raw) == value


def test_wiki_markup_is_read_as_markdown_where_the_field_holds_prose() -> None:
    values = Values(DATA_CENTER, {"customfield_1": Kind.PROSE})

    assert values.read("customfield_1", "*warm*") == "**warm**"
    assert values.read("customfield_2", "*warm*") == "*warm*"


def test_people_of_data_center_are_known_by_their_names() -> None:
    assert Values(DATA_CENTER, {}).read("assignee", {"name": "tom", "key": "JIRAUSER1", "displayName": "Tom"}) == "tom"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "date"}, Kind.DAY),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "option"}, Kind.CHOICE),
        ({"type": "user"}, Kind.ACCOUNT),
        ({"type": "string"}, Kind.TEXT),
        (TEXTAREA, Kind.PROSE),
        ({"type": "array", "items": "option"}, Kind.CHOICES),
        ({"type": "array", "items": "string"}, Kind.LABELS),
        ({"type": "array", "items": "json"}, None),
        ({"type": "option-with-child"}, None),
        ({}, None),
    ],
)
def test_the_schema_says_what_a_field_holds(schema: dict[str, str], kind: Kind | None) -> None:
    assert kind_of("customfield_10050", schema) is kind


@pytest.mark.parametrize(
    ("kind", "value", "dressed"),
    [
        (Kind.CHOICE, "3", {"id": "3"}),
        (Kind.CHOICES, ("1", "2"), [{"id": "1"}, {"id": "2"}]),
        (Kind.CHOICES, "1", [{"id": "1"}]),
        (Kind.CHOICES, None, []),
        (Kind.LABELS, ("queue",), ["queue"]),
        (Kind.LABELS, (), []),
        (Kind.ACCOUNT, "tom", {"name": "tom"}),
        (Kind.NUMBER, "7.5", 7.5),
        (Kind.NUMBER, 7.5, 7.5),
        (Kind.TEXT, "Terminal B", "Terminal B"),
        (Kind.PROSE, "**warm**", "*warm*"),
        (Kind.DAY, None, None),
    ],
)
def test_a_value_is_sent_as_its_field_wants_it(kind: Kind, value: Any, dressed: Any) -> None:
    assert Values(DATA_CENTER, {"customfield_1": kind}).dressed("customfield_1", value) == dressed


def test_a_required_field_of_unknown_form_is_told_all_the_same() -> None:
    cascade = {"fieldId": "customfield_7", "name": "Area", "required": True, "schema": {"type": "option-with-child"}}

    found = tracker_field(cascade)

    assert found is not None
    assert found.is_required
    assert tracker_field({**cascade, "required": False}) is None


def test_a_required_field_with_a_default_need_not_be_filled() -> None:
    found = tracker_field(
        {"key": "priority", "required": True, "hasDefaultValue": True, "schema": {"type": "priority"}}
    )

    assert found is not None
    assert not found.is_required
