"""Initiatives that resemble a candidate: about the same touchpoint, in the same phase, or in the same words.

Looks at columns, never at whole initiatives, and at most at LOOKED_AT of each kind: a large backlog costs little more
than a small one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Initiative, InitiativeTouchpoint
from backlog.initiatives.keys import key_of, number_of
from backlog.initiatives.stages import ENDED, Stage
from backlog.people.departments import Department
from backlog.triage import voices

LOOKED_AT = 50  # initiatives of each kind
SEARCHED = 4  # words, the rarest
COUNTED = 12  # words whose rarity is looked up
READ = 600  # characters of a problem
SAME_TOUCHPOINT, SAME_PHASE, SAME_WORDS = 60, 20, 40  # percent
LEAST = 15  # percent; less is no resemblance
SHORTEST = 4  # letters
STOP_WORDS = """
about after again also because been before being better both cannot could does done each even from have having
improve into issue issues just less like more most much need needs other over should some such than that their
them then there these they this those time very want were what when where which while will with without would
your aber alle alles auch beim besser dass dein diese dieser durch eine einem einen einer eines haben hatte ihre
immer kann kein keine mehr nach nicht noch oder ohne sehr sein seine sich sind über unter vom wenn werden wird
"""
COMMON = frozenset(STOP_WORDS.split())
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Similar:
    """``percent`` alike (0-100); ``words`` are shared. ``lead`` is the department that leads it."""

    id: int
    title: str
    stage: Stage
    points: int
    is_ranked: bool
    lead: str | None
    percent: int
    same_touchpoint: bool
    same_phase: bool
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        return key_of(self.id)


def words_of(*texts: str) -> list[str]:
    """Words that say something, each once, in order; without the s of a plural."""
    found = (word for text in texts for word in WORD.findall(text.casefold()))
    kept = (word for word in found if len(word) >= SHORTEST and word not in COMMON)
    return list(dict.fromkeys(word.removesuffix("s") if len(word) > SHORTEST else word for word in kept))


def percent_alike(shared: int, least: int, *, same_touchpoint: bool, same_phase: bool) -> int:
    """0-100: 60 for the same touchpoint, else 20 for the same phase, and up to 40 for the share of words in common
    (overlap coefficient: ``shared`` of the ``least`` words that either of the two has)."""
    place = SAME_TOUCHPOINT if same_touchpoint else SAME_PHASE if same_phase else 0
    return round(place + SAME_WORDS * shared / least) if least else place


async def similar(session: AsyncSession, touchpoint: Touchpoint, limit: int = 3) -> list[Similar]:
    """The open initiatives most alike, the most alike first."""
    themes = await voices.themes(session, touchpoint.id)
    words = words_of(touchpoint.name, *(theme.theme for theme in themes))
    statements = [_about(touchpoint.id)]
    if touchpoint.phase_id is not None:
        statements.append(_in_phase(touchpoint.phase_id, touchpoint.id))
    if rare := await rarest(session, words):
        statements.append(_open().where(or_(*(_mentions(word) for word in rare))))
    found: dict[int, Similar] = {}
    for statement in statements:
        for row in await session.execute(_columns(statement, touchpoint)):
            found.setdefault(row.id, _compared(row, set(words)))
    alike = sorted(found.values(), key=lambda each: (-each.percent, -each.points, each.id))
    return [each for each in alike if each.percent >= LEAST][:limit]


async def find(session: AsyncSession, touchpoint: Touchpoint, text: str, limit: int = 20) -> list[Similar]:
    """Open initiatives by key (``CX-12``, ``12``) or by words of their title, the highest score first."""
    text = text.strip()
    by_text = Initiative.title.icontains(text, autoescape=True)
    number = number_of(text)
    matches = by_text if number is None else or_(by_text, Initiative.id == number)
    rows = await session.execute(_columns(_open().where(matches).limit(limit), touchpoint))
    words = set(words_of(touchpoint.name))
    return sorted((_compared(row, words) for row in rows), key=lambda each: (not each.is_ranked, -each.points, each.id))


async def rarest(session: AsyncSession, words: Sequence[str]) -> list[str]:
    """The few words that the fewest titles of open initiatives have; those that none has come last."""
    asked = list(words[:COUNTED])
    if not asked:
        return []
    counts = [func.sum(case((Initiative.title.icontains(word, autoescape=True), 1), else_=0)) for word in asked]
    row = (await session.execute(select(*counts).where(Initiative.stage.not_in(ENDED)))).one()
    n = {word: int(count or 0) for word, count in zip(asked, row, strict=True)}
    return sorted(asked, key=lambda word: (n[word] == 0, n[word]))[:SEARCHED]


def _open() -> Select[int]:
    found = select(Initiative.id).where(Initiative.stage.not_in(ENDED))
    return found.order_by(Initiative.is_ranked.desc(), Initiative.points.desc(), Initiative.id).limit(LOOKED_AT)


def _about(touchpoint_id: int) -> Select[int]:
    link = InitiativeTouchpoint.initiative_id == Initiative.id
    return _open().join(InitiativeTouchpoint, link).where(InitiativeTouchpoint.touchpoint_id == touchpoint_id)


def _in_phase(phase_id: int, but_id: int) -> Select[int]:
    places = select(Touchpoint.id).where(Touchpoint.phase_id == phase_id, Touchpoint.id != but_id)
    links = select(InitiativeTouchpoint.initiative_id).where(InitiativeTouchpoint.touchpoint_id.in_(places))
    return _open().where(Initiative.id.in_(links))


def _mentions(word: str) -> ColumnElement[bool]:
    return Initiative.title.icontains(word, autoescape=True) | Initiative.problem.icontains(word, autoescape=True)


def _columns(found: Select[int], touchpoint: Touchpoint) -> Select[Any]:
    """What is compared of the initiatives found; a problem only by its beginning."""
    own = InitiativeTouchpoint.initiative_id == Initiative.id
    here = exists().where(own, InitiativeTouchpoint.touchpoint_id == touchpoint.id)
    near = exists().where(
        own, InitiativeTouchpoint.touchpoint_id == Touchpoint.id, Touchpoint.phase_id == touchpoint.phase_id
    )
    ids = found.subquery()
    return (
        select(
            Initiative.id,
            Initiative.title,
            func.substr(Initiative.problem, 1, READ).label("problem"),
            Initiative.stage,
            Initiative.points,
            Initiative.is_ranked,
            Department.name.label("lead"),
            here.label("same_touchpoint"),
            near.label("same_phase"),
        )
        .join(ids, ids.c.id == Initiative.id)
        .outerjoin(Department, Department.id == Initiative.lead_id)
    )


def _compared(row: Row[Any], words: set[str]) -> Similar:
    own = words_of(row.title, row.problem)
    shared = tuple(word for word in own if word in words)
    here, near = bool(row.same_touchpoint), bool(row.same_phase)
    least = min(len(words), len(own))
    return Similar(
        id=row.id,
        title=row.title,
        stage=row.stage,
        points=row.points,
        is_ranked=row.is_ranked,
        lead=row.lead,
        percent=percent_alike(len(shared), least, same_touchpoint=here, same_phase=near),
        same_touchpoint=here,
        same_phase=near,
        words=shared,
    )
