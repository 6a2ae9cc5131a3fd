"""PURE: text from the web as harmless text: nothing in it acts in a message, whatever form that has."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from storage.diff import PARAGRAPH_BREAK

#: Where one sentence spans two paragraphs, a reader sees this.
PILCROW = " ¶ "
#: Letters that change how others are shown, and cannot be seen themselves: directions (UAX #9), invisible
#: joiners and fillers, annotation anchors, tags. The joiners of emoji and Indic scripts (ZWJ, ZWNJ) stay.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
#: Controls but tab and line ends, lone surrogates, code points that are no characters.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_SPACE = re.compile("[\t\n\v\f\r\x85\u2028\u2029 ]+")
#: Signs that do something in some messenger's Markdown, and the ones that look alike and do nothing. Backslashes
#: are no help: several messengers show them.
_MARKDOWN = str.maketrans(
    {sign: chr(ord(sign) + 0xFEE0) for sign in "*_[]`<>~@#|\\&"} | {"〖": "【", "〗": "】"}
)
#: What would begin a list, a rule or a heading where a text stands at the start of a block.
_BLOCK = re.compile(r"^ ?(?:[-+=]+|\d{1,9}[.)])(?= |$)|^ ?-+(?=-)")
_WIDE = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "-+=.)"}
_TAG = re.compile(r"<(?=[!@#/?a-zA-Z])")
_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)")


def clean(text: str) -> str:
    """Return the text on one line, without letters that nobody sees and that change what others look like."""
    if text.isprintable() and "  " not in text and not _INVISIBLE.search(text):
        return text  # as nearly all are: all that is removed otherwise is not printable
    text = text.replace(PARAGRAPH_BREAK, PILCROW)
    return _SPACE.sub(" ", _INVISIBLE.sub("", _NO_TEXT.sub("", text)))


def plain(text: str) -> str:
    """Return text for a message without format: also no mention (`@all`, `<at …>`, `<!channel>`) works in it."""
    text = _TAG.sub("＜", clean(text))
    if "@" in text:
        text = _MENTION.sub("＠", text)
    return text.replace("〖", "【").replace("〗", "】")


def markdown(text: str) -> str:
    """Return text for a message in Markdown: no sign in it marks, links, mentions or starts a block.

    Signs that could are replaced by their full-width forms; "://" loses its colon, so that no messenger makes a
    link of an address that a page merely names.
    """
    text = clean(text).translate(_MARKDOWN).replace("://", "：//")
    return _BLOCK.sub(lambda found: found[0].translate(_WIDE), text)


def web_address(url: str) -> str:
    """Return a URL fit to be a link in any form, '' where it is no absolute http or https address."""
    url = clean(url).strip()
    if "//" not in url:
        return ""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return ""
    known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    if not known or not port_is_fine:
        return ""
    return quote(url, safe="%/:?#@!$&+,;=~-._[]" if "[" in parts.netloc else "%/:?#@!$&+,;=~-._")
