"""PURE what a page says about its own encoding: byte order mark, HTTP header, meta elements, XML declaration."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

GB18030 = "gb18030"
BIG5 = "big5-hkscs"
UTF8 = "utf-8"

#: Labels that mean a superset of what they say. Chinese sites write gb2312 and use all of GBK and more; the
#: BIG5 mirror declares big5 and may hold Hong Kong's additions. ISO 8859-1 is windows-1252 by the WHATWG.
_SUPERSETS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "ms936", "windows-936"), GB18030),
    **dict.fromkeys(("gb_2312", "gb_2312-80", "gb2312-80", "chinese", "csgb2312", "euc-cn", "gb"), GB18030),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5", "csbig5", "big-5", "cp950"), BIG5),
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), UTF8),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "windows-1252"), "cp1252"),
}
#: Codecs of Python that a label can name and that are no charsets of pages.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})

_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s{0,64}<\?xml\b[^>]{0,100}?encoding\s*=\s*[\"']([\w:.-]+)", re.IGNORECASE)
#: Browsers look for a meta in the first kilobyte; most pages have it there.
_HEAD = 2048
#: How far before the word "charset" its `<meta` may begin, and how often the word is looked at.
_ELEMENT = 300
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Label:
    """One declaration: where it stands, the name as written, the codec it means (None: unknown)."""

    place: str
    name: str
    codec: str | None


@lru_cache(maxsize=500)
def _label(place: str, name: str) -> Label:
    return Label(place, name, codec_of(name))


def labels(body: bytes, content_type: str | None) -> tuple[Label, ...]:
    """Return all declarations, the weightiest first: header, XML declaration, meta."""
    found: list[tuple[str, str]] = []
    if content_type and (header := _HEADER.search(content_type)):
        found.append(("the header", header[1]))
    if xml := _XML.match(body):
        found.append(("the XML declaration", xml[1].decode("ascii", "replace")))
    if meta := _META.search(body, 0, _HEAD):
        found.append(("the meta", meta[1].decode("ascii", "replace")))
    elif late := _late_meta(body):
        found.append(("a late meta", late[1].decode("ascii", "replace")))
    return tuple([_label(place, name) for place, name in found])


def codec_of(name: str) -> str | None:
    """Return the name of the Python codec that a label means, or None where no codec is meant."""
    plain = name.strip().lower()
    if plain in _SUPERSETS:
        return _SUPERSETS[plain]
    try:
        codec = codecs.lookup(plain)
        "".encode(codec.name)  # rot13, zlib and their like are codecs too, but not of text
    except (LookupError, ValueError):
        return None
    return None if codec.name.replace("-", "_") in _NO_CHARSETS else codec.name


def _late_meta(body: bytes) -> re.Match[bytes] | None:
    """Find a meta with a charset beyond the first kilobytes, in time linear in the body's size."""
    for word in (b"charset", b"CHARSET"):
        at = _HEAD - _ELEMENT
        if body.rfind(word, at) < 0:  # twice as fast as from the front
            continue
        for _ in range(_TRIES):
            at = body.find(word, at)
            if at < 0:
                break
            start = body.rfind(b"<", max(0, at - _ELEMENT), at)
            if start >= 0 and (meta := _META.match(body, start)):
                return meta
            at += len(word)
    return None
