"""The pattern of article addresses: what is learned from addresses as sites have them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.survey.shapes import learn_pattern, shape_of

SITE = "https://www.jz.example"
LEARNED = [
    (["/news/20261123/48121.html", "/news/20261122/48007.html"], [], r"/news/\d{8}/\d+\.html$"),
    (
        ["/html/202611/t20261123_781.htm", "/html/202610/t20261009_95.htm"],
        ["/html/about.htm"],
        r"/html/\d{6}/t\d{8}_\d+\.htm$",
    ),
    (["/shownews.asp?id=812", "/shownews.asp?id=9"], ["/list.asp?id=3"], r"/shownews\.asp\?id=\d+$"),
    (
        ["/yw/2026-11/23/content_1812.htm", "/jj/2026-11/22/content_1790.htm"],
        ["/yw/", "/jj/index.htm"],
        r"/[\w-]+/\d{4}-\d{2}/\d{2}/content_\d+\.htm$",
    ),
    (
        ["/news/qiao-xin-lu", "/life/he-an-gong-yuan", "/news/di-tie"],
        ["/video/jiang-shang-ri-chu", "/news", "/about"],
        r"/(?:life|news)/[a-z0-9]+(?:-[a-z0-9]+)+$",
    ),
    (["/a/9f3a1c20", "/a/9f3a0b1e"], ["/app"], r"/a/[0-9a-f]+$"),
    (
        ["/2026/nov/23/council-votes-again", "/2026/oct/9/storm-hits-coast"],
        ["/2026"],
        r"/\d{4}/[a-z]{3}/\d+/[a-z0-9]+(?:-[a-z0-9]+)+$",
    ),
    (
        ["/detail_forward_3120", "/detail_forward_3121", "/detail_forward_45"],
        ["/list_forward_3"],
        r"/detail_forward_\d+$",
    ),
    (
        ["/content/202611/23/c4107.html", "/content/202611/22/c4093.html"],
        [],
        r"/content/\d{6}/\d{2}/c\d+\.html$",
    ),
    (
        ["/story/new-bridge-opens-90410", "/story/old-mill-burns-down-90403"],
        ["/story/all"],
        r"/story/[a-z0-9]+(?:-[a-z0-9]+)+-\d+$",
    ),
    (["/yw/5012.html", "/big5/yw/5012.html", "/yw/5013.html"], ["/yw/"], r"/yw/\d+\.html$"),
    ([], ["/about"], ""),
]


@pytest.mark.parametrize(("articles", "others", "pattern"), LEARNED)
def test_the_pattern_is_the_one_a_person_would_write(
    articles: list[str], others: list[str], pattern: str
) -> None:
    assert learn_pattern([SITE + path for path in articles], [SITE + path for path in others]) == pattern


def test_numbered_pages_of_a_column_that_was_not_seen_are_let_in() -> None:
    pattern = learn_pattern(
        [f"{SITE}/{name}/2026/11{day}/4{day}77.html" for name in ("yw", "jj") for day in (10, 11)], []
    )
    assert re.search(pattern, f"{SITE}/tiyu/2027/0102/59001.html")


def test_a_column_that_was_not_seen_is_not_let_in_where_only_its_name_tells_articles_apart() -> None:
    seen = [f"{SITE}/yw/{name}" for name in ("he-an-xin-qiao", "lao-jie-ye-shi")]
    assert not re.search(learn_pattern(seen, [f"{SITE}/video/he-an-ye-jing"]), f"{SITE}/author/wang-xiao-he")


def test_two_kinds_of_addresses_are_both_learned() -> None:
    articles = [f"{SITE}/n/{number}.html" for number in (5001, 5002)] + [
        f"{SITE}/zt/{number}/" for number in (81, 97)
    ]
    pattern = learn_pattern(articles, [f"{SITE}/n/", f"{SITE}/zt/"])
    assert all(re.search(pattern, url) for url in articles)
    assert not re.search(pattern, f"{SITE}/n/")


def test_shapes_tell_words_apart_and_forget_numbers() -> None:
    assert shape_of(f"{SITE}/yw/20261123/48121.html") == shape_of("https://m.jz.example/yw/20250101/7.html")
    assert shape_of(f"{SITE}/yw/1.html") != shape_of(f"{SITE}/jj/1.html")


names = st.text("abcdefghij", min_size=2, max_size=8)
numbers = st.integers(100, 9_999_999)
FORMS = st.sampled_from(
    [
        "/{c}/{n}.html",
        "/{c}/2026/11{d}/{n}.shtml",
        "/p/{n}",
        "/{c}/t202611{d}_{n}.htm",
        "/view?id={n}",
        "/{c}/{s}-{n}",
    ]
)
rows = st.lists(
    st.tuples(names, numbers, st.integers(10, 28), st.lists(names, min_size=2, max_size=5)),
    min_size=2,
    max_size=12,
)


@settings(max_examples=80)
@given(FORMS, rows)
def test_all_articles_fit_whatever_the_site_and_its_columns_do_not(
    form: str, drawn: list[tuple[str, int, int, list[str]]]
) -> None:
    articles = [SITE + form.format(c=c, n=n, d=d, s="-".join(s)) for c, n, d, s in drawn]
    others = [
        f"{SITE}/",
        *(f"{SITE}/{c}/" for c, *_ in drawn),
        *(f"{SITE}/{c}/index.html" for c, *_ in drawn),
    ]
    pattern = re.compile(learn_pattern(articles, others))
    assert all(pattern.search(url) for url in articles)
    assert not any(pattern.search(url) for url in others)


@settings(max_examples=80)
@given(st.lists(st.text(max_size=40).map(lambda tail: f"{SITE}/{tail}"), max_size=6))
def test_no_address_makes_it_fail(urls: list[str]) -> None:
    re.compile(learn_pattern(urls, []))
