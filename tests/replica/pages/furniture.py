"""What stands around an article on every page: head, navigation, related news, footer, scripts, counters.
Pure.

Each function returns text. The long ones that never change are made once, so that a server need not encode
them again.
"""

# ruff: noqa: E501, E101 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from ..articles import Article
from ..prose import text_of

PROVINCES = [
    "bj",
    "京",
    "tj",
    "津",
    "he",
    "冀",
    "sx",
    "晋",
    "nm",
    "蒙",
    "ln",
    "辽",
    "jl",
    "吉",
    "hlj",
    "黑",
    "sh",
    "沪",
    "js",
    "苏",
    "zj",
    "浙",
    "ah",
    "皖",
    "fj",
    "闽",
    "jx",
    "赣",
    "sd",
    "鲁",
    "henan",
    "豫",
    "hb",
    "鄂",
    "hn",
    "湘",
    "gd",
    "粤",
    "gx",
    "桂",
    "hi",
    "琼",
    "cq",
    "渝",
    "sc",
    "川",
    "gz",
    "黔",
    "yn",
    "滇",
    "xz",
    "藏",
    "sn",
    "陕",
    "gs",
    "甘",
    "qh",
    "青",
    "nx",
    "宁",
    "xj",
    "新",
    "sz",
    "深圳",
]
MENUS = {
    "要览": ("时政", "党建", "理论", "人事", "法规"),
    "资讯": ("经济", "社会", "文旅", "科普", "教育", "健康", "国际", "体育"),
    "看法": ("网评", "来论", "财评", "访谈"),
    "互动": ("留言", "论坛", "投诉", "建议"),
    "影像": ("视频", "图片", "图解", "直播"),
}
DOWNLOADS = ("报纸客户端", "网站客户端", "手机版", "留言板", "视频", "智能创作")


class Shared(str):
    """Text that is the same on many pages, so that its bytes are worth keeping."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a listing or a box of related news shows it."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the article at one moment. `churn` counts the changes of furniture so far, `weight`
    is the
    size in bytes that a page is filled up to (0: as it is); `markup` changes how the body is marked up, not
    its text.
    """

    host: str = "cq"
    related: Sequence[Link] = ()
    churn: int = 0
    weight: int = 0
    markup: int = 0


