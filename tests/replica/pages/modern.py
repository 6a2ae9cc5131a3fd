"""The templates of 2021–24 (G3) and since 2025 (G4), and one that nobody knows yet. Pure."""

# ruff: noqa: E501, E101 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from html import escape

from ..articles import Article
from . import body as text
from . import furniture
from .furniture import Surroundings

STYLES = """<meta name="renderer" content="webkit" />
<meta name="viewport" content="width=device-width,initial-scale=1.0" />
<link href="/img/2020fenxiang/css/share2020.css" type="text/css" rel="stylesheet" media="all" />
<link href="/img/2020wbc/css/page202102.css" type="text/css" rel="stylesheet" media="all" />
<style type="text/css">
.rm_txt .col-1{ margin:0 auto;}
.rm_txt .col-1 h3,.rm_txt .col-1 h1,.rm_txt .col-1 h4,.author,.col-1-1{ text-align:center;}
</style>
"""
VOICE = """<div class="voice-player cf"><span class="voice-btn">收听本文</span><em class="voice-time">00:00</em></div>
"""
SHARE = """				<p class="paper_num"><em class="section-common-share-wrap">分享让更多人看到 <i class="btn_share_common"><img src="/img/2020wbc/imgs/share.png" alt=""></i> </em></p>
"""


def render(article: Article, part: int, around: Surroundings) -> list[str]:
    """Return the chunks of a G3 or G4 page."""
    newest = article.generation == "G4"
    return furniture.filled(
        [
            furniture.head(article, STYLES) + "<body>\n",
            furniture.navigation(article.channel),
            furniture.advertisement(around),
            _article(article, part, around, newest),
            furniture.related(around),
            furniture.downloads(),
            "\t\t</div>\n\t</div>\n",
            furniture.footer(),
            furniture.scripts(),
            furniture.counter(article, around),
        ],
        around,
    )


def _article(article: Article, part: int, around: Surroundings, newest: bool) -> str:
    mark = ' id="newstit"' if newest or article.number % 2 == 0 else ""
    time = f'<b id="newstime">{text.time_of(article)}</b>' if newest else text.time_of(article)
    return f"""	<!--路径-->
	<div class="layout route cf" id="rwb_navpath">
		{furniture.crumbs(article)}
	</div>
	<!--内容-->
	<div class="layout rm_txt cf">
		<div class="col col-1">
			<h3 class="pre">{escape(article.kicker)}</h3>
			<h1{mark}>{escape(article.title_text)}</h1>
			<h4 class="sub">{escape(article.subtitle)}</h4>
			<div class="author cf">{escape(article.byline)}</div>
			<div class="channel cf">
				<div class="col-1-1">
					{time} | 来源：{text.source_link(article)}{article.source_note}
				</div>
				<div class="col-1-2 fr">
					<span class="rm_type"><img src="/img/2020wbc/imgs/icon_type.png" alt=""><i>小字号</i></span>
				</div>
			</div>
			<div class="rm_txt_con cf">
				<div class="bza"><span></span><p></p></div>
            	<div class="box_pic"></div>
				{_inner(article, part, around, newest)}
                <div class="box_pic"></div>
                <div class="edit cf">{text.editors(article)}</div>
{SHARE}			</div>
            <style>
.rm_txt_con div.otitle {{ display: none;}}
</style>
"""


def _inner(article: Article, part: int, around: Surroundings, newest: bool) -> str:
    hidden = (
        f'<div class="otitle">原标题：{escape(article.hidden_title)}</div>' if article.hidden_title else ""
    )
    content = text.body(article, part, around, player=newest and part == 1)
    if newest:
        theory = ' class="show_text"' if article.column == 365408 else ""
        return f'{VOICE}<div{theory} id="rm_txt_zw">{hidden}{content}</div>{text.pager(article, part)}'
    return f"{hidden}{content}{text.pager(article, part)}"


def render_unknown(article: Article, part: int, around: Surroundings) -> list[str]:
    """Return the chunks of a page in a template of the future: same text, none of the names known today."""
    texts = "".join(
        f"<section><span>{escape(line)}</span></section>\n" for line in text.page_paragraphs(article, part)
    )
    return furniture.filled(
        [
            furniture.head(article, '<link href="/img/next/site.css" rel="stylesheet" />\n') + "<body>\n",
            f"""<main class="nx-app"><article class="nx-story"><header><div class="nx-hed">{escape(article.title_text)}</div>
<div class="nx-meta"><time>{text.time_of(article)}</time><span>{escape(article.source)}</span></div></header>
<div class="nx-flow">{texts}</div></article></main>
""",
            furniture.counter(article, around),
        ],
        around,
    )
