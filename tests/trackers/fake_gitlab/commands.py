"""Quick actions, found as GitLab finds them: by the expressions of its `lib/gitlab/quick_actions/extractor.rb`."""

import re

NAMES = "close|reopen|assign|label|title|due|confidential|duplicate|move|shrug"
COMMANDS = re.compile(
    rf"""
      (?P<code> ^```.+?\n```$ )
    | (?P<inline_code> ^.*`\n*.+?\n*`$ )
    | (?P<html> ^<[^>]+?>\n.+?\n</[^>]+?>$ )
    | (?P<quote> ^>>>.+?\n>>>$ )
    | (?: ^/(?P<cmd> (?i:{NAMES}) ) (?: [ ](?P<arg>[^\n]*) )? (?:\s*\n|$) )
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def extracted(text: str, before: str = "") -> tuple[str, list[tuple[str, str]]]:
    """The text without its commands, and those that did not stand there ``before``."""
    kept, found = _extracted(text)
    known = _extracted(before)[1]
    return kept, [each for each in found if each not in known]


def _extracted(text: str) -> tuple[str, list[tuple[str, str]]]:
    found: list[tuple[str, str]] = []

    def take(match: re.Match[str]) -> str:
        if not match["cmd"]:
            return match[0]
        found.append((match["cmd"].lower(), (match["arg"] or "").strip()))
        return ""

    kept = COMMANDS.sub(take, text.replace("\r", ""))
    return (kept.rstrip(), found) if found else (text, found)
