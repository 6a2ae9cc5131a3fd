"""A file of evidence: what it holds, and that no byte of it can be changed without being noticed."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archive import Archive, ArchivePlace
from crawler.read import read_page
from crawler.sites import BUILT_IN
from crawler.text.canonical import fold
from crawler.verify import Verdict, verify
from storage import articles, chain, dossier, queries, warc
from storage.database import Database
from storage.decide import Policy
from storage.records import Observation, Outcome, PageBody, Sighting
from tests.databases import database, database_url, postgresql_server
from tests.sightings import at

__all__ = ["database", "database_url", "postgresql_server"]
URL = "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html"
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PAGE = """<html><head><meta charset="utf-8"><title>{title}--人民网</title></head><body>
<div class="rm_txt"><h1>{title}</h1><div class="channel">2026年11月24日08:30 | 来源：<a>人民网-重庆频道</a></div>
<div class="rm_txt_con"><p>人民网重庆11月24日电 （记者 秦岚）记者从渝北区获悉，今年新增口袋公园{number}处。</p>
<p>其中龙溪街道一处面积为1200平方米，设有儿童游乐区和健身步道，方便附近三个社区的居民。</p>
<div class="edit">(责编：秦岚、周渝生)</div></div></div></body></html>"""
CQ = BUILT_IN.channel("cq")


def page(number: str, title: str = "渝北区新增口袋公园") -> PageBody:
    return PageBody(URL, PAGE.format(title=title, number=number).encode(), "text/html")


class Story:
    """One article, visited several times."""

    def __init__(self, store: Database, folder: Path, *, archived: bool = True) -> None:
        self.store = store
        self.archive = Archive(store, ArchivePlace(str(folder)), "newsdelta/test") if archived else None

    def visit(self, minutes: float, body: PageBody) -> None:
        if self.archive:
            headers = (("Content-Type", body.content_type),)
            self.archive.add(warc.Fetch(URL, at(minutes), 200, headers, body.content))
            self.archive.settle()
        sighting = Sighting(
            channel="cq",
            publisher=CQ.publisher.name,
            key="41000001",
            observation=Observation(URL, at(minutes), Outcome.READ, 200, len(body.content), 0.25),
            reading=read_page([body], CQ.publisher),
            pages=(body,),
        )
        articles.record(self.store, sighting, Policy(), fold)

    def export(self, now: datetime = NOW, site: dict[str, Any] | None = None) -> bytes:
        out = io.BytesIO()
        article = queries.find_article(self.store, "1")
        dossier.write(self.store, article, out, now=now, software="newsdelta/test", site=site)
        return out.getvalue()


def told(store: Database, folder: Path, *, archived: bool = True) -> Story:
    """New, the same again, edited twice."""
    story = Story(store, folder, archived=archived)
    for minutes, body in enumerate(
        [page("三"), page("三"), page("五"), page("五", "渝北区口袋公园增至五处")]
    ):
        story.visit(minutes, body)
    return story


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("evidence")
    with Database.open(f"sqlite:///{folder}/news.db") as store:
        return told(store, folder / "warc").export()


def check(content: bytes, seal: str = "") -> Verdict:
    return verify(io.BytesIO(content), seal)


def wrong(content: bytes) -> list[str]:
    return [finding.what for finding in check(content).findings if finding.holds is False]


def open_(content: bytes) -> list[str]:
    return [finding.what for finding in check(content).findings if finding.holds is None]


def members(content: bytes) -> list[warc.Record]:
    return [warc.read(member.raw) for member in warc.members(io.BytesIO(content))]


def documents(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(made.block) for made in members(content) if made.kind == "metadata"]


# -- what is in it


def test_a_file_holds_every_fetch_and_revision(evidence):
    kinds = [made.kind for made in members(evidence)]
    assert kinds == ["warcinfo", "response", "revisit", "response", "response", *["metadata"] * 5]
    *revisions, history, seal = documents(evidence)
    assert [one["reading"]["fields"]["title"] for one in revisions] == [
        "渝北区新增口袋公园",
        "渝北区新增口袋公园",
        "渝北区口袋公园增至五处",
    ]
    assert [event["kind"] for event in history["events"]] == ["new", "edited", "edited"]
    assert [one["microseconds"] for one in history["observations"]] == [250_000] * 4
    assert len(seal["members"]) == 9


def test_it_verifies_by_itself(evidence):
    verdict = check(evidence)

    assert [finding for finding in verdict.findings if not finding.holds] == []
    assert verdict.seal == documents(evidence)[-1]["digest"]
    assert "revision 3: its pages, read again, say the same" in [one.what for one in verdict.findings]


def test_who_wrote_the_seal_down_knows_a_forged_file(evidence):
    assert check(evidence, check(evidence).seal).is_sound
    assert not check(evidence, "sha256:" + "0" * 64).is_sound


@pytest.mark.parametrize("archived", [True, False])
def test_revisions_have_the_same_digest_in_every_export(database, tmp_path, archived):
    story = told(database, tmp_path / "warc", archived=archived)
    first, second = (documents(story.export(now)) for now in (NOW, NOW.replace(hour=9)))

    assert wrong(story.export()) == []
    assert [one["digest"] for one in first[:3]] == [one["digest"] for one in second[:3]]


def test_bodies_that_only_the_database_holds_are_resources(database, tmp_path):
    content = told(database, tmp_path / "warc", archived=False).export()

    assert [made.kind for made in members(content)][1:4] == ["resource"] * 3
    assert wrong(content) == open_(content) == []


def test_bytes_that_are_lost_are_said_to_be_lost(database, tmp_path):
    story = told(database, tmp_path / "warc")
    for path in (tmp_path / "warc").glob("*.gz"):
        path.unlink()
    content = story.export()

    assert wrong(content) == []
    assert open_(content)[0] == f"revision 1: the bytes of {URL} are not here"


def test_a_reading_by_older_rules_is_no_forgery(database, tmp_path):
    story = told(database, tmp_path / "warc")
    old = queries.revision(database, 1, 2).reading
    fields = replace(old.fields, source="人民网")
    articles.replace_reading(database, 1, 2, replace(old, fields=fields, rules="d0 r0 x0 c1"))
    content = story.export()

    assert wrong(content) == []
    assert ["d0 r0 x0 c1" in line for line in open_(content)] == [True]


def test_warc_tools_read_it(evidence):
    warcio = pytest.importorskip("warcio", reason="warcio is not installed")
    found = [one.rec_type for one in warcio.ArchiveIterator(io.BytesIO(evidence), check_digests="raise")]

    assert found == [made.kind for made in members(evidence)]


# -- what is noticed

Change = Callable[[list[warc.Record]], list[warc.Record]]


def rewritten(content: bytes, change: Change) -> bytes:
    """The file with other records, each sound in itself, the old seal at its end."""
    *packed, seal = (member.packed for member in warc.members(io.BytesIO(content)))
    before = members(content)[:-1]
    after = change(list(before))
    same = {id(one): raw for one, raw in zip(before, packed, strict=True)}
    return b"".join(same.get(id(one)) or warc.pack(warc.write(one)) for one in after) + seal


def resealed(content: bytes, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """The file of a forger who knows our format: documents changed, the chain and the seal made anew."""
    *others, seal = members(content)
    told_, at_ = documents(content)[:-1], [made.at for made in others if made.kind == "metadata"]
    change(told_)
    packed = [warc.pack(warc.write(made)) for made in others if made.kind != "metadata"]
    previous = ""
    for document, moment in zip(told_, at_, strict=True):
        linked = chain.sealed({k: v for k, v in document.items() if k != "digest"}, previous)
        packed.append(warc.pack(warc.write(dossier.document_record(linked, moment, URL))))
        previous = linked["digest"]
    form = json.loads(seal.block)
    made = chain.sealed(
        {"form": form["form"], "made_at": form["made_at"], "members": [chain.sha256(one) for one in packed]},
        previous,
    )
    return b"".join(packed) + dossier.seal_member(made, URL)


def block(kind: str, at_: int, old: bytes, new: bytes) -> Change:
    """Other bytes in a record's block, with the digests that fit them."""

    def change(records: list[warc.Record]) -> list[warc.Record]:
        nth = [number for number, made in enumerate(records) if made.kind == kind][at_]
        before = records[nth]
        after = before.block.replace(old, new)
        assert after != before.block
        headers = tuple(
            (
                name,
                {"WARC-Block-Digest": warc.sha1(after), "Content-Length": str(len(after))}.get(name, value),
            )
            for name, value in before.headers
        )
        records[nth] = warc.Record(headers, after)
        return records

    return change


