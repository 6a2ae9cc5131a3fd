"""PURE: the texts and addresses of a source → plain text on one line, absolute http(s) addresses."""

from __future__ import annotations

import re

from lxml import etree

from crawler.extract.html import parse
from crawler.sources.model import LONGEST_URL
from crawler.urls import absolute

_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w{1,31};")
_NEVER = re.compile(r"[\x00-\x20\x7f<>\"]|^https?:///")
_SILENT = frozenset({"script", "style", "template", "noscript"})
_BREAKS = frozenset(
    {
        "p",
        "div",
        "br",
        "li",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "dd",
        "dt",
    }
)


def plain_text(value: str, longest: int, *, markup: bool = True) -> str:
    """Return a text on one line, without tags, scripts and references where it is `markup`, cut at `longest`."""
    if markup and _MARKUP.search(value):
        value = _without_tags(value)
    text = " ".join(value.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _without_tags(html: str) -> str:
    tree = parse(f"<div>{html}</div>")
    if tree is None:
        return ""
    pieces: list[str] = []
    silent: etree._Element | None = None
    for step, node in etree.iterwalk(tree, ("start", "end")):
        if silent is None and node.tag in _SILENT:
            silent = node
        if silent is None:
            pieces.append(" " if node.tag in _BREAKS else "")
            pieces.append((node.text if step == "start" else node.tail) or "")
        elif step == "end" and node is silent:
            silent = None
            pieces.append(node.tail or "")
    return "".join(pieces)


def address(href: object, base: str) -> str:
    """Return an absolute http(s) address, or '' where `href` is none or is longer than any real one."""
    if not isinstance(href, str):
        return ""
    found = (absolute(href, base) or "").replace(" ", "%20")
    return "" if len(found) > LONGEST_URL or _NEVER.search(found) or "//" not in found else found
