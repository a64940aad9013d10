"""Questions in Jira's query language, put together so that nothing in a value can become part of the question."""

import datetime as dt
import math

RESERVED = str.maketrans(dict.fromkeys('+-&|!(){}[]^~*?\\/:";,<>=@#$%.`', " "))
"""Signs with a meaning in a search for words; Jira finds the words without them as well."""
WORDS = 12  # of a search, at most
OVERLAP = dt.timedelta(minutes=3)
"""How much further back than asked: Jira counts from its own clock, which may differ from ours."""


def quoted(value: str) -> str:
    """As a string of JQL; control characters become blanks."""
    clean = "".join(sign if sign.isprintable() else " " for sign in value)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def changed(project: str, since: dt.datetime, now: dt.datetime) -> str:
    return f"project = {quoted(project)} AND updated >= {ago(since, now)} ORDER BY id ASC"


def labelled(project: str, label: str, since: dt.datetime, now: dt.datetime) -> str:
    made = f"created >= {ago(since, now)}"
    return f"project = {quoted(project)} AND labels = {quoted(label)} AND {made} ORDER BY id ASC"


def newest(project: str) -> str:
    return f"project = {quoted(project)} ORDER BY key DESC"


def titled(project: str, text: str) -> str:
    """Every word in the title, the last one as a beginning; without words the newest issues. In small letters, as AND, OR
    and NOT would be operators."""
    words = text.translate(RESERVED).lower().split()[:WORDS]
    said = f" AND summary ~ {quoted(' '.join(words) + '*')}" if words else ""
    return f"project = {quoted(project)}{said} ORDER BY created DESC"


def of_project(project: str) -> str:
    return f"project = {quoted(project)}"


def ago(since: dt.datetime, now: dt.datetime) -> str:
    """In minutes before now, rounded up: a written time would be read in the time zone of the account that asks."""
    minutes = math.ceil((now - since + OVERLAP) / dt.timedelta(minutes=1))
    return f"-{max(minutes, 1)}m"
