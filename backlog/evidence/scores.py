"""Scores: the headline estimate of each touchpoint on 0-10, never a bare number."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base


class Score(Base):
    """``value`` is the mean on 0-10; ``low``..``high`` its 95 % interval (None below two answers); ``shrunken``
    the empirical-Bayes estimate; ``p_below`` the probability that the true score is below the touchpoint's target
    or the threshold; ``top_box`` the share of the two best answers; ``change`` against the period before."""

    __tablename__ = "score"

    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"))
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    n: Mapped[int]
    effective_n: Mapped[float]
    value: Mapped[float]
    deviation: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    shrunken: Mapped[float]
    posterior_deviation: Mapped[float]
    p_below: Mapped[float]
    top_box: Mapped[float | None]
    change: Mapped[float | None]
    change_z: Mapped[float | None]
