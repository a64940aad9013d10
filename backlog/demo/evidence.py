"""The evidence the demo's initiatives rest on, looked up once by the names the files use."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo import register
from backlog.demo.content import Story
from backlog.evidence.insights import Insight
from backlog.triage.candidates import WAITING, Candidate

CODED = 2  # answers of a theme; more of the same words add nothing


@dataclass(frozen=True)
class Evidence:
    """Ids of ``touchpoints`` by name and of ``departments`` by code; ``insights`` with text and theme, oldest first."""

    touchpoints: dict[str, int]
    departments: dict[str, int]
    insights: list[tuple[int, str, str]]

    def about(self, story: Story) -> list[int]:
        """The written answers the story quotes, then some coded with its themes. LookupError when nobody said so."""
        coded = [number for theme in story.themes for number in self._coded(theme)[:CODED]]
        return [*map(self._quoted, story.quotes), *coded]

    def _quoted(self, beginning: str) -> int:
        for number, text, _ in self.insights:
            if text.startswith(beginning):
                return number
        raise LookupError(f"nobody wrote {beginning}")

    def _coded(self, beginning: str) -> list[int]:
        """Those of which only the theme is known."""
        found = [number for number, text, theme in self.insights if theme.startswith(beginning) and not text]
        if not found and not any(theme.startswith(beginning) for _, _, theme in self.insights):
            raise LookupError(f"nobody said {beginning}")
        return found


async def gather(session: AsyncSession) -> Evidence:
    rows = await session.execute(select(Insight.id, Insight.text, Insight.theme).order_by(Insight.id))
    return Evidence(
        touchpoints=await register.touchpoint_ids(session),
        departments=await register.department_ids(session),
        insights=[(number, text, theme) for number, text, theme in rows],
    )


async def waiting(session: AsyncSession, touchpoint_id: int) -> Candidate:
    """The candidate that waits for a decision on this touchpoint. LookupError when the data propose none."""
    found = select(Candidate).where(Candidate.touchpoint_id == touchpoint_id, Candidate.state.in_(WAITING))
    candidate = await session.scalar(found)
    if candidate is None:
        raise LookupError(f"triage does not propose touchpoint {touchpoint_id}")
    return candidate
