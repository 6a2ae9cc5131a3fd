"""PURE bytes of a page → its text, with the evidence for the encoding and every byte that was lost.

The ladder, first rung that holds (per page, never per host: one publisher's pages differ, and labels lie):

1. what is no text at all (PDF, pictures, archives) is refused;
2. a byte order mark; UTF-16 without one, which its zero bytes betray;
3. strict UTF-8; strict GB18030, of which GB2312 and GBK are parts;
4. where the text is short, or a label or the look of the text speaks against it: each codec that decodes
   strictly, weighed by how likely its text is as Chinese (see plausible.py), labels breaking near ties;
5. damaged bodies: the codec whose text is likeliest, bad bytes counted in; each bad byte becomes one U+FFFD
   and the characters after it are found again (see alignment.py, and damaged.py for Big5);
6. text that was encoded twice is undone where that is exact (see mojibake.py).
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass

from crawler.text.binary import binary_kind, has_binary_controls
from crawler.text.common import looks_chinese
from crawler.text.labels import BIG5, GB18030, UTF8, Label, codec_of, labels
from crawler.text.lenient import Noting, decode_with
from crawler.text.private import assign
from crawler.text.strict import read_everyday
from storage.errors import Undecodable
from storage.records import BadByte, Encoding

#: The version of what decoding gives back: raised with every change of results.
RULES = "d2"
#: Characters of several bytes from which on a strict decoding can be no accident: of UTF-8, whose bytes bear
#: marks, and of GBK, in which one pair in nine of Big5 text is undefined.
_SURE_UTF8 = 30
_SURE_GBK = 400
#: What a label is worth against the look of the text, and valid UTF-8 against everything else, in nats: a label
#: is right more often than not, and few texts in other encodings are valid UTF-8.
_LABEL_BONUS = 6.0
_VALID_UTF8_BONUS = 3.0
#: How much of a body is looked at to choose the codec: three parts of this many bytes.
_SAMPLE = 40_000
#: More bad bytes than one in this many non-ASCII bytes, and than a handful, make a body no text.
_HOPELESS = 5
_HANDFUL = 40
_MARKS = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", GB18030),
)
_ANY_MARK = tuple(mark for mark, _ in _MARKS)
#: A page in another encoding shows within these bytes that it is not UTF-8: cheaper than to try the whole.
_GLANCE = 2_048
#: How much of a text is cleared of ASCII to find so many other characters: quicker than a search for each run.
_BEGINNING = 8_192
_SAMPLED = 200
_NAMED_AT_MOST = 8
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ASCII = bytes(range(0x80))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, without a byte order mark, and how its bytes became text."""

    text: str
    encoding: Encoding


