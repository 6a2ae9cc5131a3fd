"""Checks the file that `storage/dossier.py` writes, by itself: no settings, no store, no network.

Says what holds and what does not, a sentence each; nothing that is in the file is believed without a reason in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import msgspec

from crawler.deadline import PAGE_SECONDS, TooSlow, within
from crawler.read import read_page, rules_of
from crawler.sites import BUILT_IN
from crawler.sites.configured import ConfiguredPublisher
from crawler.sites.model import Publisher, SiteRules
from crawler.text.canonical import content_hash
from storage import chain, dossier, warc
from storage.bodies import StoredPage, body_digest
from storage.errors import ArchiveError, NewsdeltaError
from storage.records import Reading

#: Bytes that all records of a file may unpack to, and the bodies in them once more when their content coding is
#: undone. An article of a thousand revisions has a fifth of it.
MOST_UNPACKED = 512 * 2**20
#: Bytes of all its documents, which take twenty times as much memory when they are read, where they were made for that.
MOST_DOCUMENTS = 64 * 2**20
#: How many revisions may take longer to be read again than a page may, before no more are tried.
TOO_MANY = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. `holds` is None for what can be neither proved nor denied here."""

    holds: bool | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check came to. `seal` is the digest that stands for the whole file, '' where it has no seal."""

    findings: tuple[Finding, ...]
    seal: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing that was checked is wrong."""
        return all(finding.holds is not False for finding in self.findings)


@dataclass(slots=True)
class _Case:
    """A file taken apart."""

    members: list[str] = field(default_factory=list)  # their digests, in order
    last: bytes = b""  # the last of them, as it stands in the file
    records: list[warc.Record] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def bodies(self) -> dict[str, bytes]:
        """The bodies in the file, by digest. Raises ArchiveError where they grow to more than they may."""
        found, size = {}, 0
        for made in self.records:
            if made.kind in ("response", "resource"):
                content = warc.content_of(made)
                size += len(content)
                if size > MOST_UNPACKED:
                    raise ArchiveError(
                        f"The bodies grow to more than {MOST_UNPACKED // 2**20} MB", subject=made.id
                    )
                found[body_digest(content)] = content
        return found

    def of_form(self, form: str) -> list[dict[str, Any]]:
        return [document for document in self.documents if document.get("form") == form]


