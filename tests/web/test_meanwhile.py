"""What two made of the same form, field by field."""

from web import meanwhile
from web.meanwhile import Now, clash


def test_a_field_that_only_one_of_two_changed_is_theirs() -> None:
    began = {"title": "Bags", "step": "Ask", "problem": "Lost"}
    found = clash(began, began | {"title": "Bags, tracked"}, began | {"title": "Bags, told", "step": "A screen"})

    assert found.values == {"title": "Bags, tracked", "step": "A screen", "problem": "Lost"}
    assert found.fields == {"title": Now("Bags, told", both=True), "step": Now("A screen", both=False)}


def test_who_typed_the_same_as_somebody_else_has_nothing_to_choose() -> None:
    assert not clash({"title": "Bags"}, {"title": "Bags, told"}, {"title": "Bags, told"}).fields


def test_numbers_are_compared_as_numbers_and_text_as_text() -> None:
    assert meanwhile.same(7.0, "7")
    assert meanwhile.same(7.2, "7,2")
    assert meanwhile.same(None, "")
    assert meanwhile.same("Lost\r\nbags", "Lost\nbags")
    assert meanwhile.same(["1", "2"], ["2", "1"])
    assert not meanwhile.same("07", "7")
    assert not meanwhile.same(3, "")
    assert not meanwhile.same(True, False)