@dataclass(slots=True)
class _Read:
    """A body read with one codec, and the reasons in the order found."""

    text: str
    codec: str
    why: tuple[str, ...]
    bad: tuple[BadByte, ...] = ()
    private: str | None = None  # its private-use characters, where they are known


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page by evidence; `content_type` is the HTTP header's value, as it came.

    Offsets in the record count bytes of `body`. Raises Undecodable where the body is no text, naming its kind.
    """
    if kind := binary_kind(body):
        raise Undecodable(f"the body is {kind}, not a page")
    declared = labels(body, content_type)
    read = _by_mark(body, declared) or _unmarked(body, declared)
    text, undone = _undo(read)
    why = [*read.why, *_about_labels(declared, read.codec)]
    if undone:
        why.append(undone)
    if read.private != "":
        why += _about_damage(body, read)
    name = declared[0].name if declared else None
    return Decoded(text, Encoding(read.codec, name, "; ".join(why), read.bad))


def decode_as(body: bytes, charset: str) -> Decoded:
    """Decode a page as its site's settings say, whatever it says of itself; a byte order mark still comes first.

    Raises Undecodable where the body is no text, ValueError where `charset` is no charset.
    """
    if kind := binary_kind(body):
        raise Undecodable(f"the body is {kind}, not a page")
    codec = codec_of(charset)
    if codec is None:
        raise ValueError(f"{charset!r} is no charset")
    read = _by_mark(body, ())
    if read is None:
        text, bad = _replacing(body, codec)
        read = _Read(text, codec, (f"the settings of the site say {charset}",), bad)
    return Decoded(read.text, Encoding(read.codec, None, "; ".join(read.why), read.bad))


def _by_mark(body: bytes, declared: tuple[Label, ...]) -> _Read | None:
    if not body.startswith(_ANY_MARK):
        return None
    for mark, codec in _MARKS:
        if body.startswith(mark):
            text, bad = _replacing(body, codec, len(mark))
            why = f"a byte order mark of {codec}"
            if len(bad) * 50 < len(body) or len(bad) < 2:
                return _Read(text, codec, (why,), bad)
            read = _unmarked(body[len(mark) :], declared)
            shifted = tuple(BadByte(item.at + len(mark), item.found) for item in read.bad)
            return _Read(
                read.text, read.codec, (f"{why}, which the bytes are not", *read.why), shifted, read.private
            )
    return None


def _unmarked(body: bytes, declared: tuple[Label, ...]) -> _Read:
    return _with_zero_bytes(body, declared) if b"\0" in body else _read(body, declared)


def _with_zero_bytes(body: bytes, declared: tuple[Label, ...]) -> _Read:
    """Read a body that has zero bytes: UTF-16 without a mark, binary data, or a few bad bytes."""
    head = body[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 > len(head) and min(even, odd) * 20 < max(even, odd):
        codec = "utf-16-be" if even > odd else "utf-16-le"
        text = _try(body, codec)
        if text is not None and "\0" not in text:
            return _Read(text, codec, (f"zero bytes in every second place: {codec}",))
    if has_binary_controls(body):
        raise Undecodable("the body is binary data, not a page")
    # A control character that stands nowhere else holds the places of the zero bytes.
    filler = next((byte for byte in range(1, 0x20) if byte not in b"\t\n\f\r\x1b" and byte not in body), 1)
    read = _read(body.replace(b"\0", bytes([filler])), declared)
    zeros = [BadByte(match.start(), "00") for match in re.finditer(b"\0", body)]
    bad = sorted((*read.bad, *zeros), key=lambda item: item.at)
    return _Read(read.text.replace(chr(filler), "\ufffd"), read.codec, read.why, tuple(bad))


def _read(body: bytes, declared: tuple[Label, ...]) -> _Read:
    if body.isascii():
        return _Read(body.decode("ascii"), "ascii", ("only ASCII bytes",))
    return _strict(body, declared) or _weighed(body, declared)


def _strict(body: bytes, declared: tuple[Label, ...]) -> _Read | None:
    """Read a body that one strict decoding settles."""
    text = _try(body, UTF8) if _begins_as_utf8(body) else None
    if text is not None:
        sure = len(body) - len(text) >= 2 * _SURE_UTF8
        return _Read(text, UTF8, ("valid UTF-8 throughout",)) if sure else None
    everyday = read_everyday(body)
    if everyday is None or len(body) - len(everyday[0]) < _SURE_GBK:
        return None
    text, private = everyday
    if (declared and declared[0].codec == GB18030) or looks_chinese(_foreign(text)):
        return _Read(text, GB18030, ("valid GB18030 throughout",), private=private)
    return None


def _foreign(text: str) -> str:
    """Return the characters beyond ASCII with which a text begins, or the text, where they are few at first."""
    found = text[:_BEGINNING].encode().translate(None, _ASCII).decode()
    return found[:_SAMPLED] if len(found) >= _SAMPLED else text


def _begins_as_utf8(body: bytes) -> bool:
    try:
        codecs.utf_8_decode(body[:_GLANCE], "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def _try(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _weighed(body: bytes, declared: tuple[Label, ...]) -> _Read:
    """Choose the codec whose text is likeliest, and read the body with it, bad bytes and all."""
    if has_binary_controls(body):
        raise Undecodable("the body is binary data, not a page")
    costs = _costs(_parts(body), {label.codec for label in declared if label.codec})
    codec, second = sorted(costs, key=lambda name: costs[name])[:2]
    why = f"likeliest as {codec}: {costs[codec]:.1f} nats a byte, as {second} {costs[second]:.1f}"
    text, bad = _read_with(codec, body)
    foreign = len(body.translate(None, _ASCII))
    if len(bad) > _HANDFUL and len(bad) * _HOPELESS > foreign:
        raise Undecodable("the body is no text in any encoding we know")
    return _Read(text, codec, (why,), bad)


def _costs(sample: bytes, wanted: set[str]) -> dict[str, float]:
    """Return what the sample costs in each codec that it may be in, in nats per non-ASCII byte."""
    from crawler.text.plausible import cost_per_byte

    size = max(1, min(200, len(sample.translate(None, _ASCII))))  # the bad bytes may stand between the parts
    costs: dict[str, float] = {}
    for codec in dict.fromkeys([UTF8, GB18030, BIG5, *sorted(wanted), *_detected(sample)]):
        bonus = _LABEL_BONUS * (codec in wanted) + _VALID_UTF8_BONUS * (codec == UTF8)
        costs[codec] = cost_per_byte(sample.decode(codec, "replace"), codec) - bonus / size
    return costs


def _parts(body: bytes) -> bytes:
    """Return a body of common size whole; of a large one the beginning, the middle and the end, cut at tags."""
    if len(body) <= 4 * _SAMPLE:
        return body
    starts = (0, len(body) // 2, len(body) - _SAMPLE)
    parts = [body[start : start + _SAMPLE] for start in starts]
    # A cut beside a tag cuts no character.
    return b"".join(part[part.find(b"<") : part.rfind(b"<")] if b"<" in part else part for part in parts)


def _read_with(codec: str, body: bytes) -> tuple[str, tuple[BadByte, ...]]:
    if codec == GB18030:
        from crawler.text.alignment import align

        aligned = align(body, codec)
        return assign(aligned.text), aligned.bad
    if codec == BIG5:
        # Half of the second bytes of Big5 are ASCII: it takes a search that knows what follows what.
        from crawler.text.damaged import read_damaged

        read = read_damaged(body, codec)
        return read.text, read.bad
    return _replacing(body, codec)


def _detected(body: bytes) -> list[str]:
    """Ask the statistical detector, whose answer is only one candidate more."""
    from resiliparse.parse.encoding import detect_encoding

    name = detect_encoding(body, max_len=65_536) or UTF8
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return []
    return [] if codec in ("ascii", "gbk", "gb2312", "big5") else [codec]


def _replacing(body: bytes, codec: str, start: int = 0) -> tuple[str, tuple[BadByte, ...]]:
    """Decode with one U+FFFD for each broken character, and say where they were."""
    noting = Noting(longest=3 if codec == UTF8 else 2, offset=start)
    text = decode_with(noting, body[start:], codec)
    return text, tuple(noting.bad)


def _undo(read: _Read) -> tuple[str, str]:
    """Undo what was encoded twice, where the body was UTF-8; say what was done."""
    if read.codec != UTF8:
        return read.text, ""
    from crawler.text.mojibake import undo_double_encoding

    return undo_double_encoding(read.text)


def _about_labels(declared: tuple[Label, ...], used: str) -> list[str]:
    """Say how each label stands to the codec used."""
    said = []
    for label in declared:
        if label.codec is None:
            said.append(f"{label.place} says {label.name}, which is no encoding")
        elif label.codec == used:
            said.append(f"{label.place} says {label.name}")
        elif used != "ascii":
            said.append(f"{label.place} says {label.name}, which the bytes are not")
    return said or (["no label"] if used != "ascii" else [])


def _about_damage(body: bytes, read: _Read) -> list[str]:
    said = []
    if read.bad:
        said.append(f"{len(read.bad)} bad places, each one U+FFFD")
        last = read.bad[-1]
        if last.at + len(last.found) // 2 == len(body):
            said.append("the body is cut short in its last character")
    private = Counter(_private(body, read))
    named = ", ".join(f"U+{ord(char):04X} ×{count}" for char, count in private.most_common(_NAMED_AT_MOST))
    return [*said, f"private-use characters kept: {named}"] if private else said


def _private(body: bytes, read: _Read) -> str:
    """Return the private-use characters of the text, as often as they stand there."""
    if read.private is not None:
        return read.private
    # In UTF-8 every private-use character that GBK knows begins with EE.
    if (read.codec == UTF8 and b"\xee" in body) or read.codec in (GB18030, BIG5):
        return "".join(_PRIVATE.findall(read.text))
    return ""
