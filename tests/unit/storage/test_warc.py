"""WARC records: written and read, by us and by the tools of others."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib
from datetime import UTC, datetime

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import warc
from storage.bodies import body_digest, pack
from storage.errors import ArchiveError

AT = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
URL = "http://cq.people.com.cn/n2/2026/1124/c365401-41000001.html"
PAGE = "<html><h1>渝北区新增三处口袋公园</h1>".encode("gb18030")
HEADERS = (
    ("Content-Type", "text/html; charset=gb2312"),
    ("Set-Cookie", "a=b"),
    ("Transfer-Encoding", "chunked"),
)
INFO = "urn:uuid:00000000-0000-4000-8000-000000000000"


def fetch(body: bytes = PAGE, *, coding: str = "", **more: object) -> warc.Fetch:
    headers = (*HEADERS, ("Content-Encoding", coding)) if coding else HEADERS
    return warc.Fetch(URL, AT, 200, headers, body, "192.0.2.7", **more)  # type: ignore[arg-type]


def members(*records: warc.Record) -> bytes:
    return b"".join(warc.pack(warc.write(made)) for made in records)


def test_a_fetch_becomes_a_response_record():
    made = warc.read(warc.write(warc.record_of(fetch(), INFO)))

    assert (made.kind, made.get("warc-target-uri"), made.at) == ("response", URL, AT)
    assert made.get("WARC-IP-Address") == "192.0.2.7"
    assert warc.content_of(made) == PAGE
    assert made.get(warc.CONTENT_DIGEST) == f"blake2b-160:{body_digest(PAGE)}"


def test_cookies_and_what_governed_the_transfer_are_left_out():
    answer = warc.http_of(warc.record_of(fetch(), INFO))

    assert answer.headers == (
        ("Content-Type", "text/html; charset=gb2312"),
        ("Content-Length", str(len(PAGE))),
    )
    assert (answer.status, answer.reason) == (200, "OK")


def test_the_same_bytes_again_become_a_revisit_that_says_where_they_are():
    first = warc.record_of(fetch(), INFO)
    again = warc.record_of(fetch(), INFO, warc.Original.of(first))

    assert (again.kind, again.get("WARC-Profile")) == ("revisit", warc.REVISIT)
    assert again.get("WARC-Refers-To") == f"<{first.id}>"
    assert again.get("WARC-Refers-To-Target-URI") == URL
    assert again.get("WARC-Refers-To-Date") == "2026-11-24T01:02:03.456789Z"
    assert again.get("WARC-Payload-Digest") == first.get("WARC-Payload-Digest")
    assert again.block.endswith(b"\r\n\r\n")


def test_what_a_browser_made_is_a_resource():
    made = warc.record_of(fetch(rendered=True), INFO)

    assert (made.kind, made.block, made.get("Content-Type")) == (
        "resource",
        PAGE,
        "text/html; charset=gb2312",
    )


def test_a_body_cut_short_is_marked():
    assert warc.record_of(fetch(truncated="disconnect"), INFO).get("WARC-Truncated") == "disconnect"


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),  # without its frame, as some servers send it
        ("br", brotli.compress),
        ("zstd", pack),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("identity", bytes),
    ],
)
def test_the_store_knows_a_body_without_its_content_coding(coding, encode):
    made = warc.record_of(fetch(encode(PAGE), coding=coding), INFO)

    assert warc.content_of(made) == PAGE
    assert made.get(warc.CONTENT_DIGEST).endswith(body_digest(PAGE))
    assert made.get("WARC-Payload-Digest") == warc.sha1(encode(PAGE))


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "nonsense"])
def test_a_content_coding_that_cannot_be_undone_leaves_the_body_as_it_is(coding):
    assert warc.decoded(PAGE, coding) == PAGE


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(warc, "LARGEST", 1000)
    packed = gzip.compress(bytes(10_000))

    assert warc.decoded(packed, "gzip") == packed


@settings(max_examples=50)
@given(
    st.binary(max_size=2000),
    st.lists(st.tuples(st.from_regex(r"X-[a-z]{1,9}", fullmatch=True), st.text("ab é：", max_size=9))),
)
def test_a_record_is_read_as_it_was_written(block, more):
    made = warc.record(
        "metadata", AT, uri=URL, block=block, more=[(n, v.strip()) for n, v in more if v.strip()]
    )

    assert warc.read(warc.unpack(warc.pack(warc.write(made)))) == made
    assert warc.unpack(warc.store(warc.write(made))) == warc.write(made)


def test_a_line_break_cannot_begin_another_field():
    made = warc.record("metadata", AT, uri="http://a/\r\nWARC-Type: x")

    assert warc.read(warc.write(made)).get("WARC-Target-URI") == "http://a/%0D%0AWARC-Type: x"


def test_members_of_a_stored_record_larger_than_a_block():
    raw = warc.write(warc.record("metadata", AT, block=bytes(200_000)))

    assert gzip.decompress(warc.store(raw)) == raw


def test_a_file_is_taken_apart_where_its_records_begin():
    made = [warc.record_of(fetch(PAGE * number), INFO) for number in (1, 20_000, 3)]
    whole = members(*made)
    found = list(warc.members(io.BytesIO(whole)))

    assert [warc.read(member.raw) for member in found] == made
    assert b"".join(member.packed for member in found) == whole
    assert [m.offset for m in warc.members(io.BytesIO(whole), found[1].offset)] == [
        f.offset for f in found[1:]
    ]


@pytest.mark.parametrize("cut", [1, 9, 40, -1, -9])
def test_a_file_cut_short_gives_its_whole_records_and_then_says_so(cut):
    first, second = (warc.record_of(fetch(body), INFO) for body in (PAGE, PAGE * 3))
    whole = members(first, second)
    start = len(members(first))
    torn = whole[: start + cut if cut > 0 else len(whole) + cut]
    records = (warc.read(member.raw) for member in warc.members(io.BytesIO(torn)))

    assert next(records) == first
    with pytest.raises(ArchiveError, match="cut short"):
        next(records)


@pytest.mark.parametrize(
    "raw",
    [b"", b"WARC/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
     b"WARC/1.1\r\nContent-Length: 5\r\n\r\nabc\r\n\r\n", b"WARC/1.1\r\nContent-Length: 1\r\n\r\nabc\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_record_is_refused(raw):
    with pytest.raises(ArchiveError):
        warc.read(raw)


def test_warcio_reads_what_we_write():
    warcio = pytest.importorskip("warcio", reason="warcio is not installed")
    first = warc.record_of(fetch(gzip.compress(PAGE), coding="gzip"), INFO)
    whole = members(
        first, warc.record_of(fetch(gzip.compress(PAGE), coding="gzip"), INFO, warc.Original.of(first))
    )
    response, revisit = (
        (record.rec_type, record.rec_headers.get_header("WARC-Date"), record.content_stream().read())
        for record in warcio.ArchiveIterator(io.BytesIO(whole), check_digests="raise")
    )

    assert response == ("response", "2026-11-24T01:02:03.456789Z", PAGE)
    assert revisit[0] == "revisit"


def test_fastwarc_reads_what_we_write():
    fastwarc = pytest.importorskip("fastwarc", reason="FastWARC is not installed")
    first = warc.record_of(fetch(), INFO)
    again = warc.record_of(fetch(), INFO, warc.Original.of(first))
    whole = members(first, again)

    def found(check: str, **how: bool) -> list[bool]:
        return [getattr(one, check)() for one in fastwarc.ArchiveIterator(io.BytesIO(whole), **how)]

    assert found("verify_block_digest", parse_http=False) == [True, True]
    assert found("verify_payload_digest")[0] is True
    ids = [one.record_id.strip("<>") for one in fastwarc.ArchiveIterator(io.BytesIO(whole))]
    assert ids == [first.id, again.id]


def bomb(megabytes: int) -> bytes:
    """A gzip member without an end, of zeros, a thousandth of what it unpacks to."""
    packer = zlib.compressobj(9, wbits=31)
    first = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + more * (megabytes - 1)


def test_a_bomb_is_unpacked_no_further_than_a_record_may_go():
    stream = io.BytesIO(members(warc.record_of(fetch(), INFO)) + bomb(16_000))
    found = warc.members(stream)
    next(found)
    tracemalloc.start()
    with pytest.raises(ArchiveError, match=r"more than 64 MB: at byte \d+\. We write none such"):
        next(found)
    assert tracemalloc.get_traced_memory()[1] < 3 * warc.LARGEST_RECORD
    tracemalloc.stop()


def test_a_record_as_large_as_one_may_be_is_read():
    whole = gzip.compress(bytes(warc.LARGEST_RECORD), 1)
    (member,) = warc.members(io.BytesIO(whole))
    assert (len(member.raw), member.packed) == (warc.LARGEST_RECORD, whole)


def test_all_records_of_a_file_together_unpack_to_no_more_than_is_said():
    file = io.BytesIO(gzip.compress(bytes(1000)) * 4)
    assert len(list(warc.members(file, most=4000))) == 4
    with pytest.raises(ArchiveError, match="The file unpacks to more than it may"):
        list(warc.members(file, most=3999))
