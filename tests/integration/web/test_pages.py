"""Each page: it answers, in both languages, with what the store holds, as valid HTML, within 100 KB."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import html5lib
import pytest
from fastapi.testclient import TestClient

from crawler.verify import verify
from scheduler.web.words import translator
from tests.integration.web.conftest import Filled

TEMPLATES = Path(__file__).parents[3] / "scheduler" / "web" / "templates"
PAGES = [
    "/",
    "/articles",
    "/articles?q=口袋公园",
    "/articles/{edited}",
    "/articles/{edited}?revision=1",
    "/articles/{edited}/diff",
    "/articles/{edited}/diff?from=1&to=3&view=sides",
    "/articles/{edited}/evidence",
    "/articles/{repaired}/evidence",
    "/articles/{hostile}",
    "/articles/{hostile}/evidence",
    "/articles/{moved}/diff",
    "/events",
    "/events?kind=edited&class=number&weight=10&channel=cq&since=&until=",
    "/removed",
    "/stories",
    "/stories/{original}",
    "/alerts",
    "/alerts/edit",
    "/deliveries",
    "/runs",
    "/runs/1",
    "/channels",
    "/channels/cq",
    "/keys",
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_answers_with_valid_html(
    reader: TestClient, filled: Filled, address: str, language: str
) -> None:
    answer = reader.get(address.format(**vars(filled)), headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    assert len(answer.content) < 100_000
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert f'lang="{ {"zh": "zh-CN", "en": "en"}[language] }"' in answer.text


def test_the_overview_counts_what_happened(reader: TestClient) -> None:
    answer = reader.get("/").text
    assert "重庆频道" in answer
    assert "no titles" in answer, "the broken channel says what was lost"


def test_a_change_is_shown_inline_and_side_by_side(reader: TestClient, filled: Filled) -> None:
    inline = reader.get(f"/articles/{filled.edited}/diff?from=1&to=2").text
    assert "<del>12处</del><ins>21处</ins>" in inline
    assert "数字" in inline
    sides = reader.get(f"/articles/{filled.edited}/diff?from=1&to=2&view=sides").text
    assert sides.count("<td>") >= 4


def test_a_moved_sentence_is_shown_as_moved(reader: TestClient, filled: Filled) -> None:
    assert "移到第" in reader.get(f"/articles/{filled.moved}/diff").text


def test_a_removed_article_keeps_its_last_text(reader: TestClient, filled: Filled) -> None:
    answer = reader.get("/removed").text
    assert "一篇后来撤下的报道" in answer
    assert "城口县的三个山村" in answer


def test_a_story_lists_its_members(reader: TestClient, filled: Filled) -> None:
    assert "老城新绿（转载）" in reader.get(f"/stories/{filled.original}").text
    assert f"/stories/{filled.original}" in reader.get("/stories").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("author=记者甲", 1),
        ("author=记者", 0),
        ("editor=秦岚", 40),
        ("q=口袋公园&author=记者甲", 0),
        ("section=绿化", 1),
    ],
)
def test_articles_are_found_by_who_made_them(reader: TestClient, asked: str, found: int) -> None:
    assert len(re.findall(r'<h3><a href="/articles/', reader.get(f"/articles?{asked}").text)) == found


def test_lists_are_read_to_their_end_without_a_gap(reader: TestClient) -> None:
    seen: list[str] = []
    address: str | None = "/articles"
    while address:
        text = reader.get(address).text
        seen += re.findall(r'<h3><a href="/articles/(\d+)"', text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        address = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == len(set(seen)) == 67


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/articles/99999", 404),
        ("/articles/x", 422),
        ("/stories/99999", 404),
        ("/nowhere", 404),
        ("/articles?since=yesterday", 422),
        ("/events?weight=101", 422),
        ("/articles/1/bytes/1/9", 404),
    ],
)
def test_a_wrong_address_gets_a_page_that_says_so(reader: TestClient, address: str, code: int) -> None:
    answer = reader.get(address)
    assert answer.status_code == code
    assert "回到概览" in answer.text


def test_all_evidence_of_an_article_is_one_file(reader: TestClient, filled: Filled) -> None:
    page = reader.get(f"/articles/{filled.edited}/evidence").text
    found = re.search(r'href="([^"]+\.warc\.gz)" download', page)
    assert found
    answer = reader.get(found[1])
    assert answer.headers["content-disposition"] == f'attachment; filename="article-{filled.edited}.warc.gz"'
    verdict = verify(BytesIO(answer.content))
    assert verdict.seal == answer.headers["newsdelta-seal"]
    assert f"{len(answer.content)}" == answer.headers["content-length"]


def test_an_article_names_the_others_of_its_story(reader: TestClient, filled: Filled) -> None:
    text = reader.get(f"/articles/{filled.original}").text
    assert f'<a href="/articles/{filled.copy}">老城新绿（转载）</a>' in text
    assert text.count(f'href="/stories/{filled.original}"') == 2  # the tab, and below the list
    alone = reader.get(f"/articles/{filled.removed}").text
    assert "/stories/" not in alone.partition("<main")[2]


def test_repaired_places_are_marked_with_what_was_found_and_how_sure(
    reader: TestClient, filled: Filled
) -> None:
    text = reader.get(f"/articles/{filled.repaired}").text
    said = "原文：规?偭恳淹黄1 · 推测 · 也可能是：规模总量已突破"
    assert f'<span class="repair guess" title="{said}">规模总量已突破1</span>' in text
    assert '<span class="repair" title="原文：, · 已证实">，</span>' in text


@pytest.mark.parametrize("page", ["articles/{edited}", "stories/{original}", "channels/cq"])
def test_pages_lead_to_their_feeds(reader: TestClient, filled: Filled, page: str) -> None:
    address = page.format(**vars(filled))
    head, _, body = reader.get(f"/{address}").text.partition("</head>")
    for ending, kind in (("atom", "application/atom+xml"), ("json", "application/feed+json")):
        assert f'<link rel="alternate" type="{kind}"' in head
        assert f'href="/feeds/{address}.{ending}"' in head
        assert f'href="/feeds/{address}.{ending}"' in body
        assert reader.get(f"/feeds/{address}.{ending}").status_code == 200


def test_the_foot_of_each_page_leads_to_the_document_of_the_api(reader: TestClient) -> None:
    assert 'href="/api/v1/openapi.json"' in reader.get("/").text.partition("<footer>")[2]


def test_each_phrase_has_its_chinese_and_none_is_left_over() -> None:
    used = set()
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        used |= {one or two for one, two in re.findall(r"_\(\s*(?:\"([^\"]+)\"|'([^']+)')\s*[,)]", text)}
    for source in TEMPLATES.parent.rglob("*.py"):
        text = source.read_text(encoding="utf-8")
        used |= set(re.findall(r"\b_\(\s*\"([^\"]+)\"", text))
        used |= set(re.findall(r"Refused\(\s*\d+,\s*\"([^\"]+)\"", text))
        if source.stem in ("ruleform", "keyring") or source.match("pages/alerts.py"):
            used |= set(re.findall(r"ValueError\(\"([^\"]+)\"", text))
    chinese, english = translator("zh").phrases, translator("en").phrases
    assert not {phrase for phrase in used if phrase not in chinese}
    assert {phrase for phrase in english if phrase not in chinese} == set()
