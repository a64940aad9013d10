"""What a test machine may lack: named once at the end of the run, and a failure where CI is set."""

import os
from typing import NoReturn

import pytest

NOT_HAD = "not to be had: "


def not_had(what: str, reason: str) -> NoReturn:
    """Skip the test, or fail it under ``CI=true``, where everything must be had."""
    message = f"{NOT_HAD}{what} ({one_line(reason)})"
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def named(reports: list[pytest.TestReport]) -> list[str]:
    """One line for each thing that was lacking, with how many tests it cost."""
    counts: dict[str, int] = {}
    for report in reports:
        _, found, rest = str(report.longrepr).partition(NOT_HAD)
        if found:
            what = rest.splitlines()[0].rstrip("')\"")
            counts[what] = counts.get(what, 0) + 1
    return [f"{NOT_HAD}{what}) - {count} tests" for what, count in counts.items()]
