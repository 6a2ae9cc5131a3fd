"""Decoding and canonical text on real pages; the figures may not become worse than the baseline's."""

import json

import opencc
import pytest

from crawler.text.canonical import fold
from crawler.text.decode import decode
from tests.quality import decoding
from tests.reference import REFERENCE, needs_reference

pytestmark = needs_reference


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    return decoding.reference_pages()


@pytest.fixture(scope="module")
def texts(pages: dict[str, bytes]) -> dict[str, str]:
    return decoding.every_third(decoding.texts(pages))


@pytest.fixture(scope="module")
def labels() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(
        (REFERENCE / "corpus/pages/labels.json").read_text(encoding="utf-8")
    )
    return found


@pytest.fixture(scope="module")
def baseline() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads(decoding.BASELINE.read_text(encoding="utf-8"))
    return found


def test_the_labelled_text_stands_in_every_stored_page(
    pages: dict[str, bytes], labels: list[dict[str, str]]
) -> None:
    """Read with a wrong codec, a page would lack every piece; a few are lost where a label joins table cells."""
    missing = {
        name: decoding.missing_label_text(name, decode(body).text, labels) for name, body in pages.items()
    }
    assert {name: share for name, share in missing.items() if share > 0.03} == {}


def test_a_stored_page_is_read_as_its_strict_codec_reads_it(pages: dict[str, bytes]) -> None:
    for name, body in pages.items():
        decoded = decode(body)
        if not decoded.encoding.replaced:
            strict = body.decode(decoded.encoding.used).replace("\ue5e5", "\u3000")
            assert decoded.text == strict, name


def test_pages_encoded_anew_are_read_exactly_whatever_their_label_says(texts: dict[str, str]) -> None:
    assert decoding.wrongly_decoded(texts) == []


@pytest.mark.parametrize("codec", decoding.DAMAGED)
def test_bad_bytes_cost_a_character_each(
    codec: str, texts: dict[str, str], baseline: dict[str, dict[str, float]]
) -> None:
    allowed = baseline["characters lost beyond one per bad byte, per 100 bad bytes"][codec]
    assert decoding.beyond_one_per_bad_byte(texts, codec) <= allowed


@pytest.mark.parametrize("conversion", ["s2t", "s2tw", "s2hk"])
def test_a_body_says_the_same_in_every_script(conversion: str, labels: list[dict[str, str]]) -> None:
    convert = opencc.OpenCC(conversion).convert
    for label in labels:
        body = label["body"]
        one_by_one = "".join(map({char: convert(char) for char in set(body)}.__getitem__, body))
        assert fold(convert(body)) == fold(body) == fold(one_by_one), label["file"]


def test_bodies_differ_from_each_other(labels: list[dict[str, str]]) -> None:
    assert len({fold(label["body"]) for label in labels}) == len({label["body"] for label in labels})
