"""Hostile responses at the other addresses of a site: its home, a column, a feed, a sitemap, its robots.txt.

`expect` of a case: NOTHING, or words of what is said; where it is empty, PAGE_OUTCOMES has it. The good articles are
stored, unless all are held: by robots.txt, or by what is answered before they are asked for (`good`). `most`: requests
that the site gets at most.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from tests.integration.hostile_cases import (
    _CHUNKED,
    _GZIP_BOMB,
    FROM_TABLE,
    GOOD_PATHS,
    HERE,
    MARKUP,
    MB,
    OK,
    article,
    coded,
    listing,
    raw,
    redirect,
    status,
)
from tests.replica.hostile import NOT_FOUND, Again, Answer, Served, served

#: Where a case writes this, the run writes the address of a listener that nobody may ask.
CANARY = b"http://canary.invalid/"
XML = "application/xml; charset=utf-8"
HOME, COLUMN, FEED, SITEMAP, ROBOTS = "/", "/bad/", "/feed.xml", "/sitemap.xml", "/robots.txt"


#: Nothing is said; and what is said depends on how fast the machine is, as the reading has a limit of time.
NOTHING, ANYTHING = "-", "*"
#: What becomes of the good articles: all are stored; none is; each is, or it is said of it why not.
STORED, NONE, OR_TOLD = "stored", "none", "stored or told"


@dataclass(frozen=True)
class PageCase:
    """A site of which one address is hostile, and perhaps all that this one leads to."""

    name: str
    place: str
    answer: Answer
    expect: str = FROM_TABLE
    others: Answer = NOT_FOUND
    most: int = 80
    good: str = STORED

    def site(self) -> dict[str, Answer]:
        """All addresses of the site."""
        good = {
            path: served(article(f"渝南区第{number + 1}处口袋公园开放"))
            for number, path in enumerate(GOOD_PATHS)
        }
        here = {HERE: served(article("渝南区新增口袋公园"))}
        pages: dict[str, Answer] = {"/": served(listing(*GOOD_PATHS)), "/news/": served(listing(*GOOD_PATHS))}
        return {**pages, **good, **here, "*": self.others, self.place: self.answer}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the channel names."""
        return ("/news/", COLUMN) if self.place == COLUMN else ("/news/",)

    @property
    def feeds(self) -> tuple[str, ...]:
        """Its feeds."""
        return (FEED,) if self.place == FEED else ()

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Its sitemaps."""
        return (SITEMAP,) if self.place == SITEMAP else ()


def number_in(path: str) -> int:
    """The number at an address's end."""
    digits = "".join(filter(str.isdigit, path))
    return int(digits or 0)


# -- wire: what may befall any address

WIRE: dict[str, Served] = {
    "silence": raw(ending="silent"),
    "reset in the body": raw(OK, b"Content-Length: 900\r\n\r\n<html>", ending="reset"),
    "a body byte by byte": raw(OK, b"Content-Length: 900\r\n\r\n", Again(b"x", 500, 0.05)),
    "headers without an end": raw(b"HTTP/1.1 200 OK\r\n", Again(b"X-A: bbbb\r\n" * 100, 3000)),
    "chunks without an end": raw(_CHUNKED, Again(b"10000\r\n" + b" " * 65536 + b"\r\n", 2000)),
    "a gzip bomb": coded(_GZIP_BOMB, "gzip"),
    "a redirect to itself": Served(()),
    "a redirect to a file": redirect("file:///etc/passwd"),
    "an error of the server": status("500 Error"),
    "2 MB of NUL": served(b"\0" * 2 * MB),
    "2 MB of 0xFF": served(b"\xff" * 2 * MB),
    "nothing": served(b""),
}


def on_the_wire(word: str, place: str) -> list[PageCase]:
    return [
        PageCase(f"{word}: {name}", place, redirect(place) if name == "a redirect to itself" else what)
        for name, what in WIRE.items()
    ]


# -- pages of links


def pager(path: str) -> Served:
    """A page of a listing that has always one more, with articles that were never seen."""
    number = number_in(path)
    links = [f"/a/trap-{number}-{item}.html" for item in range(3)]
    return served(
        listing(*links, more=f"<div class='page'><a href='/bad/index_{number + 1}.html'>下一页</a></div>")
    )


