"""Guessing a recipe from column titles and the first rows; what is doubtful is marked, the rest is right as a rule."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backlog.errors import N_, Text
from backlog.imports import vocabulary
from backlog.imports.columns import Profile, ScaleGuess, guess_decimal, guess_scale, profile
from backlog.imports.dates import NEARLY, guess_format
from backlog.imports.numbers import plain
from backlog.imports.readers import Row, Sheet, clean
from backlog.imports.recipes import ROLES, Column, Dates, Recipe, Role, Scale, Shape
from backlog.imports.vocabulary import BLANKS, OVERALL, WORDS, speaks_of

_BATTERY = re.compile(r"^\W*([A-Za-z]{1,8}\d{1,3})(?:[A-Z]_)?[_\-.: ]*(.*)$")
_ASKED = re.compile(r"(?:.*:|.*\[)\s*([^\]:]+)\]?\s*$")
_YEAR = re.compile(r"(?<!\d)(19[89]\d|20\d\d)(?!\d)")
BY_NAME = N_("going by its name")
BY_VALUES = N_("going by its values")
TAKEN_FOR_ANSWERS = N_("taken for answers, going by its values; check its scale too")
OF_SCALE = N_("is its scale %(low)s–%(high)s? Its values, %(least)s to %(most)s, do not tell for certain")


@dataclass(frozen=True, slots=True)
class Guess:
    """One column: what it becomes, why, and whether somebody should look."""

    column: Column
    doubtful: bool
    reason: Text
    samples: tuple[str, ...]

    @property
    def asks_for_scale(self) -> bool:
        """Whether nothing but its scale is in doubt."""
        return self.doubtful and self.reason.message == OF_SCALE


@dataclass(frozen=True, slots=True)
class Guesses:
    """A recipe to start from; ``columns`` in the order of the file."""

    recipe: Recipe
    columns: tuple[Guess, ...]

    @property
    def doubtful(self) -> int:
        return sum(guess.doubtful for guess in self.columns)


def guess(sheet: Sheet, known: Mapping[str, str] | None = None) -> Guesses:
    """Guess from the sheet. ``known`` maps clean names of registered touchpoints to their names."""
    rows = [row for _, row in sheet.sample()]
    return guess_rows(
        sheet.names, rows, known or {}, sheet.path.name, delimiter=sheet.delimiter, header_row=sheet.header_row
    )


def guess_rows(
    names: Sequence[str], rows: Sequence[Row], known: Mapping[str, str], file_name: str = "", *,
    delimiter: str = "", header_row: int = 1, shape: Shape | None = None,
) -> Guesses:  # fmt: skip
    values = [[row[at] for row in rows if len(row) > at] for at in range(len(names))]
    decimal = guess_decimal(values)
    profiles = [profile(name, column, decimal) for name, column in zip(names, values, strict=True)]
    shape = shape or _shape(names)
    answered = shape is not Shape.LONG or any(speaks_of(name, WORDS[Role.VALUE]) for name in names)
    taken: dict[Role, str] = {}
    guesses = {each.title: _by_title(each, shape, taken) for each in profiles}
    for title, found in guesses.items():
        if found and found.column.role in {Role.MEASURE, Role.SCALE} and not answered:
            guesses[title] = None  # what comments answer to is no measure
    if shape is Shape.WIDE:
        guesses |= _batteries(profiles, guesses, known)
    dates, doubt = _dates(profiles, guesses, file_name)
    if doubt:
        guesses[doubt[0]] = doubt[1]
    for each in profiles:
        if guesses[each.title] is None:
            guesses[each.title] = _by_values(each, shape, taken)
    columns = tuple(guesses[name] or _ignored(each) for name, each in zip(names, profiles, strict=True))
    recipe = Recipe(
        columns=[found.column for found in columns], shape=shape, delimiter=delimiter, header_row=header_row, decimal=decimal, date=dates,
    )  # fmt: skip
    return Guesses(recipe, columns)


def _shape(names: Sequence[str]) -> Shape:
    has = {
        role
        for role in (Role.TOUCHPOINT, Role.MEAN, Role.N, Role.SD, Role.VALUE)
        for name in names
        if speaks_of(name, WORDS[role])
    }
    if Role.TOUCHPOINT in has and {Role.MEAN, Role.N} <= has:
        return Shape.SUMMARY
    return Shape.LONG if Role.TOUCHPOINT in has else Shape.WIDE


def _by_title(each: Profile, shape: Shape, taken: dict[Role, str]) -> Guess | None:
    """The role the title names, unless another column has it already or the values do not bear it out."""
    for role, words in WORDS.items():
        if role in ROLES[shape] and speaks_of(each.title, words) and _plausible(each, role, shape):
            if role in taken and role is not Role.COMMENT:
                return None
            taken[role] = each.title
            return _of_role(each, role, BY_NAME, doubtful=False)
    return None


def _plausible(each: Profile, role: Role, shape: Shape) -> bool:
    if not each.filled:
        return role in {Role.COMMENT, Role.THEME}
    if role in {Role.WEIGHT, Role.MEAN, Role.SD, Role.N}:
        return each.numeric >= 0.9
    if role is Role.VALUE:
        return each.numeric >= 0.5
    if role is Role.THEME:
        return shape is not Shape.WIDE
    if role is Role.COMMENT:
        return each.numeric < 0.5 and (shape is not Shape.WIDE or _is_prose(each))
    if role is Role.DATE:
        return bool(guess_format(each.values)[0]) or _is_day(each)
    if role is Role.RESPONDENT:
        return len(set(each.values)) >= 0.5 * len(each.values) or shape is not Shape.WIDE
    return role is not Role.PERSONA or len(set(each.values)) <= 50


def _is_day(each: Profile) -> bool:
    days = sum(n for value, n in each.numbers.items() if value in range(1, 32))
    return each.filled > 0 and days >= NEARLY * (each.filled - sum(each.words[word] for word in BLANKS))


def _is_prose(each: Profile) -> bool:
    return any(len(raw.split()) > 4 for raw in each.values) and each.numeric < 0.2


def _of_role(each: Profile, role: Role, why: str, *, doubtful: bool) -> Guess:
    column = Column(each.title, role)
    if role in {Role.VALUE, Role.MEAN}:
        found = guess_scale([each]) if role is Role.VALUE else None
        if found:
            column.scale, column.missing, column.inapplicable = found.scale, found.missing, found.inapplicable
            doubtful = doubtful or not found.certain
        elif each.numbers:
            column.scale = _enclosing(each)
            doubtful = True
    reason = _of_scale(each, column.scale) if doubtful and column.scale else Text(why)
    return Guess(column, doubtful, reason, _samples(each))


def _of_scale(each: Profile, scale: Scale) -> Text:
    """What is asked about a scale that was taken from the values."""
    within = [value for value in each.numbers if scale.low <= value <= scale.high]
    ends = {"low": scale.low, "high": scale.high, "least": min(within), "most": max(within)}
    return Text(OF_SCALE, {name: plain(value) for name, value in ends.items()})


def _enclosing(each: Profile) -> Scale:
    """The usual scale that holds all these values (means have decimals, so levels do not show)."""
    low, high = min(each.numbers), max(each.numbers)
    return next(
        (Scale(*ends) for ends in ((1, 5), (0, 10), (0, 100)) if ends[0] <= low and high <= ends[1]), Scale(0, 10)
    )


def _samples(each: Profile) -> tuple[str, ...]:
    """The first values to recognise the column by, in the order of the file: three, of prose one."""
    seen = dict.fromkeys(" ".join(raw.split())[:80] for raw in each.values if raw.strip())
    return tuple(list(seen)[: 1 if _is_prose(each) else 3])


def _ignored(each: Profile) -> Guess:
    return Guess(Column(each.title, Role.IGNORE), False, Text(N_("not needed")), _samples(each))


def _batteries(
    profiles: Sequence[Profile], guesses: Mapping[str, Guess | None], known: Mapping[str, str]
) -> dict[str, Guess]:
    """Questions asked alike (Q7ART, Q7FOOD ...; "How was ... [Check-in]") share a scale: ratings of touchpoints."""
    families: dict[str, list[tuple[Profile, str]]] = defaultdict(list)
    for each in profiles:
        if guesses[each.title] is None and each.filled:
            stem, tail = _stem(each.title)
            families[stem].append((each, tail))
    found: dict[str, Guess] = {}
    named: set[tuple[str, str]] = set()
    for members in families.values():
        answers = [(each, tail) for each, tail in members if tail and _is_answer(each)]
        scale = guess_scale([each for each, _ in answers]) if len(answers) >= 3 else None
        if scale is None or not _is_used([each for each, _ in answers], scale.scale):
            continue
        for each, tail in answers:
            rating = _rating(each, tail, scale, known, named)
            found[each.title] = rating
    return found


def _is_used(battery: Sequence[Profile], scale: Scale) -> bool:
    """People answer ratings up to the top of the scale; numbers of categories mostly stay low."""
    if scale.high - scale.low < 3:
        return False
    within = sum(n for each in battery for value, n in each.numbers.items() if scale.low <= value <= scale.high)
    top = sum(n for each in battery for value, n in each.numbers.items() if scale.high - 1 <= value <= scale.high)
    return top >= 0.15 * within


def _stem(title: str) -> tuple[str, str]:
    """(what the battery shares, what this question is about)."""
    if match := _ASKED.match(title):
        return title[: match.start(1)], match[1].strip()
    if match := _BATTERY.match(title):
        return match[1].upper(), match[2].strip()
    return title, ""


def _is_answer(each: Profile) -> bool:
    scale = guess_scale([each])
    return (
        scale is not None
        and max(each.numbers, default=0) <= 11
        and sum(n for value, n in each.numbers.items() if value >= 3) > 0
    )


def _rating(
    each: Profile, tail: str, scale: ScaleGuess, known: Mapping[str, str], named: set[tuple[str, str]]
) -> Guess:
    missing = sorted({*scale.missing, *(word.upper() for word in each.words if word in vocabulary.BLANKS)})
    column = Column(each.title, Role.RATING, scale=scale.scale, missing=missing, inapplicable=list(scale.inapplicable))
    column.measure = vocabulary.measure_of(each.title)
    name = re.sub(r"^([A-Z]_)?(CLN)?", "", tail).replace("_", " ").strip() or each.title
    if speaks_of(name, OVERALL):
        column.role = Role.OVERALL
        return Guess(column, not scale.certain, _of_rating(each, scale), _samples(each))
    column.touchpoint = known.get(clean(name)) or (name.capitalize() if name.isupper() else name)
    again = (clean(column.touchpoint), column.measure) in named
    named.add((clean(column.touchpoint), column.measure))
    reason = Text(N_("asks about the same touchpoint as an earlier column; choose another measure"))
    return Guess(column, again or not scale.certain, reason if again else _of_rating(each, scale), _samples(each))


def _of_rating(each: Profile, scale: ScaleGuess) -> Text:
    within = any(scale.scale.low <= value <= scale.scale.high for value in each.numbers)
    return _of_scale(each, scale.scale) if within and not scale.certain else Text(BY_VALUES)


def _by_values(each: Profile, shape: Shape, taken: Mapping[Role, str]) -> Guess:
    """A column whose title says nothing: a rating on its own, a comment, a weight; else it is ignored."""
    if shape is Shape.WIDE:
        scale = guess_scale([each]) if each.filled else None
        if scale and scale.scale.high - scale.scale.low >= 4 and _names_a_rating(each.title):
            alone = _rating(each, _stem(each.title)[1] or each.title, scale, {}, set())
            return Guess(alone.column, True, Text(TAKEN_FOR_ANSWERS), alone.samples)
        if _is_prose(each):
            return Guess(Column(each.title, Role.COMMENT), True, Text(BY_VALUES), _samples(each))
    return _ignored(each)


def _names_a_rating(title: str) -> bool:
    letters = "".join(vocabulary.words(title))
    return (
        bool(vocabulary.measure_of(title))
        or speaks_of(title, OVERALL)
        or any(
            part in letters
            for part in ("rate", "rating", "safe", "netpro", "find", "passthru", "zufried", "bewert", "satisf")
        )
    )


def _dates(
    profiles: Sequence[Profile], guesses: Mapping[str, Guess | None], file_name: str
) -> tuple[Dates, tuple[str, Guess] | None]:
    """How the date column is written, and the guess anew when that is doubtful."""
    year = int(match[1]) if (match := _YEAR.search(file_name)) else 0
    for each in profiles:
        found = guesses[each.title]
        if found is None or found.column.role is not Role.DATE:
            continue
        form, certain = guess_format(each.values)
        if not form and _is_day(each):
            reason = Text(N_("looks like the day of the month; say which month and year"))
            return Dates(format="day", year=year), (each.title, Guess(found.column, True, reason, found.samples))
        if certain:
            return Dates(format=form), None
        reason = Text(N_("day and month could be the other way round"))
        return Dates(format=form), (each.title, Guess(found.column, True, reason, found.samples))
    return Dates(), None
