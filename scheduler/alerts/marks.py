"""PURE: a changed sentence as readable text in each form, what was deleted and inserted marked in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scheduler.alerts import safe
from scheduler.alerts.model import Form
from scheduler.alerts.split import is_in_word, is_joined
from scheduler.alerts.words import Words
from storage.diff import Change, ChangeKind

#: Stands after a piece of text that was mended by a guess.
GUESSED = "（？）"
#: Characters shown of an unchanged stretch on each side of a change, and of a whole sentence.
CONTEXT, SENTENCE = 24, 160
_DEL = "background:#ffdcd7;color:#7d1a12;text-decoration:line-through"
_INS = "background:#ccf3d5;color:#0b4a1e;text-decoration:underline"
_LABEL = "font-size:75%;color:#59636e;margin:0 2px"

Marker = Callable[[str, str, Words], str]


@dataclass(frozen=True, slots=True)
class Marking:
    """How one form writes text: made harmless, then joined with its marks. A mark takes (old, new, words)."""

    text: Callable[[str], str]
    change: Marker


def _plain_mark(old: str, new: str, words: Words) -> str:
    if old and new:
        return f"〖{old}→{new}〗"
    label = words.deleted if old else words.inserted
    return f"〖{label}{words.colon}{old or new}〗"


def _markdown_mark(old: str, new: str, words: Words) -> str:
    """Spaces around, and none inside: by CommonMark's rules a mark between a Han character and a quotation
    mark is none.
    """
    return f" {f'~~{old.strip()}~~ ' if old else ''}{f'**{new.strip()}** ' if new else ''}"


def _html_mark(old: str, new: str, words: Words) -> str:
    return _element("del", words.deleted, old, _DEL) + _element("ins", words.inserted, new, _INS)


def _bare_mark(old: str, new: str, words: Words) -> str:
    """For feeds, whose readers have styles of their own."""
    return _element("del", words.deleted, old) + _element("ins", words.inserted, new)


def _element(name: str, label: str, text: str, style: str = "") -> Markup:
    """A stretch, its label before it for those who see no colours."""
    if not text:
        return Markup()
    if not style:
        return Markup("[{1}]<{0}>{2}</{0}>").format(name, label, text)
    return Markup('<span style="{2}">[{3}]</span><{0} style="{1}">{4}</{0}>').format(
        name, style, _LABEL, label, text
    )


def _escaped(text: str) -> str:
    return Markup.escape(safe.clean(text))


MARKINGS = {
    Form.PLAIN: Marking(safe.plain, _plain_mark),
    Form.MARKDOWN: Marking(safe.markdown, _markdown_mark),
    Form.HTML: Marking(_escaped, _html_mark),
}
BARE = Marking(_escaped, _bare_mark)


def marked(
    change: Change,
    form: Form,
    words: Words,
    *,
    context: int | None = CONTEXT,
    sentence: int | None = SENTENCE,
    guesses: Sequence[str] = (),
    marking: Marking | None = None,
) -> str:
    """Return a change as text of a form (Markup in HTML); unchanged and long stretches are shortened.

    `context` characters of an unchanged stretch are kept beside a change, `sentence` of a stretch that was
    deleted or inserted; None keeps all. `guesses` are pieces of the new text that were mended by a guess.
    `marking` is used instead of the form's own.
    """
    marking = marking or MARKINGS[form]
    pieces = list(_pieces(change))
    out = marking.text("")
    for at, (old, new) in enumerate(pieces):
        if old == new:
            shown = _around(new, context, at > 0, at + 1 < len(pieces), words.clip)
            out += marking.text(_guessed(shown, guesses))
        else:
            before = _head(old, sentence, words.clip)
            after = _guessed(_head(new, sentence, words.clip), guesses)
            out += marking.change(_seen(marking.text(before)), _seen(marking.text(after)), words)
    return _tidy(out) if form is Form.MARKDOWN else out


def lead(paragraphs: Sequence[str], length: int, clip: str) -> str:
    """Return the beginning of a body, about `length` characters long."""
    return _head(" ".join(paragraphs[:3]), length, clip)


def _pieces(change: Change) -> Iterator[tuple[str, str]]:
    """Yield (old, new) for each stretch: both the same where nothing changed, one '' where only one has text."""
    if change.kind in (ChangeKind.KEPT, ChangeKind.MOVED):
        yield change.new, change.new
        return
    if change.kind is not ChangeKind.REPLACED:
        yield change.old, change.new
        return
    old = new = ""
    for run in change.runs:
        if run.op == "=":
            if old or new:
                yield old, new
            yield run.text, run.text
            old = new = ""
        else:
            old, new = (old + run.text, new) if run.op == "-" else (old, new + run.text)
    if old or new:
        yield old, new


def _around(text: str, context: int | None, after: bool, before: bool, clip: str) -> str:
    """Keep of an unchanged stretch what is next to the changes after and before which it stands."""
    if context is None or not (after or before) or len(text) <= context * (after + before) + len(clip):
        return text
    start = text[: _border(text, context)] if after else ""
    end = text[_border(text, len(text) - context) :] if before else ""
    return f"{start}{clip}{end}"


def _head(text: str, length: int | None, clip: str) -> str:
    if length is None or len(text) <= length + len(clip):
        return text
    return text[: _border(text, length)] + clip


def _border(text: str, at: int) -> int:
    """The nearest place up to `at` that tears no number, word or accented letter."""
    for place in range(at, max(at - 20, 1), -1):
        if not is_in_word(text, place) and not is_joined(text, place):
            return place
    return at


def _guessed(text: str, guesses: Sequence[str]) -> str:
    for guess in guesses:
        text = text.replace(guess, guess + GUESSED)
    return text


def _seen(text: str) -> str:
    """White space that came or went can be seen."""
    return "␣" if text and not text.strip() else text


def _tidy(text: str) -> str:
    return _BEFORE_SIGN.sub("", _SPACES.sub(" ", text)).strip()


_SPACES = re.compile(" {2,}")
#: A mark is one beside punctuation without a space.
_BEFORE_SIGN = re.compile("(?<=[*~]{2}) (?=[，。；：！？、）”’》】])")
