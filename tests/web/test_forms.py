"""Numbers as forms bring them."""

import pytest

from backlog.errors import Invalid
from backlog.initiatives.ratings import RatedInput
from web.pages import initiative_ratings, settings, urgency_forms

NO_NUMBERS = ("1_0", "nan", "inf", "٤", "0x1", "6,5,1", "six")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_only_a_program_takes_for_a_number_is_refused(text: str) -> None:
    rating = {next(iter(RatedInput)).value: {"low": "", "likely": text, "high": ""}}

    with pytest.raises(Invalid) as refused:
        initiative_ratings.read_ratings(rating)

    assert "Enter numbers for low, likely and high" in str(next(iter(refused.value.fields.values())))
    assert settings.number(text) == text
    assert urgency_forms.number(text) == text


@pytest.mark.parametrize(("text", "meant"), [("7", 7.0), (" 7,2 ", 7.2), ("-.5", -0.5), ("+3.", 3.0), ("1e2", 100.0)])
def test_numbers_are_read_as_people_type_them(text: str, meant: float) -> None:
    assert settings.number(text) == meant
    assert urgency_forms.number(text) == meant
