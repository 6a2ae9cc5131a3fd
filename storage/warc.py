"""PURE: records of WARC 1.1 (ISO 28500:2017), one gzip member each: written, taken apart, read.

Source: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import hashlib
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO

import brotli  # type: ignore[import-untyped]

from storage.bodies import ZstdError, body_digest
from storage.errors import ArchiveError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Headers = tuple[tuple[str, str], ...]

VERSION = "WARC/1.1"
REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTTP_RESPONSE = "application/http; msgtype=response"
#: Our name for the digest of a body without its content coding: what the store calls it by.
CONTENT_DIGEST = "Newsdelta-Content-Digest"
#: A body may grow to this many bytes when its content coding is undone: what a server sends is no bomb.
LARGEST = 64 * 2**20
#: No record is unpacked further: the largest that we write hold a sitemap of 24 MB.
LARGEST_RECORD = 64 * 2**20
TOO_MUCH = "The file unpacks to more than it may"
#: Level 3 packs a 30 kB page in a third of a millisecond, half of what level 6 takes, for 6 % more bytes.
_LEVEL = 3
_AT_ONCE = 2**18
#: What every member that we write begins with: no name, no time (RFC 1952, section 2.3).
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_STORED = 0xFFFF


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its named fields in order, and its block."""

    headers: Headers
    block: bytes = b""

    def get(self, name: str) -> str:
        """A named field, or ''. Names are compared without case."""
        return header(self.headers, name)

    @property
    def kind(self) -> str:
        """Its WARC-Type."""
        return self.get("WARC-Type")

    @property
    def id(self) -> str:
        """Its WARC-Record-ID, without the angle brackets."""
        return self.get("WARC-Record-ID").strip("<>")

    @property
    def at(self) -> datetime:
        """Its WARC-Date. Raises ArchiveError."""
        try:
            return datetime.fromisoformat(self.get("WARC-Date")).astimezone(UTC)
        except ValueError as error:
            raise ArchiveError("The record has no date", subject=self.id) from error


@dataclass(frozen=True, slots=True)
class Original:
    """What a revisit says of the record that has its body: WARC-Record-ID, WARC-Target-URI, WARC-Date."""

    id: str
    uri: str
    date: str

    @classmethod
    def of(cls, made: Record) -> Original:
        """What is said of such a record."""
        return cls(made.id, made.get("WARC-Target-URI"), made.get("WARC-Date"))


@dataclass(frozen=True, slots=True)
class Http:
    """An HTTP answer as a record's block holds it."""

    status: int
    reason: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a file: where it begins, its bytes as they stand there, and the record inside."""

    offset: int
    packed: bytes
    raw: bytes

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + len(self.packed)


def header(headers: Headers, name: str) -> str:
    """The first field of that name, or ''."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def sha1(content: bytes) -> str:
    """A digest as WARC tools write it: "sha1:" and 32 characters of base32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def date(at: datetime) -> str:
    """A moment as WARC 1.1 writes it, to the microsecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def record(
    kind: str,
    at: datetime,
    *,
    uri: str = "",
    media: str = "",
    block: bytes = b"",
    more: Sequence[tuple[str, str]] = (),
    id_: str = "",
) -> Record:
    """Make a record with the fields that each must have, and the digest of its block."""
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<{id_ or uuid.uuid4().urn}>"),
        ("WARC-Date", date(at)),
        ("WARC-Target-URI", uri),
        *more,
        ("WARC-Block-Digest", sha1(block)),
        ("Content-Type", media),
        ("Content-Length", str(len(block))),
    ]
    return Record(tuple((name, _one_line(value)) for name, value in named if value), block)


def write(made: Record) -> bytes:
    """A record as bytes, not compressed."""
    lines = [VERSION, *(f"{name}: {value}" for name, value in made.headers), "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace") + made.block + b"\r\n\r\n"


def read(raw: bytes) -> Record:
    """Undo `write`. Raises ArchiveError for what is no whole record."""
    head, found, rest = raw.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = tuple(_header(line) for line in lines)
    size = header(headers, "Content-Length")
    if not found or first not in (b"WARC/1.1", b"WARC/1.0") or not size.isdecimal():
        raise ArchiveError("This is no WARC record")
    if rest[int(size) :] != b"\r\n\r\n":
        raise ArchiveError("The record is not as long as it says", subject=header(headers, "WARC-Record-ID"))
    return Record(headers, rest[: int(size)])


