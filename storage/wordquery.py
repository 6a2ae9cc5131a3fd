"""PURE: which words must stand in a text: 重庆 & (轨道 | 地铁) & !广告.

    expression := group ("|" group)*        any of them
    group      := part ("&"? part)*         all of them: the & may be left out
    part       := "!" part | "(" expression ")" | word | "a phrase with spaces or signs"

＆ ｜ ！ （ ） and “ ” 「 」 mean the same. A word is found as search finds it: Han characters anywhere, Latin
words and numbers whole (5亿 is not in 2.5亿), whatever the letter case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Fold = Callable[[str], str]

#: So deep may parentheses and ! stand in each other.
DEEPEST = 50

_WIDE = "\u2e80-\U0010ffff"  # scripts written without spaces, and what stands beside them in Unicode
#: A letter or digit of a script that is written with spaces between words.
IN_WORD = rf"[^\W_{_WIDE}]"
_EDGED = re.compile(rf"^{IN_WORD}|{IN_WORD}$|^[.,][0-9]|[0-9][.,]$")

_SIGNS = {"＆": "&", "｜": "|", "！": "!", "（": "(", "）": ")"}
_TOKEN = re.compile(
    r"""\s*(?:(?P<sign>[&|!()＆｜！（）])
        |"(?P<a>[^"]*)"|“(?P<b>[^”]*)”|「(?P<c>[^」]*)」
        |(?P<word>[^\s&|!()＆｜！（）"“”「」]+)
        |(?P<open>["“「])|(?P<close>[”」]))""",
    re.VERBOSE,
)


def word_pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as it must stand in a text: itself, not as a part of a longer Latin word or number."""
    made = r"\s+".join(re.escape(part) for part in phrase.split())
    if re.match(IN_WORD, phrase):
        made = rf"(?<!{IN_WORD})" + (r"(?<![0-9][.,])" if phrase[0].isdecimal() else "") + made
    if re.match(IN_WORD, phrase[-1]):
        made += rf"(?!{IN_WORD})" + (r"(?![.,][0-9])" if phrase[-1].isdecimal() else "")
    if re.match(r"[.,][0-9]", phrase):
        made = r"(?<![0-9])" + made
    if re.search(r"[0-9][.,]$", phrase):
        made += r"(?![0-9])"
    return re.compile(made)


@dataclass(frozen=True)
class Finder:
    """Finds one folded phrase in folded texts without letter case; one of which nothing is left is nowhere."""

    phrase: str
    edges: re.Pattern[str] | None

    @classmethod
    def of(cls, word: str, fold: Fold) -> Finder:
        """Fold a word as the texts are."""
        phrase = fold(word).strip().casefold()
        return cls(phrase, word_pattern(phrase) if _EDGED.search(phrase) or " " in phrase else None)

    def fits(self, text: str) -> bool:
        """Whether the phrase stands in the text."""
        if self.edges is None:
            return self.phrase != "" and self.phrase in text
        return self.edges.search(text) is not None


@dataclass(frozen=True)
class Word:
    """A word or phrase as it was written."""

    text: str

    def __str__(self) -> str:
        plain = _TOKEN.fullmatch(self.text)
        if plain and plain["word"] == self.text:
            return self.text
        opening, closing = next(pair for pair in ('""', "“”", "「」") if pair[1] not in self.text)
        return f"{opening}{self.text}{closing}"

    def folded(self, fold: Fold) -> Callable[[str], bool]:
        """What says whether the word stands in a text."""
        return Finder.of(self.text, fold).fits


@dataclass(frozen=True)
class Not:
    """What must not be so."""

    part: Expression

    def __str__(self) -> str:
        return f"!{_within(self.part, (AllOf, AnyOf))}"

    def folded(self, fold: Fold) -> Callable[[str], bool]:
        """What says whether it is so of a text."""
        fits = self.part.folded(fold)
        return lambda text: not fits(text)


@dataclass(frozen=True)
class AllOf:
    """What must all be so; two parts at least."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " & ".join(_within(part, (AllOf, AnyOf)) for part in self.parts)

    def folded(self, fold: Fold) -> Callable[[str], bool]:
        """What says whether it is so of a text."""
        each = [part.folded(fold) for part in self.parts]
        return lambda text: all(fits(text) for fits in each)


@dataclass(frozen=True)
class AnyOf:
    """What of one must be so; two parts at least."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " | ".join(_within(part, (AnyOf,)) for part in self.parts)

    def folded(self, fold: Fold) -> Callable[[str], bool]:
        """What says whether it is so of a text."""
        each = [part.folded(fold) for part in self.parts]
        return lambda text: any(fits(text) for fits in each)


Expression = Word | Not | AllOf | AnyOf


def parse(text: str) -> Expression:
    """Read an expression. Raises ValueError that names the place (characters from 1) and what is wrong there."""
    reader = _Reader(text)
    found = reader.any_of(0)
    if reader.sign == ")":
        raise reader.error('this ")" closes nothing')
    return found


def _within(part: Expression, lower: tuple[type, ...]) -> str:
    return f"({part})" if isinstance(part, lower) else str(part)


class _Reader:
    """Reads from the left to the right, one token ahead: `sign` or `word`, at `at`; neither at the end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = 0
        self.advance()

    def advance(self) -> None:
        self.sign, self.word = "", ""
        match = _TOKEN.match(self._text, self._next)
        if match is None:  # nothing but white space is left
            self.at = self._next = len(self._text)
            return
        self._next = match.end()
        kind = str(match.lastgroup)
        self.at = match.start(kind) - (kind in "abc")
        if kind == "sign":
            self.sign = _SIGNS.get(match[kind], match[kind])
            return
        self.word = match[kind].strip()
        if kind == "open":
            raise self.error(f"the quotation that {match[kind]} opens has no end")
        if kind == "close":
            raise self.error(f"{match[kind]} ends a quotation that was not opened")
        if not self.word:
            raise self.error("there is nothing between the quotes")

    def any_of(self, depth: int) -> Expression:
        parts = [self.all_of(depth)]
        while self.sign == "|":
            self.advance()
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self, depth: int) -> Expression:
        parts = [self.part(depth)]
        while self.word or self.sign in ("&", "!", "("):
            if self.sign == "&":
                self.advance()
            parts.append(self.part(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def part(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} parentheses stand in each other here")
        word, sign, at = self.word, self.sign, self.at
        if not word and sign not in ("!", "("):
            what = f'"{sign}"' if sign else "the end"
            raise self.error(f"a word is missing before {what}")
        self.advance()
        if word:
            return Word(word)
        if sign == "!":
            return Not(self.part(depth + 1))
        within = self.any_of(depth + 1)
        if self.sign != ")":
            raise self.error('this "(" is not closed', at)
        self.advance()
        return within

    def error(self, what: str, at: int | None = None) -> ValueError:
        place = (self.at if at is None else at) + 1
        return ValueError(f'in "{self._text}" at character {place}: {what}')