def verify(stream: BinaryIO, seal: str = "") -> Verdict:
    """Check a file; `seal` is the digest that its last record must have, where somebody wrote it down."""
    case = _Case()
    findings = list(_take_apart(stream, case))
    found = case.of_form(dossier.SEAL_FORM)
    steps = (_check_seal, _check_records, _check_revisits, _check_chain, _check_revisions)
    for step in steps:
        try:
            findings += step(case)
        except ArchiveError as error:
            findings.append(Finding(False, str(error)))
        except (NewsdeltaError, msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
            findings.append(Finding(False, f"a document is not of the form that it names ({error})"))
    digest = str(found[-1].get("digest", "")) if found else ""
    if seal:
        findings.append(Finding(digest == seal, f"the seal is {seal}"))
    return Verdict(tuple(findings), digest)


def _take_apart(stream: BinaryIO, case: _Case) -> Iterator[Finding]:
    room = MOST_DOCUMENTS
    try:
        for member in warc.members(stream, most=MOST_UNPACKED):
            case.members.append(chain.sha256(member.packed))
            case.last = member.packed
            made = warc.read(member.raw)
            case.records.append(made)
            if made.kind == "metadata":
                room -= len(made.block)
                if room < 0:
                    raise ArchiveError(f"The documents have more than {MOST_DOCUMENTS // 2**20} MB")
                case.documents.append(msgspec.json.decode(made.block, type=dict[str, Any]))
    except (ArchiveError, msgspec.DecodeError, UnicodeDecodeError) as error:
        yield Finding(False, f"after {len(case.records)} records: {error}")
    else:
        yield Finding(True, f"the file is whole: {len(case.records)} records")


def _check_seal(case: _Case) -> Iterator[Finding]:
    """The last record names every member before it, and is itself as we would write it."""
    last = case.records[-1] if case.records else None
    seals = case.of_form(dossier.SEAL_FORM)
    if last is None or len(seals) != 1 or case.documents[-1] is not seals[0] or last.kind != "metadata":
        yield Finding(False, "the file does not end with the one seal that it must have")
        return
    expected, members = seals[0]["members"], case.members[:-1]
    changed = [
        number
        for number, (member, digest) in enumerate(zip(members, expected, strict=False), 1)
        if member != digest
    ]
    whole = len(expected) == len(members)
    yield Finding(whole, f"the seal names {len(expected)} records, and {len(members)} are there")
    for number in changed:
        yield Finding(False, f"record {number} is not the one that was sealed")
    as_written = dossier.seal_member(seals[0], last.get("WARC-Target-URI")) == case.last
    own = seals[0]["digest"] == chain.digest_of(seals[0])
    yield Finding(as_written and own, "the seal is as it was written")


def _check_records(case: _Case) -> Iterator[Finding]:
    """Every record's own digests."""
    wrong = [problem for made in case.records for problem in _record_problems(made)]
    yield from (Finding(False, problem) for problem in wrong)
    if not wrong:
        yield Finding(True, f"the digests of all {len(case.records)} records fit what they hold")


def _record_problems(made: warc.Record) -> Iterator[str]:
    name = f"{made.kind} {made.get('WARC-Target-URI')} {made.get('WARC-Date')}"
    if made.get("WARC-Block-Digest") != warc.sha1(made.block):
        yield f"{name}: the block is another"
    if made.kind not in ("response", "resource"):
        return
    if made.get("WARC-Payload-Digest") != warc.sha1(warc.payload_of(made)):
        yield f"{name}: the body is another"
    if made.get(warc.CONTENT_DIGEST).rpartition(":")[2] != body_digest(warc.content_of(made)):
        yield f"{name}: the body without its content coding is another"


def _check_revisits(case: _Case) -> Iterator[Finding]:
    """A fetch that brought the same bytes again refers to a record that has them."""
    held = {
        (made.id, made.get("WARC-Payload-Digest"))
        for made in case.records
        if made.kind in ("response", "resource")
    }
    payloads = {payload for _, payload in held}
    again = [made for made in case.records if made.kind == "revisit"]
    for made in again:
        payload = made.get("WARC-Payload-Digest")
        if (made.get("WARC-Refers-To").strip("<>"), payload) not in held and payload not in payloads:
            yield Finding(False, f"revisit {made.get('WARC-Date')}: the bytes that it refers to are not here")
    if again:
        yield Finding(True, f"{len(again)} fetches brought the same bytes again")


def _check_chain(case: _Case) -> Iterator[Finding]:
    """Each document names the one before it; revisions are numbered without a gap."""
    previous = ""
    for document in case.documents:
        name = _name(document)
        if document["digest"] != chain.digest_of(document):
            yield Finding(False, f"{name}: it is not what its digest says")
        if document["previous"] != previous:
            yield Finding(False, f"{name}: it does not follow what stands before it")
        previous = document["digest"]
    numbers = [document["number"] for document in case.of_form(dossier.REVISION_FORM)]
    forms = [document["form"] for document in case.documents]
    expected = [*[dossier.REVISION_FORM] * len(numbers), dossier.HISTORY_FORM, dossier.SEAL_FORM]
    sound = numbers == list(range(1, len(numbers) + 1)) and bool(numbers) and forms == expected
    yield Finding(sound, f"{len(numbers)} revisions, the history and the seal follow one another")


def _check_revisions(case: _Case) -> Iterator[Finding]:
    bodies = case.bodies
    before, slow = "", 0
    for document in case.of_form(dossier.REVISION_FORM):
        name, seen_at = _name(document), document["seen_at"]
        if seen_at < before:
            yield Finding(False, f"{name}: it was seen before the revision before it")
        before = seen_at
        reading = msgspec.convert(document["reading"], Reading)
        fits = content_hash(reading.canonical) == reading.content_hash
        yield Finding(fits, f"{name}: the content hash is that of the text")
        try:
            if slow >= TOO_MANY:
                raise TooSlow
            yield _reread(name, document, reading, bodies)
        except TooSlow:
            slow += 1
            yield Finding(None, f"{name}: its pages take too long to be read again")


def _reread(name: str, document: dict[str, Any], reading: Reading, bodies: dict[str, bytes]) -> Finding:
    """Read the pages of a revision once more. Raises TooSlow."""
    stored = [
        msgspec.convert({key: value for key, value in page.items() if key != "record"}, StoredPage)
        for page in document["pages"]
    ]
    if lost := [page.url for page in stored if page.digest not in bodies]:
        was_lost = all(not page["record"] for page in document["pages"] if page["url"] in lost)
        return Finding(None if was_lost else False, f"{name}: the bytes of {', '.join(lost)} are not here")
    publisher = _publisher(document)
    if publisher is None:
        who = document["article"]["publisher"]
        return Finding(None, f"{name}: nobody here knows how to read the pages of {who}")
    try:
        pages = [page.with_content(bodies[page.digest]) for page in stored]
        again = within(PAGE_SECONDS, read_page, pages, publisher)
    except NewsdeltaError as error:
        return _differs(name, reading, publisher, f"cannot be read again ({error})")
    if replace(again, rules=reading.rules) == reading:
        return Finding(True, f"{name}: its pages, read again, say the same")
    return _differs(name, reading, publisher, "say something else when they are read again")


def _differs(name: str, reading: Reading, publisher: Publisher, why: str) -> Finding:
    """By the same rules a page always reads the same; by others it need not."""
    if rules_of(publisher) == reading.rules:
        return Finding(False, f"{name}: its pages {why}")
    return Finding(None, f"{name}: its pages {why}; it was read by other rules ({reading.rules})")


def _publisher(document: dict[str, Any]) -> Publisher | None:
    if document["site"] is not None:
        return ConfiguredPublisher(msgspec.convert(document["site"], SiteRules))
    article = document["article"]
    return BUILT_IN.publisher(article["publisher"], article["channel"])


def _name(document: dict[str, Any]) -> str:
    return f"revision {document['number']}" if "number" in document else str(document.get("form"))


def sentences(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as lines, what is wrong first."""
    marks = {False: "WRONG", None: "open", True: "holds"}
    for holds in (False, None, True):
        yield from (f"{marks[holds]:6} {one.what}" for one in findings if one.holds is holds)