def _header(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("utf-8", "replace").partition(":")
    return name, value.strip()


def _one_line(value: str) -> str:
    return value.replace("\r", "%0D").replace("\n", "%0A")


# -- gzip members


def pack(raw: bytes) -> bytes:
    """Compress a record into a gzip member of its own, so that it can be read alone."""
    return zlib.compress(raw, _LEVEL, wbits=zlib.MAX_WBITS | 16)


def store(raw: bytes) -> bytes:
    """A gzip member that is not compressed: the same bytes from every library (RFC 1951, section 3.2.4)."""
    pieces = [raw[at : at + _STORED] for at in range(0, len(raw), _STORED)] or [b""]
    blocks = [
        bytes([piece is pieces[-1]])
        + len(piece).to_bytes(2, "little")
        + (len(piece) ^ _STORED).to_bytes(2, "little")
        + piece
        for piece in pieces
    ]
    return _GZIP + b"".join(blocks) + _trailer(raw)


def _trailer(raw: bytes) -> bytes:
    return zlib.crc32(raw).to_bytes(4, "little") + (len(raw) & 0xFFFFFFFF).to_bytes(4, "little")


def unpack(packed: bytes) -> bytes:
    """The record in a gzip member. Raises ArchiveError."""
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        raw = unpacker.decompress(packed)
    except zlib.error as error:
        raise ArchiveError("The record is damaged") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ArchiveError("The record is cut short, or longer than it says")
    return raw


def members(stream: BinaryIO, offset: int = 0, most: int | None = None) -> Iterator[Member]:
    """Take a file apart from there on; `most`: the bytes to which all its records may unpack together.

    Raises ArchiveError at the first place that is no whole member, or unpacks to more than it may.
    """
    stream.seek(offset)
    rest = b""
    while rest or (rest := stream.read(_AT_ONCE)):
        member, rest = _member(stream, offset, rest, most)
        yield member
        offset = member.end
        most = None if most is None else most - len(member.raw)


def _member(stream: BinaryIO, offset: int, rest: bytes, most: int | None) -> tuple[Member, bytes]:
    """The member that begins with `rest` and goes on in the stream; and what was read beyond it."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    packed, raw, size = [rest], [], 0
    room = LARGEST_RECORD if most is None else min(LARGEST_RECORD, most)
    more = rest
    try:
        while more and not unpacker.eof:
            raw.append(unpacker.decompress(more, room - size + 1))
            size += len(raw[-1])
            if size > room:
                raise _bomb(offset, most)
            if not unpacker.eof and (more := stream.read(_AT_ONCE)):
                packed.append(more)
    except zlib.error as error:
        raise ArchiveError("The file is damaged", subject=f"at byte {offset}") from error
    if not unpacker.eof:
        raise ArchiveError("The file is cut short", subject=f"at byte {offset}")
    beyond = unpacker.unused_data
    whole = b"".join(packed)
    return Member(offset, whole[: len(whole) - len(beyond)], b"".join(raw)), beyond


def _bomb(offset: int, most: int | None) -> ArchiveError:
    """The error for what unpacks to more than it may: one record, or all of them together."""
    alone = most is None or most >= LARGEST_RECORD
    what = f"A record unpacks to more than {LARGEST_RECORD // 2**20} MB" if alone else TOO_MUCH
    return ArchiveError(what, subject=f"at byte {offset}", mend="We write none such; it is read no further")


# -- what a record holds


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a fetch brought, as near to the wire as we see it: the body in its content coding.

    `rendered`: a browser made the body from the page; there is no answer of the server to go with it.
    """

    url: str
    at: datetime
    status: int
    headers: Headers
    body: bytes
    address: str = ""
    rendered: bool = False
    truncated: str = ""  # "disconnect" or "length", as WARC has it


def record_of(fetch: Fetch, warcinfo: str, original: Original | None = None) -> Record:
    """A fetch as a record: `response`, of a body that `original` holds already `revisit`, `resource` where a
    browser made it. The digest of a payload is that of the body in its content coding, as WARC 1.1 has it.
    """
    digests = [
        ("WARC-Payload-Digest", sha1(fetch.body)),
        (CONTENT_DIGEST, content_digest(fetch.headers, fetch.body, rendered=fetch.rendered)),
        ("WARC-Truncated", fetch.truncated),
        ("WARC-IP-Address", fetch.address),
        ("WARC-Warcinfo-ID", f"<{warcinfo}>"),
    ]
    if original is not None:
        return _revisit(fetch, digests, original)
    if fetch.rendered:
        media = header(fetch.headers, "Content-Type") or "text/html"
        return record("resource", fetch.at, uri=fetch.url, media=media, block=fetch.body, more=digests)
    block = _http_head(fetch) + fetch.body
    return record("response", fetch.at, uri=fetch.url, media=HTTP_RESPONSE, block=block, more=digests)


def _revisit(fetch: Fetch, digests: Sequence[tuple[str, str]], original: Original) -> Record:
    more = [
        ("WARC-Profile", REVISIT),
        ("WARC-Refers-To", f"<{original.id}>"),
        ("WARC-Refers-To-Target-URI", original.uri),
        ("WARC-Refers-To-Date", original.date),
        *digests,
    ]
    head, media = (b"", "") if fetch.rendered else (_http_head(fetch), HTTP_RESPONSE)
    return record("revisit", fetch.at, uri=fetch.url, media=media, block=head, more=more)


def _http_head(fetch: Fetch) -> bytes:
    """The answer's head. What only governed the transfer is left out, cookies too; the length is the body's."""
    left_out = {"transfer-encoding", "connection", "keep-alive", "set-cookie", "content-length"}
    kept = [(name, value) for name, value in fetch.headers if name.lower() not in left_out]
    try:
        phrase = HTTPStatus(fetch.status).phrase
    except ValueError:
        phrase = ""
    kept.append(("Content-Length", str(len(fetch.body))))
    lines = [f"HTTP/1.1 {fetch.status} {phrase}", *(f"{name}: {value}" for name, value in kept), "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


def http_of(made: Record) -> Http:
    """The answer in a `response` record. Raises ArchiveError."""
    head, found, body = made.block.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    words = first.decode("latin-1").split(" ", 2)
    if not found or len(words) < 2 or not words[1].isdecimal():
        raise ArchiveError("The record holds no HTTP answer", subject=made.id)
    return Http(int(words[1]), (*words, "")[2], tuple(map(_header, lines)), body)


def payload_of(made: Record) -> bytes:
    """The body in its content coding. Raises ArchiveError."""
    return http_of(made).body if made.kind == "response" else made.block


def content_of(made: Record) -> bytes:
    """The body as a reader gets it, without its content coding. Raises ArchiveError."""
    if made.kind != "response":
        return made.block
    answer = http_of(made)
    return decoded(answer.body, header(answer.headers, "Content-Encoding"))


def content_digest(headers: Headers, body: bytes, *, rendered: bool = False) -> str:
    """The name under which the store knows the body, `bodies.body_digest` of it without its content coding, and
    what kind of digest that is.
    """
    coding = "" if rendered else header(headers, "Content-Encoding")
    return "blake2b-160:" + body_digest(decoded(body, coding))


def decoded(body: bytes, codings: str) -> bytes:
    """Undo content codings, the last first. What is unknown or broken, or grows too large, stays as it is."""
    for coding in reversed([word.strip().lower() for word in codings.split(",") if word.strip()]):
        undo = _CODINGS.get(coding)
        if undo is None:
            return body
        try:
            undone = undo(body)
        except (zlib.error, ZstdError, EOFError, brotli.error):
            return body
        if len(undone) > LARGEST:
            return body
        body = undone
    return body


def _gunzip(body: bytes) -> bytes:
    made = b""
    while body and len(made) <= LARGEST:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        made += unpacker.decompress(body, LARGEST + 1 - len(made))
        body = unpacker.unused_data
    return made


def _inflate(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, LARGEST + 1)
    except zlib.error:  # some servers leave out the frame (RFC 9110, section 8.4.1.2)
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, LARGEST + 1)


def _unbrotli(body: bytes) -> bytes:
    return bytes(brotli.Decompressor().process(body, output_buffer_limit=LARGEST + 1))


def _unzstd(body: bytes) -> bytes:
    return bytes(zstd.ZstdDecompressor().decompress(body, max_length=LARGEST + 1))


_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
    "identity": lambda body: body,
}
