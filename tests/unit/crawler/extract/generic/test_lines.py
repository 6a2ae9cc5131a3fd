"""The lines above and below an article, as sites of every make write them → time, source, authors, editors."""

from datetime import UTC, datetime

import pytest

from crawler.extract.generic import read_generic

NOW = datetime(2024, 12, 1, 4, 0, tzinfo=UTC)
TEXT = (
    "<p>清晨的码头上，第一班渡船鸣笛离岸，乘客们举着相机，江面上的雾正在慢慢散去。</p>"
    "<p>轮渡公司说，复航以后每天开行四十班，最早一班六点半，最晚一班晚上九点，票价两元。</p>"
    "<p>家住对岸的老人说，从前过江要绕一个多小时的路，如今坐船只要十分钟，方便多了。</p>"
)

#: What stands between the headline and the text → time, source, authors
ABOVE = {
    "2005年03月31日03:18 江城晨报": ("2005-03-31T03:18", "江城晨报", ()),
    "http://www.site.example 2005年03月31日03:18 江城晨报": ("2005-03-31T03:18", "江城晨报", ()),
    "2005年3月31日 来源：江城晨报 作者：石晓雨": ("2005-03-31T00:00", "江城晨报", ("石晓雨",)),
    "（2005-03-31 03:18:05） 稿件来源：江城晨报": ("2005-03-31T03:18:05", "江城晨报", ()),
    "文章来源: 江城晨报 更新时间: 2005-3-31 3:18:05": ("2005-03-31T03:18:05", "江城晨报", ()),
    "更新时间：2005-04-02 10:00 发布时间：2005-03-31 03:18": ("2005-03-31T03:18", "", ()),
    "日期：2005-03-31　作者：石晓雨　来源：江城晨报　点击：1024": ("2005-03-31T00:00", "江城晨报", ("石晓雨",)),
    "江城晨报 石晓雨 2005-03-31 03:18": ("2005-03-31T03:18", "", ()),
    "【发布时间:2005-3-31】【作者:石晓雨】【来源:江城晨报】": ("2005-03-31T00:00", "江城晨报", ("石晓雨",)),
    "文/石晓雨　2005年3月31日": ("2005-03-31T00:00", "", ("石晓雨",)),
    "文丨石晓雨 编辑丨庞敏": (None, "", ("石晓雨",)),
    "采写：江都记者 石晓雨 实习生 谭思远": (None, "", ("石晓雨", "谭思远")),
    "《江城》作者 石晓雨": (None, "", ("石晓雨",)),
    "石晓雨/江城晨报": (None, "", ("石晓雨",)),
    "江城晨报 | 石晓雨、谭思远": (None, "", ("石晓雨", "谭思远")),
    "石晓雨 发表于 2005-3-31 3:18:00": ("2005-03-31T03:18", "", ("石晓雨",)),
    "发信人: xiaoyu (半山), 信区: River": (None, "", ("xiaoyu",)),
    "发信站: 江城站 (Thu Mar 31 03:18:05 2005), 站内信件": ("2005-03-31T03:18:05", "", ()),
    "星期四 三月 31, 2005 3:18 am": ("2005-03-31T03:18", "", ()),
    "Posted by xiaoyu at March 31, 2005 03:18 PM": ("2005-03-31T15:18", "", ("xiaoyu",)),
    "民國94年3月31日 記者羅文傑／台北報導": ("2005-03-31T00:00", "", ("羅文傑",)),
    "2005/03/31 15:18 港城時報 記者羅文傑": ("2005-03-31T15:18", "港城時報", ("羅文傑",)),
    "By Helen Marsh, Staff Writer | Updated 9:40 AM EST, Fri April 1, 2005": (
        "2005-04-01T09:40", "", ("Helen Marsh",)
    ),
    "昨天 09:15 来自江城客户端": ("2024-11-30T09:15", "", ()),
    "11月5日 09:15": ("2024-11-05T09:15", "", ()),
}  # fmt: skip


def read(above="", below="", head=""):
    html = (
        f"<html><head><title>渡船复航_江城在线</title>{head}</head><body><div>首页 &gt; 新闻</div><h1>渡船复航</h1>"
        f"{above}<div>{TEXT}</div>{below}<p>版权所有 江城在线</p></body></html>"
    )
    found = read_generic(html, "https://a.example/x.html", now=NOW)
    assert found is not None
    assert len(found.body) == 3
    return found


