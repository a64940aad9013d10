"""The table tells what is within its limit from what is not."""

import pytest

from tests.bench.table import Row, drawn


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (Row("backlog page", 4.9, "ms", baseline=2, limit=2.5), True),
        (Row("backlog page", 5.1, "ms", baseline=2, limit=2.5), False),
        (Row("import", 160_000, "rows/s", baseline=306_000, limit=0.5, at_least=True), True),
        (Row("import", 150_000, "rows/s", baseline=306_000, limit=0.5, at_least=True), False),
        (Row("memory of an import", 210, "MB", limit=200), False),
        (Row("memory of the idle process", 90, "MB"), True),
    ],
)
def test_a_measurement_is_held_to_its_limit(row: Row, kept: bool) -> None:
    assert row.is_kept is kept


def test_the_table_shows_value_baseline_ratio_and_a_missed_limit() -> None:
    table = drawn([Row("backlog page", 5.1, "ms", baseline=2, limit=2.5)])

    assert table.splitlines()[1].split() == ["backlog", "page", "5.1", "ms", "2", "ms", "2.55", "<=", "2.5", "MISSED"]
