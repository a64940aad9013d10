"""What kind of file is this, and how are its bytes to be read as text?

One pass over the whole file, a block at a time: a file that turns bad in its last line is refused
before anything of it was kept.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from backlog.errors import N_, Refused

BLOCK = 1 << 20
LONGEST_LINE = 4 << 20  # characters; a longer one is no table
SAMPLE = 64 << 10
FEW = 3  # NUL characters that make a small file damaged rather than binary

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXCEL = N_(
    "This is an Excel workbook, not a CSV file. Nothing was read. In Excel choose “Save as”, “CSV UTF-8”, and bring that file."
)
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", _EXCEL),
    (b"\x1f\x8b", N_("This is a compressed file (gzip). Nothing was read. Unpack it and bring the CSV file inside.")),
    (
        b"%PDF",
        N_("This is a PDF document, not a CSV file. Nothing was read. Export the figures as CSV and bring that file."),
    ),
    (b"\x89PNG", N_("This is a picture, not a CSV file. Nothing was read.")),
    (b"\xff\xd8\xff", N_("This is a picture, not a CSV file. Nothing was read.")),
    (b"GIF8", N_("This is a picture, not a CSV file. Nothing was read.")),
    (b"SQLite format 3", N_("This is a database file, not a CSV file. Nothing was read.")),
)
_MARKUP = re.compile(rb"\s*(<\?xml|<!doctype|<html|<table|<svg)", re.IGNORECASE)
_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{])")
_ODD = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1a\x1b")


@dataclass(frozen=True, slots=True)
class Encoded:
    """How the text of a file is stored. ``lines`` counts line ends, whatever their kind."""

    encoding: str
    lines: int
    size: int


def examine(path: Path, encoding: str = "") -> Encoded:
    """Find the encoding (unless given) and prove the whole file readable in it.

    Raises Refused for what is empty, binary, damaged, or another kind of file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00") and size <= SAMPLE:
        raise Refused(N_("The file is empty. Nothing was read. Export it again, and look whether it then has rows."))
    _refuse_other_kinds(head)
    candidates = [_known(encoding)] if encoding else _candidates(head)
    for candidate in candidates:
        lines = _lines(path, candidate)
        if lines is not None:
            return Encoded(candidate, lines, size)
    raise Refused(
        N_(
            "The file cannot be read as %(encoding)s text. Nothing was read. Save it as CSV in UTF-8 and bring it again."
        ),
        encoding=candidates[0].removesuffix("-sig").upper(),
    )


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise Refused(N_("There is no encoding called “%(encoding)s”."), encoding=encoding) from None
    return "utf-8-sig" if name == "utf-8" else name


def _refuse_other_kinds(head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Refused(
            _EXCEL
            if b"xl/" in head or b"[Content_Types].xml" in head
            else N_("This is a ZIP archive, not a CSV file. Nothing was read. Unpack it and bring the CSV file inside.")
        )
    for magic, message in _MAGIC:
        if head.startswith(magic):
            raise Refused(message)
    if _MARKUP.match(head):
        raise Refused(
            N_("This is a web page or XML document, not a CSV file. Nothing was read. Export the answers as CSV.")
        )
    if _JSON.match(head):
        raise Refused(
            N_(
                "This is JSON, not a CSV file. Nothing was read. Send JSON to the REST API, or export the answers as CSV."
            )
        )


def _candidates(head: bytes) -> list[str]:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return [encoding]
    wide = _utf_16_without_mark(head)
    if wide:
        return [wide]
    few = head.count(0) if head.count(0) <= FEW else 0  # of these it is said where they are
    if (sum(byte in _ODD for byte in head) - few) * 100 > len(head):
        raise Refused(
            N_(
                "This is a binary file, not a CSV file. Nothing was read. Export the answers as CSV and bring that file."
            )
        )
    return ["utf-8-sig", "cp1252", "latin-1"]


def _utf_16_without_mark(head: bytes) -> str | None:
    """Plain text in UTF-16 has a zero in nearly every second byte."""
    half = len(head) // 2
    if half < 2:
        return None
    first, second = head[0::2].count(0), head[1::2].count(0)
    if second > 0.7 * half and first < 0.05 * half:
        return "utf-16-le"
    if first > 0.7 * half and second < 0.05 * half:
        return "utf-16-be"
    return None


def _lines(path: Path, encoding: str) -> int | None:
    """How many line ends the file has, or None when it is not in this encoding.

    Raises Refused where NUL characters or endless lines show that it is no table.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = unbroken = 0
    returns = 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except (UnicodeDecodeError, UnicodeError):
                return None
            if "\0" in text:
                line = lines + text.count("\n", 0, text.index("\0")) + 1
                raise Refused(
                    N_(
                        "Line %(line)s holds NUL characters: the file is damaged or binary. Nothing was kept. Export it again."
                    ),
                    line=line,
                )
            lines += text.count("\n")
            returns += text.count("\r")
            last = max(text.rfind("\n"), text.rfind("\r"))
            unbroken = len(text) - last - 1 if last >= 0 else unbroken + len(text)
            if unbroken > LONGEST_LINE:
                raise Refused(
                    N_(
                        "Line %(line)s is longer than %(most)s characters; a table is not written like that. Nothing was kept."
                    ),
                    line=lines + 1,
                    most=LONGEST_LINE,
                )
            if not block:
                return lines or returns