@pytest.mark.parametrize("line", ABOVE)
def test_a_line_under_the_headline(line):
    at, source, authors = ABOVE[line]
    found = read(f"<div>{line}</div>")
    shown = found.published_at.replace(tzinfo=None) if found.published_at else None
    assert shown == (datetime.fromisoformat(at) if at else None)
    assert (found.source, found.authors) == (source, authors)


#: What stands below the text → authors, editors
BELOW = {
    "责任编辑：庞敏": ((), ("庞敏",)),
    "（责任编辑：庞敏）": ((), ("庞敏",)),
    "【责任编辑:庞敏】": ((), ("庞敏",)),
    "责任编辑：庞敏_CQ1234": ((), ("庞敏",)),
    "[责任编辑：庞敏 PK155]": ((), ("庞敏",)),
    "责任编辑 庞敏": ((), ("庞敏",)),
    "【纠错】【责任编辑:庞敏】": ((), ("庞敏",)),
    "本文来源：江城晨报 责任编辑：庞敏": ((), ("庞敏",)),
    "编辑 庞敏 校对 鲁一帆": ((), ("庞敏",)),
    "编辑：庞敏 审核：鲁一帆": ((), ("庞敏",)),
    "编辑|庞敏": ((), ("庞敏",)),
    "（石晓雨）": (("石晓雨",), ()),
    "江城晨报记者 石晓雨": (("石晓雨",), ()),
    "作者：石晓雨 责任编辑：庞敏": (("石晓雨",), ("庞敏",)),
    "责任编辑：HN666": ((), ()),
    "来源：江城晨报": ((), ()),
    "作者最新文章": ((), ()),
}


@pytest.mark.parametrize("line", BELOW)
def test_a_line_below_the_text(line):
    found = read(below=f"<div>{line}</div>")
    assert (found.authors, found.editors) == BELOW[line]


@pytest.mark.parametrize("line", [line for line in BELOW if "编辑" in line or "来源" in line])
def test_credits_at_the_end_of_the_text_s_own_block_are_no_text(line):
    html = f"<title>渡船复航_江城在线</title><h1>渡船复航</h1><div>{TEXT}<p>{line}</p></div>"
    found = read_generic(html)
    assert found is not None
    assert len(found.body) == 3
    assert found.editors == BELOW[line][1]


#: What stands in the block of a text and is none of it.
AROUND = {
    "（原标题：渡船停航十二年后复航）": "first",
    "特别声明：以上内容由用户上传并发布，本平台仅提供信息存储服务。": "last",
    "转载请注明出处：江城在线": "last",
    "文章观点仅代表作者本人，不代表江城在线立场。": "last",
}


@pytest.mark.parametrize("line", AROUND)
def test_notes_of_the_platform_are_no_text(line):
    first, last = (line, "") if AROUND[line] == "first" else ("", line)
    html = f"<title>渡船复航_江城在线</title><h1>渡船复航</h1><div><p>{first}</p>{TEXT}<p>{last}</p></div>"
    found = read_generic(html)
    assert found is not None
    assert len(found.body) == 3


def ld(text):
    return f'<script type="application/ld+json">{text}</script>'


#: What the head declares → authors
DECLARED = {
    '<meta name="author" content="石晓雨">': ("石晓雨",),
    '<meta name="author" content="江城在线">': (),
    '<meta name="author" content="江城">': (),
    '<meta name="author" content="参考新闻">': (),
    '<meta name="author" content="someone@site.example">': (),
    '<meta name="article:author" content="https://a.example/u/1"><meta name="byl" content="By Helen Marsh">': (
        "Helen Marsh",
    ),
    '<meta name="author" content="半山客">': ("半山客",),
    ld(
        '{"@graph":[{"@type":"Article","author":{"@id":"#p"}},{"@id":"#p","@type":"Person","name":"石晓雨"}]}'
    ): ("石晓雨",),
    ld('{"@type":"NewsArticle","author":[{"@type":"Person","name":"石晓雨"},"谭思远"]}'): (
        "石晓雨",
        "谭思远",
    ),
    ld('{"@type":"NewsArticle","author":{"@type":"Organization","name":"江城网"}}'): (),
}


@pytest.mark.parametrize("head", DECLARED)
def test_declared_authors(head):
    assert read(head=head).authors == DECLARED[head]


