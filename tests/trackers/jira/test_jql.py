"""Nothing in a value becomes part of the question."""

import datetime as dt

import pytest

from integrations.jira import jql
from tests.trackers.fake_jira import jql as jira

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
NASTY = 'X" OR project is not EMPTY OR summary ~ "'


@pytest.mark.parametrize("value", [NASTY, "a\\", 'a\\" OR 1=1', "line\nbreak", "tab\there", "Ø 東京 😀", "-1"])
def test_a_quoted_value_stays_one_value(value: str) -> None:
    (clause,) = jira.parse(jql.of_project(value)).clauses()

    assert clause.field == "project"
    assert clause.values == ("".join(sign if sign.isprintable() else " " for sign in value),)


@pytest.mark.parametrize(
    "text", [NASTY, "queue*) OR (", "why? + - && || ! { } [ ] ^ ~ : \\ /", "AND OR NOT", "a" * 500]
)
def test_a_search_for_words_is_only_that(text: str) -> None:
    clauses = jira.parse(jql.titled("GATE", text)).clauses()

    assert [each.field for each in clauses] == ["project", "summary"][: len(clauses)]
    assert clauses[0].values == ("GATE",)


def test_operators_of_the_search_for_words_are_only_words() -> None:
    assert 'summary ~ "gates and not or*"' in jql.titled("GATE", "Gates AND NOT OR")


def test_a_search_for_no_words_shows_the_newest() -> None:
    assert jql.titled("GATE", " ?! ") == 'project = "GATE" ORDER BY created DESC'


@pytest.mark.parametrize(
    ("since", "minutes"),
    [
        (NOON, 3),
        (NOON - dt.timedelta(seconds=1), 4),
        (NOON - dt.timedelta(days=1), 1443),
        (NOON + dt.timedelta(hours=1), 1),
    ],
)
def test_times_are_told_as_minutes_ago_with_some_overlap(since: dt.datetime, minutes: int) -> None:
    assert f"updated >= -{minutes}m " in jql.changed("GATE", since, NOON)
