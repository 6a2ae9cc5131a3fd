"""The hostile responses, by family: what an article's address serves, and what is to come of it.

`expect` of a case: "stored" — its article is in the store, and nothing is said; "skipped" — it is not, and nothing
is said; "refused" — it is not, and that is said; anything else are words of what is said, and it is not stored. In
all cases the good pages beside it are stored.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import brotli
from backports import zstd

from tests.replica.hostile import Again, Pause, Piece, Served, answer, served

MB = 2**20


#: The page of a site that is the hostile one.
HERE = "/a/case.html"


def article(title: str, more: str = "", *, head: str = "") -> bytes:
    """A page that any reader of news reads."""
    text = (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}_渝南晚报</title>{head}</head><body>"
        f"<h1>{title}</h1><div class='info'>2026年11月20日08:30 来源：渝南晚报</div><div class='text'>"
        f"<p>本报讯（记者 顾晓岚）{title}。记者昨日从渝南区城市管理局了解到，今年以来全区新增口袋公园十二处。</p>"
        f"<p>“过去这里堆满建筑垃圾，现在推门就是花园。”住在附近的居民秦守义说，晚饭后散步的人比往年多了一倍。</p>"
        f"<p>据介绍，明年还将改造老旧步道九公里，沿线增设休息座椅和照明设施，方便老人和孩子出行。</p>{more}</div>"
        "</body></html>"
    )
    return text.encode("utf-8", "surrogatepass")


def listing(*paths: str, more: str = "") -> bytes:
    """A page of links."""
    items = "".join(
        f"<li><a href='{path}'>渝南区口袋公园建设进展第{number}期通报</a></li>"
        for number, path in enumerate(paths)
    )
    return f"<html><head><title>渝南晚报</title></head><body><ul>{items}</ul>{more}</body></html>".encode()


GOOD = article("渝南区新增口袋公园")
GOOD_NAMES = ("good-0", "good-1", "good-2")
GOOD_PATHS = tuple(f"/a/{name}.html" for name in GOOD_NAMES)


@dataclass(frozen=True)
class Case:
    """A site with one hostile article: what is served, and what is to come of it."""

    name: str
    answer: Served
    expect: str

    def site(self) -> dict[str, Served]:
        """All addresses of the site."""
        good = {
            path: served(article(f"渝南区第{number + 1}处口袋公园开放"))
            for number, path in enumerate(GOOD_PATHS)
        }
        return {"/": served(listing(*GOOD_PATHS, HERE)), **good, HERE: self.answer}


#: Says that OUTCOMES has what is expected.
FROM_TABLE = ""


def raw(*pieces: Piece, ending: str = "close") -> Served:
    """Bytes as they are."""
    return Served(pieces, ending)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
PAGE = article("渝南区新增口袋公园")
CUT, TIME, LOST, HEAD, LARGE = (
    "cut short",
    "no answer in time",
    "the connection broke off",
    "head of the answer",
    "larger than a page",
)
_CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
_CHUNK = b"%x\r\n%b\r\n" % (len(PAGE), PAGE)
_LENGTH = b"Content-Length: %d\r\n" % len(PAGE)


def on_articles(*rows: tuple[str, Served | bytes, str]) -> list[Case]:
    """Cases of an article's page; bytes are the body of a sound answer."""
    return [
        Case(name, what if isinstance(what, Served) else served(what), expect) for name, what, expect in rows
    ]


CONNECTIONS = on_articles(
    ("reset at once", raw(ending="reset"), LOST),
    ("reset in the head", raw(b"HTTP/1.1 200 OK\r\nConte", ending="reset"), LOST),
    ("reset in the body", raw(OK, _LENGTH, b"\r\n", PAGE[:300], ending="reset"), CUT),
    ("closed at once", raw(), LOST),
    ("closed after one byte", raw(b"H"), LOST),
    ("closed in the head", raw(b"HTTP/1.1 200 OK\r\nServer: x"), LOST),
    ("silence", raw(ending="silent"), TIME),
    ("silence after the status", raw(b"HTTP/1.1 200 OK\r\n", ending="silent"), TIME),
    ("silence after the head", raw(OK, _LENGTH, b"\r\n", ending="silent"), TIME),
    ("silence in the body", raw(OK, _LENGTH, b"\r\n", PAGE[:300], ending="silent"), TIME),
    ("a head byte by byte", raw(Again(b"X", 500, 0.05)), TIME),
    ("a header every moment", raw(b"HTTP/1.1 200 OK\r\n", Again(b"A: b\r\n", 500, 0.05)), TIME),
    ("a body byte by byte", raw(OK, _LENGTH, b"\r\n", Again(b"x", 500, 0.05)), TIME),
    ("chunks byte by byte", raw(_CHUNKED, Again(b"1\r\nx\r\n", 500, 0.05)), TIME),
    ("a late start", raw(Pause(0.5), answer(PAGE)), "stored"),
    ("a pause in the body", raw(OK, _LENGTH, b"\r\n", PAGE[:300], Pause(0.5), PAGE[300:]), "stored"),
)

