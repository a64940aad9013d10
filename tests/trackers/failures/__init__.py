"""The failures of the catalogue, played row by row; asserts in here explain themselves like those of tests."""

import pytest

for _name in ("access", "answers", "changes", "hints", "limits", "making", "steps"):
    pytest.register_assert_rewrite(f"tests.trackers.failures.{_name}")
