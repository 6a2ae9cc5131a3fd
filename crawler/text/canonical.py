"""PURE canonical text: what an article says, without what does not change its meaning; and its digest.

Two texts are the same when they differ only in

* script: Traditional or Simplified, and every character that a conversion between them confuses
  (the classes are in variants.txt, pinned, so that another release of OpenCC changes no digest);
* width (，１Ａ and ,1A), white space, zero-width characters, soft hyphens, variation selectors, and
  Unicode's composed and decomposed forms;
* quotes: “ ” 「 」 " and, within them, ‘ ’ 『 』 ', whose style a conversion changes;
* the double names that encodings have for one sign: the middle dot · ‧ ・ •, the dash — ― ─,
  the wave ～ 〜, the ellipsis … ⋯.

Everything else is meaning and stays: every digit, sign and punctuation mark, m² and m2, ① and 1, ℃ and °C.
The horizontal strokes are three: hyphen or minus (-, with ‐ ‑ − –, the same stroke in other fonts: -5 and −5
are equal, -5 and 5 are not), the dash (—) and the wave (~). None of them becomes another.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text.script import WIDTHS, fold_width
from storage.records import ArticleFields

#: The version of the rules below together with variants.txt. A change of either must raise it:
#: readings made by different rules are never compared.
RULES = "c1"

#: Signs that say the same, the kept one first.
SIGNS = ('"“”„‟〝〞「」﹁﹂', "'‘’‚‛『』﹃﹄", "·‧・•∙⋅", "—―─⸺", "~〜∼˜", "…⋯", "-‐‑−–")

#: Zero-width, bidirectional and other invisible characters, variation selectors, and controls that are
#: no white space.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\U000e0000-\U000e0fff"
)
_INVISIBLE_CHAR = re.compile(f"[{_INVISIBLE}]")
#: White space that parts two ASCII letters or digits.
_PARTING_SPACE = re.compile(r"(?<=[A-Za-z0-9])\s++(?=[A-Za-z0-9])")


def canonical_text(fields: ArticleFields) -> str:
    """Return title, subtitle and body, folded, as three lines; the body's paragraphs are run together."""
    return "\n".join((fold(fields.title), fold(fields.subtitle), fold("\n".join(fields.body))))


def content_hash(canonical: str) -> str:
    """Return the digest of a canonical text: the rules' version, a colon, 32 hex digits of its SHA-256."""
    return f"{RULES}:{hashlib.sha256(canonical.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def fold(text: str) -> str:
    """Reduce a text to what it says: the key under which sentences and words are compared and searched.

    Folding twice gives the same as folding once. White space goes, except one space between two ASCII letters
    or digits.
    """
    if text.isascii():
        return _fold_space(_INVISIBLE_CHAR.sub("", text))
    text = _fold_space(_fold_characters(text))
    variants = _variants()
    text = variants.wording.sub(lambda match: variants.wordings[match[0]], text)
    # A space that went may have parted a letter from its accent.
    return text if unicodedata.is_normalized("NFC", text) else fold(text)


def _fold_characters(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    variants = _variants()

    def replacement(match: re.Match[str]) -> str:
        # What the pattern finds and the table lacks is invisible, or beyond U+FFFF and kept.
        found = match[0]
        return variants.characters.get(found) or _INVISIBLE_CHAR.sub("", found)

    return variants.pattern.sub(replacement, fold_width(text))


def _fold_space(text: str) -> str:
    """Drop white space; keep one space between two ASCII letters or digits."""
    if not _PARTING_SPACE.search(text):
        return "".join(text.split())
    # No control character is left in the text at this point, so that one can hold the places.
    return "".join(_PARTING_SPACE.sub("\0", text).split()).replace("\0", " ")


@dataclass(frozen=True)
class _Variants:
    """What becomes what: characters, and wordings of two and more characters, with their patterns."""

    characters: dict[str, str]
    wordings: dict[str, str]
    pattern: re.Pattern[str]
    wording: re.Pattern[str]


@cache
def _variants() -> _Variants:
    lines = Path(__file__).with_name("variants.txt").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("#")]
    split = lines.index("phrases")
    table = {other: group[0] for group in (*SIGNS, *lines[:split]) for other in group[1:]}
    table |= {wide: table.get(plain, plain) for wide, plain in WIDTHS.items()}
    wordings = dict(line.split() for line in lines[split + 1 :])
    # In a character class, single characters beyond U+FFFF are tried one by one; a range is quick.
    basic = re.escape("".join(char for char in table if char <= "\uffff"))
    return _Variants(
        characters=table,
        wordings=wordings,
        pattern=re.compile(f"[{basic}{_INVISIBLE}\U00010000-\U0010ffff]"),
        wording=re.compile("|".join(sorted(wordings, key=len, reverse=True))),
    )
