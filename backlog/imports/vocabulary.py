"""Words by which survey columns are called, in English and German."""

import re

from backlog.imports.recipes import Role

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
_WORD = re.compile(r"[a-zäöüß]+|\d+")

# A word matches when it is equal, or, with a trailing hyphen here, when it begins so: German joins words.
WORDS: dict[Role, tuple[str, ...]] = {
    Role.RESPONDENT: (
        "respnum",
        "respondent",
        "resp",
        "respid",
        "participant",
        "case",
        "caseid",
        "teilnehmer-",
        "befragte-",
        "befragung",
        "fragebogen-",
        "interviewnummer",
        "id",
        "lfdn",
    ),
    Role.DATE: (
        "date",
        "datum",
        "answered",
        "submitted",
        "timestamp",
        "intdate",
        "zeitpunkt",
        "erhebungs-",
        "antwortdatum",
        "period",
        "periode",
        "zeitraum",
        "quartal",
        "quarter",
        "monat",
        "month",
        "jahr",
        "year",
        "wave",
        "welle",
        "tag",
    ),
    Role.WEIGHT: ("weight", "weights", "wt", "wgt", "gewicht", "gewichtung", "gew"),
    Role.PERSONA: ("persona", "segment", "zielgruppe", "kundengruppe", "kundentyp", "personas"),
    Role.TOUCHPOINT: ("touchpoint", "kontaktpunkt", "berührungspunkt", "beruehrungspunkt", "touchpoints"),
    Role.MEASURE: ("measure", "frage", "question", "kennzahl", "messgröße", "messgroesse", "dimension", "merkmal"),
    Role.SCALE: ("scale", "skala"),
    Role.VALUE: (
        "value",
        "wert",
        "rating",
        "bewertung",
        "score",
        "answer",
        "antwort",
        "punkte",
        "note",
        "zufriedenheit",
    ),
    Role.MEAN: ("mean", "mittelwert", "mw", "average", "avg", "durchschnitt", "score"),
    Role.N: ("n", "anzahl", "count", "fallzahl", "basis", "responses", "answers", "respondents"),
    Role.SD: ("sd", "std", "stddev", "stdev", "standardabw-", "stdabw", "deviation", "streuung", "dev"),
    Role.COMMENT: (
        "comment",
        "comments",
        "kommentar-",
        "bemerkung-",
        "freitext",
        "verbatim",
        "feedback",
        "anmerkung-",
        "quote",
        "text",
        "wortlaut",
    ),
    Role.THEME: ("theme", "thema", "topic", "kategorie", "category", "code"),
    Role.KIND: ("kind", "sentiment"),
}
OVERALL = ("all", "whole", "overall", "gesamt-", "total", "insgesamt", "nps", "netpro", "recommend", "weiterempfehl-")
MEASURES: dict[str, tuple[str, ...]] = {
    "recommend": ("nps", "netpro", "recommend", "recommendation", "weiterempfehl-", "likelihood"),
    "cleanliness": ("clean", "cleanliness", "cln", "sauber-"),
    "importance": ("importance", "important", "wichtig-"),
    "safety": ("safe", "safety", "sicher-"),
    "effort": ("effort", "aufwand", "ces"),
    "ease": ("ease", "easy", "find", "passthru"),
}
BLANKS = frozenset(
    ("blank", "na", "n/a", "n.a.", "k.a.", "k. a.", "keine angabe", "no answer", "none", "null", "-", "--", "?", ".")
)


def words(title: str) -> list[str]:
    """The words of a column title, lower case: ``ZUF_Mittelwert`` -> zuf, mittelwert."""
    return _WORD.findall(_CAMEL.sub(" ", title).lower())


def speaks_of(title: str, vocabulary: tuple[str, ...]) -> bool:
    found = words(title)
    joined = "".join(found)
    return any(
        any(word.startswith(known[:-1]) for word in found) if known.endswith("-") else known in found or known == joined
        for known in vocabulary
    )


def measure_of(title: str) -> str:
    """The measure the title speaks of, or nothing."""
    for measure, vocabulary in MEASURES.items():
        if speaks_of(title, vocabulary):
            return measure
    return "cleanliness" if re.search(r"(?:^|_)CLN", title) else ""
