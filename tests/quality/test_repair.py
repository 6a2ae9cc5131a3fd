"""Repair on the reference pages, on generated damage (`repair_scores.py`), and on text that is clean."""

from __future__ import annotations

import json
import random
import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text.repair import Repaired, repair, repair_html
from tests.quality.damage import Damage
from tests.quality.repair_scores import BASELINE, COMBINATIONS, DRAW, TEXTS, bodies, cuts, measure
from tests.quality.tricky import tricky
from tests.reference import REFERENCE, needs_reference


@cache
def pages() -> dict[str, str]:
    return {
        path.name: _decoded(path.read_bytes()) for path in sorted((REFERENCE / "corpus/pages").glob("*.html"))
    }


def _decoded(content: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return content.decode(codec)
        except UnicodeDecodeError:
            continue
    return content.decode("gb18030", "replace")


@needs_reference
def test_the_page_of_the_copying_site_is_repaired_character_for_character() -> None:
    seed = REFERENCE / "seed"
    found = (seed / "page-as-found.txt").read_text(encoding="utf-8")
    truth = json.loads((seed / "truth.json").read_text(encoding="utf-8"))
    repaired = repair(found)
    assert repaired.proved
    assert [line.count("|") for line in repaired.injected] == [truth["injected_links"]]
    lines = [line.strip() for line in repaired.text.split("\n")]
    for paragraph in [truth["title"], *truth["body"]]:
        assert paragraph in lines
    assert f"2021年06月05日08:29\xa0\xa0来源：{truth['source']}" in lines
    assert f"（责编：{'、'.join(truth['editors'])}）" in lines
    assert all(teaser["title"] in repaired.text for teaser in truth["teasers"])


@needs_reference
def test_the_page_saved_again_gets_its_lost_bytes_back() -> None:
    page = REFERENCE / "corpus/people/politics-2024-04-24.resaved-as-utf8.html"
    repaired = repair_html(page.read_text(encoding="utf-8"))
    assert repaired.proved
    assert "胡喆、侯文坤）</p>" in repaired.text
    assert "\ufffd" not in repaired.text
    assert [(one.kind, one.certain) for one in repaired.repairs] == [("resaved", False)]


@needs_reference
def test_generated_damage_is_undone_as_well_as_before() -> None:
    floors = json.loads(BASELINE.read_text(encoding="utf-8"))
    figures = measure(TEXTS, DRAW)
    for name in ("share of characters right", "share of texts with at most three slips exactly right"):
        assert figures[name] >= floors[name], name
    assert figures["texts left as found"] <= floors["texts left as found"]


@needs_reference
def test_no_clean_body_is_touched() -> None:
    assert [body[:20] for body in bodies() if repair(body) != Repaired(body)] == []


@needs_reference
def test_no_clean_page_is_touched() -> None:
    touched = [name for name, source in pages().items() if repair_html(source).text is not source]
    texts = {
        name: re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", "\n", source) for name, source in pages().items()
    }
    touched += [name for name, text in texts.items() if repair(text).text is not text]
    assert touched == []


def test_no_tricky_clean_sentence_is_touched() -> None:
    touched = [text for text in tricky(1_500) if repair(text) != Repaired(text)]
    assert touched == []


def test_no_text_of_tricky_clean_sentences_is_touched() -> None:
    sentences = list(tricky(10_000))
    texts = ["\n".join(sentences[at : at + 50]) for at in range(0, len(sentences), 50)]
    assert [text for text in texts if repair(text) != Repaired(text)] == []


@needs_reference
@pytest.mark.parametrize("damage", COMBINATIONS, ids=str)
def test_the_same_damage_done_to_the_repair_gives_what_was_found(damage: Damage) -> None:
    for truth in cuts(12, seed=5):
        found = damage(truth)
        repaired = repair(found)
        if repaired.proved and repaired.text is not found:
            assert damage(repaired.text) == found


@needs_reference
def test_a_repaired_text_is_clean() -> None:
    for number, truth in enumerate(cuts(20, seed=6)):
        text = repair(Damage(script=True, annotation=True, slip=True)(truth, seed=number)).text
        assert repair(text).text is text


WORDS = st.sampled_from(
    [
        "产业",
        "会议",
        "，",
        "。",
        "规模",
        "总量",
        "?",
        ",",
        "(chǎn)",
        "產",
        "業",
        "\ufffd",
        "| ",
        "县",
        "喆",
        "A",
        "1",
        "\n",
    ]
)


@settings(max_examples=150)
@given(st.lists(WORDS | st.text(max_size=4), max_size=60).map("".join))
def test_any_text_is_left_or_proved(text: str) -> None:
    repaired = repair(text)
    for one in repaired.repairs:
        assert text[one.at : one.at + len(one.found)] == one.found
    if repaired.text is text:
        assert all(one.repaired == one.found for one in repaired.repairs)


ADVERSARIES = {
    "bytes": "".join(map(chr, random.Random(2).choices(range(1, 0xD800), k=60_000))),
    "one line of 20 million characters": "重庆日报讯，" * 3_400_000,
    "one damaged line of 20 million characters": "重庆日报,讯喆," * 2_500_000,
    "nothing but annotations": "產(chǎn)" * 20_000,
    "nothing but slips": "?偭恳淹黄1.4万," * 10_000,
    "nothing but lost bytes": "\ufffd" * 100_000,
    "nothing but bars": "市| " * 100_000,
    "nothing but parentheses": "(" * 300_000,
    "characters and signs by chance": "".join(random.Random(3).choices("?,:()喆堃玥龘覵恳淹黄偭", k=80_000)),
}


@pytest.mark.parametrize("text", ADVERSARIES.values(), ids=ADVERSARIES.keys())
def test_a_hostile_text_is_left_as_found(text: str) -> None:
    repaired = repair(text)
    assert repaired.text is text
    assert all(one.repaired == one.found for one in repaired.repairs)
    assert repair_html(text).text is text
