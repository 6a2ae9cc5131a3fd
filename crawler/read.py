"""PURE: the pages of an article as they came → one reading: decode, repair, extract, canonical text, hash.

The spider, `newsdelta extract` and `newsdelta reextract` all read through here, so that one page always reads the same.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from crawler import extract
from crawler.extract.lengths import within_lengths
from crawler.extract.textpage import read_text
from crawler.sites.model import ArticlePage, Publisher
from crawler.text import canonical
from crawler.text.decode import RULES as DECODING
from crawler.text.decode import Decoded, decode, decode_as
from crawler.text.repair import RULES as REPAIRING
from crawler.text.repair import is_suspicious, repair, repair_html
from storage.errors import PageAbsent, TemplateUnknown
from storage.records import ArticleFields, Encoding, Outcome, PageBody, Reading, Repair
from storage.stories import signature

#: The versions of what makes a reading: decoder, repairer, extractor, canonical form. Raise one when its results
#: change; stored readings of other rules are then read again before anything is compared.
RULES = f"{DECODING} {REPAIRING} {extract.RULES} {canonical.RULES}"

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|div|p|table|script)\b", re.I)
_ABSENT = {
    Outcome.SOFT_GONE: "the site says that the page does not exist",
    Outcome.BLOCKED: "the site shows a login or block page",
    Outcome.EMPTIED: "the page is there, but its text is gone",
    Outcome.REDIRECTED_HOME: "the page sends its reader elsewhere",
}


#: Characters of a text up to which it is finished where its page is read: no article of news is as long.
LONGEST_FINISHED = 100_000


@dataclass(frozen=True, slots=True)
class Part:
    """One page of an article, read; `further` are the addresses of other parts by their number.

    `whole` is the article's reading where the page is all of it and somebody had the time to make it (`finished`).
    """

    body: PageBody
    page: ArticlePage
    encoding: Encoding
    repairs: tuple[Repair, ...]
    further: Mapping[int, str]
    rules: str = RULES
    whole: Reading | None = field(default=None, compare=False, repr=False)


def rules_of(publisher: Publisher) -> str:
    """The rules that a reading of this publisher's pages is made by: our code's versions, and the site's settings."""
    return f"{RULES} {publisher.rules}" if publisher.rules else RULES


def read_page(pages: Sequence[PageBody], publisher: Publisher) -> Reading:
    """Read all pages of an article, in order. Raises Undecodable, PageAbsent, TemplateUnknown."""
    return join([read_part(page, publisher) for page in pages])


def decode_page(body: PageBody, publisher: Publisher) -> Decoded:
    """Decode one page: by the charset that its publisher's settings name, else by what the bytes show. Raises
    Undecodable.
    """
    if publisher.charset:
        return decode_as(body.content, publisher.charset)
    return decode(body.content, body.content_type or None)


def read_part(body: PageBody, publisher: Publisher) -> Part:
    """Read one page. Raises Undecodable, PageAbsent, TemplateUnknown."""
    decoded = decode_page(body, publisher)
    read = _read_text if _is_text(decoded.text, body.content_type) else _read_html
    page, repairs = read(decoded.text, body.url, publisher)
    if page is None:
        raise _not_an_article(decoded.text, body.url, publisher)
    located = ((publisher.listed(url), url) for url in page.parts)
    further = {address.part: url for address, url in located if address is not None}
    page = _named(dataclasses.replace(page, fields=within_lengths(page.fields)), publisher)
    return Part(body, page, decoded.encoding, repairs, further, rules_of(publisher))


def _read_text(text: str, url: str, publisher: Publisher) -> tuple[ArticlePage | None, tuple[Repair, ...]]:
    """An article in text form is told apart by its lines, so it is repaired before it is read."""
    repaired = repair(text)
    return read_text(repaired.text, url), repaired.repairs


def _read_html(html: str, url: str, publisher: Publisher) -> tuple[ArticlePage | None, tuple[Repair, ...]]:
    """Templates are found by their markup, which no damage touches: only an article that looks damaged is
    repaired, with its whole page as evidence, and read again. A clean page pays for a glance at its article.
    """
    page = publisher.read_article(html, url)
    if page is None or not is_suspicious("\n".join((page.fields.title, *page.fields.body))):
        return page, ()
    repaired = repair_html(html)
    if repaired.text is html:
        return page, repaired.repairs
    return publisher.read_article(repaired.text, url), repaired.repairs


def _named(page: ArticlePage, publisher: Publisher) -> ArticlePage:
    """Give an article that came as text the publisher's id, where its address has one."""
    address = publisher.locate(page.fields.url) if page.fields.article_id is None else None
    if address is None:
        return page
    return dataclasses.replace(page, fields=dataclasses.replace(page.fields, article_id=address.key))


def finished(part: Part) -> Part:
    """A part with the reading of its article, where it is all of it, and all that storing that needs to work out.

    Not of a huge text, which would take more memory than a page may.
    """
    if part.further or part.body.part != 1:
        return part
    reading = join([part])
    if len(reading.canonical) > LONGEST_FINISHED:
        return part
    return dataclasses.replace(
        part, whole=dataclasses.replace(reading, signature=signature(reading.canonical))
    )


def join(parts: Sequence[Part]) -> Reading:
    """Join the parts of one article, in order, into its reading."""
    if len(parts) == 1 and parts[0].whole is not None:
        return parts[0].whole
    fields = _join_fields([part.page.fields for part in parts])
    text = canonical.canonical_text(fields)
    return Reading(
        fields=fields,
        encoding=next((part.encoding for part in parts if part.encoding.replaced), parts[0].encoding),
        canonical=text,
        content_hash=canonical.content_hash(text),
        rules=parts[0].rules,
        repairs=tuple(chain.from_iterable(part.repairs for part in parts)),
    )


def _join_fields(pages: Sequence[ArticleFields]) -> ArticleFields:
    first = pages[0]
    if len(pages) == 1:
        return first
    joined = dataclasses.replace(
        first,
        authors=_once(page.authors for page in pages),
        editors=_once(page.editors for page in pages),
        body=tuple(chain.from_iterable(page.body for page in pages)),
        images=tuple(dict.fromkeys(chain.from_iterable(page.images for page in pages))),
    )
    return within_lengths(joined)


def _once(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(names)))


def _is_text(text: str, content_type: str) -> bool:
    """An article in text form has no markup near its start; one that says `text/plain` need only not begin so."""
    plain = content_type.partition(";")[0].strip().lower() == "text/plain"
    return not (text.lstrip()[:1] == "<" if plain else _MARKUP.search(text, 0, 4096))


_LOOK_AT_RULES = (
    "If it is an article, look at the channel's selectors: newsdelta channels heal offers new ones"
)


def _not_an_article(text: str, url: str, publisher: Publisher) -> PageAbsent | TemplateUnknown:
    said = publisher.absence(text, url)
    if said is not None:
        return PageAbsent(_ABSENT.get(said, said.value), said, subject=url)
    return TemplateUnknown(
        "The page matches no template of its publisher, so nothing of it is stored",
        subject=url,
        mend=_LOOK_AT_RULES if publisher.rules else "If it is an article, please report its address",
    )
