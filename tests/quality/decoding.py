"""What decoding is measured by: pages encoded anew with true, false and no labels, and with bad bytes put in.

python -m tests.quality.decoding          print the figures on all reference pages
python -m tests.quality.decoding --write  write those of every third page, which the test takes, to the baseline
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import LCSseq

from crawler.text.decode import decode
from tests.reference import REFERENCE

BASELINE = Path(__file__).with_name("decoding_baseline.json")
CODECS = ("gb2312", "gbk", "gb18030", "big5", "utf-8")
FALSE_LABEL = {"gb2312": "utf-8", "gbk": "big5", "gb18030": "utf-8", "big5": "gb2312", "utf-8": "gb2312"}
PLACES = ("header", "early meta", "late meta")
#: What each codec reads as; the bytes that Python's big5 writes are those of Hong Kong's superset too.
READS_AS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "utf-8": "utf-8",
}
DAMAGED = ("gb18030", "big5", "utf-8")
BAD_BYTES = (1, 3, 10)
_LABEL = re.compile(r"charset\s*=\s*[\"']?[\w-]+[\"']?|encoding=\"[\w-]+\"", re.IGNORECASE)
_FOUR_HAN = re.compile("(?=([\u4e00-\u9fff]{4}))")
_MARKUP = re.compile(r"<[^>]*>|\s+")


@dataclass(frozen=True)
class Encoded:
    """A page in some encoding, and the text that its bytes hold."""

    body: bytes
    header: str | None
    truth: str
    note: str


def reference_pages() -> dict[str, bytes]:
    """The reference pages by file name, as stored."""
    return {path.name: path.read_bytes() for path in sorted((REFERENCE / "corpus").glob("*/*.html"))}


def missing_label_text(name: str, text: str, labels: list[dict[str, str]]) -> float:
    """The share of four-character pieces of a labelled body that the text lacks; 1 where the codec is wrong."""
    body = next((label["body"] for label in labels if label["file"] == name), "")
    pieces = set(_FOUR_HAN.findall(body))
    plain = _MARKUP.sub("", text)
    return sum(piece not in plain for piece in pieces) / max(1, len(pieces))


def encoded_anew(text: str) -> Iterator[Encoded]:
    """One page in each encoding, with a true, a false and no label, in each place a label can have."""
    bare = _LABEL.sub("x-none", text)
    for codec in CODECS:
        for label in (codec, FALSE_LABEL[codec], None):
            for place in PLACES if label else ("nowhere",):
                meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">'
                page = {"early meta": meta + bare, "late meta": f"{bare}<!--{'x' * 3000}-->{meta}"}.get(
                    place, bare
                )
                body = page.encode(codec, "xmlcharrefreplace")
                header = f"text/html; charset={label}" if place == "header" else None
                yield Encoded(body, header, body.decode(READS_AS[codec]), f"{codec}, {label} in {place}")


def with_bad_bytes(body: bytes, count: int, rng: random.Random) -> bytes:
    """Replace, put in or take out so many bytes among those that are not ASCII."""
    hurt = bytearray(body)
    foreign = [at for at, byte in enumerate(body) if byte > 0x7F]
    for at in sorted(rng.sample(foreign, count), reverse=True):
        kind = rng.choice(("replace", "put in", "take out"))
        if kind == "replace":
            hurt[at] = rng.choice([byte for byte in range(256) if byte != hurt[at]])
        elif kind == "put in":
            hurt.insert(at, rng.randrange(256))
        else:
            del hurt[at]
    return bytes(hurt)


def lost(truth: str, text: str) -> int:
    """How many characters of the truth the text lacks (by their longest common subsequence)."""
    return len(truth) - LCSseq.similarity(truth, text)


def wrongly_decoded(pages: dict[str, str]) -> list[str]:
    """The re-encoded pages that are not read exactly, by name and note."""
    return [
        f"{name}: {page.note}"
        for name, text in pages.items()
        for page in encoded_anew(text)
        if decode(page.body, page.header).text != page.truth
    ]


def beyond_one_per_bad_byte(pages: dict[str, str], codec: str, seed: int = 1) -> float:
    """How many characters more than one per bad byte are lost, per 100 bad bytes."""
    rng = random.Random(seed)
    excess = total = 0
    for text in pages.values():
        body = text.encode(codec, "xmlcharrefreplace")
        truth = body.decode(READS_AS[codec])
        for count in BAD_BYTES:
            text_read = decode(with_bad_bytes(body, count, rng)).text
            excess += max(0, lost(truth, text_read) - count)
            total += count
    return round(100 * excess / total, 2)


def texts(pages: dict[str, bytes], largest: int = 70_000) -> dict[str, str]:
    """The decoded texts of the pages up to a size, without private-use characters, which codecs disagree on."""
    read = {name: decode(body).text for name, body in pages.items() if len(body) <= largest}
    return {name: re.sub("[\ue000-\uf8ff]", "", text) for name, text in read.items()}


def every_third(pages: dict[str, str]) -> dict[str, str]:
    """The pages that the test takes: enough to show a loss, few enough to wait for."""
    return dict(list(pages.items())[::3])


def main() -> None:
    writes = "--write" in sys.argv
    pages = every_third(texts(reference_pages())) if writes else texts(reference_pages())
    figures = {
        "pages": len(pages),
        "re-encoded pages read wrongly": len(wrongly_decoded(pages)),
        "characters lost beyond one per bad byte, per 100 bad bytes": {
            codec: beyond_one_per_bad_byte(pages, codec) for codec in DAMAGED
        },
    }
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    print(text)
    if writes:
        BASELINE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
