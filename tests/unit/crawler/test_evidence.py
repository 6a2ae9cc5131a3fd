"""What pages show: is a change the site's, or our templates'? And are two pages the same page?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.evidence import (
    MOST_SHOWN,
    MOST_STEPS,
    Comparison,
    Shown,
    compare,
    is_shown,
    same_page,
    sentences,
    shown,
    sketch,
)
from storage.records import ArticleFields, PageBody

FIRST, SECOND, THIRD = "渝北区今年新增口袋公园三处。", "其中龙溪街道一处面积最大。", "市民步行五分钟就能到。"
ARTICLE = ArticleFields(url="http://cq.example/1.html", title="渝北新增口袋公园", body=(FIRST, SECOND, THIRD))
TITLE = ARTICLE.title


def page(markup: str, content_type: str = "text/html; charset=utf-8") -> PageBody:
    return PageBody("http://cq.example/1.html", markup.encode("utf-8"), content_type)


def shows(*lines: str, build: str = "rm_txt") -> Shown:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return shown([page(f'<html><body><div class="{build} box" id="main">{body}</div></body></html>')])


class TestShown:
    def test_a_page_shows_its_title_and_words_folded_and_how_it_is_built(self) -> None:
        seen = shown(
            [
                page(
                    '<html><head><title>车站</title></head><body class="a b"><p id="c">車站 <b>１２</b>人</p>'
                    "<script>不显示</script><style>不显示</style><noscript>不显示</noscript>尾</body></html>"
                )
            ]
        )
        assert seen == Shown("车站车站12人尾", frozenset({"a", "b", "c"}))

    def test_the_pages_of_a_long_article_are_shown_together(self) -> None:
        seen = shown([page(f'<p class="a">{FIRST}</p>'), page(f'<p class="b">{SECOND}</p>')])
        assert seen.text.split("\n") == [FIRST, SECOND]
        assert seen.names == {"a", "b"}

    @pytest.mark.parametrize(
        "pages",
        [
            [],
            [page("")],
            [PageBody("http://cq.example/1.pdf", b"%PDF-1.7\n" + bytes(range(256)), "application/pdf")],
        ],
        ids=["none", "empty", "no text"],
    )
    def test_what_is_no_text_shows_nothing(self, pages: list[PageBody]) -> None:
        assert shown(pages) == Shown()

    def test_sentences_count_by_their_length(self) -> None:
        seen = shows(FIRST)
        assert seen.holds([FIRST]) == 1
        assert seen.holds([FIRST, SECOND]) == len(FIRST) / len(FIRST + SECOND)
        assert seen.holds([]) == 0


def test_the_sentences_of_an_article_are_those_of_its_title_subtitle_and_body() -> None:
    fields = replace(ARTICLE, subtitle="民生", body=("雨停了。路通了。雨停了。", "（完）"))
    assert sentences(fields) == {TITLE: 1, "民生": 1, "雨停了。": 2, "路通了。": 1, "(完)": 1}


@pytest.mark.parametrize(
    ("lines", "is_there"),
    [((TITLE, FIRST, SECOND, THIRD), True), ((FIRST, SECOND), True), ((FIRST,), False), ((), False)],
)
def test_an_article_is_shown_where_half_of_its_text_is(lines: tuple[str, ...], is_there: bool) -> None:
    assert is_shown(ARTICLE, shows(*lines)) is is_there


class TestCompare:
    """Whose is a difference between two readings of an article?"""

    ALL = shows(TITLE, FIRST, SECOND, THIRD)

    def cut(self) -> ArticleFields:
        return replace(ARTICLE, body=(FIRST, SECOND))

    def test_what_a_reading_lost_and_the_page_still_shows_we_lost(self) -> None:
        found = compare(ARTICLE, self.cut(), self.ALL, self.ALL)
        assert found == Comparison(frozenset(), ours=True, still=True, rebuilt=False, replaced=False)

    def test_what_the_page_shows_no_longer_the_site_took(self) -> None:
        found = compare(ARTICLE, self.cut(), self.ALL, shows(TITLE, FIRST, SECOND))
        assert (found.ours, found.still) == (False, False)

    def test_what_a_reading_gained_and_the_page_always_showed_we_found(self) -> None:
        found = compare(self.cut(), ARTICLE, self.ALL, self.ALL)
        assert (found.added, found.ours, found.still) == ({THIRD}, True, False)

    @pytest.mark.parametrize("was", [None, shows(TITLE, FIRST, SECOND)], ids=["not kept", "without it"])
    def test_what_the_old_page_is_not_known_to_have_shown_the_site_added(self, was: Shown | None) -> None:
        found = compare(self.cut(), ARTICLE, was, self.ALL)
        assert (found.added, found.ours) == ({THIRD}, False)

    def test_what_is_a_few_characters_long_tells_nothing(self) -> None:
        after = replace(ARTICLE, body=(*ARTICLE.body, "图"))
        assert not compare(ARTICLE, after, shows("图"), shows("图")).ours
        assert not compare(after, ARTICLE, shows("图"), shows("图")).still

    def test_a_text_of_which_nothing_is_left_was_replaced(self) -> None:
        after = replace(ARTICLE, title="页面维护", body=("系统正在升级，请稍后再来访问。",))
        assert compare(ARTICLE, after, self.ALL, shows("系统正在升级，请稍后再来访问。")).replaced
        assert not compare(ARTICLE, after, self.ALL, self.ALL).replaced, "the page still shows the text"
        assert not compare(ARTICLE, self.cut(), self.ALL, shows(TITLE, FIRST)).replaced

    @pytest.mark.parametrize(
        ("was", "rebuilt"),
        [(shows(FIRST), False), (shows(FIRST, build="grid card wide teaser"), True), (None, False)],
    )
    def test_a_page_with_other_names_for_its_parts_was_rebuilt(
        self, was: Shown | None, rebuilt: bool
    ) -> None:
        assert compare(ARTICLE, ARTICLE, was, self.ALL).rebuilt is rebuilt

    def test_pages_without_names_were_not_rebuilt(self) -> None:
        assert not compare(ARTICLE, ARTICLE, Shown(FIRST), Shown(FIRST)).rebuilt


class TestSamePage:
    def test_a_text_is_the_same_page_as_itself_whatever_its_digits(self) -> None:
        one, other = sketch(shows(FIRST + "现在时间10:30")), sketch(shows(FIRST + "现在时间11:45"))
        assert one == other
        assert same_page(one, other)

    def test_texts_that_share_most_are_one_page_and_others_are_not(self) -> None:
        long = FIRST + SECOND + THIRD
        assert same_page(sketch(Shown(long * 3 + FIRST)), sketch(Shown(long * 3)))
        assert not same_page(sketch(Shown(FIRST)), sketch(Shown(SECOND)))
        assert not same_page(sketch(Shown(long)), sketch(Shown(FIRST)))
        assert same_page(sketch(Shown(long)), sketch(Shown(FIRST + SECOND)), least=0.4)

    def test_a_sketch_is_short_however_long_the_text(self) -> None:
        text = "".join(chr(0x4E00 + number) for number in range(5000))
        assert len(sketch(Shown(text))) == 128
        assert list(sketch(Shown(text))) == sorted(sketch(Shown(text)))

    def test_without_text_no_page_is_the_same(self) -> None:
        assert sketch(Shown()) == sketch(Shown("雨停了")) == ()
        assert not same_page((), ())
        assert not same_page(sketch(Shown(FIRST)), ())


class TestHuge:
    """Beyond what any article has, a part stands for the whole; what an article of news can have is looked at whole."""

    def test_a_page_shows_no_more_than_is_looked_at(self) -> None:
        assert len(shows("长" * (MOST_SHOWN + 5_000)).text) == MOST_SHOWN

    def test_of_sentences_without_end_some_from_all_over_stand_for_all(self) -> None:
        looked_up = Looked("渝" * MOST_SHOWN)
        body = tuple(f"第{number}处口袋公园开放。" for number in range(20_000))
        edited = replace(ARTICLE, body=body)
        compare(ARTICLE, edited, None, Shown(looked_up))
        assert Shown(looked_up).holds(body) == 0
        assert 100 < looked_up.times < 3 * MOST_STEPS // MOST_SHOWN

    def test_the_longest_article_of_news_is_looked_up_whole(self) -> None:
        looked_up = Looked("渝" * 100_000)
        Shown(looked_up).holds([f"第{number}处口袋公园开放。" for number in range(2_000)])
        assert looked_up.times == 2_000


class Looked(str):
    """A text that counts how often something was looked up in it."""

    times = 0

    def __contains__(self, found: object) -> bool:
        self.times += 1
        return super().__contains__(found)  # type: ignore[arg-type]
