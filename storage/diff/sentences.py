"""Cut a body into sentences that joined again give the body exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from storage.diff.fold import UNSEEN, Fold
from storage.diff.model import PARAGRAPH_BREAK

_ENDS = "。！？!?｡…"
_END = re.compile("[。！？!?｡]+")
_QUOTES = re.compile('["“”「」]')
_CLOSERS = "”’」』）)》】〉］]\"'"
_UNSEEN = "".join(UNSEEN)
_TAIL = _CLOSERS + _UNSEEN
_TRAILING = UNSEEN | frozenset(_CLOSERS) - frozenset("\"'")
#: Folded characters that must agree on either side of a paragraph break before it counts as mere reflow.
_REFLOW_CONTEXT = 6


class Sentence(NamedTuple):
    """One sentence: exact text, folded key, the paragraph it starts in, its number in the body.

    `quoted` tells whether it starts inside a quotation that an earlier sentence of the paragraph opened.
    """

    text: str
    key: str
    paragraph: int
    number: int
    quoted: bool = False

    @property
    def last_paragraph(self) -> int:
        """The paragraph it ends in."""
        return self.paragraph + self.text.count(PARAGRAPH_BREAK)


def split_body(paragraphs: Sequence[str]) -> list[Sentence]:
    """Split paragraphs into sentences, keys not yet folded; blank paragraphs cling to the sentence before."""
    sentences: list[Sentence] = []
    blank = ""
    for number, paragraph in enumerate(paragraphs):
        if not paragraph.strip(_UNSEEN):
            if sentences:
                sentences[-1] = sentences[-1]._replace(text=sentences[-1].text + PARAGRAPH_BREAK + paragraph)
            else:
                blank += paragraph + PARAGRAPH_BREAK
            continue
        start = number - blank.count(PARAGRAPH_BREAK)
        for text, quoted in split_paragraph(paragraph):
            sentences.append(Sentence(blank + text, "", start, len(sentences), quoted))
            start, blank = number, ""
    return sentences


@lru_cache(maxsize=512)
def split_paragraph(text: str) -> tuple[tuple[str, bool], ...]:
    """Split at sentence ends, closing quotation marks and trailing space kept with the sentence before.

    Each comes with whether it starts inside a quotation. Two revisions share most paragraphs: so the cache.
    """
    parts: list[tuple[str, bool]] = []
    start = 0
    quoted = False
    quotes = _QUOTES.search(text) is not None
    for match in _END.finditer(text):
        end = match.end()
        while end < len(text) and (text[end] in _TRAILING or _closes(text, end)):
            end += 1
        if end > start:
            parts.append((text[start:end], quoted))
            quoted = quotes and _still_quoted(text[start:end], quoted)
            start = end
    if start < len(text):
        parts.append((text[start:], quoted))
    return tuple(parts)


def _closes(text: str, at: int) -> bool:
    """Whether a straight quotation mark is the second of a pair."""
    return text[at] == '"' and text.count('"', 0, at) % 2 == 1


def _still_quoted(text: str, quoted: bool) -> bool:
    if '"' in text:
        return quoted ^ (text.count('"') % 2 == 1)
    opened = max(text.rfind("“"), text.rfind("「"))
    closed = max(text.rfind("”"), text.rfind("」"))
    return quoted if opened == closed else opened > closed


def with_keys(sentences: Iterable[Sentence], fold: Fold) -> list[Sentence]:
    """Fold the sentences."""
    return [Sentence(s.text, fold(s.text), s.paragraph, s.number, s.quoted) for s in sentences]


def join(left: Sentence, right: Sentence) -> Sentence:
    """Make one sentence of two neighbours, a paragraph break between them kept."""
    gap = PARAGRAPH_BREAK * (right.paragraph - left.last_paragraph)
    return left._replace(text=left.text + gap + right.text, key=left.key + right.key)


def join_all(sentences: Sequence[Sentence]) -> Sentence:
    """Make one sentence of several neighbours (at least one)."""
    whole = sentences[0]
    for sentence in sentences[1:]:
        whole = join(whole, sentence)
    return whole


def undo_reflow(sentences: Sequence[Sentence], other: Sequence[Sentence], fold: Fold) -> list[Sentence]:
    """Join sentences that a paragraph break cuts in two where the other revision has no break at all."""
    open_ended = [number for number, s in enumerate(sentences[:-1]) if s.text[-1:] not in _ENDS]
    if not any(_is_cut(*sentences[number : number + 2]) for number in open_ended):
        return list(sentences)
    keys = [fold(sentence.text) for sentence in other]
    whole, borders = "".join(keys), set(accumulate(map(len, keys)))
    joined: list[Sentence] = []
    for sentence in with_keys(sentences, fold):
        if joined and _is_cut(joined[-1], sentence) and _has_no_break(joined[-1], sentence, whole, borders):
            joined[-1] = join(joined[-1], sentence)
        else:
            joined.append(sentence)
    return joined


def _is_cut(left: Sentence, right: Sentence) -> bool:
    """Whether a paragraph ends between the two and no sentence does."""
    if right.paragraph == left.paragraph or right.paragraph == left.last_paragraph:
        return False
    return left.text.rstrip(_TAIL)[-1:] not in _ENDS


def _has_no_break(left: Sentence, right: Sentence, whole: str, borders: set[int]) -> bool:
    before = left.key[-_REFLOW_CONTEXT:]
    at = whole.find(before + right.key[:_REFLOW_CONTEXT])
    return at >= 0 and at + len(before) not in borders


def to_paragraphs(pieces: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Put (paragraph number, exact text) pieces in order back together into paragraphs."""
    body: list[str] = []
    for paragraph, text in pieces:
        first, *rest = text.split(PARAGRAPH_BREAK)
        if body and paragraph == len(body) - 1:
            body[-1] += first
        else:
            body.append(first)
        body.extend(rest)
    return tuple(body)