def days(path: str) -> Served:
    """A calendar: every day leads to the days around it, with an article each."""
    number = number_in(path)
    around = "".join(
        f"<a href='/bad/{day}/'>{1900 + day // 365}年第{day % 365}天的新闻列表</a>"
        for day in range(number, number + 400)
    )
    return served(listing(f"/a/day-{number}.html", more=f"<nav>{around}</nav>"))


def signpost(target: str) -> Served:
    page = f"<html><head><meta http-equiv='refresh' content='0;url={target}'></head><body></body></html>"
    return served(page.encode())


def signposts(path: str) -> Served:
    return signpost(f"/bad/{number_in(path) + 1}/")


def article_or(others: Answer) -> Answer:
    """Sound articles where a trap's articles are, the trap everywhere else."""

    def answer_to(path: str) -> Served:
        if path.startswith("/a/"):
            return served(article(f"渝南区第{number_in(path) + 7}项便民举措公布"))
        return others(path) if callable(others) else NOT_FOUND

    return answer_to


LISTINGS = [
    *on_the_wire("home", HOME),
    *on_the_wire("column", COLUMN),
    PageCase("home: a calendar without an end", HOME, days, others=article_or(days), most=200),
    PageCase("column: a pager without an end", COLUMN, pager, others=article_or(pager)),
    PageCase("column: a calendar without an end", COLUMN, days, others=article_or(days)),
    PageCase(
        "column: a pager in a circle",
        COLUMN,
        served(
            listing("/a/trap-1.html", more="<div class='page'><a href='/bad/index_2.html'>下一页</a></div>")
        ),
        others=article_or(lambda path: served(listing("/a/trap-2.html", more="<a href='/bad/'>下一页</a>"))),
    ),
    PageCase("column: a signpost to itself", COLUMN, signpost("/bad/")),
    PageCase("column: signposts without an end", COLUMN, signposts, others=signposts),
    PageCase("column: a signpost to a file", COLUMN, signpost("file:///etc/passwd")),
    PageCase("column: a signpost to a script", COLUMN, signpost("javascript:alert(1)")),
    PageCase(
        "column: 3,000 articles at once",
        COLUMN,
        served(listing(*(f"/a/none-{number}.html" for number in range(3000)))),
        most=1100,
    ),
    *(PageCase(f"column: {case.name}", COLUMN, case.answer) for case in MARKUP),
]

# -- feeds

_LINK = b"<link>/a/case.html</link>"


def rss(items: bytes, *, before: bytes = b"", attributes: bytes = b"") -> Served:
    return served(
        before
        + b"<rss version='2.0'"
        + attributes
        + b"><channel><title>\xe6\xb8\x9d</title>"
        + items
        + b"</channel></rss>",
        kind="application/rss+xml",
    )


def entities(text: bytes) -> bytes:
    return b"<!DOCTYPE x [" + text + b"]>"


LAUGHS = entities(
    b"<!ENTITY a0 'ha'>"
    + b"".join(b"<!ENTITY a%d '%b'>" % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 12))
)
QUADRATIC = entities(b"<!ENTITY a '" + b"h" * 50_000 + b"'>")
FILE = entities(b"<!ENTITY a SYSTEM 'file:///etc/passwd'>")
FETCH = entities(b"<!ENTITY a SYSTEM '" + CANARY + b"'>")
PARAMETER = entities(b"<!ENTITY % a SYSTEM '" + CANARY + b"'> %a;")
FOREIGN_DTD = b"<!DOCTYPE x SYSTEM '" + CANARY + b"'>"
XML_TRICKS = {
    "a billion laughs": LAUGHS,
    "an entity of 50 KB": QUADRATIC,
    "an entity from a file": FILE,
    "an entity from elsewhere": FETCH,
    "a parameter entity from elsewhere": PARAMETER,
    "a document type from elsewhere": FOREIGN_DTD,
    "100,000 document types": b"<!DOCTYPE x [" * 100_000,
    "200,000 comments that do not end": b"<!--" * 200_000,
    "a style sheet from elsewhere": b"<?xml-stylesheet href='" + CANARY + b"'?>",
}
_ATTRIBUTES = b"".join(b" a%d='1'" % number for number in range(200_000))
_SPACES = b"".join(b" xmlns:a%d='http://x/%d'" % (number, number) for number in range(100_000))


