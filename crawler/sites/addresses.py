"""PURE: addresses of a site of which we know nothing but its home: whose they are, and what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.extract.words import words
from crawler.urls import canonical_url, host_of

#: Under a country's two letters these are no names of sites but kinds of them: x.com.cn, x.gov.cn, x.co.uk.
_KINDS = words(
    "com net org gov edu ac co or ne go mil idv info gob gouv govt ltd plc sch nom web"
    " bj tj he sx nm ln jl hl sh js zj ah fj jx sd ha hb hn gd gx hi cq sc gz yn xz sn gs qh nx xj tw hk mo"
)
_INDEX = re.compile(r"/(?:index|default|home)\.(?:s?html?|php|aspx?|jsp)$", re.I)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|pdf|docx?|xlsx?|pptx?|zip|rar|7z|mp[34]|m3u8|flv|apk|exe|xml|rss"
    r"|atom|json|txt)$",
    re.I,
)
_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp|do|htm)$", re.I)
#: Paths with such a step lead to pages that list, serve or explain.
_NO_ARTICLES = words(
    "tag tags author authors user users member members category categories search login logout register signup"
    " signin account about aboutus contact contactus privacy terms help faq sitemap rss feed feeds page pages"
    " comment comments print share video videos live podcast podcasts"
    " subscribe advertise ads job jobs download app static assets images img"
    " wp-admin wp-login 404 error error404 404page notfound not-found page-404 page_404"
)
_LISTING_NAME = re.compile(r"(?:index|list|default|home|main|more|page|p)?[_-]?\d{0,3}", re.I)
_DATED = re.compile(
    r"/(?:19|20)\d{2}(?:[-_/]?(?:0[1-9]|1[0-2]))(?:[-_/]?(?:0[1-9]|[12]\d|3[01]))?(?=[/_-])", re.ASCII
)
_ID = re.compile(r"(?<!\d)\d{5,}(?!\d)", re.ASCII)
_HEX = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{8,}", re.I | re.ASCII)
_SLUG = re.compile(r"[^\W_]+(?:-[^\W_]+){3,}")
_QUERY_ID = re.compile(r"(?:^|&)(?:id|aid|nid|newsid|articleid|article_id|contentid|docid|p)=\d{3,}", re.I)
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)

_SUFFIX = re.compile(r"(?P<stem>.*[^/_-])[_-](?P<part>\d{1,2})(?P<end>\.s?html?)?", re.I | re.ASCII)
_STEP = re.compile(r"(?P<stem>.*[^/])/(?P<part>\d{1,2})/?", re.ASCII)
_PAGE_KEYS = frozenset(("page", "pageno", "pagenum", "pageindex"))
_MOST_PARTS = 50


def site_of(url: str) -> str:
    """The name of the site that an address belongs to: its registrable domain; host and port of a bare machine.

    Domains are told by their form (x.com.cn, x.co.uk: a kind of site under two letters), which is what the
    Public Suffix List says of the suffixes that newspapers have, without the third of a second it takes to read.
    """
    host = host_of(url)
    name = host.rpartition(":")[0] or host
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in name:
        return host
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _KINDS else 2
    return ".".join(labels[-count:])


def plain(url: str) -> str:
    """An address without fragment and tracking parameters, its query's other parameters in order."""
    parts = urlsplit(canonical_url(url))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return urlunsplit(parts._replace(query=urlencode(sorted(pairs)))) if len(pairs) > 1 else parts.geturl()


def key_of(address: str) -> str:
    """The form under which plain addresses of one article are alike: no scheme, no `www.`, no default index."""
    parts = urlsplit(address)
    path = _INDEX.sub("/", parts.path).rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.removeprefix('www.')}{path}{query}"


def is_home(address: str) -> bool:
    """Tell whether a plain address is a host's own home page."""
    parts = urlsplit(address)
    return not _INDEX.sub("/", parts.path).strip("/") and not parts.query


def is_file(address: str) -> bool:
    """Tell whether an address leads to what is no page: pictures, documents, programs."""
    return _FILE.search(urlsplit(address).path) is not None


def is_service(address: str) -> bool:
    """Tell whether a path says that its page lists, serves or explains, and tells no news."""
    steps = urlsplit(address).path.lower().split("/")
    return any(_ENDING.sub("", step) in _NO_ARTICLES for step in steps)


def looks_like_article(address: str) -> bool:
    """Judge a plain address by its form: an article's has a number, a day or a sentence for its name.

    Paths such as /2024/11/24/x.html, /news/1234567.html, /a/9f3c01d2ab, /new-bridge-opens-in-spring and queries
    with an id are articles'; columns, tags, authors, services and files are not.
    """
    if is_file(address) or is_service(address) or is_home(address):
        return False
    parts = urlsplit(address)
    path = _INDEX.sub("/", parts.path).rstrip("/")
    if _QUERY_ID.search(parts.query):
        return True
    name = _ENDING.sub("", path.rpartition("/")[2])
    if _LISTING_NAME.fullmatch(name) and not _dated_before(path, name):
        return False
    return bool(
        _dated_before(path, name) or _ID.search(name) or _HEX.fullmatch(name) or _SLUG.fullmatch(name)
    )


def _dated_before(path: str, name: str) -> bool:
    """Tell whether a day or month stands in the path, and a name behind it."""
    return bool(name) and any(match.end() < len(path) for match in _DATED.finditer(path + "/"))


class Part(NamedTuple):
    """An address read as the further page of an article: the address of its first page, and its number.

    `sure`: the form leaves no doubt, even where the address could be an article's of its own.
    """

    first: str
    number: int
    sure: bool


def as_parts(address: str) -> Iterator[Part]:
    """Read a plain address as `?page=2`, `_2.html`, `-2.html` or `/2/` of an article."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in pairs:
        if name.lower() in _PAGE_KEYS and value.isdecimal() and 1 <= int(value) <= _MOST_PARTS:
            rest = urlencode([pair for pair in pairs if pair[0] != name])
            yield Part(urlunsplit(parts._replace(query=rest)), int(value), True)
            return
    if (match := _SUFFIX.fullmatch(parts.path)) and 2 <= int(match["part"]) <= _MOST_PARTS:
        first = urlunsplit(parts._replace(path=match["stem"] + (match["end"] or "")))
        yield Part(first, int(match["part"]), _ends_in_id(match["stem"]))
    if (match := _STEP.fullmatch(parts.path)) and 2 <= int(match["part"]) <= _MOST_PARTS:
        for ending in ("", "/"):
            yield Part(
                urlunsplit(parts._replace(path=match["stem"] + ending)),
                int(match["part"]),
                _ends_in_word(match["stem"]),
            )


def _ends_in_id(stem: str) -> bool:
    """An id before the number makes it a part's; a day before it may make it the second article of that day."""
    number = re.search(r"\d{5,}$", stem, re.ASCII)
    return number is not None and not _DAY.fullmatch(number[0])


def _ends_in_word(stem: str) -> bool:
    """Behind a day or a column's number, a number is an article's; behind an article's name, it is a part's."""
    return re.search(r"[^\W\d_]", stem.rpartition("/")[2]) is not None