def headers(kind: str, name: str, value: str) -> Change:
    def change(records: list[warc.Record]) -> list[warc.Record]:
        nth = next(number for number, made in enumerate(records) if made.kind == kind)
        changed = tuple((key, value if key == name else old) for key, old in records[nth].headers)
        assert changed != records[nth].headers
        records[nth] = warc.Record(changed, records[nth].block)
        return records

    return change


TAMPERED: dict[str, tuple[Change, str]] = {
    "a page": (block("response", 0, "三处".encode(), "九处".encode()), "the body is another"),
    "a header of an answer": (block("response", 0, b"text/html", b"text/plan"), "record 2 is not the one"),
    "the moment of a fetch": (
        headers("response", "WARC-Date", "2026-11-20T00:00:00.000000Z"),
        "record 2 is not the one",
    ),
    "the address of a fetch": (headers("response", "WARC-Target-URI", URL + "?"), "record 2 is not the one"),
    "a digest": (headers("response", "WARC-Block-Digest", "sha1:A"), "the block is another"),
    "what a revisit refers to": (
        headers("revisit", "WARC-Payload-Digest", warc.sha1(b"another")),
        "the bytes that it refers to are not here",
    ),
    "what a revision says": (
        block("metadata", 0, "三处".encode(), "九处".encode()),
        "revision 1: it is not what its digest says",
    ),
    "an event": (block("metadata", 3, b'"edited"', b'"new"'), "newsdelta-history/1: it is not what"),
    "a fetch left out": (lambda records: records[:1] + records[2:], "9 records, and 8 are there"),
    "a revision left out": (
        lambda records: records[:5] + records[6:],
        "it does not follow what stands before",
    ),
    "two revisions exchanged": (
        lambda records: [*records[:5], records[6], records[5], *records[7:]],
        "it does not follow what stands before it",
    ),
    "a fetch put in": (lambda records: [*records[:2], *records[1:]], "9 records, and 10 are there"),
    "what the file says of itself": (
        block("warcinfo", 0, b"newsdelta/test", b"newsdelta/true"),
        "record 1 is not",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_change_is_noticed_and_named(evidence, what):
    change, finding = TAMPERED[what]

    assert any(finding in line for line in wrong(rewritten(evidence, change))), wrong(
        rewritten(evidence, change)
    )


def test_a_file_without_its_end_is_noticed(evidence):
    seal = list(warc.members(io.BytesIO(evidence)))[-1]

    assert wrong(evidence[: seal.offset]) != []
    assert "cut short" in wrong(evidence[:-1])[0]
    assert "damaged" in wrong(evidence + b"more")[0]
    assert wrong(b"") != []


def test_a_record_after_the_seal_is_noticed(evidence):
    more = warc.pack(warc.write(warc.record("metadata", NOW, block=b"{}")))

    assert wrong(evidence + more) != []


@settings(max_examples=120)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_can_be_turned_unnoticed(evidence, where, bit):
    changed = bytearray(evidence)
    changed[int(where * len(changed))] ^= 1 << bit

    assert not check(bytes(changed)).is_sound


FORGED: dict[str, tuple[Callable[[list[dict[str, Any]]], None], str]] = {
    "a text that its pages do not say": (
        lambda told_: told_[1]["reading"]["fields"].update(title="渝北区新增口袋公园九处"),
        "revision 2: its pages say something else when they are read again",
    ),
    "a canonical text": (
        lambda told_: told_[1]["reading"].update(canonical="渝北区"),
        "revision 2: the content hash is that of the text",
    ),
    "a page that is not there": (
        lambda told_: told_[0]["pages"][0].update(digest="0" * 40),
        f"revision 1: the bytes of {URL} are not here",
    ),
    "a gap in the numbers": (
        lambda told_: told_[1].update(number=7),
        "3 revisions, the history and the seal follow one another",
    ),
    "a revision before its time": (
        lambda told_: told_[1].update(seen_at="2025-01-01T00:00:00+00:00"),
        "revision 2: it was seen before the revision before it",
    ),
    "no form at all": (lambda told_: told_[0].pop("reading"), "a document is not of the form that it names"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forger_who_seals_anew_must_still_bend_the_pages(evidence, what):
    change, finding = FORGED[what]
    forged = resealed(evidence, change)

    assert any(line.startswith(finding) for line in wrong(forged)), wrong(forged)
    assert check(forged).seal != check(evidence).seal


def test_to_seal_an_unchanged_file_anew_gives_the_same_file(evidence):
    assert resealed(evidence, lambda told_: None)[-500:] == evidence[-500:]


# -- what was made to be too much


def test_a_file_that_unpacks_to_too_much_is_read_no_further(evidence):
    record = warc.record("metadata", NOW, block=b"{}" + b" " * (30 * 2**20))
    many = gzip.compress(warc.write(record), 1) * 64
    (what, *_) = wrong(evidence + many)
    assert what.endswith("records: The documents have more than 64 MB")


def test_a_record_that_unpacks_without_an_end_is_read_no_further(evidence):
    packer = zlib.compressobj(9, wbits=31)
    piece = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    (what, *_) = wrong(evidence + piece + again * 16_000)
    assert "A record unpacks to more than 64 MB: at byte" in what


def test_bodies_that_grow_in_their_content_coding_are_unpacked_no_further(evidence, monkeypatch):
    monkeypatch.setattr("crawler.verify.MOST_UNPACKED", 48 * 2**20)
    body = gzip.compress(bytes(20 * 2**20), 1)
    found = warc.Fetch(URL, NOW, 200, (("Content-Encoding", "gzip"),), body)
    bombs = [warc.record_of(found, "urn:uuid:0") for _ in range(3)]
    file = b"".join(warc.pack(warc.write(made)) for made in bombs) + evidence
    assert any("The bodies grow to more than 48 MB" in what for what in wrong(file))


def test_pages_that_take_too_long_to_be_read_again_are_left_open_and_three_are_enough(evidence, monkeypatch):
    tried = []

    def endless(pages, publisher):
        tried.append(pages)
        while True:
            pass

    monkeypatch.setattr("crawler.verify.PAGE_SECONDS", 0.05)
    monkeypatch.setattr("crawler.verify.TOO_MANY", 1)
    monkeypatch.setattr("crawler.verify.read_page", endless)
    verdict = verify(io.BytesIO(evidence))
    left_open = [one.what for one in verdict.findings if one.holds is None]
    assert left_open == [
        f"revision {number}: its pages take too long to be read again"
        for number in range(1, len(left_open) + 1)
    ]
    assert len(left_open) > len(tried) == 1
