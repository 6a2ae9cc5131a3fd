"""The template of about 2012–15 (G1). Pure."""

# ruff: noqa: E501 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from html import escape

from ..articles import Article
from . import body as text
from . import furniture
from .furniture import Surroundings

STYLES = '<link href="/img/2012style/text.css" type="text/css" rel="stylesheet" media="all" />\n'


def render(article: Article, part: int, around: Surroundings) -> list[str]:
    """Return the chunks of a G1 page."""
    return furniture.filled(
        [
            furniture.head(article, STYLES) + "<body>\n",
            furniture.navigation(article.channel),
            furniture.advertisement(around),
            _article(article, part, around),
            furniture.related(around),
            furniture.footer(),
            furniture.scripts(),
            furniture.counter(article, around),
        ],
        around,
    )


def _article(article: Article, part: int, around: Surroundings) -> str:
    return f"""<div class="path clear"><span id="p_navigator">{furniture.crumbs(article)}</span></div>
<div class="text clear" id="p_article">
	<h3 id="jtitle">{escape(article.kicker)}</h3>
	<h1 id="p_title">{escape(article.title_text)}</h1>
	<h2 id="ftitle">{escape(article.subtitle)}</h2>
	<p class="author">{escape(article.byline) or "&nbsp;"}</p>
	<div class="text_info clear"><span id="p_publishtime">{text.time_of(article)}</span>&nbsp;&nbsp;&nbsp;&nbsp;<span id="p_origin">来源：{text.source_link(article)}</span>{article.source_note}&nbsp;&nbsp;<span class="phone"><a href="http://m.people.cn/" target="_blank">手机看新闻</a></span></div>
	<div class="tools"><a href="javascript:window.print();" class="print">打印</a><a href="#liuyan">网摘</a><a class="pinglun">纠错</a></div>
	<div id="p_content" class="clearfix">
{text.body(article, part, around)}{text.pager(article, part)}</div>
	<div id="p_editor">{text.editors(article)}</div>
</div>
"""
