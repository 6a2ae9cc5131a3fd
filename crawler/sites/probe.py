"""PURE: a real page and a site's selectors → what each matches there, and what is nearest to one that fails."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.extract.html import parse
from crawler.sites.model import Selectors, SiteRules
from crawler.sites.selectors import XPATH, matches, words_of

_SHOWN = 80
_NAME = re.compile(r"(?<=[.#])[\w-]+")
#: Fields that every article has: a selector of them that matches nothing has failed.
NEEDED = ("title", "time", "body")


@dataclass(frozen=True, slots=True)
class Probe:
    """What one selector matched on one page: how many places, the first one's words, and, where it matches nothing,
    a selector near it that does, or ''.
    """

    name: str
    selector: str
    count: int
    text: str = ""
    nearest: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether the selector should have matched, and did not."""
        return self.count == 0 and self.name in (*NEEDED, "links")


def probe_article(site: SiteRules, html: str) -> tuple[Probe, ...]:
    """Try the selectors that a site names for its articles; '' are left out."""
    chosen = [(field.name, getattr(site.article, field.name)) for field in dataclasses.fields(Selectors)]
    return _probes(chosen, html)


def probe_listing(site: SiteRules, html: str) -> tuple[Probe, ...]:
    """Try the selectors that a site names for its listings."""
    return _probes([("links", site.links), ("pages", site.pages)], html)


def _probes(chosen: list[tuple[str, str]], html: str) -> tuple[Probe, ...]:
    tree = parse(html)
    return tuple(_probe(name, selector, tree) for name, selector in chosen if selector)


def _probe(name: str, selector: str, tree: etree._Element | None) -> Probe:
    found = [
        words for item in (matches(selector, tree) if tree is not None else []) if (words := words_of(item))
    ]
    if found or tree is None:
        return Probe(name, selector, len(found), found[0][:_SHOWN] if found else "")
    return Probe(name, selector, 0, nearest=_nearest(selector, tree))


def _nearest(selector: str, tree: etree._Element) -> str:
    """Return a selector that differs little and matches something: other names of the page, or fewer steps."""
    for near in _neighbours(selector, tree):
        try:
            if any(words_of(item) for item in matches(near, tree)):
                return near
        except ValueError:
            continue
    return ""


def _neighbours(selector: str, tree: etree._Element) -> Iterator[str]:
    names = {name for element in tree.iter(etree.Element) for name in _names(element)}
    for name in _NAME.findall(selector):
        for other in difflib.get_close_matches(name, names - {name}, n=3, cutoff=0.6):
            yield re.sub(rf"(?<=[.#]){re.escape(name)}(?![\w-])", other, selector)
    if selector.startswith(XPATH):
        return
    steps = re.split(r"\s*>\s*|\s+", selector.strip())
    yield from (" ".join(steps[start:]) for start in range(1, len(steps)))
    yield from (step.replace(".", "#") for step in steps[-1:] if "." in step)
    yield from (step.replace("#", ".") for step in steps[-1:] if "#" in step)


def _names(element: etree._Element) -> list[str]:
    return [*(element.get("class") or "").split(), *filter(None, [element.get("id")])]
