"""How the text of an article is cut into pages and marked up as paragraphs, pictures and pagers. Pure."""

# ruff: noqa: E501 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from html import escape

from ..articles import Article, Picture
from ..prose import text_of
from .furniture import Surroundings

STYLES = ("indent", "spaces", "newline")


def page_paragraphs(article: Article, part: int) -> list[str]:
    """Return the paragraphs that stand on page `part`, counted from 1."""
    count = len(article.body)
    size = -(-count // article.parts)
    return [text_of(paragraph) for paragraph in article.body[(part - 1) * size : part * size]]


def page_pictures(article: Article, part: int) -> list[Picture]:
    """Return the pictures that stand on page `part`: one to a page of a gallery, else all on the first."""
    if article.kind == "gallery":
        return list(article.pictures[part - 1 : part])
    return list(article.pictures) if part == 1 else []


def paragraph(text: str, around: Surroundings) -> str:
    """Mark one paragraph up; the mark-up number chooses among three ways seen, with the same text."""
    inner = escape(text, quote=False)
    style = STYLES[around.markup % len(STYLES)]
    if style == "spaces":
        return f"<p>　　{inner}</p>"
    if style == "newline":
        return f'<p style="text-indent: 2em;">\n\t<span style="font-size: 16px;">{inner}</span></p>\n'
    return f'<p style="text-indent: 2em;">\n\t{inner}</p>\n'


def picture(item: Picture) -> str:
    """Mark a picture and its caption up, as two centred paragraphs."""
    caption = (
        f'<p class="desc" style="text-align: center;">{escape(item.caption)}</p>\n' if item.caption else ""
    )
    return f'<p style="text-align: center;"><img src="{item.path}" alt="" /></p>\n{caption}'


def body(article: Article, part: int, around: Surroundings, *, player: bool = False) -> str:
    """Mark up what page `part` holds; `player` puts a player's script inside the first paragraph."""
    texts = [paragraph(text, around) for text in page_paragraphs(article, part)]
    if player and texts:
        script = f'<script>showPlayer({{id:"voice{article.id}",title:"听新闻"}});</script>'
        texts[0] = texts[0].replace("</p>", f"{script}</p>", 1)
    pictures = [picture(item) for item in page_pictures(article, part)]
    following = '<p align="center"><a href="{}"><img src="/img/next_page.jpg" border="0" /></a></p>\n'
    more = following.format(article.part_path(part + 1)) if part < article.parts else ""
    return "".join([*texts[:1], *pictures, *texts[1:], more])


def pager(article: Article, part: int) -> str:
    """The box of pages of a long article; it is there, and empty, on articles of one page."""
    links = ""
    if article.parts > 1:
        links = "".join(
            f'<a href="{article.part_path(number)}"{" class=" + chr(34) + "common_current_page" + chr(34) if number == part else ""}>'
            f"【{number}】</a>"
            for number in range(1, article.parts + 1)
        )
    table = '<center><table border="0" align="center" width="40%"><tr></tr></table></center>'
    return f'<div class="zdfy clearfix">{links}</div>{table}'


def time_of(article: Article) -> str:
    """The time as pages print it, or the date alone on the pages that have no time."""
    when = article.published_at
    if article.date_only:
        return f"{when.year}-{when.month}-{when.day}"
    return f"{when:%Y年%m月%d日%H:%M}"


def source_link(article: Article) -> str:
    """The source as a link."""
    return f'<a href="{escape(article.source_url, quote=True)}" target="_blank">{escape(article.source)}</a>'


def editors(article: Article) -> str:
    """The duty editors in brackets."""
    return f"(责编：{'、'.join(article.editors)})"