def json_feed(items: bytes) -> Served:
    text = b'{"version":"https://jsonfeed.org/version/1.1","items":' + items + b"}"
    return served(text, kind="application/feed+json")


def paged_feed(path: str) -> Served:
    """A feed that always has one more page (RFC 5005)."""
    following = b"<link rel='next' href='/feed%d.xml'/>" % (number_in(path) + 1)
    entry = b"<entry><id>%d</id><title>t</title><link href='/a/f%d.html'/></entry>" % (
        number_in(path),
        number_in(path),
    )
    return served(
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + following + entry + b"</feed>",
        kind="application/atom+xml",
    )


FEEDS = [
    *on_the_wire("feed", FEED),
    *(
        PageCase(
            f"feed: {name}", FEED, rss(b"<item><title>&a11;&a;</title>" + _LINK + b"</item>", before=trick)
        )
        for name, trick in XML_TRICKS.items()
    ),
    *(
        PageCase(f"feed: {name}", FEED, what)
        for name, what in {
            "a quadratic entity": rss(
                b"<item><title>" + b"&a;" * 50_000 + b"</title></item>", before=QUADRATIC
            ),
            "60,000 items": rss((b"<item>" + _LINK + b"</item>") * 60_000),
            "200,000 nested items": rss(b"<item>" * 200_000),
            "250,000 nested divs in it": rss(
                b"<item>" + _LINK + b"<description>" + b"&lt;div&gt;" * 250_000 + b"</description></item>"
            ),
            "200,000 attributes": rss(b"<item" + _ATTRIBUTES + b"></item>"),
            "100,000 namespaces": rss(b"<item/>", attributes=_SPACES),
            "20,000 broken items": rss((b"<item><title>a & b</title>" + _LINK) * 20_000),
            "a title of 3 MB": rss(b"<item><title>" + b"x" * 3 * MB + b"</title>" + _LINK + b"</item>"),
            "deep JSON": json_feed(b"[" * 2 * MB),
            "a JSON number of 3 MB": json_feed(b'[{"id":' + b"9" * 3 * MB + b"}]"),
            "JSON with 700,000 nested divs": json_feed(
                b'[{"id":"1","url":"/a/x.html","content_html":"' + b"<div>" * 700_000 + b'"}]'
            ),
            "80,000 JSON items": json_feed(b"[" + b",".join([b'{"id":"1","url":"/b/1"}'] * 80_000) + b"]"),
            "a packed bomb": served(_GZIP_BOMB, kind="application/gzip"),
            "a page of HTML": served(listing("/a/case.html")),
        }.items()
    ),
    PageCase("feed: pages without an end", FEED, paged_feed, others=article_or(paged_feed)),
]

# -- sitemaps

_LOC = b"<url><loc>/b/1.html</loc></url>"


def urlset(items: bytes, *, before: bytes = b"", attributes: bytes = b"") -> Served:
    return served(before + b"<urlset" + attributes + b">" + items + b"</urlset>", kind=XML)


def index(*targets: str, before: bytes = b"") -> Served:
    items = "".join(f"<sitemap><loc>{target}</loc></sitemap>" for target in targets)
    return served(before + f"<sitemapindex>{items}</sitemapindex>".encode(), kind=XML)


def indexes(path: str) -> Served:
    """An index of three more, without an end."""
    number = number_in(path)
    return index(*(f"/sitemap{3 * number + further}.xml" for further in (1, 2, 3)))


