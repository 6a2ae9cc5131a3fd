"""Decoding beside its peers: wrong characters per 10,000, and milliseconds for a page of 60 KB.

Every tool gets the same pages, made from the replica's articles: each encoding with a true, a false and no label,
bad bytes, bodies cut short, titles alone. A character is wrong when it is missing from the text, by the longest
common subsequence. Peers: charset-normalizer, resiliparse's detector and decoder, Scrapy's own `response.text`
(w3lib's html_to_unicode), and chardet where it is installed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import opencc
from charset_normalizer import from_bytes
from rapidfuzz.distance import LCSseq
from resiliparse.parse.encoding import bytes_to_str, detect_encoding
from scrapy.http import HtmlResponse

from crawler.text.decode import decode
from tests.benchmarks._rows import row
from tests.quality.decoding import BAD_BYTES, READS_AS, Encoded, encoded_anew, with_bad_bytes
from tests.replica.articles import Plan, make_article, truth_of

Tool = Callable[[bytes, str | None], str]
ARTICLES = 12
SIZE = 60_000
GOAL_MS = 0.3
TURNS, CALLS = 60, 4
_FILLER = '<div class="item"><a href="/n2/2026/1123/c365402-41000001.html" target="_blank">{}</a></div>\n'


def run() -> list[dict[str, Any]]:
    """The rows: per kind of page ours beside the best peer, then each peer over all, then the time of each."""
    tools = _tools()
    kinds = {name: _wrong(tools, cases) for name, cases in _kinds().items()}
    everything = {tool: _rate([found[tool] for found in kinds.values()]) for tool in tools}
    times = _milliseconds(tools)
    peers = [tool for tool in tools if tool != "newsdelta"]
    rows = []
    for kind, found in kinds.items():
        best = min(peers, key=lambda tool: _rate([found[tool]]))
        rows.append(_errors(f"decode: {kind}", _rate([found["newsdelta"]]), best, _rate([found[best]])))
    rows += [_errors("decode: all kinds", everything["newsdelta"], peer, everything[peer]) for peer in peers]
    for kind, found in times.items():
        ours = found["newsdelta"]
        rows += [
            row(f"decode: {kind}", ours, "ms", peer, found[peer], goal=1.0, ok=ours <= found[peer])
            for peer in peers
        ]
        rows.append(row(f"decode: {kind}", ours, "ms", goal=GOAL_MS, ok=ours <= GOAL_MS))
    return rows


def _errors(name: str, value: float, peer: str, peer_value: float) -> dict[str, Any]:
    return row(name, value, "wrong per 10,000", peer, peer_value, goal=1.0, ok=value <= peer_value)


def _tools() -> dict[str, Tool]:
    tools: dict[str, Tool] = {
        "newsdelta": lambda body, header: decode(body, header).text,
        "charset-normalizer": lambda body, header: str(from_bytes(body).best() or ""),
        "resiliparse": lambda body, header: bytes_to_str(body, detect_encoding(body, from_html_meta=True)),
        "scrapy": _scrapy,
    }
    try:
        import chardet
    except ImportError:
        print("decoding: chardet is not installed, its rows are left out", file=sys.stderr)
        return tools

    def by_chardet(body: bytes, header: str | None) -> str:
        return body.decode(chardet.detect(body)["encoding"] or "utf-8", "replace")

    return {**tools, "chardet": by_chardet}


def _scrapy(body: bytes, header: str | None) -> str:
    headers = {"Content-Type": header or "text/html"}
    return HtmlResponse("http://127.0.0.1/", headers=headers, body=body).text


@cache
def _pages() -> tuple[str, ...]:
    """Article pages of about 20 KB, most of it markup, each with different text."""
    plan = Plan(7, "cq", ARTICLES, 0, (365402,), datetime(2026, 11, 1, tzinfo=UTC))
    made = []
    for number in range(ARTICLES):
        truth = truth_of(make_article(plan, number))
        body = "".join(f"<p>\u3000\u3000{paragraph}</p>\n" for paragraph in truth["body"])
        links = "".join(_FILLER.format(paragraph[:18]) for paragraph in truth["body"])
        made.append(
            f"<html><head><title>{truth['title']}</title></head><body>{links * 6}{body}</body></html>"
        )
    return tuple(made)


def _kinds() -> dict[str, list[Encoded]]:
    kinds: dict[str, list[Encoded]] = {"true, false and no labels": [], "titles alone": [], "cut short": []}
    rng = random.Random(3)
    for page in _pages():
        kinds["true, false and no labels"].extend(encoded_anew(page))
        kinds["titles alone"].extend(_encoded(page[page.index("<title>") + 7 : page.index("</title>")]))
        kinds["cut short"].extend(_cut(case) for case in _encoded(page))
        for count in BAD_BYTES:
            damaged = kinds.setdefault(f"{count} bad bytes", [])
            for case in _encoded(page):
                damaged.append(Encoded(with_bad_bytes(case.body, count, rng), None, case.truth, case.note))
    return kinds


def _encoded(text: str) -> Iterator[Encoded]:
    """A text without labels, in the three encodings; for Big5 in Traditional script, as the mirror has it."""
    for codec in ("gb18030", "utf-8", "big5"):
        written = opencc.OpenCC("s2tw").convert(text) if codec == "big5" else text
        body = written.encode(codec, "xmlcharrefreplace")
        yield Encoded(body, None, body.decode(READS_AS[codec]), codec)


def _cut(case: Encoded) -> Encoded:
    at = case.body.rindex(b"</p>") - 1
    return Encoded(case.body[:at], case.header, case.truth[: case.truth.rindex("</p>") - 1], case.note)


def _wrong(tools: dict[str, Tool], cases: list[Encoded]) -> dict[str, tuple[int, int]]:
    """For each tool, how many characters are missing, of how many."""
    total = sum(len(case.truth) for case in cases)
    return {tool: (sum(_missing(read, case) for case in cases), total) for tool, read in tools.items()}


def _missing(read: Tool, case: Encoded) -> int:
    try:
        text = read(case.body, case.header)
    except (UnicodeDecodeError, LookupError):
        text = ""
    return 0 if text == case.truth else len(case.truth) - LCSseq.similarity(case.truth, text)


def _rate(counts: list[tuple[int, int]]) -> float:
    return 10_000 * sum(wrong for wrong, _ in counts) / sum(total for _, total in counts)


def _clean_pages() -> dict[str, bytes]:
    """Clean pages of 60 KB, by what is said and what is true of their encoding."""
    page = "".join(_pages())
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    texts = {
        "a clean 60 KB page, GB2312 and labelled": (meta + page).encode("gb18030"),
        "a clean 60 KB page, GB2312 without a label": page.encode("gb18030"),
        "a clean 60 KB page, UTF-8 labelled GB2312": (meta + page).encode(),
    }
    return {name: body[: body.rindex(b"<", 0, SIZE)] for name, body in texts.items()}


def _milliseconds(tools: dict[str, Tool]) -> dict[str, dict[str, float]]:
    """The CPU time of each tool for each clean page and for all of them, the least of many, the tools in turn."""
    times: dict[str, dict[str, float]] = {}
    for name, body in _clean_pages().items():
        times[name] = dict.fromkeys(tools, float("inf"))
        for _ in range(TURNS):
            for tool, read in tools.items():
                started = time.process_time()
                for _ in range(CALLS):
                    read(body, None)
                spent = (time.process_time() - started) / CALLS * 1000
                times[name][tool] = min(times[name][tool], spent)
    mean = {tool: sum(found[tool] for found in times.values()) / len(times) for tool in tools}
    return {**times, "clean 60 KB pages, the mean of these": mean}