SYNTAX = on_articles(
    ("more was promised", raw(answer(PAGE, length=len(PAGE) + 500)), CUT),
    ("less was promised", raw(answer(PAGE, length=300)), FROM_TABLE),
    ("no length, closed", raw(answer(PAGE, length=None)), "stored"),
    ("two lengths", raw(OK, _LENGTH, b"Content-Length: 7\r\n\r\n", PAGE), FROM_TABLE),
    ("the same length twice", raw(OK, _LENGTH, _LENGTH, b"\r\n", PAGE), FROM_TABLE),
    ("a negative length", raw(OK, b"Content-Length: -5\r\n\r\n", PAGE), FROM_TABLE),
    ("a length in words", raw(OK, b"Content-Length: many\r\n\r\n", PAGE), FROM_TABLE),
    ("a length with a sign", raw(OK, b"Content-Length: +5\r\n\r\n", PAGE), FROM_TABLE),
    ("a length of 10 GB", raw(OK, b"Content-Length: 10000000000\r\n\r\n", PAGE), LARGE),
    ("a length of 400 digits", raw(OK, b"Content-Length: ", b"9" * 400, b"\r\n\r\n", PAGE), LARGE),
    ("a length of 9,000 digits", raw(OK, b"Content-Length: ", b"9" * 9000, b"\r\n\r\n", PAGE), FROM_TABLE),
    ("chunks", raw(_CHUNKED, _CHUNK, b"0\r\n\r\n"), "stored"),
    ("chunks without an end", raw(_CHUNKED, _CHUNK), CUT),
    ("a chunk cut short", raw(_CHUNKED, b"ffff\r\n", PAGE), CUT),
    ("a chunk without a size", raw(_CHUNKED, b"zz\r\n", PAGE), FROM_TABLE),
    ("a chunk of negative size", raw(_CHUNKED, b"-5\r\n", PAGE), FROM_TABLE),
    ("a chunk size of 60 digits", raw(_CHUNKED, b"f" * 60, b"\r\n", PAGE), FROM_TABLE),
    ("a chunk size without an end", raw(_CHUNKED, Again(b"0" * 1000, 300)), FROM_TABLE),
    ("a chunk extension without an end", raw(_CHUNKED, b"5;", Again(b"x" * 1000, 300)), FROM_TABLE),
    ("a chunk of another length", raw(_CHUNKED, b"10\r\n", PAGE, b"\r\n0\r\n\r\n"), FROM_TABLE),
    ("trailers without an end", raw(_CHUNKED, _CHUNK, b"0\r\n", Again(b"A: b\r\n" * 100, 2000)), FROM_TABLE),
    (
        "chunks and a length",
        raw(OK, b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", _CHUNK, b"0\r\n\r\n"),
        FROM_TABLE,
    ),
    (
        "chunked twice",
        raw(OK, b"Transfer-Encoding: chunked, chunked\r\n\r\n", _CHUNK, b"0\r\n\r\n"),
        FROM_TABLE,
    ),
    ("an unknown transfer coding", raw(OK, b"Transfer-Encoding: rot13\r\n\r\n", PAGE), FROM_TABLE),
    ("no head (HTTP/0.9)", raw(PAGE), LOST),
    ("HTTP/1.0", raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", PAGE), "stored"),
    ("HTTP/9.9", raw(b"HTTP/9.9 200 OK\r\n\r\n", PAGE), FROM_TABLE),
    ("a frame of HTTP/2", raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18), LOST),
    ("an alert of TLS", raw(b"\x15\x03\x01\x00\x02\x02\x28"), LOST),
    ("a greeting of SMTP", raw(b"220 mail.example ESMTP\r\n", ending="silent"), FROM_TABLE),
    ("no status", raw(b"HTTP/1.1\r\n\r\n", PAGE), LOST),
    ("a status in words", raw(b"HTTP/1.1 fine OK\r\n\r\n", PAGE), LOST),
    ("status 0", raw(b"HTTP/1.1 0 OK\r\n\r\n", PAGE), FROM_TABLE),
    ("status -200", raw(b"HTTP/1.1 -200 OK\r\n\r\n", PAGE), FROM_TABLE),
    ("status 99999", raw(b"HTTP/1.1 99999 OK\r\nContent-Length: 0\r\n\r\n"), FROM_TABLE),
    ("a status of 9,000 digits", raw(b"HTTP/1.1 ", b"2" * 9000, b" OK\r\n\r\n", PAGE), FROM_TABLE),
    ("no reason", raw(b"HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n", PAGE), "stored"),
    ("continue, then the answer", raw(b"HTTP/1.1 100 Continue\r\n\r\n", answer(PAGE)), "stored"),
    (
        "early hints, then the answer",
        raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", answer(PAGE)),
        "stored",
    ),
    ("continue without an end", raw(Again(b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 3000)), HEAD),
    (
        "another protocol",
        raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", ending="silent"),
        FROM_TABLE,
    ),
    ("204 with a body", raw(b"HTTP/1.1 204 No Content\r\n\r\n", PAGE), "204"),
    ("205 with a body", served(PAGE, status="205 Reset Content"), "205"),
    ("206 that nobody asked for", served(PAGE, status="206 Partial Content"), "206"),
    ("304 that nobody asked for", served(status="304 Not Modified"), FROM_TABLE),
    ("226", served(PAGE, status="226 IM Used"), "226"),
    ("headers without an end", raw(b"HTTP/1.1 200 OK\r\n", Again(b"X-A: bbbb\r\n" * 100, 3000)), HEAD),
    (
        "a header of 1 MB",
        raw(b"HTTP/1.1 200 OK\r\nX-A: ", Again(b"b" * 1000, 1000), b"\r\n\r\n", PAGE),
        FROM_TABLE,
    ),
    ("a status line of 1 MB", raw(b"HTTP/1.1 200 ", Again(b"b" * 1000, 1000), b"\r\n\r\n", PAGE), FROM_TABLE),
    (
        "a header folded without an end",
        raw(b"HTTP/1.1 200 OK\r\nX-A: b\r\n", Again(b" bbbb\r\n" * 100, 5000)),
        HEAD,
    ),
    (
        "5,000 headers",
        raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"A: b\r\n" * 5000, b"\r\n", PAGE),
        "stored",
    ),
    ("a header without a colon", raw(OK, b"nothing here\r\n", _LENGTH, b"\r\n", PAGE), "stored"),
    ("a header without a name", raw(OK, b": nothing\r\n", _LENGTH, b"\r\n", PAGE), FROM_TABLE),
    ("a space before the colon", raw(OK, b"Content-Encoding : gzip\r\n", _LENGTH, b"\r\n", PAGE), FROM_TABLE),
    ("NUL in a header", raw(OK, b"X-A: a\x00b\r\n", _LENGTH, b"\r\n", PAGE), FROM_TABLE),
    (
        "bytes beyond ASCII in headers",
        raw(OK, b"X-\xff: \xd6\xd8\xc7\xec\r\n", _LENGTH, b"\r\n", PAGE),
        FROM_TABLE,
    ),
    ("folded headers first", raw(b"HTTP/1.1 200 OK\r\n folded\r\n", _LENGTH, b"\r\n", PAGE), FROM_TABLE),
    ("bare line feeds", raw(OK.replace(b"\r", b"") + b"\n", PAGE), "stored"),
    ("bare carriage returns", raw(OK.replace(b"\n", b"") + b"\r", PAGE), FROM_TABLE),
    ("1,000 cookies", served(PAGE, *[f"Set-Cookie: c{n}={'x' * 40}" for n in range(1000)]), "stored"),
    ("an ETag of 15 KB", served(PAGE, 'ETag: "' + "e" * 15000 + '"'), "stored"),
    ("an ETag with a line's end", raw(OK, b'ETag: "a\rb"\r\n', _LENGTH, b"\r\n", PAGE), "stored"),
    ("a date in the year 99999", served(PAGE, "Last-Modified: Fri, 01 Jan 99999 00:00:00 GMT"), "stored"),
    ("a clock one day ahead", served(PAGE, "Date: Wed, 25 Nov 2099 00:00:00 GMT"), "stored"),
    ("a clock of 1970", served(PAGE, "Date: Thu, 01 Jan 1970 00:00:00 GMT"), "stored"),
)


