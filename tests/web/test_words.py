"""Every string people read is in the German catalogue, translated, with its placeholders and one word for each thing."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from web import formats
from web.locales import extraction, gettext, pgettext, speaking

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
TRANSLATIONS = extraction.translations()
STRAY = {
    "de": {
        "Touchpoint": "Kontaktpunkt",
        "Punktwert": "Score",
        "Feedback": "Erkenntnis",
        "Insight": "Erkenntnis",
        "Schwellwert": "Schwelle",
        "Schwellenwert": "Schwelle",
        "Grenzwert": "Schwelle",
        "Maßnahme": "Initiative",
        "Ticket": "Initiative",
        "Kundenreise": "Journey",
        "Metrik": "Messgröße",
        "Kennzahl": "Messgröße",
        "Zielgruppe": "Persona",
        "Gewichtung": "Gewicht",
        "Priorität": "Rang",
        "Evidenz": "Belege",
        "Fachbereich": "Abteilung",
        "Status": "Stufe",
        "Einstufung": "Bewertung",
        "Schaltfläche": "Knopf",
        "Kennwort": "Passwort",
        "Benutzer": "Person",
        "fallen gelassen": "gestrichen",
    }
}
"""Words that would be a second name for a thing, and the one it has."""
THEIRS = {"Status": "status", "Priorität": "priorit"}
"""Words for what only trackers have: fine where the source speaks of it."""
INFORMAL = re.compile(r"\b(du|dir|dich|dein|deine|deinen|deinem|deiner)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def strings() -> Catalog:
    return extraction.extracted()


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def translated(locale: str) -> Iterator[tuple[Message, str]]:
    """Each form of each message."""
    for message in extraction.current(locale):
        if message.id:
            for form in forms(message):
                yield message, form


def test_templates_and_domain_are_both_searched(strings: Catalog) -> None:
    assert "Sign in" in strings
    assert "Some entries need a look. Nothing was saved." in strings


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_every_string_is_translated_and_none_is_a_guess(locale: str) -> None:
    missing = [message.id for message in extraction.unfinished(extraction.updated(locale))]

    assert not missing, f"{len(missing)} strings; python -m web.locales adds them to the catalogue: {missing[:20]}"


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_translation_has_the_placeholders_of_its_source(locale: str) -> None:
    """One of a plural's two forms may spell its number out, so each form answers to its own source."""
    for message in extraction.current(locale):
        sources = [sorted(set(PLACEHOLDER.findall(text))) for text in ids(message)]
        for form in forms(message) if message.id else ():
            assert sorted(set(PLACEHOLDER.findall(form))) in sources, message.id


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_plural_has_as_many_forms_as_the_language(locale: str) -> None:
    words = extraction.current(locale)
    for message in words:
        if message.pluralizable:
            assert len(forms(message)) == words.num_plurals, message.id


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_thing_has_one_word(locale: str) -> None:
    stray = {
        f"{word} instead of {known}: {form}"
        for message, form in translated(locale)
        for word, known in STRAY.get(locale, {}).items()
        if re.search(rf"\b{word}", form) and THEIRS.get(word, "–") not in " ".join(ids(message)).lower()
    }

    assert not stray


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_blanks_around_a_text_are_those_of_its_source(locale: str) -> None:
    for message, form in translated(locale):
        assert form == form.strip(), message.id
        assert "  " not in form, message.id


def test_german_says_sie_to_its_readers() -> None:
    assert not [form for _, form in translated("de") if INFORMAL.search(form)]


def test_german_sets_its_own_quotes_and_a_fixed_blank_before_percent() -> None:
    for message, form in translated("de"):
        if message.context in ("opening quote", "closing quote"):
            continue
        assert '"' not in form, message.id
        assert "”" not in form, message.id
        assert form.count("„") == form.count("“"), message.id
        assert not re.search(r"(\d|s) ?%%", form), message.id


def test_one_english_word_with_two_meanings_has_two_german_ones() -> None:
    with speaking("de"):
        assert (gettext("open"), pgettext("key", "open")) == ("offen", "öffnen")
        assert (gettext("Change"), pgettext("difference", "Change")) == ("Ändern", "Änderung")
        assert (gettext("disabled"), pgettext("person", "disabled")) == ("hat gesperrt", "gesperrt")


def test_a_number_in_a_field_has_the_decimal_sign_of_its_reader() -> None:
    with speaking("de"):
        assert [formats.typed(value) for value in (7.2, "7.2", 12, "7,2", "viel", "1.2.3")] == [
            "7,2", "7,2", 12, "7,2", "viel", "1.2.3",
        ]  # fmt: skip
    assert formats.typed(7.2) == "7.2"