#: What the page declares and shows of its time → the article's
TIMES = {
    ('<meta name="apub:time" content="2005-3-31 15:18:05">', ""): "2005-03-31T15:18:05",
    ('<meta property="og:time" content="2005年03月31日 15:18">', ""): "2005-03-31T15:18",
    ('<meta name="firstpublishedtime" content="2005-03-31-15:18:05">', ""): "2005-03-31T15:18:05",
    ('<meta name="weibo: article:create_at" content="2005-03-31 15:18:05">', ""): "2005-03-31T15:18:05",
    ('<meta itemprop="dateUpdate" content="2005-03-31 15:18:05">', ""): "2005-03-31T15:18:05",
    ('<meta name="citation_date" content="20050331">', ""): "2005-03-31T00:00",
    (
        '<meta name="date" content="unknown"><meta name="created" content="2005-03-31">',
        "",
    ): "2005-03-31T00:00",
    (
        ld('{"@context":"x","appid":"1","pubDate":"2005-03-31T15:18:05"}'),
        "",
    ): "2005-03-31T15:18:05",
    ("", '<time datetime="2005-03-31T15:18:05+08:00">三月的最后一天</time>'): "2005-03-31T15:18:05",
    ('<meta name="pubdate" content="2005-03-31">', "2005-03-31 15:18"): "2005-03-31T15:18",
    ('<meta name="pubdate" content="2005-03-31 17:02:41">', "2005-03-31 15:18"): "2005-03-31T15:18",
    ('<meta name="pubdate" content="2005-03-31 15:18:41">', "2005-03-31 15:18"): "2005-03-31T15:18:41",
    ("", "今天是2024年12月1日 星期日</div><div>2005-03-31 15:18"): "2005-03-31T15:18",
}


@pytest.mark.parametrize(("head", "line"), TIMES)
def test_declared_and_shown_times(head, line):
    found = read(f"<div>{line}</div>", head=head)
    assert found.published_at is not None
    assert found.published_at.replace(tzinfo=None) == datetime.fromisoformat(TIMES[head, line])


def test_the_markup_names_an_author():
    assert read('<div><a class="post-author-name" href="/u/7">石晓雨</a> · 读书</div>').authors == ("石晓雨",)
    assert read('<div><span class="author">最新文章</span></div>').authors == ()


def test_a_column_s_or_a_place_s_name_is_no_author():
    for word in ("江西", "关注", "时评", "房产"):
        assert read(f"<div>{word}</div>").authors == ()


def test_a_post_of_a_bulletin_board_is_read_line_by_line():
    lines = "\n".join(
        ["清晨的码头上，第一班渡船鸣笛离岸。", "江面上的雾正在散去，乘客们举着相机，老人说从前绕路。"] * 2
    )
    post = f"发信人: xiaoyu, 信区: River\n标  题: 渡船复航\n发信站: 江城站 (Thu Mar 31 03:18:05 2005)\n\n{lines}\n"
    found = read_generic(
        f"<title>渡船复航 - 江边论坛</title><pre>{post}\n--\n※ 来源:·江城站·[FROM: 10.1.2.3]</pre>"
    )
    assert found is not None
    assert (len(found.body), found.title, found.authors) == (4, "渡船复航", ("xiaoyu",))
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2005-03-31T03:18:05+08:00"


def test_of_a_post_and_its_few_replies_the_post_is_the_article():
    reply = "<table><tr><td>作者：阿山　回复日期：2005-3-31 16:20</td></tr></table><div>　　请问几点开船啊？</div>"
    html = (
        f"<title>渡船复航_杂谈</title><div>渡船复航</div><table><tr><td>作者：半山客　提交日期：2005-3-31 15:18:05"
        f"</td></tr></table><div>{TEXT}</div>{reply * 2}"
    )
    found = read_generic(html)
    assert found is not None
    assert (len(found.body), found.authors) == (3, ("半山客",))


@pytest.mark.parametrize(
    "start", ["〔記者羅文傑／台北報導〕", "（港城社記者羅文傑台北13日電）", "[記者羅文傑/綜合報導]"]
)
def test_the_reporter_whom_the_text_s_first_words_name_with_the_place(start):
    html = f"<title>渡船復航 | 生活 | 港城社</title><h1>渡船復航</h1><div>{TEXT.replace('<p>', '<p>' + start, 1)}</div>"
    found = read_generic(html)
    assert found is not None
    assert found.authors == ("羅文傑",)
