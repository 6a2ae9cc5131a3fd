"""The templates of about 2016–20 (G2): articles in two variants, and picture galleries. Pure."""

# ruff: noqa: E501 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from html import escape

from ..articles import Article
from . import body as text
from . import furniture
from .furniture import Surroundings

STYLES = '<link href="/img/2016wb/page.css" type="text/css" rel="stylesheet" media="all" />\n'
SHARE = (
    '<div class="fr share"><i class="share_wx"></i><i class="share_wb"></i><a class="fontsize">字号</a></div>'
)
HOT = ("一周图片精选", "本周热词盘点", "读者来信选登")


def render(article: Article, part: int, around: Surroundings) -> list[str]:
    """Return the chunks of a G2 page; every seventh article has the older variant."""
    inner = _older(article, part, around) if article.number % 7 == 3 else _article(article, part, around)
    return _page(article, around, inner)


def _page(article: Article, around: Surroundings, inner: str) -> list[str]:
    return furniture.filled(
        [
            furniture.head(article, STYLES) + "<body>\n",
            furniture.navigation(article.channel),
            furniture.advertisement(around),
            inner,
            furniture.related(around),
            furniture.footer(),
            furniture.scripts(),
            furniture.counter(article, around),
        ],
        around,
    )


def _path(article: Article) -> str:
    return f"""<div class="clearfix w1000_320 path"><span id="rwb_navpath">{furniture.crumbs(article)}</span></div>
"""


def _article(article: Article, part: int, around: Surroundings) -> str:
    mark = ' id="newstit"' if article.number % 3 == 0 else ""
    return f"""{_path(article)}<div class="clearfix w1000_320 text_title">
	<h3 class="pre">{escape(article.kicker)}</h3>
	<h1{mark}>{escape(article.title_text)}</h1>
	<h4 class="sub">{escape(article.subtitle)}</h4>
	<p class="author">{escape(article.byline) or "&nbsp;"}</p>
	<div class="box01">
		<div class="fl">{text.time_of(article)}&nbsp;&nbsp;来源：{text.source_link(article)}{article.source_note}</div>
		{SHARE}
	</div>
</div>
<div class="clearfix w1000_320 text_con">
	<div class="fl text_con_left">
		<div class="box_pic"></div>
		<div class="box_con" id="rwb_zw">
{text.body(article, part, around)}{text.pager(article, part)}
		</div>
		<div class="edit clearfix">{text.editors(article)}</div>
		{_recommended(around)}
	</div>
	<div class="fr text_con_right"><div class="tab01"><h2>热门排行</h2></div></div>
</div>
"""


def _recommended(around: Surroundings) -> str:
    items = "".join(f'<li><a href="{link.path}">{escape(link.title)}</a></li>' for link in around.related[:3])
    hot = "".join(f"<li><a>{name}</a></li>" for name in HOT)
    return f'<div id="rwb_tjyd" class="clearfix"><h2>推荐阅读</h2><ul class="list_14">{items}{hot}</ul></div>'


def _older(article: Article, part: int, around: Surroundings) -> str:
    return f"""{_path(article)}<div class="clearfix w1000 text_c">
	<h3>{escape(article.kicker)}</h3>
	<h1>{escape(article.title_text)}</h1>
	<h4>{escape(article.subtitle)}</h4>
	<p class="author">{escape(article.byline)}</p>
	<p class="sou">{text.time_of(article)}&nbsp;&nbsp;&nbsp;&nbsp;来源：{text.source_link(article)}{article.source_note}</p>
	<div class="show_text">
{text.body(article, part, around)}{text.pager(article, part)}
	</div>
	<div class="edit clearfix">{text.editors(article)}</div>
	{_recommended(around)}
</div>
"""


def render_gallery(article: Article, part: int, around: Surroundings) -> list[str]:
    """Return the chunks of one page of a gallery: one picture, one paragraph, and a pager that ends in an
    advertisement.
    """
    following = article.part_path(part + 1) if part < article.parts else "javascript:showAd('gallery');"
    numbers = "".join(
        f'<a href="{article.part_path(number)}"{" class=" + chr(34) + "common_current_page" + chr(34) if number == part else ""}>{number}</a>'
        for number in range(1, article.parts + 1)
    )
    shown = text.page_pictures(article, part)
    image = f'<a href="{following}"><img src="{shown[0].path}" alt="" /></a>' if shown else ""
    inner = f"""{_path(article)}<div class="clearfix w1000 pic_content">
	<h1>{escape(article.title_text)}</h1>
	<div class="page_c clearfix"><div class="fl">共{article.parts}张</div><div class="fr">来源：{text.source_link(article)}&nbsp;&nbsp;{text.time_of(article)}</div></div>
	<div id="picG"><div class="pic">{image}</div><a id="next" href="{following}">下一页</a></div>
	<div class="page_n clearfix">{numbers}<a href="{following}">下一页</a></div>
	<div class="content clear clearfix">
{"".join(text.paragraph(line, around) for line in text.page_paragraphs(article, part))}
	</div>
	<div class="edit clearfix">{text.editors(article)}</div>
</div>
"""
    return _page(article, around, inner)
