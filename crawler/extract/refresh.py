"""PURE: where a page sends its reader by itself."""

from __future__ import annotations

import re

from lxml import etree

from crawler.extract.html import compiled, nodes
from crawler.urls import absolute

_METAS = compiled("//meta[@http-equiv][@content]")
_TARGET = re.compile(r"^\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?\s*([^'\"\s][^'\"]*)", re.I)
_SCRIPT = re.compile(
    r"(?:window\.|document\.|self\.|top\.|parent\.)*location(?:\.href)?\s*(?:=(?!=)|\.(?:replace|assign)\s*\()\s*['\"]([^'\"]+)['\"]"
)


def refresh_target(tree: etree._Element, url: str) -> str | None:
    """Return the absolute target of a meta refresh, or None; a page that only reloads itself has none."""
    for meta in nodes(_METAS, tree):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        match = _TARGET.match(meta.get("content") or "")
        target = absolute(match.group(1).strip(), url) if match else None
        if target and target.split("#")[0] != url.split("#")[0]:
            return target
    return None


def script_target(html: str, url: str) -> str | None:
    """Return the first address that an inline script sends the reader to, or None."""
    match = _SCRIPT.search(html)
    return absolute(match.group(1), url) if match else None