SITEMAPS = [
    *on_the_wire("sitemap", SITEMAP),
    *(
        PageCase(
            f"sitemap: {name}",
            SITEMAP,
            urlset(b"<url><loc>/a/case.html</loc><lastmod>&a11;&a;</lastmod></url>", before=trick),
        )
        for name, trick in XML_TRICKS.items()
    ),
    *(
        PageCase(f"index: {name}", SITEMAP, index("/sitemap1.xml&a;", before=trick))
        for name, trick in XML_TRICKS.items()
        if "entit" in name
    ),
    *(
        PageCase(f"sitemap: {name}", SITEMAP, what)
        for name, what in {
            "a quadratic entity": urlset(
                b"<url><loc>/b/1</loc><lastmod>" + b"&a;" * 50_000 + b"</lastmod></url>", before=QUADRATIC
            ),
            "50,000 addresses": urlset(_LOC * 50_000),
            "300,000 addresses": urlset(_LOC * 300_000),
            "nested without an end": urlset(b"<url>" * MB),
            "200,000 attributes": urlset(_LOC, attributes=_ATTRIBUTES),
            "100,000 namespaces": urlset(_LOC, attributes=_SPACES),
            "an address of 8 MB": urlset(b"<url><loc>" + b"x" * 8 * MB + b"</loc></url>"),
            "an address 500,000 times in one entry": urlset(
                b"<url>" + b"<loc>/b/1</loc>" * 500_000 + b"</url>"
            ),
            "500,000 lines of text": served(b"http://127.0.0.1/b/1.html\n" * 500_000, kind="text/plain"),
            "60 MB": raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<urlset>", Again(b" " * MB, 60)),
            "a packed bomb": served(_GZIP_BOMB, kind="application/gzip"),
            "a packed bomb that is packed": served(gzip.compress(_GZIP_BOMB), kind="application/gzip"),
            "dates of no calendar": urlset(
                b"".join(
                    b"<url><loc>/b/%d</loc><lastmod>%b</lastmod></url>" % (number, date)
                    for number, date in enumerate(
                        (b"99999-01-01", b"0000-00-00", b"-1", b"9" * 5000, b"2026-11-24T00:00:00+99:99")
                    )
                )
            ),
        }.items()
    ),
    PageCase("index: of itself", SITEMAP, index(SITEMAP)),
    PageCase("index: of itself 300,000 times", SITEMAP, index(*[SITEMAP] * 300_000)),
    PageCase("index: of 50,000 that are not there", SITEMAP, index(*(f"/s{n}.xml" for n in range(50_000)))),
    PageCase("index: of indexes without an end", SITEMAP, indexes, others=indexes),
    PageCase("index: in a circle", SITEMAP, index("/other.xml"), others=index(SITEMAP)),
    PageCase("index: of other schemes", SITEMAP, index("file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x")),
]

# -- robots.txt


def robots(text: bytes) -> Served:
    return served(text, kind="text/plain")


ROBOTS_TXT = [
    *(
        PageCase(f"robots.txt: {name}", ROBOTS, what, NOTHING)
        for name, what in {
            "not there": NOT_FOUND,
            "403": status("403 Forbidden"),
            "a page of HTML": served(listing("/")),
            "binary": robots(bytes(range(256)) * 1000),
            "2 MB of NUL": robots(b"\0" * 2 * MB),
            "UTF-16": robots("User-agent: *\nDisallow:\n".encode("utf-16")),
            "a byte order mark": robots(b"\xef\xbb\xbfUser-agent: *\nDisallow: /x"),
            "100,000 rules": robots(b"User-agent: *\n" + b"Disallow: /x/y/z/*.cgi$\n" * 100_000),
            "100,000 agents": robots(b"User-agent: x\n" * 100_000 + b"Disallow: /"),
            "100,000 sitemaps": robots(b"Sitemap: http://127.0.0.1/s.xml\n" * 100_000),
            "a rule of 1 MB": robots(b"User-agent: *\nDisallow: /" + b"x" * MB),
            "a pattern that blows up": robots(b"User-agent: *\nDisallow: /" + b"*a" * 30_000 + b"*b$\n"),
            "a line without an end": robots(b"x" * 3 * MB),
            "a negative Crawl-delay": robots(b"User-agent: *\nCrawl-delay: -5"),
            "a Crawl-delay in words": robots(b"User-agent: *\nCrawl-delay: soon"),
            "a Crawl-delay of no number": robots(b"User-agent: *\nCrawl-delay: nan"),
            "a Crawl-delay without an end": robots(b"User-agent: *\nCrawl-delay: inf"),
            "a redirect to itself": redirect(ROBOTS),
        }.items()
    ),
    *(
        PageCase(f"robots.txt: {name}", ROBOTS, what, words, good=NONE)
        for name, (what, words) in {
            "500": (status("500 Error"), "robots.txt answers 500"),
            "503": (status("503 Unavailable"), "robots.txt answers 503"),
            "silence": (WIRE["silence"], "there was no answer in time"),
            "reset": (raw(ending="reset"), "the connection broke off"),
            "a body byte by byte": (WIRE["a body byte by byte"], "there was no answer in time"),
            "12 MB": (raw(OK, b"\r\n", Again(b"#" * MB, 12)), "larger than a page"),
            "a gzip bomb": (WIRE["a gzip bomb"], "exceeded DOWNLOAD_MAXSIZE"),
            "headers without an end": (WIRE["headers without an end"], "head of the answer"),
            "everything is forbidden": (robots(b"User-agent: *\nDisallow: /"), "robots.txt forbids it"),
            "429 and a pause of a year": (status("429 Too Many", "Retry-After: 31536000"), "24 hours"),
            "a Crawl-delay of a year": (robots(b"User-agent: *\nCrawl-delay: 31536000"), "24 hours between"),
            "a Crawl-delay beyond numbers": (
                robots(b"User-agent: *\nCrawl-delay: 1e308"),
                "24 hours between",
            ),
        }.items()
    ),
    *(
        PageCase(
            f"home: 429 and {value}",
            HOME,
            status("429 Too Many", f"Retry-After: {value}"),
            "24 hours",
            good=OR_TOLD,
        )
        for value in ("31536000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT")
    ),
]

