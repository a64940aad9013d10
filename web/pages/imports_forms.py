"""The mapping as a form shows it and as it comes back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from backlog.errors import N_, Invalid, Text
from backlog.imports.numbers import number, plain
from backlog.imports.numbers import scale as read_scale
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape

TAB = "tab"
WORDS = ("encoding", "decimal", "measure", "persona", "touchpoint")
LONGEST = 5_000  # characters of a field; only codes come near

ROLE_LABELS = {
    Role.RATING: N_("Rating of a touchpoint"),
    Role.OVERALL: N_("Overall rating"),
    Role.TOUCHPOINT: N_("Touchpoint"),
    Role.MEASURE: N_("Measure"),
    Role.SCALE: N_("Scale"),
    Role.VALUE: N_("Answer"),
    Role.MEAN: N_("Mean"),
    Role.N: N_("Number of answers"),
    Role.SD: N_("Standard deviation"),
    Role.DATE: N_("Date"),
    Role.PERSONA: N_("Persona or segment"),
    Role.WEIGHT: N_("Weight"),
    Role.RESPONDENT: N_("Respondent"),
    Role.COMMENT: N_("Comment"),
    Role.THEME: N_("Theme of the comment"),
    Role.KIND: N_("Kind of comment"),
    Role.IGNORE: N_("Ignore"),
}
SHAPE_LABELS = {
    Shape.WIDE: N_("One row per respondent"),
    Shape.LONG: N_("One row per answer"),
    Shape.SUMMARY: N_("One row per touchpoint and period: mean, n, standard deviation"),
}
DELIMITERS = {",": N_("comma ,"), ";": N_("semicolon ;"), TAB: N_("tab"), "|": N_("bar |")}
ENCODINGS = {
    "": N_("recognise it"),
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "iso8859-1": "Latin-1",
    "iso8859-15": "Latin-9",
    "utf-16": "UTF-16",
    "cp437": "DOS 437",
    "mac-roman": "Mac Roman",
}


def written(recipe: Recipe) -> dict[str, str]:
    """Every field of the form as text."""
    values = {name: str(getattr(recipe, name)) for name in WORDS}
    values |= {
        "shape": recipe.shape.value,
        "delimiter": TAB if recipe.delimiter == "\t" else recipe.delimiter,
        "header_row": str(recipe.header_row),
        "scales": "; ".join(f"{name} = {_ends(scale)}" for name, scale in recipe.scales.items()),
        "date.format": recipe.date.format,
        "date.year": str(recipe.date.year or ""),
        "date.month": str(recipe.date.month or ""),
        "date.fixed": recipe.date.fixed,
    }
    for at, column in enumerate(recipe.columns):
        values |= {f"columns[{at}].{name}": text for name, text in _column_written(column).items()}
    return values


def _column_written(column: Column) -> dict[str, str]:
    scale = column.scale
    return {
        "role": column.role.value,
        "touchpoint": column.touchpoint,
        "measure": column.measure,
        "low": plain(scale.low) if scale else "",
        "high": plain(scale.high) if scale else "",
        "reversed": "1" if scale and scale.reversed else "",
        "missing": ", ".join(column.missing),
        "inapplicable": ", ".join(column.inapplicable),
        "values": "; ".join(f"{code} = {word}" for code, word in column.values.items()),
    }


def _ends(scale: Scale) -> str:
    ends = (scale.high, scale.low) if scale.reversed else (scale.low, scale.high)
    return "-".join(map(plain, ends))


def read(values: Mapping[str, str], draft: Recipe) -> Recipe:
    """What was typed over the draft. Raises Invalid with the fields that cannot be read; what lacks is no matter here."""
    wrong: dict[str, Text] = {}
    columns = [_column(values, at, column, wrong) for at, column in enumerate(draft.columns)]
    words = {name: values.get(name, getattr(draft, name)).strip()[:200] for name in WORDS}
    delimiter = values.get("delimiter", draft.delimiter)
    recipe = msgspec.structs.replace(
        draft,
        columns=columns,
        shape=_choice(values, "shape", Shape, draft.shape),
        delimiter="\t" if delimiter == TAB else delimiter[:1],
        header_row=_whole(values, "header_row", wrong, draft.header_row),
        scales=_scales(values["scales"], wrong) if "scales" in values else draft.scales,
        date=_dates(values, draft.date, wrong),
        **{**words, "measure": words["measure"] or "experience"},
    )
    if wrong:
        raise Invalid(wrong)
    return recipe


def _column(values: Mapping[str, str], at: int, column: Column, wrong: dict[str, Text]) -> Column:
    def typed(name: str) -> str:
        return values.get(f"columns[{at}].{name}", "").strip()[:LONGEST]

    if f"columns[{at}].role" not in values:
        return column
    role = _choice(values, f"columns[{at}].role", Role, column.role)
    return Column(
        column.column,
        role,
        touchpoint=typed("touchpoint") if role in {Role.RATING, Role.COMMENT} else "",
        measure=typed("measure") if role in {Role.RATING, Role.OVERALL} else "",
        scale=_scale(typed, f"columns[{at}].scale", wrong) if role in SCALED else None,
        missing=_codes(typed("missing")) if role in CODED else [],
        inapplicable=_codes(typed("inapplicable")) if role in CODED else [],
        values=_words(typed("values"), column.values) if role in CODED else {},
    )


SCALED = {Role.RATING, Role.OVERALL, Role.VALUE, Role.MEAN}
CODED = SCALED | {Role.PERSONA, Role.TOUCHPOINT, Role.COMMENT}


def _choice(values: Mapping[str, str], name: str, kind: Any, otherwise: Any) -> Any:
    try:
        return kind(values.get(name, ""))
    except ValueError:
        return otherwise


def _scale(typed: Any, name: str, wrong: dict[str, Text]) -> Scale | None:
    low, high = typed("low"), typed("high")
    if not low and not high:
        return None
    ends = number(low.replace(",", ".")), number(high.replace(",", "."))
    if ends[0] is None or ends[1] is None:
        wrong[name] = Text(N_("Enter the lowest and the highest answer as numbers."))
        return None
    return Scale(ends[0], ends[1], bool(typed("reversed")))


def _codes(text: str) -> list[str]:
    return [code.strip() for code in re.split(r"[,;]", text) if code.strip()]


def _words(text: str, before: Mapping[str, str]) -> dict[str, str]:
    """Codes and their words; what a person did not touch stays exactly as it was."""
    if text == "; ".join(f"{code} = {word}" for code, word in before.items()):
        return dict(before)
    return _pairs(text.split(";"))


def _pairs(parts: Iterable[str]) -> dict[str, str]:
    found = (part.partition("=") for part in parts)
    return {code.strip(): word.strip() for code, _, word in found if code.strip() and word.strip()}


def _scales(text: str, wrong: dict[str, Text]) -> dict[str, Scale]:
    found: dict[str, Scale] = {}
    for name, ends in _pairs(text.split(";")).items():
        scale = read_scale(ends)
        if scale is None:
            wrong["scales"] = Text(N_("“%(value)s” is no scale; write it like 1-5."), {"value": ends})
        else:
            found[name] = Scale(min(scale), max(scale), scale[0] > scale[1])
    return found


def _dates(values: Mapping[str, str], draft: Dates, wrong: dict[str, Text]) -> Dates:
    return Dates(
        values.get("date.format", draft.format),
        _whole(values, "date.year", wrong, draft.year),
        _whole(values, "date.month", wrong, draft.month),
        values.get("date.fixed", draft.fixed).strip(),
    )


def _whole(values: Mapping[str, str], name: str, wrong: dict[str, Text], otherwise: int) -> int:
    text = values.get(name, str(otherwise)).strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        wrong[name] = Text(N_("Enter a whole number."))
        return otherwise
    return int(text)
