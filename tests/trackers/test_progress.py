"""How far the issues of an initiative are, as its page says."""

from typing import Any

from backlog.trackers import progress
from backlog.trackers.link import Link
from backlog.trackers.progress import Progress


def link(number: int, *, is_main: bool = False, is_done: bool = False, **facts: Any) -> Link:
    return Link(external_id=str(number), is_main=is_main, is_done=is_done, facts=facts)


def test_the_main_issue_stands_for_the_whole_and_counts_alone_only() -> None:
    assert progress.of([link(1, is_main=True)]) == Progress(0, 1)
    assert progress.of([link(1, is_main=True), link(2, is_done=True), link(3)]) == Progress(1, 2)


def test_sub_issues_count_once_also_where_they_are_linked_themselves() -> None:
    main = link(1, is_main=True, children=14, done=5)

    linked = [link(2, is_done=True, parent="1"), link(3, parent="1")]

    assert progress.of([main]) == Progress(5, 14)
    assert progress.of([main, *linked]) == Progress(5, 14)


def test_parts_beside_the_sub_issues_come_on_top() -> None:
    main = link(1, is_main=True, children=2, done=1)

    assert progress.of([main, link(9, is_done=True)]) == Progress(2, 3)
