"""Reporters' and editors' lines in every form seen, and the sentences that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract.bylines import authors_of, editors_in, line_names, split_editors

MIDDLE = ("江边的路修好了，附近居民多了个去处。", "路长三公里。")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("□ 本报记者 葛灵丹", ("葛灵丹",)),
        ("□本报记者　葛灵丹　陆　远", ("葛灵丹", "陆远")),
        ("本报记者 冉小禾 骆青川", ("冉小禾", "骆青川")),
        ("（记者 夏元）", ("夏元",)),
        ("(记者夏元)", ("夏元",)),
        ("记者 骆青川 通讯员 谷雨 文/图", ("骆青川", "谷雨")),
        ("记者骆青川 实习生谷雨", ("骆青川", "谷雨")),
        ("（记者 骆青川 实习记者 谷雨、陆远）", ("骆青川", "谷雨", "陆远")),
        ("文/韩冬 图/上官雨", ("韩冬", "上官雨")),
        ("文／记者 韩冬　图／受访者供图", ()),
        ("新华社记者陆远、冉小禾", ("陆远", "冉小禾")),
        ("人民网记者 刘思源", ("刘思源",)),
        ("重庆日报首席记者 夏元", ("夏元",)),
        ("上游新闻·重庆晨报记者 夏元", ("夏元",)),
        ("山城日报·江岸点记者 夏元 整合", ("夏元",)),
        ("山城日报·江岸点 夏元", ()),
        ("本报驻重庆记者 王斌来 崔佳", ("王斌来", "崔佳")),
        ("通讯员 阿卜杜拉·买买提 次仁罗布", ("阿卜杜拉·买买提", "次仁罗布")),
        ("作者：于是之、谭云", ("于是之", "谭云")),
        ("□ 葛灵丹", ("葛灵丹",)),
        ("本報記者 陳靜", ("陳靜",)),
        ("新华社记者", ()),
        ("记者观察", ()),
        ("记者手记", ()),
        ("记者调查：停车难在哪", ()),
        ("记者从市交通局获悉", ()),
        ("□ 相关链接", ()),
        ("新华社记者 陆远 摄", ()),
        ("文/图", ()),
        ("通讯员队伍壮大", ()),
        ("", ()),
    ],
)
def test_a_line_of_its_own_names_reporters_or_is_no_byline(line, names):
    assert line_names(line) == names


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("共同建设产业集群。 （记者 夏元）", ("夏元",)),
        ("共同建设产业集群。(记者夏元)", ("夏元",)),
        ("共同建设产业集群。（本报记者 陆远 冉小禾）", ("陆远", "冉小禾")),
        ("共同建设产业集群。（刘政宁、周小平）", ("刘政宁", "周小平")),
        ("共同建设产业集群。（记者 陆远（实习） 冉小禾）", ("陆远", "冉小禾")),
        ("共同建设产业集群。（记者宋晨、田中全、胡�础⒑钗睦ぃ�", ("宋晨", "田中全")),
        ("共同建设产业集群。 本报记者 陆远 冉小禾", ("陆远", "冉小禾")),
        ("共同建设产业集群。（作者：欧阳静，系某高校教授）", ("欧阳静",)),
        ("共同建设产业集群。（作者单位：某高校）", ()),
        ("共同建设产业集群。（完）", ()),
        ("共同建设产业集群。（全文完）", ()),
        ("共同建设产业集群。（未完待续）", ()),
        ("共同建设产业集群。（江北、渝中）", ()),
        ("共同建设产业集群。（记者 陆远 摄）", ()),
        ("他对记者说，已经等了三年（含筹备期）。", ()),
        ("通信地址：重庆市渝中区（邮编400010）", ()),
    ],
)
def test_the_end_of_the_last_paragraph(paragraph, names):
    assert authors_of("", (*MIDDLE, paragraph)) == names


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("人民网重庆8月20日电 （刘政宁、周小平）20日，专区上线。", ("刘政宁", "周小平")),
        ("人民网重庆8月20日电（记者刘政宁）20日，专区上线。", ("刘政宁",)),
        ("新华社北京4月24日电（记者陆远、冉小禾）专区上线。", ("陆远", "冉小禾")),
        ("本报讯 （记者 夏元 通讯员 谷雨）专区上线。", ("夏元", "谷雨")),
        ("（记者 夏元）专区上线。", ("夏元",)),
        ("中新网重庆6月4日电 (陈茂霖)专区上线。", ("陈茂霖",)),
        ("本报讯（综合）专区上线。", ()),
        ("据新华社电（南岸区）专区上线。", ()),
        ("6月4日，专区（含网上）上线。", ()),
    ],
)
def test_the_dateline_of_the_first_paragraph(paragraph, names):
    assert authors_of("", (paragraph, *MIDDLE)) == names


def test_digests_name_a_reporter_at_the_end_of_each_item():
    body = ("甲事。（记者 夏元）", "乙事。", "丙事。（记者 谷雨）", "丁事。")
    assert authors_of("", body) == ("夏元", "谷雨")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("本报记者 蒋云龙 王欣悦", ("蒋云龙", "王欣悦")),
        ("欧阳静", ("欧阳静",)),
        ("刘政宁、周小平", ("刘政宁", "周小平")),
        ("重庆日报记者 夏元", ("夏元",)),
        ("本报评论员", ()),
        ("", ()),
    ],
)
def test_the_author_line_of_the_page(line, names):
    assert authors_of(line, MIDDLE) == names


def test_each_author_stands_once_the_author_line_first():
    assert authors_of("记者 谷雨", (*MIDDLE, "完工。（记者 夏元 谷雨）")) == ("谷雨", "夏元")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(责编：萧潇、张妍)", ("萧潇", "张妍")),
        ("（责编:秦洁、张祎）", ("秦洁", "张祎")),
        ("(责编：秦小满(实习)、张祎)", ("秦小满", "张祎")),
        ("(责编：刘 政 盖纯)", ("刘政", "盖纯")),
        ("责任编辑：严　冬", ("严冬",)),
        ("(責編：劉政、張祎)", ("劉政", "張祎")),
        ("【责任编辑:严冬】", ("严冬",)),
        ("(责编：)", ()),
        ("编辑部电话：023-63000000", ()),
        ("", ()),
    ],
)
def test_the_editors_line(text, names):
    assert editors_in(text) == names


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("(责编：萧潇、张妍)", ("", ("萧潇", "张妍"))),
        ("路修好了。（责任编辑：严冬）", ("路修好了。", ("严冬",))),
        ("路修好了。", None),
        ("责任编辑：严冬，他做这行已经二十年，", None),
        ("他对责编说：稿子今晚要发，明天来不及了。", None),
    ],
)
def test_a_line_that_ends_with_the_editors_closes_the_article(line, found):
    assert split_editors(line) == found


HAN = st.text(alphabet="记者通讯员夏元（）、 　：/文图□电摄。", max_size=40)


@given(st.lists(HAN, max_size=6), HAN)
@settings(max_examples=120)
def test_whatever_stands_there_only_names_come_out(body, line):
    for name in authors_of(line, body):
        assert 2 <= len(name) <= 4
        assert not set(name) & set("（）、 　：/□。")
