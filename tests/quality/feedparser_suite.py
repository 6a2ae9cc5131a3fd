"""Feeds read as feedparser's own tests expect it: its files as inputs, every field that we use compared.

    python -m tests.quality.feedparser_suite FOLDER      FOLDER: an unpacked source distribution of feedparser

Each file's first comment says what feedparser must find (`Expect: entries[0]['title'] == 'Example'`) and the headers
it came with. From each expectation on a field of ours the value is taken; it is reduced as ours are (plain text, an
absolute address) and compared. Prints how many of each field are equal, and each that is not.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.sources import read_all
from crawler.sources.model import LONGEST_SUMMARY, LONGEST_TITLE, Source
from crawler.sources.plain import address, plain_text

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOST = "http://127.0.0.1:8097/"
_EXPECT = re.compile(r"Description:\s*(.*?)\s*Expect:\s*(.*?)\s*-->", re.S)
_SKIP = re.compile(r"SkipUnless:\s*__import__\('codecs'\)\.lookup\('(.*?)'\)")
_TYPE = re.compile(r"^Header:\s*Content-type:\s*(.*?)\s*$", re.M | re.I)
_LOCATION = re.compile(r"^Header:\s*Content-Location:\s*(.*?)\s*$", re.M | re.I)
#: feedparser's name of a field of an entry → ours.
ENTRY = {
    ("title",): "title",
    ("title_detail", "value"): "title",
    ("link",): "url",
    ("id",): "id",
    ("guid",): "id",
    ("author",): "author",
    ("summary",): "summary",
    ("description",): "summary",
    ("summary_detail", "value"): "summary",
    ("content", 0, "value"): "content",
    ("published_parsed",): "published_at",
    ("date_parsed",): "published_at",
    ("created_parsed",): "published_at",
    ("updated_parsed",): "updated_at",
    ("modified_parsed",): "updated_at",
}
FEED = {("title",): "title", ("title_detail", "value"): "title", ("language",): "language"}


@dataclass(frozen=True)
class Expected:
    """One value that a file expects: of which entry (None: of the feed), which field, what."""

    entry: int | None
    name: str
    value: Any


@dataclass
class Tally:
    """What came out: fields equal and compared, files read, and each difference."""

    equal: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    files: int = 0
    crashes: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def measure(folder: Path) -> Tally:
    """Read every file of the suite below `folder`."""
    tally = Tally()
    for file in sorted((folder / "tests").rglob("*.xml")):
        tally.files += 1
        name = file.relative_to(folder).as_posix()
        try:
            _compare(file.read_bytes(), name, tally)
        except Exception as error:
            tally.crashes.append(f"{name}: {error!r}")
    return tally


def _compare(body: bytes, name: str, tally: Tally) -> None:
    comment = _comment(body)
    if _needs_what_python_lacks(comment):
        return
    kind, place = _TYPE.search(comment), _LOCATION.search(comment)
    url = (address(place[1], HOST) if place else "") or HOST + name
    source = read_all(body, kind[1] if kind else None, url, now=NOW, time_zone="UTC")
    for wanted in expectations(comment):
        label = ("feed " if wanted.entry is None else "") + wanted.name
        tally.compared[label] += 1
        given = _given(source, wanted)
        if _equal(given, wanted, url):
            tally.equal[label] += 1
        else:
            tally.differences.append(f"{name}: {label}: expected {wanted.value!r}, read {given!r}")


def _needs_what_python_lacks(comment: str) -> bool:
    """Whether a file is for a codec that this Python does not have: the suite leaves it out, too."""
    found = _SKIP.search(comment)
    if not found:
        return False
    try:
        codecs.lookup(found[1])
    except LookupError:
        return True
    return False


def _comment(body: bytes) -> str:
    for codec in ("utf-16", "utf-32") if body[:2] in (b"\xff\xfe", b"\xfe\xff", b"\0\0") else ("utf-8",):
        text = body.decode(codec, "replace")
        if "Expect:" in text:
            return text
    return body.replace(b"\0", b"").decode("utf-8", "replace")


def expectations(text: str) -> Iterator[Expected]:
    """Give the values of our fields that a file's comment expects."""
    found = _EXPECT.search(text)
    if not found:
        return
    try:
        tree = ast.parse(found[2].strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            yield from _expected(node.left, node.comparators[0])


def _expected(left: ast.expr, right: ast.expr) -> Iterator[Expected]:
    try:
        root, *steps = _path(left)
        value = ast.literal_eval(right)
    except ValueError:
        return
    if root == "entries" and len(steps) > 1 and isinstance(steps[0], int) and tuple(steps[1:]) in ENTRY:
        yield Expected(steps[0], ENTRY[tuple(steps[1:])], value)
    elif root in ("feed", "channel") and tuple(steps) in FEED:
        yield Expected(None, FEED[tuple(steps)], value)


def _path(node: ast.expr) -> list[Any]:
    """`entries[0]['title']` → ["entries", 0, "title"]. Raises ValueError for anything else."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*_path(node.value), node.attr]
    if isinstance(node, ast.Subscript):
        return [*_path(node.value), ast.literal_eval(node.slice)]
    raise ValueError


def _given(source: Source | None, wanted: Expected) -> Any:
    if source is None:
        return "no feed"
    if wanted.entry is None:
        return getattr(source, wanted.name)
    try:
        entry = source.entries[wanted.entry]
    except IndexError:
        return "no such entry"
    return entry.summary if wanted.name == "content" else getattr(entry, wanted.name)


def _equal(given: Any, wanted: Expected, url: str) -> bool:
    value = wanted.value
    if wanted.name.endswith("_at"):
        moment = datetime(*value[:6], tzinfo=UTC) if isinstance(value, tuple) else value
        return given == moment
    if not isinstance(value, str):
        return bool(given == value)
    if wanted.name == "url":
        return given == address(value, url)
    longest = LONGEST_SUMMARY if wanted.name in ("summary", "content") else LONGEST_TITLE
    return given in (plain_text(value, longest), plain_text(value, longest, markup=False), value)


def main(folder: Path) -> None:
    """Print the table."""
    tally = measure(folder)
    print(f"{tally.files} files, {len(tally.crashes)} crashes")
    for name, count in tally.compared.most_common():
        print(f"  {name:20} {tally.equal[name]:5} of {count:5}")
    print(f"  {'all':20} {tally.equal.total():5} of {tally.compared.total():5}")
    print(*tally.crashes, *tally.differences, sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
