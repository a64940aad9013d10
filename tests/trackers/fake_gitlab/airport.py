"""An airport's GitLab: a project in a group, its people and their tokens."""

import datetime as dt
from collections.abc import Callable

from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_gitlab.records import GUEST, MAINTAINER, Project, User

NAME = "aurora-airport/terminal/passenger-services"
ELSEWHERE = "aurora-airport/terminal/elsewhere"
WAYMARK = User(901, "project_81_bot", "Waymark", MAINTAINER)
MARA = User(101, "mara-delivery", "Mara Delivery", MAINTAINER)
LENA = User(102, "lena-gates", "Lena Gates", GUEST)
READER = User(103, "rita-reader", "Rita Reader", MAINTAINER, ("read_api",))
STRANGER = User(104, "sam-stranger", "Sam Stranger", 0)
TOKENS = {"glpat-waymark": WAYMARK, "mara": MARA, "lena": LENA, "reader": READER, "stranger": STRANGER}


def opened(clock: Callable[[], dt.datetime]) -> Host:
    """The first project is the one to be in step with."""
    projects = [Project(81, NAME, labels=["security"]), Project(82, ELSEWHERE)]
    return Host(clock, dict(TOKENS), projects)