PAGE_FAMILIES: dict[str, list[PageCase]] = {
    "listings": LISTINGS,
    "feeds": FEEDS,
    "sitemaps": SITEMAPS,
    "robots": ROBOTS_TXT,
}

#: What is said of each, where its row does not say it.
PAGE_OUTCOMES = {
    "home: silence": "there was no answer in time",
    "home: reset in the body": "the body was cut short",
    "home: a body byte by byte": "there was no answer in time",
    "home: headers without an end": "head of the answer is larger",
    "home: chunks without an end": "the body is larger than a page may be",
    "home: a gzip bomb": "exceeded DOWNLOAD_MAXSIZE",
    "home: a redirect to itself": "max redirections reached",
    "home: a redirect to a file": "the server answers 302",
    "home: an error of the server": "the server answers 500",
    "home: 2 MB of NUL": "the body is binary data",
    "home: 2 MB of 0xFF": "has no article links",
    "home: nothing": "has no article links",
    "column: silence": "there was no answer in time",
    "column: reset in the body": "the body was cut short",
    "column: a body byte by byte": "there was no answer in time",
    "column: headers without an end": "head of the answer is larger",
    "column: chunks without an end": "the body is larger than a page may be",
    "column: a gzip bomb": "exceeded DOWNLOAD_MAXSIZE",
    "column: a redirect to itself": "max redirections reached",
    "column: a redirect to a file": "the server answers 302",
    "column: an error of the server": "the server answers 500",
    "column: 2 MB of NUL": "the body is binary data",
    "column: 2 MB of 0xFF": "has no article links",
    "column: nothing": "has no article links",
    "home: a calendar without an end": NOTHING,
    "column: a pager without an end": NOTHING,
    "column: a calendar without an end": NOTHING,
    "column: a pager in a circle": NOTHING,
    "column: a signpost to itself": "has no article links",
    "column: signposts without an end": "more than 5 times",
    "column: a signpost to a file": "has no article links",
    "column: a signpost to a script": "has no article links",
    "column: 3,000 articles at once": NOTHING,
    "column: 200,000 nested divs": "has no article links",
    "column: 300,000 nested bolds": "has no article links",
    "column: 60,000 nested tables": "has no article links",
    "column: 200,000 links": ANYTHING,
    "column: a million tags": "has no article links",
    "column: 100,000 attributes in a tag": "has no article links",
    "column: 600,000 attributes in tags": "has no article links",
    "column: an attribute of 1 MB": "has no article links",
    "column: an address of 1 MB": "has no article links",
    "column: a million of <": "has no article links",
    "column: a million of &": "has no article links",
    "column: comments that do not end": "has no article links",
    "column: scripts that do not end": "has no article links",
    "column: attributes that do not end": "has no article links",
    "column: a million brackets": "has no article links",
    "column: 300,000 wide brackets": "has no article links",
    "column: 200,000 credits": "has no article links",
    "column: 60,000 dates": "has no article links",
    "column: a million digits": "has no article links",
    "column: a million line ends": "has no article links",
    "column: deep JSON-LD": "has no article links",
    "column: 200,000 pictures": "has no article links",
    "column: 200,000 metas": "has no article links",
    "sitemap: silence": "there was no answer in time",
    "sitemap: reset in the body": "the body was cut short",
    "sitemap: a body byte by byte": "there was no answer in time",
    "sitemap: headers without an end": "head of the answer is larger",
    "sitemap: chunks without an end": "the body is larger than a page may be",
    "sitemap: a gzip bomb": "exceeded DOWNLOAD_MAXSIZE",
    "sitemap: a redirect to itself": "max redirections reached",
    "sitemap: a redirect to a file": "the server answers 302",
    "sitemap: an error of the server": "the server answers 500",
    "sitemap: 2 MB of NUL": "the body is binary data",
    "sitemap: 2 MB of 0xFF": "has no article links",
    "sitemap: nothing": "has no article links",
    "sitemap: a billion laughs": NOTHING,
    "sitemap: an entity of 50 KB": "has no article links",
    "sitemap: an entity from a file": NOTHING,
    "sitemap: an entity from elsewhere": NOTHING,
    "sitemap: a parameter entity from elsewhere": NOTHING,
    "sitemap: a document type from elsewhere": NOTHING,
    "sitemap: 100,000 document types": "has no article links",
    "sitemap: 200,000 comments that do not end": "has no article links",
    "sitemap: a style sheet from elsewhere": NOTHING,
    "index: an entity of 50 KB": "has no article links",
    "index: an entity from a file": "the server answers 404",
    "index: an entity from elsewhere": "the server answers 404",
    "index: a parameter entity from elsewhere": "the server answers 404",
    "sitemap: a quadratic entity": "has no article links",
    "sitemap: 50,000 addresses": "addresses here none is",
    "sitemap: 300,000 addresses": "addresses here none is",
    "sitemap: nested without an end": "it is broken",
    "sitemap: 200,000 attributes": "larger than it may be",
    "sitemap: 100,000 namespaces": "larger than it may be",
    "sitemap: an address of 8 MB": "larger than it may be",
    "sitemap: an address 500,000 times in one entry": "larger than it may be",
    "sitemap: 500,000 lines of text": "addresses here none is",
    "sitemap: 60 MB": "the body is larger than a page may be",
    "sitemap: a packed bomb": "the body is gzip data",
    "sitemap: a packed bomb that is packed": "the body is gzip data",
    "sitemap: dates of no calendar": "addresses here none is",
    "index: of itself": NOTHING,
    "index: of itself 300,000 times": NOTHING,
    "index: of 50,000 that are not there": "the server answers 404",
    "index: of indexes without an end": NOTHING,
    "index: in a circle": NOTHING,
    "index: of other schemes": NOTHING,
    "feed: silence": "there was no answer in time",
    "feed: reset in the body": "the body was cut short",
    "feed: a body byte by byte": "there was no answer in time",
    "feed: headers without an end": "head of the answer is larger",
    "feed: chunks without an end": "the body is larger than a page may be",
    "feed: a gzip bomb": "exceeded DOWNLOAD_MAXSIZE",
    "feed: a redirect to itself": "max redirections reached",
    "feed: a redirect to a file": "the server answers 302",
    "feed: an error of the server": "the server answers 500",
    "feed: 2 MB of NUL": "the body is binary data",
    "feed: 2 MB of 0xFF": "has no article links",
    "feed: nothing": "has no article links",
    "feed: a billion laughs": NOTHING,
    "feed: an entity of 50 KB": "has no article links",
    "feed: an entity from a file": NOTHING,
    "feed: an entity from elsewhere": NOTHING,
    "feed: a parameter entity from elsewhere": NOTHING,
    "feed: a document type from elsewhere": NOTHING,
    "feed: 100,000 document types": "has no article links",
    "feed: 200,000 comments that do not end": "has no article links",
    "feed: a style sheet from elsewhere": NOTHING,
    "feed: a quadratic entity": "has no article links",
    "feed: 60,000 items": NOTHING,
    "feed: 200,000 nested items": "it is too large",
    "feed: 250,000 nested divs in it": NOTHING,
    "feed: 200,000 attributes": "it is too large",
    "feed: 100,000 namespaces": "has no article links",
    "feed: 20,000 broken items": NOTHING,
    "feed: a title of 3 MB": "it is too large",
    "feed: deep JSON": "has no article links",
    "feed: a JSON number of 3 MB": "has no article links",
    "feed: JSON with 700,000 nested divs": NOTHING,
    "feed: 80,000 JSON items": "addresses here none is",
    "feed: a packed bomb": "the body is gzip data",
    "feed: a page of HTML": NOTHING,
    "feed: pages without an end": NOTHING,
}
