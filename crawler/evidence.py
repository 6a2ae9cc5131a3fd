"""PURE: what a page shows its reader, whatever our templates make of it: words, build, likeness to other pages.

Our templates read some places of a page. Whether a change is theirs or ours is told by all the others: what
a reading lost and the page still shows was not taken away, and what a reading gained and the page always
showed was not added.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml import etree

from crawler.extract.html import parse
from crawler.text.canonical import fold
from crawler.text.decode import decode
from storage.errors import PageError
from storage.records import ArticleFields, PageBody

_UNSEEN = frozenset(("script", "style", "noscript", "template", "head"))
_SENTENCE = re.compile(r"(?<=[。！？!?\n])")
#: Shorter sentences stand on many pages by chance.
_SHORTEST = 6
#: Characters of an article's pages that are looked at: ten times what the longest of news show.
MOST_SHOWN = 500_000
#: Steps of looking sentences up in a text, a character each; beyond, only every other one, or third … stands for all.
MOST_STEPS = 250_000_000
#: "Next to nothing" is what is left of this share of a text.
_NEXT_TO_ALL = 0.9
#: A sketch is the smallest so many of the hashes of a text's 5-grams (bottom-k sketch: Broder 1997).
_SKETCH, _GRAM = 128, 5
#: Two pages are the same page when their sketches agree to this Jaccard similarity. A notice without article is
#: short, and may show other news each time; an article's page shares its dress with every other.
SAME_NOTICE, SAME_PAGE = 0.4, 0.75
#: Two pages are built the same when so much of their class and id names is common to both.
SAME_BUILD = 0.6


@dataclass(frozen=True, slots=True)
class Shown:
    """What pages of an article show: their folded text without white space, and their class and id names."""

    text: str = ""
    names: frozenset[str] = field(default_factory=frozenset)

    def holds(self, sentences: Iterable[str]) -> float:
        """The share of these folded sentences, by length, that stand in the text; 0 where there are none."""
        wanted = _some(list(sentences), self.text)
        total = sum(map(len, wanted))
        return sum(len(one) for one in wanted if one in self.text) / total if total else 0.0


def shown(pages: Sequence[PageBody]) -> Shown:
    """What these pages show. Those that are no text show nothing."""
    texts, names = [], set()
    for page in pages:
        try:
            text = decode(page.content, page.content_type or None).text
        except PageError:
            continue
        tree = parse(text)
        if tree is None:
            continue
        texts.append(_squeezed("".join(_words(tree))))
        for element in tree.iter(etree.Element):
            names.update((element.get("class") or "").split())
            names.add(element.get("id") or "")
    return Shown("\n".join(texts)[:MOST_SHOWN], frozenset(names - {""}))


def _some(sentences: Sequence[str], *texts: str) -> list[str]:
    """As many sentences as may be looked up in these texts, from all over the article."""
    steps = len(sentences) * max(map(len, texts))
    return list(sentences[:: 1 + steps // MOST_STEPS])


def _words(tree: etree._Element) -> Iterable[str]:
    for element in tree.iter(etree.Element):
        if element.tag not in _UNSEEN and element.text:
            yield element.text
        if element.tail:
            yield element.tail


def _squeezed(text: str) -> str:
    return fold(text).replace(" ", "")


def sentences(fields: ArticleFields) -> Counter[str]:
    """The folded sentences of title, subtitle and body, with how often each stands there."""
    found: Counter[str] = Counter()
    for text in (fields.title, fields.subtitle, *fields.body):
        found.update(one for one in map(_squeezed, _SENTENCE.split(text)) if one)
    return found


def is_shown(fields: ArticleFields, page: Shown) -> bool:
    """Tell whether a page shows at least half of an article's text."""
    return page.holds(one for one in sentences(fields) if len(one) >= _SHORTEST) >= 0.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two readings of an article.

    `added`: sentences gained. `ours`: the pages bear out next to nothing of the difference. `still`: what was
    lost is still shown, whatever was gained. `rebuilt`: the pages' build is another. `replaced`: next to
    nothing of the old text is left.
    """

    added: frozenset[str]
    ours: bool
    still: bool
    rebuilt: bool
    replaced: bool


def compare(before: ArticleFields, after: ArticleFields, was: Shown | None, now: Shown) -> Comparison:
    """Compare two readings by what their pages show; `was` is None where the old pages are kept no longer."""
    old, new = sentences(before), sentences(after)
    gone, texts = old - new, (now.text, was.text if was else "")
    lost, gained = (_few(one, *texts) for one in (gone, new - old))
    still = sum(len(one) * count for one, count in lost.items() if one in now.text)
    always = sum(len(one) * count for one, count in gained.items() if was and one in was.text)
    total = _length(lost) + _length(gained)
    telling = any(len(one) >= _SHORTEST for one in (*lost, *gained))
    return Comparison(
        added=frozenset(gained),
        ours=telling and still + always >= _NEXT_TO_ALL * total,
        still=_length(lost) >= _SHORTEST and still >= _NEXT_TO_ALL * _length(lost),
        rebuilt=was is not None and not _alike(was.names, now.names, SAME_BUILD),
        replaced=_length(gone) > _NEXT_TO_ALL * _length(old) and now.holds(old) < 1 - _NEXT_TO_ALL,
    )


def _few(counted: Counter[str], *texts: str) -> Counter[str]:
    return Counter({one: counted[one] for one in _some(list(counted), *texts)})


def _length(counted: Counter[str]) -> int:
    return sum(len(one) * count for one, count in counted.items())


def _alike(one: frozenset[str], other: frozenset[str], least: float) -> bool:
    union = len(one | other)
    return not union or len(one & other) >= least * union


def sketch(page: Shown) -> tuple[int, ...]:
    """A page's text in at most 128 numbers, () for one without text. Digits do not count: a page may show
    the time, or the address that was asked for.
    """
    text = re.sub(r"[\d\n]+", "", page.text)
    grams = {text[at : at + _GRAM] for at in range(max(0, len(text) - _GRAM + 1))}
    return tuple(sorted(map(_number, grams))[:_SKETCH])


def _number(gram: str) -> int:
    digest = hashlib.blake2b(gram.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest, "big")


def same_page(one: Sequence[int], other: Sequence[int], least: float = SAME_PAGE) -> bool:
    """Tell whether two sketches are of (nearly) the same text; the estimate of Broder's bottom-k sketches."""
    if not one or not other:
        return False
    lowest = sorted({*one, *other})[: min(_SKETCH, max(len(one), len(other)))]
    common = {*one} & {*other}
    return sum(number in common for number in lowest) >= least * len(lowest)
