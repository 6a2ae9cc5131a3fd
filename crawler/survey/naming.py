"""PURE: what a site calls itself, a short name for its channel, and its language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.html import compiled, nodes, parse, words_in
from crawler.sites.addresses import site_of
from crawler.text.script import is_traditional

_TITLE = compiled("/html/head/title | /html/body/title")
_SITE_NAME = compiled('//meta[@property="og:site_name" and @content]')
_PARTS = re.compile(r"\s*(?:[|｜_»]|——+|--+|\s[-–—·:]\s)\s*")
_EMPTY = re.compile(r"首页|首頁|主页|欢迎.*|home\s?page|home|index|welcome", re.I)
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_HOST_PARTS = frozenset(("www", "m", "wap", "web", "3g"))
_LONGEST = 24


def title_of_page(html: str) -> str:
    """The words of a page's <title>."""
    tree = parse(html)
    found = nodes(_TITLE, tree) if tree is not None else []
    return words_in(found[0]) if found else ""


def label_of(home: str, articles: Iterable[tuple[str, str]]) -> str:
    """The site's name: as it declares it, as most articles' titles end, else as the home page's title begins.

    `home`: the home page's HTML; `articles`: HTML and headline of articles.
    """
    declared = _declared(home)
    ends: Counter[str] = Counter()
    pages = list(articles)
    for html, headline in pages:
        title = title_of_page(html)
        last = _PARTS.split(title)[-1].strip()
        if last and last != headline and len(last) <= _LONGEST:
            ends[last] += 1
    if declared:
        return declared
    if ends and ends.most_common(1)[0][1] * 2 > len(pages):
        return ends.most_common(1)[0][0]
    parts = [part.strip() for part in _PARTS.split(title_of_page(home))]
    return next((part for part in parts if part and not _EMPTY.fullmatch(part) and len(part) <= _LONGEST), "")


def _declared(html: str) -> str:
    tree: etree._Element | None = parse(html)
    found = nodes(_SITE_NAME, tree) if tree is not None else []
    return (found[0].get("content") or "").strip()[:_LONGEST] if found else ""


def channel_name(home: str, taken: Iterable[str]) -> str:
    """A name for the channel from its host (`news.jz.example.cn` → `jz`-like), with a number where it is taken."""
    host = (urlsplit(home).hostname or "").lower()
    if re.fullmatch(r"[\d.]+|.*:.*|localhost", host):
        name = "local"
    else:
        site = site_of(home)
        before = [part for part in host.removesuffix(site).strip(".").split(".") if part]
        name = "-".join([*(part for part in before if part not in _HOST_PARTS), site.partition(".")[0]])
    used, number, chosen = set(taken), 2, name
    while chosen in used:
        chosen, number = f"{name}-{number}", number + 1
    return chosen


def language_of(declared: Sequence[str], text: str) -> str:
    """The language of a text as zh-Hans, zh-Hant, ja, ko or what `declared` (lang attributes) say; en where Latin."""
    letters = sum(char.isalpha() for char in text) or 1
    if len(_KANA.findall(text)) * 20 > letters:
        return "ja"
    if len(_HANGUL.findall(text)) * 5 > letters:
        return "ko"
    if len(_HAN.findall(text)) * 3 > letters:
        return "zh-Hant" if is_traditional(text) else "zh-Hans"
    said = next((name.split("-")[0].lower() for name in declared if name), "")
    return said if said and said != "zh" else "en"


def declared_language(html: str) -> str:
    """What a page's `lang` attribute says, or ''."""
    found = re.search(r"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z-]+)", html[:5000], re.I)
    return found[1] if found else ""
