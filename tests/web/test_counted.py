"""Sentences about a number of things: one or many, and the number as the reader's language writes it."""

from types import SimpleNamespace

from backlog.errors import counted
from tests.web.stage import stage
from web import locales
from web.answers import carried_toast, go_to
from web.sentences import spoken


def cells(n: int) -> str:
    return locales.translated(
        counted("%(n)s cell needs a look. Nothing was saved.", "%(n)s cells need a look. Nothing was saved.", n)
    )


def test_one_is_not_many() -> None:
    assert cells(1) == "1 cell needs a look. Nothing was saved."
    assert cells(352_000) == "352,000 cells need a look. Nothing was saved."
    with locales.speaking("de"):
        assert cells(1) == "1 Zelle stimmt noch nicht. Es wurde nichts gespeichert."
        assert cells(352_000) == "352.000 Zellen stimmen noch nicht. Es wurde nichts gespeichert."


def test_a_sentence_of_the_domain_is_spoken_as_it_is_translated() -> None:
    text = counted("%(n)s journey is as the file says.", "%(n)s journeys are as the file says.", 2000)

    assert spoken(text) == "2,000 journeys are as the file says."
    assert str(text) == "2000 journeys are as the file says."


def test_a_number_in_a_template_is_written_with_separators() -> None:
    environment = stage().state.pages.environment
    template = environment.from_string('{{ ngettext("%(num)s row needs a look", "%(num)s rows need a look", n) }}')

    assert template.render(n=352_000) == "352,000 rows need a look"
    assert template.render(n=1) == "1 row needs a look"


def test_a_toast_keeps_both_forms_on_its_way() -> None:
    answer = go_to(
        "/journeys", toast=counted("%(n)s journey is as the file says.", "%(n)s journeys are as the file says.", 3)
    )
    (cookie,) = [each for each in answer.cookies if each.key == "toast"]

    said = carried_toast(SimpleNamespace(cookies={"toast": cookie.value}))  # type: ignore[arg-type] # cookies are all it reads
    assert said is not None
    assert locales.translated(said["message"]) == "3 journeys are as the file says."
