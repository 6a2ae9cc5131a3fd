"""PURE: a page's markup, cut to what a tree of it may cost.

A tree takes some 200 bytes for each element, attribute and text, so that 8 MB of them took 1.2 GB; and
libxml2 compares each attribute of a tag with all before it, so that 200,000 in one tag take longer than a page may.
Pages of news have a hundredth of what is allowed here. The tags are told apart as the HTML Standard says (13.2.5,
tokenization), in one pass without going back, whatever the page holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A page is read up to so many tags, so many attributes in all its tags, and so many in one of them.
MOST_TAGS, MOST_ATTRIBUTES, MOST_IN_A_TAG = 60_000, 60_000, 200
#: A page of fewer characters cannot hold what is dangerous, and is not looked through.
HARMLESS = 64 * 1024
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:{_ATTRIBUTE}){{0,{MOST_IN_A_TAG}}}+)((?:{_ATTRIBUTE})*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)


def bounded(html: str) -> str:
    """The page, or its beginning where it has too many tags or attributes; a tag's attributes up to its most."""
    if len(html) <= HARMLESS:
        return html
    return "".join(_pieces(_cut_at_tag(html)))


def _cut_at_tag(html: str) -> str:
    if html.count("<") <= MOST_TAGS:
        return html
    return html[: sum(len(piece) + 1 for piece in html.split("<", MOST_TAGS + 1)[:-1]) - 1]


def _pieces(html: str) -> Iterator[str]:
    """What is kept of a page, in order."""
    begin, attributes = 0, 0
    for tag in _TAG.finditer(html):
        if tag.end(1) != tag.end():
            yield html[begin : tag.end(1)]
            begin = tag.end()
        if tag.end(1) > tag.start(1):
            attributes += len(_ATTRIBUTES.findall(html, tag.start(1), tag.end(1)))
        if attributes > MOST_ATTRIBUTES:
            yield html[begin : max(begin, tag.start())]
            return
    yield html[begin:]
