"""The home page, the columns with their pages, and the site's own "not found" page. Pure."""

# ruff: noqa: E501 -- HTML keeps the long lines and the tabs that the site writes
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from .. import words
from . import furniture
from .furniture import Surroundings


@dataclass(frozen=True, slots=True)
class Item:
    """An article as a listing shows it."""

    path: str
    title: str
    published_at: datetime
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One page of a column: its address folder, the page's number and how many there are."""

    number: int
    folder: str
    page: int
    pages: int


def _top(title: str, label: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta http-equiv="content-type" content="text/html;charset={label}"/>
<meta http-equiv="Content-Language" content="utf-8" />
<title>{escape(title)}</title>
</head>
<body>
"""


def _end(around: Surroundings) -> str:
    return f"""<div class="visits">今日访问 {8000 + around.churn * 113}</div>
<img src="http://counter.people.cn:8000/f.gif?t={around.churn}" width=0 height=0 style="display:none;">
</body>
</html>"""


def folder_of(column: int) -> str:
    """The folder of a column's pages: `/GB/COLUMN/` or `/GB/COLUMN/SUB/`."""
    parent = words.PARENTS.get(column)
    return f"/GB/{parent}/{column}/" if parent else f"/GB/{column}/"


def home(
    host: str, items: Sequence[Item], columns: Sequence[int], around: Surroundings, label: str
) -> list[str]:
    """The channel's front page: headline, modules, teasers with 【详细】, pictures, columns; `items` newest
    first.

    It holds what trips crawlers: an address that ends in a line break, links without an address, one that is
    a script.
    """
    region = words.REGIONS[host]
    top, rest = items[:1], items[1:]
    menu = "".join(
        f'<li><a href="{folder_of(column)}index.html">{words.COLUMN_NAMES[column]}</a></li>'
        for column in columns
    )
    head_line = "".join(
        f'<h5><a href="{item.path}\n" target="_blank">{escape(item.title)}</a></h5>' for item in top
    )
    return [
        _top(f"{region.label}--人民网", label),
        furniture.navigation(host),
        furniture.advertisement(around),
        f'<div class="w1000 nav2"><ul class="clear">{menu}<li><a>更多</a></li></ul></div>\n',
        f'<div class="headingNews"><div class="hdNews clearfix">{head_line}</div></div>\n',
        _teasers("本网专稿", rest[0:3]),
        _list("要闻", rest[3:13]),
        _teasers("原创", rest[13:16]),
        _list("区县", rest[16:26]),
        _pictures(rest[26:30]),
        '<div class="p6"><a href="javascript:void(0)">加载更多</a><a name="top"></a></div>\n'
        '<div class="mirror"><a href="/BIG5/index.html">繁體</a></div>\n',
        furniture.footer(),
        furniture.scripts(),
        _end(around),
    ]


def _list(name: str, items: Sequence[Item]) -> str:
    links = "\n".join(
        f'<li><a href="{item.path}" target="_blank">{escape(item.title)}</a>'
        f"<span>[{item.published_at:%m月%d日%H:%M}]</span></li>"
        for item in items
    )
    return f'<div class="p2j_list"><h2><a>{name}</a></h2><ul class="list_14">\n{links}\n</ul></div>\n'


def _teasers(name: str, items: Sequence[Item]) -> str:
    blocks = "\n".join(
        f'<div class="jsnew_line"><h4><a href="{item.path}" target="_blank">{escape(item.title)}</a></h4>'
        f'<p>{escape(item.lead)}…<a href="{item.path}#liuyan" target="_blank">【详细】</a></p></div>'
        for item in items
    )
    return f'<div class="module"><h2>{name}</h2>{blocks}</div>\n'


def _pictures(items: Sequence[Item]) -> str:
    links = "".join(
        f'<li><a href="{item.path}"><img src="/mediafile/front/{index}.jpg" alt="" /></a>'
        f'<a href="{item.path}">{escape(item.title)}</a></li>'
        for index, item in enumerate(items)
    )
    return f'<div class="pics"><ul>{links}</ul></div>\n'


def column(host: str, place: Column, items: Sequence[Item], around: Surroundings, label: str) -> list[str]:
    """One page of a column; the news column prints its dates in brackets and without a year."""
    name = words.COLUMN_NAMES[place.number]
    bracket = place.number == 365402
    lines = "\n".join(
        f'<li><a href="{item.path}" target="_blank">{escape(item.title)}</a> {_date(item, bracket)}</li>'
        for item in items
    )
    return [
        _top(f"{name}--{words.REGIONS[host].label}--人民网", label),
        furniture.navigation(host),
        f"""<div class="w1000 clearfix route">当前位置：<a href="/">首页</a>&gt;&gt;<a href="{place.folder}index.html">{name}</a></div>
<div class="ej_list_box clear"><ul class="list_16">
{lines}
</ul>
<!--PageNo={place.page}-->
<div class="page_n clearfix">{_pager(place)}</div></div>
""",
        furniture.footer(),
        furniture.scripts(),
        _end(around),
    ]


def _date(item: Item, bracket: bool) -> str:
    return (
        f"<i>[{item.published_at:%m月%d日%H:%M}]</i>" if bracket else f"<em>{item.published_at:%Y-%m-%d}</em>"
    )


def _pager(place: Column) -> str:
    shown = sorted({1, place.pages, *range(max(1, place.page - 4), min(place.pages, place.page + 5) + 1)})
    links = [
        f'<a href="index{number}.html#fy01"{" class=" + chr(34) + "common_current_page" + chr(34) if number == place.page else ""}>'
        f"{number}</a>"
        for number in shown
    ]
    if place.page < place.pages:
        links.append(f'<a href="index{place.page + 1}.html#fy01">下一页</a>')
    return "".join(links)


def signpost(target: str, label: str) -> list[str]:
    """A column that only sends its readers to another one."""
    return [
        f'<html><head><meta http-equiv="content-type" content="text/html;charset={label}">'
        f'<meta http-equiv="refresh" content="0;URL={target}"></head><body></body></html>'
    ]


def not_found(host: str, label: str) -> list[str]:
    """The site's own page for what is not there, with the navigation of any other page."""
    return [
        _top("页面没有找到", label),
        furniture.navigation(host),
        """<div class="w1000 error404"><h1>对不起，您要查看的页面不存在或已被删除</h1>
<p>您可以返回<a href="/">网站首页</a>，或稍后再试。</p></div>
""",
        furniture.footer(),
        furniture.scripts(),
        "</body>\n</html>",
    ]
