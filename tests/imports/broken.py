"""Files as they really arrive: damaged, mislabelled, or not tables at all. Made here, none is kept."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable

HEADER = "touchpoint;value;answered_on;weight;respondent\n"
ROW = "Check-in;4;2026-05-04;1;7\n"
GOOD = HEADER + ROW * 3


def _zip(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


def _xlsx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def _noise() -> bytes:
    return random.Random(4).randbytes(50_000)


# name -> (bytes, words the message must hold): these files are refused whole
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "only blank lines": (lambda: b"\n\n  \r\n\t\n", "empty"),
    "only a byte order mark": (lambda: b"\xef\xbb\xbf", "empty"),
    "workbook renamed": (_xlsx, "Excel"),
    "old workbook renamed": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "Excel"),
    "zip renamed": (lambda: _zip(survey=GOOD), "ZIP"),
    "zip in a zip": (lambda: _zip(inner=_zip(survey=GOOD).decode("latin-1")), "ZIP"),
    "zip bomb": (lambda: _zip(zeros="0" * 30_000_000), "ZIP"),
    "empty zip": (lambda: b"PK\x05\x06" + bytes(18), "ZIP"),
    "gzip renamed": (lambda: gzip.compress(GOOD.encode()), "gzip"),
    "pdf renamed": (lambda: b"%PDF-1.7\n" + _noise(), "PDF"),
    "picture renamed": (lambda: b"\x89PNG\r\n\x1a\n" + _noise(), "picture"),
    "database renamed": (lambda: b"SQLite format 3\x00" + bytes(4000), "database"),
    "noise": (_noise, "binary"),
    "zeros": (lambda: bytes(100_000), "binary"),
    "web page saved as csv": (lambda: b"<!DOCTYPE html><html><table><tr><td>4</td></tr></table>", "web page"),
    "xml with an outside entity": (
        lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "XML",
    ),
    "json renamed": (lambda: b'[{"touchpoint": "Check-in", "value": 4}]', "JSON"),
    "NUL in a small file": (lambda: (HEADER + "Check-in;\0;2026-05-04;1;7\n").encode(), "Line 2 holds NUL"),
    "NUL in the middle": (lambda: (HEADER + ROW * 20 + "Check-in;\0;2026-05-04;1;7\n" + ROW).encode(), "Line 22"),
    "NUL far behind": (lambda: (HEADER + ROW * 80_000 + "\0\n").encode(), "Line 80002"),
    "quote never closed": (lambda: (HEADER + '"Check-in;4;2026-05-04;1;7\n' + ROW * 5).encode(), "quotation mark"),
    "quote never closed in the last line": (
        lambda: (HEADER + ROW + 'Check-in;4;2026-05-04;1;"7\n').encode(),
        "opened in the last line is never closed",
    ),
    "quote never closed in a long file": (lambda: (HEADER + '"' + ROW * 9_000).encode(), "quotation mark"),
    "cut off inside quotes": (lambda: (HEADER + ROW * 9 + 'Check-in;4;2026-05-04;1;"no. 7').encode(), "quotation mark"),
    "a million columns": (lambda: b";".join([b"q"] * 1_000_000) + b"\n" + b";" * 999_999 + b"\n", "1000000 columns"),
    "20,000 columns": (lambda: ";".join(f"q{at}" for at in range(20_000)).encode() + b"\n", "20000 columns"),
    "one endless line": (lambda: b"a,b\n" + b"x" * 6_000_000, "Line 2"),
    "a giant cell": (lambda: (HEADER + "Check-in;4;2026-05-04;1;" + "x" * 200_000 + "\n").encode(), "longer than"),
    "header missing": (lambda: (";;;;\n" + ROW).encode(), "column names"),
    "not the columns of the recipe": (lambda: b"station;note\nCheck-in;4\n", "touchpoint, value"),
    "UTF-16 cut off": (lambda: b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], "UTF-16"),
}

# name -> (bytes, delimiter): these files are read as if nothing were the matter
READABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "utf-8": (lambda: GOOD.encode(), ";"),
    "utf-8 with mark": (lambda: GOOD.encode("utf-8-sig"), ";"),
    "latin-1": (lambda: GOOD.replace("Check-in", "Gepäck").encode("latin-1"), ";"),
    "windows": (lambda: GOOD.replace("Check-in", "Gepäck – „Ausgabe“").encode("cp1252"), ";"),
    "utf-16 little": (lambda: b"\xff\xfe" + GOOD.encode("utf-16-le"), ";"),
    "utf-16 big": (lambda: b"\xfe\xff" + GOOD.encode("utf-16-be"), ";"),
    "utf-16 without mark": (lambda: GOOD.encode("utf-16-le"), ";"),
    "utf-16 big without mark": (lambda: GOOD.encode("utf-16-be"), ";"),
    "commas": (lambda: GOOD.replace(";", ",").encode(), ","),
    "tabs": (lambda: GOOD.replace(";", "\t").encode(), "\t"),
    "bars": (lambda: GOOD.replace(";", "|").encode(), "|"),
    "windows line ends": (lambda: GOOD.replace("\n", "\r\n").encode(), ";"),
    "old Macintosh line ends": (lambda: GOOD.replace("\n", "\r").encode(), ";"),
    "no last line end": (lambda: GOOD.rstrip("\n").encode(), ";"),
    "blank lines between": (lambda: GOOD.replace("\n", "\n\n").encode(), ";"),
    "quoted line breaks": (lambda: (HEADER + '"Check\nin";4;2026-05-04;1;7\n' + ROW * 2).encode(), ";"),
    "empty columns at the right": (lambda: GOOD.replace("\n", ";;\n").encode(), ";"),
    "titles in capitals with blanks": (lambda: GOOD.replace("touchpoint;value", " TOUCHPOINT  ; Value ").encode(), ";"),
}
