"""PURE: which feeds and sitemaps a site offers — on its pages, in robots.txt, at the usual places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree

from crawler.extract.html import compiled, nodes, parse, words_in
from crawler.sources.plain import address, plain_text

#: More are not kept of one page: each costs a request.
MOST_OFFERS = 50
_FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/x-rss\+xml|application/json|(?:application|text)/xml",
    re.I,
)
#: The last part of a path, or a query, by which an address is a feed's.
_FEED_ADDRESS = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:rss|atom|feed|feeds)(?:\d?\.(?:xml|json|php|aspx?))?/?|/(?:rss|feed|atom)[\w-]*\.(?:xml|json)"
    r"|/rss/[\w/-]+(?:\.xml)?|/feeds?/[\w/-]+\.(?:xml|json))$",
    re.I,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|alt|type)=(?:rss2?|atom|json|rdf|feed)(?:&|$)", re.I)
_FEED_WORDS = re.compile(
    r"^\W*(?:rss|atom|feed|json feed)(?:\s?(?:订阅|訂閱|2\.0|feed))?\W*$|^\W*(?:rss)?订阅\W*$", re.I
)
_OTHERS = re.compile(
    r"^https?://(?:[\w-]+\.)*(?:feedly\.com|inoreader\.com|xianguo\.com|zhuaxia\.com|google\.com)/", re.I
)
_LINKS = compiled("//link[@rel and @href]")
_ANCHORS = compiled("//a[@href]")
_BASE = compiled("//base[@href]")
_SITEMAP_LINE = re.compile(r"^\s*site-?map\s*(?::|\s(?=https?://))\s*(\S+)", re.I)
_USUAL = (
    "sitemap.xml",
    "sitemap_index.xml",
    "news_sitemap.xml",
    "sitemap-news.xml",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "feed",
    "rss",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed's address and what the page calls it; `declared` by a link in its head, not only by an anchor."""

    url: str
    title: str = ""
    declared: bool = True


@dataclass(frozen=True, slots=True)
class Offers:
    """What a page offers: feeds, the declared ones first; sitemaps; its WebSub hub and own address, or ''."""

    feeds: tuple[Offer, ...] = ()
    sitemaps: tuple[str, ...] = field(default=())
    hub: str = ""
    self_url: str = ""


def offers(html: str, url: str) -> Offers:
    """Return what a decoded page at `url` offers. A page that cannot be read offers nothing."""
    tree = parse(html)
    if tree is None:
        return Offers()
    base = next((place for node in nodes(_BASE, tree) if (place := address(node.get("href"), url))), url)
    links = [(_relations(node), node) for node in nodes(_LINKS, tree)]
    feeds = [*_declared(links, base), *_anchored(tree, base)]
    once: dict[str, Offer] = {}
    for offer in feeds:
        once.setdefault(offer.url, offer)
    return Offers(
        tuple(once.values())[:MOST_OFFERS],
        tuple(dict.fromkeys(_related(links, "sitemap", base))),
        next(iter(_related(links, "hub", base)), ""),
        next(iter(_related(links, "self", base)), ""),
    )


def _relations(node: etree._Element) -> set[str]:
    return set((node.get("rel") or "").lower().split())


def _related(links: list[tuple[set[str], etree._Element]], relation: str, base: str) -> list[str]:
    return [
        place for names, node in links if relation in names and (place := address(node.get("href"), base))
    ]


def _declared(links: list[tuple[set[str], etree._Element]], base: str) -> list[Offer]:
    """`<link rel="alternate" type="application/rss+xml">` (RSS Autodiscovery 1.0), and `rel="feed"`."""
    found: list[Offer] = []
    for names, node in links:
        kind, place = (node.get("type") or "").partition(";")[0].strip(), address(node.get("href"), base)
        if not place or "stylesheet" in names:
            continue
        plain = kind.lower().endswith(("json", "/xml"))  # oEmbed and translations have such types, too
        sure = _FEED_TYPES.fullmatch(kind) is not None and (
            not plain or "+" in kind or _is_feed_address(place)
        )
        if "feed" in names or ("alternate" in names and sure):
            found.append(Offer(place, plain_text(node.get("title") or "", 200)))
    return found


def _anchored(tree: etree._Element, base: str) -> list[Offer]:
    """Anchors whose address or words are a feed's."""
    found: list[Offer] = []
    for node in nodes(_ANCHORS, tree):
        href = node.get("href") or ""
        words = words_in(node)[:200]
        if not (_FEED_WORDS.match(words) or _is_feed_address(href)):
            continue
        place = address(href, base)
        if place and not _OTHERS.match(place):
            found.append(Offer(place, words or plain_text(node.get("title") or "", 200), declared=False))
    return found


def _is_feed_address(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    return bool(_FEED_ADDRESS.search(parts.path) or _FEED_QUERY.search(parts.query))


def robots_sitemaps(text: str, url: str = "") -> tuple[str, ...]:
    """Return the addresses of a robots.txt's Sitemap lines, each once (RFC 9309, 2.2.4).

    `url`: the robots.txt's own address, against which a relative one is read.
    """
    found: dict[str, None] = {}
    for line in text.lstrip("\ufeff").splitlines():
        if (match := _SITEMAP_LINE.match(line)) and (place := address(match[1], url)):
            found.setdefault(place)
    return tuple(found)


def well_known(home: str) -> tuple[str, ...]:
    """Return the places at which sites usually keep sitemaps and feeds: below `home`, and at the root of its host."""
    places: dict[str, None] = {}
    home = address(home, "")
    starts = (address("/", home), home if home.endswith("/") else f"{home}/") if home else ()
    for start in dict.fromkeys(starts):
        for name in _USUAL:
            places.setdefault(start + name)
    return tuple(places)


def link_header(value: str, url: str) -> tuple[str, str]:
    """Return hub and self of an HTTP Link header (WebSub, 4; RFC 8288), each '' where it names none."""
    found: dict[str, str] = {}
    for match in _LINK_VALUE.finditer(value):
        relation = _LINK_RELATION.search(match[2])
        for name in (relation[1] or relation[2]).lower().split() if relation else ():
            if place := address(match[1].strip(), url):
                found.setdefault(name, place)
    return found.get("hub", ""), found.get("self", "")


_LINK_VALUE = re.compile(r"<([^>]*)>((?:\s*;\s*[\w*!#$&+.^`|~-]+\s*=?\s*(?:\"[^\"]*\"|[^\s\",;]*))*)")
_LINK_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.I)
