"""The real pages of people.com.cn: every field equals what a reader sees.

The expected fields were written down by reading the pages, not by running the reader. Long texts stand here as
the first 16 hex digits of their SHA-256: nothing of a publisher's text is copied.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import pytest

from crawler.extract.textpage import read_text
from crawler.sites import PEOPLE
from tests.reference import REFERENCE, needs_reference

pytestmark = needs_reference


@dataclass(frozen=True)
class Seen:
    """What a reader sees of one page."""

    codec: str
    url: str
    title: str
    published_at: str
    source: str
    authors: tuple[str, ...]
    editors: tuple[str, ...]
    section: tuple[str, ...]
    article_id: str
    body: str


JIANGSU = Seen(
    codec="gb18030",
    url="http://js.people.com.cn/n2/2022/0213/c360307-35131671.html",
    title="ac1b01d68d74262e",
    published_at="2022-02-13T07:48:00+08:00",
    source="新华日报",
    authors=("葛灵丹",),
    editors=("萧潇", "张妍"),
    section=("江苏频道", "教育"),
    article_id="35131671",
    body="""
    4af266d5ecd1d2c5 20f4ebe5710a9e3a 458bb2e48de4ab0b 6442616a95f0b429 d94e09bee55a5176 b4216fb8e343dbce
    4ae0875116109440 1def6b5b07947e2e eb29ffe57aae7f56 bc0548ff6eda383b eff1b414fbbc7535 2bcf662565b09633
    759de0a1dcf24abf 883c95eca549fe27 aea38a41e116c156 f1ea22d3ed646615
    """,
)
#: Saved anew as UTF-8, which destroyed the last two reporters' names: only the two that can be read are names.
POLITICS = Seen(
    codec="utf-8",
    url="http://politics.people.com.cn/n1/2024/0424/c1001-40223222.html",
    title="66cdd1266133f4b2",
    published_at="2024-04-24T23:52:00+08:00",
    source="新华网",
    authors=("宋晨", "田中全"),
    editors=("牛镛", "岳弘彬"),
    section=(),
    article_id="40223222",
    body="""
    4b6e6de468cb7696 72bae1efff8bc46c 1c114904ad450b09 c154611196671ae3 a607008068d77fbd 9c0a2582cc1012b0
    5d40f55485fbdb6a 5a51f53aeb6b0d4c 4efd31d0d02523df 603a8d9c761a1890 d0bb0d7852ce575a ca89a044fd672d36
    """,
)
PAGES = {
    "people/js-2022-02-13.html": JIANGSU,
    "pages/b26fbb82-9d98-42f0-af75-7439c1706bcd.html": JIANGSU,
    "people/politics-2024-04-24.resaved-as-utf8.html": POLITICS,
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", PAGES)
def test_every_field_is_what_a_reader_sees(name):
    seen = PAGES[name]
    html = (REFERENCE / "corpus" / name).read_bytes().decode(seen.codec, "replace")
    page = PEOPLE.read_article(html, seen.url)
    assert page is not None
    found = page.fields
    assert digest(found.title) == seen.title
    assert found.published_at is not None
    assert found.published_at.isoformat() == seen.published_at
    assert (found.source, found.authors, found.editors) == (seen.source, seen.authors, seen.editors)
    assert (found.section, found.article_id, found.template) == (seen.section, seen.article_id, "G3")
    assert (found.kicker, found.subtitle, found.images, page.parts) == ("", "", (), ())
    assert [digest(paragraph) for paragraph in found.body] == seen.body.split()


@pytest.mark.parametrize("name", PAGES)
def test_without_its_address_a_page_names_itself(name):
    seen = PAGES[name]
    html = (REFERENCE / "corpus" / name).read_bytes().decode(seen.codec, "replace")
    page = PEOPLE.read_article(html, "")
    assert page is not None
    assert page.fields.article_id == seen.article_id


@pytest.mark.parametrize("name", PAGES)
def test_a_real_article_is_not_absent_and_not_a_signpost(name):
    seen = PAGES[name]
    html = (REFERENCE / "corpus" / name).read_bytes().decode(seen.codec, "replace")
    assert PEOPLE.absence(html, seen.url) is None
    assert PEOPLE.read_listing(html, seen.url).moved_to is None


def test_related_links_of_the_same_channel_are_found_as_a_listing_would():
    html = (REFERENCE / "corpus/people/js-2022-02-13.html").read_bytes().decode("gb18030")
    found = PEOPLE.read_listing(html, JIANGSU.url)
    assert [link.key for link in found.links] == (
        ["35131222", "35127239", "35046628", "35033120", "35029575", "34996904"]
    )


def test_the_clean_seed_article_reads_as_its_truth_says():
    truth = json.loads((REFERENCE / "seed/truth.json").read_text("utf-8"))
    teasers = "\n\n".join(f"{item['block']}\n\n{item['title']}【详细】" for item in truth["teasers"])
    text = "\n\n".join(
        [
            truth["title"],
            "2021年06月05日08:29  来源:重庆日报网",
            *(f"  {paragraph}" for paragraph in truth["body"]),
            f"(责编:{'、'.join(truth['editors'])})",
            teasers,
        ]
    )
    page = read_text(text, "")
    assert page is not None
    found = page.fields
    assert found.published_at is not None
    assert found.published_at.isoformat() == truth["published_at"]
    for name in ("title", "source", "authors", "editors", "body"):
        value = getattr(found, name)
        assert (list(value) if isinstance(value, tuple) else value) == truth[name]