def head(article: Article, extra: str) -> str:
    """The head of an article's page, with the metas of its years; `extra` are the style sheets."""
    title = escape(article.title_text)
    lead = escape(text_of(article.body[0])[:100] if article.body else "", quote=True)
    region = article.channel != "www"
    prefix = "L_" if region else ""
    metas = "".join(
        f'<meta name="{name}" content="{escape(value, quote=True)}">\n'
        for name, value in (
            ("filetype", "0"),
            ("publishedtype", "1"),
            ("pagetype", "1"),
            ("catalogs", f"{prefix}{article.column}"),
            ("contentid", f"{prefix}{article.id}"),
            ("publishdate", f"{article.published_at:%Y-%m-%d}"),
            ("author", f"{prefix}{104000 + article.column % 997}"),
            ("editor", ""),
            ("source", f"来源：{article.source}{article.source_note}"),
            ("sourcetype", ""),
        )
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="content-type" content="text/html;charset={article.label}"/>
<meta http-equiv="Content-Language" content="utf-8" />
<meta content="all" name="robots" />
<title>{title}</title>
<meta name="keywords" content="{escape(" ".join(article.section[1:]), quote=True)}" />
<meta name="description" content="　　{lead}" />
<meta name="copyright" content="人民网版权所有" />
{metas}{extra}</head>
"""


@cache
def navigation(host: str) -> str:
    """The bar of menus at the top, with the links to the sister channels."""
    provinces = "\n".join(
        f'        <li><a href="http://{code}.people.com.cn/" target="_blank">{name}</a></li>'
        for code, name in zip(PROVINCES[::2], PROVINCES[1::2], strict=True)
    )
    menus = "".join(
        f"""<li class="menu_item">
    <span>{name}<img src="/img/2020peopleindex/img/arrow2.png" class="zhuan" /></span>
    <div>
        <ul>
"""
        + "\n".join(
            f'            <li><a href="http://{host}.people.com.cn/GB/menu/{index}{order}/index.html" '
            f'target="_blank">{item}</a></li>'
            for order, item in enumerate(items)
        )
        + "\n        </ul>\n    </div>\n</li>"
        for index, (name, items) in enumerate(MENUS.items())
    )
    return Shared(f"""<img src="/img/2020peopleindex/img/logo_share_ap.jpg" width="200" height="200" class="hide share-img" />
<div class="main">
	<!--头部-->
    <div class="header cf">
        <div class="layout">
            <a href="http://www.people.cn" target="_blank"><img src="/img/2020wbc/imgs/logo.png" alt="人民网" title="人民网" /></a>
        </div>
    </div>
    <div class="wb_line"></div>
	<!--导航-->
    <div class="rm_nav cf" id="rm_topnav">
        <div class="layout rm_nav_con cf">
			<div class="col col-1">
				<ul class="cf"><li class="shouye"><a href="http://www.people.com.cn" target="_blank">首页</a></li>
{menus}<li class="menu_item">
    <span>地方<img src="/img/2020peopleindex/img/arrow2.png" class="zhuan" /></span>
    <div>
    <ul class="df">
{provinces}
    </ul>
    </div>
</li><li class="Sign" id="login_button"><em></em><a href="http://sso.people.com.cn/login" target="_blank">登录</a></li></ul>
			</div>
		</div>
	</div>
    <div class="nav_more_con cf">
		<i class="more_btn"></i>
		<div class="layout cf">
			<h1 class="cf"><img src="/img/2020peopleindex/img/logo_red.png" alt=""></h1>
			<h3 class="cf">报系与网站</h3>
			<div class="more_con cf"><a href="http://paper.people.com.cn/rmrb/" target="_blank">日报电子版</a></div>
		</div>
	</div>
""")


def crumbs(article: Article) -> str:
    """The path of links from the site's front page down to the article's column."""
    places = ["http://www.people.com.cn/", f"http://{article.channel}.people.com.cn/"]
    places += [f"http://{article.channel}.people.com.cn/GB/{article.column}/"] * 8
    return "&gt;&gt;".join(
        f'<a href="{place}" class="clink">{escape(name)}</a>'
        for place, name in zip(places, article.section, strict=False)
    )


def advertisement(around: Surroundings) -> str:
    """The script of an advertisement; its number changes with the furniture."""
    return f"""    <div class="layout cf">
 		<script type="text/javascript" src="http://pgg.people.com.cn/s?z=people&c={59 + around.churn % 7}" charset="gbk"></script>
	</div>
"""


def related(around: Surroundings) -> str:
    """The box of related news."""
    items = "".join(
        f'<li><a href="{link.path}" target="_blank">{escape(link.title)}</a></li>' for link in around.related
    )
    return f"""<div class="rm_relevant cf box_news">
              <h5><span></span>相关新闻</h5>
              <ul>{items}</ul>
       </div>
"""


@cache
def downloads() -> str:
    """The box of apps to download."""
    items = "\n".join(
        f'\t\t\t\t\t<li><a href="http://www.people.com.cn/GB/app/{index}.html" target="_blank"><img '
        f'src="/img/2020wbc/imgs/icon_{index}.png" width="70" height="70" alt="">{name}</a></li>'
        for index, name in enumerate(DOWNLOADS)
    )
    return Shared(f"""			<div class="rm_relevant rm_download cf">
				<h5><span></span>客户端下载</h5>
				<ul>
{items}
				</ul>
			</div>
""")


@cache
def footer() -> str:
    """The publisher's lines at the foot, and the floating buttons."""
    return Shared("""	<div class="rm_footer cf">
		<!--information-->
		<div class="layout information cf">
			<p><a href="http://www.people.com.cn/GB/about/" target="_blank">关于我们</a><span class="xian">|</span>
			<a href="http://www.people.com.cn/GB/ads/" target="_blank">广告服务</a><span class="xian">|</span>
			<a href="http://www.people.com.cn/GB/law/" target="_blank">网站律师</a></p>
			<p>服务信箱：<a href="mailto:kf@people.example">kf@people.example</a>&nbsp;&nbsp;违法和不良信息举报电话：000-00000000</p>
			<p class="copyright">版 权 所 有 ，未 经 书 面 授 权 禁 止 使 用<br />Copyright &copy; 1997-2026 all rights reserved</p>
		</div>
	</div>
	<div class="txt_float_r">
		<ul>
			<li class="btn_comment"><span><em></em>评论</span><div class="share_con"><a href="http://bbs1.people.com.cn/" target="_blank"><img src="/img/2020wbc/imgs/share_bbs.png" alt=""></a></div></li>
			<li class="btn_share section-common-share-wrap"><span class="btn_share_common"><em></em>分享</span></li>
			<li class="btn_follow"><span><em></em>关注</span><div class="share_con"><i><strong class="active">微信</strong><strong>微博</strong></i><div style="display: block;"><b>扫一扫，消息早知道</b></div></div></li>
		</ul>
	</div>
</div>
""")


@cache
def scripts() -> str:
    """The scripts at the end of a page."""
    return Shared("""<script src="http://tools.people.com.cn/libs/jquery/1.11.1/jquery-1.11.1.min.js" type="text/javascript"></script>
<div class="topb">返回顶部</div><script type="text/javascript">
$(document).ready(function() {
	$(document).scroll(function(){ if($(this).scrollTop() > 200){ $(".topb").show() } else { $(".topb").hide() } });
	var $bza=$(".rm_txt_con div.bza");
	if($bza.find("p").text().length>10){ $bza.show(); }
});
</script>
<script type="text/javascript">
var wxData = {"link": window.location.href, "desc": "本地新闻，随时看", "title": document.title};
</script>
""")


def counter(article: Article, around: Surroundings) -> str:
    """The counters, whose numbers change with the furniture, and the end of the page."""
    reads = 1200 + (int(article.id) % 811) + around.churn * 37
    return f"""<div class="share_count"><span id="read_num">{reads}</span>次阅读 <em id="share_num">{reads // 19}</em>次分享</div>
<img src="http://counter.people.cn:8000/f.gif?id={article.id}&t={around.churn}" width=0 height=0 style="display:none;">
</body>
</html>"""


@cache
def padding(size: int) -> str:
    """A script of about `size` bytes, such as real pages carry in their own text."""
    line = 'var rmw_menu_{0} = {{"id": {0}, "href": "http://www.people.com.cn/GB/{0}/index.html", "open": false}};\n'
    count = max(0, size - 60) // len(line.format(100000))
    lines = "".join(line.format(100000 + index) for index in range(count))
    return Shared(f'<script type="text/javascript">\n{lines}</script>\n')


def filled(chunks: list[str], around: Surroundings) -> list[str]:
    """Fill a page up to the weight asked for; the padding stands before the last chunk."""
    if around.weight:
        size = sum(len(chunk) for chunk in chunks) * 11 // 10
        chunks.insert(-1, padding(max(0, around.weight - size) // 1024 * 1024))
    return chunks
