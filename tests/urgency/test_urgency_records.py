"""Urgency profiles as JSON: what is stored comes back, what is wrong is named."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given

from backlog.errors import Invalid
from backlog.urgency.urgency import Afterwards, Constant, Deadline, Decaying, Profile, Seasonal
from backlog.urgency.urgency_records import from_builtins, to_builtins
from backlog.urgency.year_days import MonthDay
from tests.urgency.test_urgency import PROFILES

DAY = dt.date(2027, 5, 1)


@pytest.mark.parametrize(
    ("profile", "record"),
    [
        (Constant(6.5), {"kind": "constant", "value": 6.5}),
        (
            Deadline(DAY, 90, 2.0, 9.0, Afterwards.TOO_LATE),
            {
                "kind": "deadline",
                "day": "2027-05-01",
                "rises": 90,
                "before": 2.0,
                "at": 9.0,
                "afterwards": "too_late",
            },
        ),
        (Decaying(8.0, DAY, 30.0), {"kind": "decaying", "value": 8.0, "day": "2027-05-01", "half_life": 30.0}),
        (
            Seasonal(MonthDay(11, 20), MonthDay(1, 6), 9.0, 3.0, 30),
            {"kind": "seasonal", "start": "11-20", "end": "01-06", "inside": 9.0, "outside": 3.0, "lead_in": 30},
        ),
    ],
)
def test_a_profile_is_stored_readably(profile: Profile, record: dict[str, Any]) -> None:
    assert to_builtins(profile) == record
    assert from_builtins(record) == profile


def test_what_has_a_default_may_be_left_out() -> None:
    record = {"kind": "deadline", "day": "2027-05-01", "rises": 90, "before": 2}

    assert from_builtins(record) == Deadline(DAY, 90, 2.0)


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({}, {"kind"}),
        ({"kind": "sudden"}, {"kind"}),
        ({"kind": ["constant"]}, {"kind"}),
        ({"kind": "constant"}, {"value"}),
        ({"kind": "constant", "value": "6"}, {"value"}),
        ({"kind": "constant", "value": True}, {"value"}),
        ({"kind": "constant", "value": float("inf")}, {"value"}),
        ({"kind": "constant", "value": 10**400}, {"value"}),
        ({"kind": "constant", "value": 11}, {"value"}),
        ({"kind": "constant", "value": 6, "day": "2027-05-01"}, {"day"}),
        (
            {"kind": "deadline", "day": "1 May", "rises": 1.5, "before": 2, "afterwards": "?"},
            {"day", "rises", "afterwards"},
        ),
        ({"kind": "deadline", "day": 20270501, "rises": 1, "before": None}, {"day", "before"}),
        ({"kind": "seasonal", "start": "5-1", "end": 501, "inside": 9}, {"start", "end"}),
        ({"kind": "seasonal", "start": "02-30", "end": "03-01", "inside": 9}, {"start"}),
        ({"kind": "deadline", "day": "2027-05-01", "rises": 1, "before": 2, "afterwards": []}, {"afterwards"}),
    ],
)
def test_a_wrong_record_is_refused_by_field(record: dict[str, Any], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        from_builtins(record)

    assert set(refused.value.fields) == fields


@given(PROFILES)
def test_every_profile_survives_json(profile: Profile) -> None:
    assert from_builtins(json.loads(json.dumps(to_builtins(profile)))) == profile