def gz(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def zeros(size: int) -> Iterable[bytes]:
    return (b"0" * MB for _ in range(size // MB))


def deflated(size: int, wbits: int) -> bytes:
    """So many bytes of nothing, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(map(packer.compress, zeros(size))) + packer.flush()


def coded(body: bytes, coding: str, kind: str = "text/html; charset=utf-8") -> Served:
    return served(body, f"Content-Encoding: {coding}", kind=kind)


BOMB = 256 * MB
_GZIP_BOMB = deflated(BOMB, 31)
_ZSTD_BOMB = zstd.compress(b"0" * (BOMB // 4), 3)
_BROTLI_BOMB = brotli.compress(b"0" * (BOMB // 4), quality=3)
PACKED = on_articles(
    ("gzip", coded(gz(PAGE), "gzip"), "stored"),
    ("brotli", coded(brotli.compress(PAGE), "br"), "stored"),
    ("zstd", coded(zstd.compress(PAGE), "zstd"), "stored"),
    ("deflate", coded(zlib.compress(PAGE), "deflate"), "stored"),
    ("raw deflate", coded(zlib.compress(PAGE)[2:-4], "deflate"), "stored"),
    ("gzip in gzip", coded(gz(gz(PAGE)), "gzip, gzip"), "stored"),
    ("gzip in brotli", coded(brotli.compress(gz(PAGE)), "gzip, br"), "stored"),
    ("a gzip bomb", coded(_GZIP_BOMB, "gzip"), FROM_TABLE),
    ("a deflate bomb", coded(deflated(BOMB, 15), "deflate"), FROM_TABLE),
    ("a brotli bomb", coded(_BROTLI_BOMB, "br"), FROM_TABLE),
    ("a zstd bomb", coded(_ZSTD_BOMB, "zstd"), FROM_TABLE),
    ("a gzip bomb in gzip", coded(gz(_GZIP_BOMB), "gzip, gzip"), FROM_TABLE),
    ("a gzip bomb in brotli", coded(brotli.compress(_GZIP_BOMB), "gzip, br"), FROM_TABLE),
    ("a gzip bomb in zstd", coded(zstd.compress(_GZIP_BOMB), "gzip, zstd"), FROM_TABLE),
    ("a gzip bomb of many members", coded(gz(b"0" * MB) * 64, "gzip"), FROM_TABLE),
    ("200 codings", coded(PAGE, ", ".join(["gzip"] * 200)), FROM_TABLE),
    ("gzip that says so ten times", coded(gz(PAGE), ", ".join(["gzip"] * 10)), FROM_TABLE),
    ("gzip that is none", coded(PAGE, "gzip"), FROM_TABLE),
    ("brotli that is none", coded(PAGE, "br"), FROM_TABLE),
    ("zstd that is none", coded(PAGE, "zstd"), FROM_TABLE),
    ("deflate that is none", coded(PAGE, "deflate"), FROM_TABLE),
    ("gzip called brotli", coded(gz(PAGE), "br"), FROM_TABLE),
    ("gzip cut short", coded(gz(PAGE)[:-40], "gzip"), FROM_TABLE),
    ("brotli cut short", coded(brotli.compress(PAGE)[:-40], "br"), FROM_TABLE),
    ("zstd cut short", coded(zstd.compress(PAGE)[:-40], "zstd"), FROM_TABLE),
    ("gzip with broken bytes", coded(gz(PAGE)[:200] + b"\xff" * 20 + gz(PAGE)[220:], "gzip"), FROM_TABLE),
    ("gzip with a false sum", coded(gz(PAGE)[:-8] + b"\0" * 8, "gzip"), FROM_TABLE),
    ("gzip with junk behind", coded(gz(PAGE) + b"junk" * 50, "gzip"), FROM_TABLE),
    ("gzip of nothing", coded(gz(b""), "gzip"), FROM_TABLE),
    ("an unknown coding", coded(PAGE, "lzma"), FROM_TABLE),
    ("a coding of nonsense", coded(PAGE, ",,;q=1,\x7f"), FROM_TABLE),
    ("gzip that nobody names", served(gz(PAGE)), FROM_TABLE),
)
_TEXT = {
    "control characters": "\x01\x08\x0b\x1b\x7f",
    "bidi overrides": "\u202e\u2066\u202d\u2069",
    "NUL": "\0",
}
BODIES = on_articles(
    ("12 MB", raw(OK, b"\r\n", PAGE, Again(b" " * MB, 12)), LARGE),
    ("a body without an end", raw(OK, b"\r\n", PAGE, Again(b"x" * MB, 400)), LARGE),
    (
        "chunks without an end of size",
        raw(_CHUNKED, Again(b"10000\r\n" + b"x" * 65536 + b"\r\n", 4000)),
        LARGE,
    ),
    ("nothing", b"", "the body is empty"),
    ("a byte order mark alone", b"\xef\xbb\xbf", FROM_TABLE),
    ("one byte", b"x", FROM_TABLE),
    ("2 MB of NUL", b"\0" * 2 * MB, FROM_TABLE),
    ("2 MB of spaces", b" " * 2 * MB, FROM_TABLE),
    ("2 MB of 0xFF", b"\xff" * 2 * MB, FROM_TABLE),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400, FROM_TABLE),
    ("a PDF", b"%PDF-1.7\n" + bytes(range(256)) * 400, FROM_TABLE),
    ("a program", b"MZ\x90\0" + bytes(range(256)) * 400, FROM_TABLE),
    ("a ZIP", b"PK\x03\x04" + bytes(range(256)) * 400, FROM_TABLE),
    ("JSON", json.dumps({"error": "no"}).encode(), FROM_TABLE),
    ("deep JSON", b"[" * MB, FROM_TABLE),
    ("a page called a picture", served(PAGE, kind="image/png"), FROM_TABLE),
    ("a page called nothing", served(PAGE, kind=""), "stored"),
    ("a page called nonsense", served(PAGE, kind="/;;;=,\x7f"), "stored"),
    ("a page with a type of 15 KB", served(PAGE, kind="text/html; charset=" + "u" * 15000), "stored"),
    ("a charset that is no charset", served(PAGE, kind="text/html; charset=base64"), "stored"),
    ("a charset that is a codec of Python", served(PAGE, kind="text/html; charset=idna"), "stored"),
    ("a charset that runs code elsewhere", served(PAGE, kind="text/html; charset=unicode_escape"), "stored"),
    ("a charset of UTF-7", served(PAGE, kind="text/html; charset=utf-7"), "stored"),
    ("UTF-16", served(PAGE.decode().encode("utf-16"), kind="text/html"), "stored"),
    ("UTF-32", served(PAGE.decode().encode("utf-32"), kind="text/html"), FROM_TABLE),
    ("UTF-16 cut in a character", served(PAGE.decode().encode("utf-16")[:-1], kind="text/html"), "stored"),
    ("GB18030 called UTF-8", PAGE.decode().replace("utf-8", "gb2312").encode("gb18030"), "stored"),
    ("lone surrogates", article("渝南区新增口袋公园", "<p>\ud800\udfff</p>"), "stored"),
    ("overlong UTF-8", PAGE.replace("今年".encode(), b"\xc0\xaf\xe0\x80\xaf"), "stored"),
    *(
        (f"{name} in the text", article("渝南区新增口袋公园", f"<p>渝{text * 500}南</p>"), FROM_TABLE)
        for name, text in _TEXT.items()
    ),
    *(
        (f"{name} in the title", article(f"渝南区{text}新增口袋公园"), "stored")
        for name, text in _TEXT.items()
    ),
    (
        "100,000 marks on one letter",
        article("渝南区新增口袋公园", "<p>a" + "\u0301" * 100_000 + "</p>"),
        "stored",
    ),
    ("300 KB of zero width", article("渝南区新增口袋公园", "<p>渝" + "\u200b" * 100_000 + "</p>"), "stored"),
)


def page(body: str) -> bytes:
    return f"<html><head><title>渝南晚报</title></head><body>{body}</body></html>".encode()


_NAMES = " ".join(f"a{number}=1" for number in range(100_000))
MARKUP = on_articles(
    *(
        (name, page(body), FROM_TABLE)
        for name, body in {
            "200,000 nested divs": "<div>" * 200_000,
            "300,000 nested bolds": "<b>" * 300_000,
            "60,000 nested tables": "<table><tr><td>" * 60_000,
            "200,000 links": "<a href=x>" * 200_000,
            "a million tags": "<a>" * 1_000_000,
            "100,000 attributes in a tag": f"<p {_NAMES}>",
            "600,000 attributes in tags": ("<p " + " ".join(f"a{n}=1" for n in range(190)) + ">") * 3_000,
            "an attribute of 1 MB": f"<div class='{'x ' * 500_000}'>",
            "an address of 1 MB": f"<a href='{'/' * MB}'>x</a>",
            "a million of <": "<" * MB,
            "a million of &": "&" * MB,
            "comments that do not end": "<!--" * 200_000,
            "scripts that do not end": "<script>" * 100_000,
            "attributes that do not end": "<a href='" * 100_000,
            "a million brackets": "(" * MB,
            "300,000 wide brackets": "（" * 300_000,
            "200,000 credits": "责编：" * 200_000,
            "60,000 dates": "2026年11月24日" * 60_000,
            "a million digits": "1" * MB,
            "a million line ends": "\n" * MB,
            "deep JSON-LD": "<script type='application/ld+json'>" + "[" * 200_000 + "</script>",
            "200,000 pictures": "<img src=a.jpg>" * 200_000,
            "200,000 metas": "<meta name=a content=b>" * 150_000,
        }.items()
    )
)


def status(code: str, *headers: str) -> Served:
    return served(b"<html><title>x</title></html>", *headers, status=code)


STATUSES = on_articles(
    *(
        (f"status {code}", status(code), FROM_TABLE)
        for code in (
            "400 Bad Request",
            "401 Unauthorized",
            "402 Pay",
            "403 Forbidden",
            "404 Not Found",
            "405 No",
            "406 No",
            "410 Gone",
            "418 Teapot",
            "429 Too Many Requests",
            "451 Law",
            "500 Error",
            "501 No",
            "502 Bad Gateway",
            "503 Unavailable",
            "504 Timeout",
            "520 Unknown",
            "599 Odd",
            "300 Choices",
            "305 Proxy",
            "399 Odd",
        )
    ),
    *(
        (f"429 and Retry-After {value}", status("429 Too Many Requests", f"Retry-After: {value}"), FROM_TABLE)
        for value in (
            "0",
            "1",
            "-5",
            "soon",
            "1e9",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Fri, 01 Jan 99999 00:00:00 GMT",
        )
    ),
)


def redirect(target: str, code: str = "302 Found") -> Served:
    return served(b"", f"Location: {target}", status=code)


REDIRECTS = on_articles(
    *(
        (f"to {target[:40]!r}", redirect(target), FROM_TABLE)
        for target in (
            "/a/case.html",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.com/",
            "",
            "//",
            "http://",
            "http://[",
            "http://127.0.0.1:99999/",
            "/" + "x" * 9000,
            "/",
            "/login?back=/a/case.html",
            "/404.html",
            "\\\\127.0.0.1\\x",
            "gopher://127.0.0.1/",
            "http://127.0.0.1:1/",
            "/a/good-0.html",
        )
    ),
    ("without a target", status("302 Found"), FROM_TABLE),
)

#: What comes of each case, where its row does not say it.
OUTCOMES = {
    "reset at once": "the connection broke off",
    "reset in the head": "the connection broke off",
    "reset in the body": "cut short",
    "closed at once": "the connection broke off",
    "closed after one byte": "the connection broke off",
    "closed in the head": "the connection broke off",
    "silence": "no answer in time",
    "silence after the status": "no answer in time",
    "silence after the head": "no answer in time",
    "silence in the body": "no answer in time",
    "a head byte by byte": "no answer in time",
    "a header every moment": "no answer in time",
    "a body byte by byte": "no answer in time",
    "chunks byte by byte": "no answer in time",
    "a late start": "stored",
    "a pause in the body": "stored",
    "more was promised": "cut short",
    "less was promised": "matches no template",
    "no length, closed": "stored",
    "two lengths": "the connection broke off",
    "the same length twice": "stored",
    "a negative length": "the connection broke off",
    "a length in words": "the connection broke off",
    "a length with a sign": "the connection broke off",
    "a length of 10 GB": "larger than a page",
    "a length of 400 digits": "larger than a page",
    "a length of 9,000 digits": "the connection broke off",
    "chunks": "stored",
    "chunks without an end": "cut short",
    "a chunk cut short": "cut short",
    "a chunk without a size": "cut short",
    "a chunk of negative size": "cut short",
    "a chunk size of 60 digits": "cut short",
    "a chunk size without an end": "cut short",
    "a chunk extension without an end": "cut short",
    "a chunk of another length": "cut short",
    "trailers without an end": "cut short",
    "chunks and a length": "stored",
    "chunked twice": "the connection broke off",
    "an unknown transfer coding": "the connection broke off",
    "no head (HTTP/0.9)": "the connection broke off",
    "HTTP/1.0": "stored",
    "HTTP/9.9": "stored",
    "a frame of HTTP/2": "the connection broke off",
    "an alert of TLS": "the connection broke off",
    "a greeting of SMTP": "the connection broke off",
    "no status": "the connection broke off",
    "a status in words": "the connection broke off",
    "status 0": "the server answers 0",
    "status -200": "the server answers -200",
    "status 99999": "the server answers 99999",
    "a status of 9,000 digits": "the connection broke off",
    "no reason": "stored",
    "continue, then the answer": "stored",
    "early hints, then the answer": "stored",
    "continue without an end": "head of the answer",
    "another protocol": "no answer in time",
    "204 with a body": "the server answers 204",
    "205 with a body": "the server answers 205",
    "206 that nobody asked for": "the server answers 206",
    "304 that nobody asked for": "skipped",
    "226": "the server answers 226",
    "headers without an end": "head of the answer",
    "a header of 1 MB": "the connection broke off",
    "a status line of 1 MB": "the connection broke off",
    "a header folded without an end": "head of the answer",
    "5,000 headers": "stored",
    "a header without a colon": "stored",
    "a header without a name": "the connection broke off",
    "a space before the colon": "the connection broke off",
    "NUL in a header": "stored",
    "bytes beyond ASCII in headers": "the connection broke off",
    "folded headers first": "the connection broke off",
    "bare line feeds": "stored",
    "bare carriage returns": "the connection broke off",
    "1,000 cookies": "stored",
    "an ETag of 15 KB": "stored",
    "an ETag with a line's end": "stored",
    "a date in the year 99999": "stored",
    "a clock one day ahead": "stored",
    "a clock of 1970": "stored",
    "gzip": "stored",
    "brotli": "stored",
    "zstd": "stored",
    "deflate": "stored",
    "raw deflate": "stored",
    "gzip in gzip": "stored",
    "gzip in brotli": "stored",
    "a gzip bomb": "exceeded DOWNLOAD_MAXSIZE",
    "a deflate bomb": "exceeded DOWNLOAD_MAXSIZE",
    "a brotli bomb": "exceeded DOWNLOAD_MAXSIZE",
    "a zstd bomb": "exceeded DOWNLOAD_MAXSIZE",
    "a gzip bomb in gzip": "exceeded DOWNLOAD_MAXSIZE",
    "a gzip bomb in brotli": "exceeded DOWNLOAD_MAXSIZE",
    "a gzip bomb in zstd": "exceeded DOWNLOAD_MAXSIZE",
    "a gzip bomb of many members": "exceeded DOWNLOAD_MAXSIZE",
    "200 codings": "BadGzipFile",
    "gzip that says so ten times": "BadGzipFile",
    "gzip that is none": "BadGzipFile",
    "brotli that is none": "error",
    "zstd that is none": "ZstdError",
    "deflate that is none": "error",
    "gzip called brotli": "error",
    "gzip cut short": "stored",
    "brotli cut short": "stored",
    "zstd cut short": "the body is empty",
    "gzip with broken bytes": "error",
    "gzip with a false sum": "stored",
    "gzip with junk behind": "stored",
    "gzip of nothing": "the body is empty",
    "an unknown coding": "stored",
    "a coding of nonsense": "stored",
    "gzip that nobody names": "the body is gzip data, not a page",
    "12 MB": "larger than a page",
    "a body without an end": "larger than a page",
    "chunks without an end of size": "larger than a page",
    "nothing": "the body is empty",
    "a byte order mark alone": "matches no template",
    "one byte": "matches no template",
    "2 MB of NUL": "the body is binary data, not a page",
    "2 MB of spaces": "matches no template",
    "2 MB of 0xFF": "matches no template",
    "a picture": "the body is a PNG picture, not a page",
    "a PDF": "the body is a PDF document, not a page",
    "a program": "the body is a program, not a page",
    "a ZIP": "the body is a ZIP archive or an Office document,",
    "JSON": "matches no template",
    "deep JSON": "matches no template",
    "a page called a picture": "stored",
    "a page called nothing": "stored",
    "a page called nonsense": "stored",
    "a page with a type of 15 KB": "stored",
    "a charset that is no charset": "stored",
    "a charset that is a codec of Python": "stored",
    "a charset that runs code elsewhere": "stored",
    "a charset of UTF-7": "stored",
    "UTF-16": "stored",
    "UTF-32": "stored",
    "UTF-16 cut in a character": "stored",
    "GB18030 called UTF-8": "stored",
    "lone surrogates": "stored",
    "overlong UTF-8": "stored",
    "control characters in the text": "stored",
    "bidi overrides in the text": "stored",
    "NUL in the text": "the body is binary data, not a page",
    "control characters in the title": "stored",
    "bidi overrides in the title": "stored",
    "NUL in the title": "stored",
    "100,000 marks on one letter": "stored",
    "300 KB of zero width": "stored",
    "200,000 nested divs": "refused",
    "300,000 nested bolds": "refused",
    "60,000 nested tables": "refused",
    "200,000 links": "refused",
    "a million tags": "refused",
    "100,000 attributes in a tag": "refused",
    "600,000 attributes in tags": "refused",
    "an attribute of 1 MB": "refused",
    "an address of 1 MB": "refused",
    "a million of <": "stored",
    "a million of &": "stored",
    "comments that do not end": "refused",
    "scripts that do not end": "refused",
    "attributes that do not end": "refused",
    "a million brackets": "stored",
    "300,000 wide brackets": "stored",
    "200,000 credits": "refused",
    "60,000 dates": "stored",
    "a million digits": "stored",
    "a million line ends": "refused",
    "deep JSON-LD": "refused",
    "200,000 pictures": "refused",
    "200,000 metas": "refused",
    "status 400 Bad Request": "the server answers 400",
    "status 401 Unauthorized": "the server answers 401",
    "status 402 Pay": "the server answers 402",
    "status 403 Forbidden": "the server answers 403",
    "status 404 Not Found": "skipped",
    "status 405 No": "the server answers 405",
    "status 406 No": "the server answers 406",
    "status 410 Gone": "skipped",
    "status 418 Teapot": "the server answers 418",
    "status 429 Too Many Requests": "the server answers 429",
    "status 451 Law": "the server answers 451",
    "status 500 Error": "the server answers 500",
    "status 501 No": "the server answers 501",
    "status 502 Bad Gateway": "the server answers 502",
    "status 503 Unavailable": "the server answers 503",
    "status 504 Timeout": "the server answers 504",
    "status 520 Unknown": "the server answers 520",
    "status 599 Odd": "the server answers 599",
    "status 300 Choices": "the server answers 300",
    "status 305 Proxy": "the server answers 305",
    "status 399 Odd": "the server answers 399",
    "429 and Retry-After 0": "the server answers 429",
    "429 and Retry-After 1": "the server answers 429",
    "429 and Retry-After -5": "the server answers 429",
    "429 and Retry-After soon": "the server answers 429",
    "429 and Retry-After 1e9": "the server answers 429",
    "429 and Retry-After Thu, 01 Jan 1970 00:00:00 GMT": "the server answers 429",
    "429 and Retry-After Fri, 01 Jan 99999 00:00:00 GMT": "the server answers 429",
    "to '/a/case.html'": "max redirections",
    "to 'file:///etc/passwd'": "the server answers 302",
    "to 'javascript:alert(1)'": "ValueError",
    "to 'data:text/html,x'": "the server answers 302",
    "to 'ftp://example.com/'": "the server answers 302",
    "to ''": "max redirections",
    "to '//'": "max redirections",
    "to 'http://'": "max redirections",
    "to 'http://['": "ValueError",
    "to 'http://127.0.0.1:99999/'": "ValueError",
    "to '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'": "skipped",
    "to '/'": "skipped",
    "to '/login?back=/a/case.html'": "skipped",
    "to '/404.html'": "skipped",
    "to '\\\\\\\\127.0.0.1\\\\x'": "skipped",
    "to 'gopher://127.0.0.1/'": "the server answers 302",
    "to 'http://127.0.0.1:1/'": "robots.txt cannot be fetched",
    "to '/a/good-0.html'": "redirected to another article",
    "without a target": "the server answers 302",
}

FAMILIES: dict[str, list[Case]] = {
    "connections": CONNECTIONS,
    "syntax": SYNTAX,
    "packed": PACKED,
    "bodies": BODIES,
    "markup": MARKUP,
    "statuses": STATUSES,
    "redirects": REDIRECTS,
}
