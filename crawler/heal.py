"""PURE: pages that a site's selectors no longer read, and what is known of their articles → selectors that read them.

What is known stands somewhere on the new page: it is looked up there, selectors are proposed for its new place, and
every page in hand is read by them. What is proposed has given each of these pages' fields, or nothing for a field that
the site shows no longer; never other words. Old selectors that still hold stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from crawler.propose import FIELDS, Proposal, propose_selectors
from crawler.propose.page import Page, squeezed
from crawler.sites.model import Selectors
from storage.records import ArticleFields, Healing, SelectorChange

#: From fewer pages nothing is proposed.
FEWEST = 3
#: A page tells of its article when it shows so much of its text.
_SHOWN = 0.98
_SURE = frozenset(("title", "body"))
_ROUNDS = 4

#: Reads a decoded page by selectors: html, url → fields; None where no text is found.
Read = Callable[[Selectors, str, str], ArticleFields | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A page as the site shows it today, decoded, and what is known of its article."""

    html: str
    url: str
    known: ArticleFields


def heal(channel: str, old: Selectors, cases: Sequence[Case], read: Read) -> Healing | None:
    """Propose selectors for what changed its place. None where the old ones read every page, or there is no page.

    Healing.changes is empty where nothing sure was found; its notes say why.
    """
    telling = [case for case in cases if _tells(case)]
    if not cases or (len(telling) == len(cases) and not _wrong(old, telling, read)):
        return None
    if len(telling) < FEWEST:
        return Healing(channel, notes=(_too_few(len(cases), len(telling)),))
    pages = [(case.html, case.known) for case in telling]
    proposal = propose_selectors(pages, keep=old)
    best = _mended(old, proposal, telling, read)
    if best is None:
        exact = propose_selectors(pages, keep=old, exact=True)
        best = _mended(old, exact, telling, read)
    if best is None:
        return Healing(channel, notes=proposal.notes or ("no selectors give the known text on all pages",))
    if any(read(best, case.html, case.url) is None for case in cases):
        return Healing(channel, notes=("some pages would be read by the new selectors, others by none",))
    notes = [note for note in proposal.notes if _is_asked(note.partition(":")[0], old, best, telling, read)]
    return Healing(channel, _changes(old, best), len(telling), tuple(notes))


def _tells(case: Case) -> bool:
    """Whether the page shows the title and text that are known; an article that was edited meanwhile tells nothing."""
    text = Page(case.html).text
    paragraphs = [squeezed(paragraph) for paragraph in case.known.body]
    total = sum(map(len, paragraphs))
    there = sum(len(paragraph) for paragraph in paragraphs if paragraph in text)
    return total > 0 and squeezed(case.known.title) in text and there >= _SHOWN * total


def _too_few(count: int, telling: int) -> str:
    return (
        f"{count} pages were read otherwise, and {telling} of them show the text that is known of their articles: "
        f"at least {FEWEST} are needed to find its new place"
    )


def _mended(old: Selectors, proposal: Proposal, cases: Sequence[Case], read: Read) -> Selectors | None:
    """The old selectors with what is proposed in place of what fails, as far as all pages bear it out."""
    best = replace(
        old,
        **{name: new for name in FIELDS if getattr(old, name) and (new := getattr(proposal.selectors, name))},
    )
    for _ in range(_ROUNDS):
        wrong = _wrong(best, cases, read)
        if not wrong:
            return best
        other = {name: new for name in wrong if (new := _instead(name, old, best, proposal)) is not None}
        if not other:
            break
        best = replace(best, **other)
    wrong = _wrong(best, cases, read)
    return best if not _SURE & wrong.keys() and not any(wrong.values()) else None


def _instead(name: str, old: Selectors, tried: Selectors, proposal: Proposal) -> str | None:
    """What else can be tried for a field: what is proposed for it, else the old selector; never to go without one,
    as what is found without is not proved by pages on which it happens to be right.
    """
    now = getattr(tried, name)
    order = [one for one in (getattr(proposal.selectors, name), getattr(old, name)) if one]
    later = order[order.index(now) + 1 :] if now in order else order
    return next(iter(later), None)


def _wrong(selectors: Selectors, cases: Sequence[Case], read: Read) -> dict[str, bool]:
    """The fields that are not read as they are known on all pages; True where other words are read in their place."""
    wrong: dict[str, bool] = {}
    for case in cases:
        found = read(selectors, case.html, case.url)
        for name, field in FIELDS.items():
            known, now = getattr(case.known, field), getattr(found, field) if found else None
            if _said(known) != _said(now):
                wrong[name] = wrong.get(name, False) or bool(now)
    return wrong


def _said(value: object) -> object:
    """What a field says, in a form in which two readings of it can be compared."""
    if isinstance(value, tuple):
        return "\n".join(map(squeezed, value)).replace("\n", "")
    return squeezed(value) if isinstance(value, str) else value or ""


def _is_asked(name: str, old: Selectors, best: Selectors, cases: Sequence[Case], read: Read) -> bool:
    """Whether a note is about a field that is still amiss."""
    return name in _wrong(best, cases, read) and bool(getattr(old, name))


def _changes(old: Selectors, new: Selectors) -> tuple[SelectorChange, ...]:
    names = (field.name for field in fields(Selectors))
    return tuple(
        SelectorChange(name, getattr(old, name), getattr(new, name))
        for name in names
        if getattr(old, name) != getattr(new, name)
    )
