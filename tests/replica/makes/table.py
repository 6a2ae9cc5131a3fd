"""Make 1: an old site of nested tables and font tags, in GB18030 bytes that it calls gb2312. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from .look import Look, links
from .model import Story
from .sections import Sections, columns_of
from .writing import chinese

FORMS = (
    "/html/{day:%Y%m}/t{day:%Y%m%d}_{id}.htm",
    "/{column}/{day:%Y-%m}/{day:%d}/content_{id}.htm",
    "/shownews.asp?id={id}",
    "/news/{day:%Y/%m%d}/{id}.html",
)
CLOCKS = ("{:%Y-%m-%d %H:%M}", "{0.year}年{0.month}月{0.day}日 {0:%H:%M}", "{:%Y/%m/%d %H:%M:%S}")


class Table(Sections):
    """Text parted by <br>, times and sources in one cell, `[11-23]` behind the links, numbered pages."""

    make, title, charset = "table", "江州在线", "gb18030"

    def draw(self) -> None:
        """Draw addresses, the form of times and the depth of tables."""
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.clock = CLOCKS[0] if self.variant == 0 else self.drawn.choice(CLOCKS)
        self.depth = self.drawn.randint(1, 4)
        self.look = Look(self.drawn)
        self.first = self.drawn.randint(3000, 90000)
        self.names = self.drawn.choice((["yw", "jj", "wh", "pl"], ["local", "econ", "culture", "view"]))
        self.columns = columns_of(
            "本地要闻 经济视点 文教卫生 法治时评", self.names, self.drawn.choice(("/{}/", "/{}/index.htm"))
        )
        self.indented = self.drawn.random() < 0.5

    def write(self, count: int) -> list[Story]:
        """Stories of a city paper."""
        return chinese(f"table{self.variant}", count, len(self.columns), "江州日报")

    def path_of(self, story: Story) -> str:
        """By one of the old CMS's forms."""
        identity = self.first + 400 - story.number
        return self.form.format(day=story.published_at, id=identity, column=self.names[story.column])

    def page_path(self, column: int, page: int) -> str:
        """`index_2.htm`."""
        return f"/{self.names[column]}/index_{page}.htm"

    def _frame(self, title: str, inner: str) -> str:
        for _ in range(self.depth):
            inner = f'<table width="98%" border=0 cellpadding=0 cellspacing=0><tr><td>\n{inner}\n</td></tr></table>'
        menu = links(
            [
                ("/", "首页"),
                *((c.path, c.label) for c in self.columns),
                ("/bbs/", "论坛"),
                ("/about.htm", "关于我们"),
            ]
        )
        return (
            f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">\n<title>{title}</title>'
            "<script>function addfav(){window.external.AddFavorite(location.href,document.title)}</script></head>\n"
            f'<body bgcolor="#FFFFFF"><center><table width=760 border=0><tr><td><img src="/images/logo.gif" width=200 height=60></td>'
            f'<td align=right><a href="javascript:addfav()"><font size=2>加入收藏</font></a></td></tr>\n'
            f'<tr><td colspan=2 bgcolor="#CC0000"><font color="#FFFFFF" size=2>{menu}</font></td></tr></table>\n'
            f"<table width=760 border=0><tr><td width=560 valign=top>{inner}</td>\n"
            f"<td width=200 valign=top>{self._hot()}</td></tr></table>\n"
            '<hr width=760><font size=2><a href="/about.htm">关于我们</a> - <a href="/ad.htm">广告服务</a> - '
            '<a href="mailto:web@jiangzhou.example">联系信箱</a><br>江州在线 版权所有 未经书面授权不得转载<br>'
            "地址：江州市临江区朝阳路18号 电话：023-55550000</font></center></body></html>"
        )

    def _hot(self) -> str:
        rows = "".join(
            f'<tr><td><font size=2>·<a href="{self.path_of(s)}" title="{s.title}">{s.title[:12]}</a></font></td></tr>\n'
            for s in self.newest()[3:11]
        )
        return (
            '<table bgcolor="#EEEEEE" width="100%"><tr><td bgcolor="#CC0000"><font color=white>热点排行</font></td></tr>\n'
            f'{rows}</table><a href="http://ads.example.com/click?id=7"><img src="/images/ad200.gif" border=0></a>'
        )

    def _rows(self, stories: list[Story]) -> str:
        return "".join(
            f'<tr><td height=22><img src="/images/dot.gif"> <a href="{self.path_of(s)}" target=_blank class=a14>{s.title}</a>'
            f' <font color="#999999" size=2>[{s.published_at:%m-%d}]</font></td></tr>\n'
            for s in stories
        )

    def home(self, base: str) -> str:
        """A table for each column, with a few links."""
        tables = "".join(
            f'<table width="100%"><tr><td><b><font color="#CC0000">{c.label}</font></b></td><td align=right>'
            f'<a href="{c.path}"><font size=2>更多>></font></a></td></tr></table><table>{self._rows(self.newest(n)[:5])}</table>\n'
            for n, c in enumerate(self.columns)
        )
        return self._frame("江州在线——江州新闻门户", tables)

    def listing(self, column: int, page: int, base: str) -> str:
        """Links with days, and numbered pages below."""
        names = [
            (self.columns[column].path if n == 1 else self.page_path(column, n), f"[{n}]")
            for n in range(1, self.count(column) + 1)
        ]
        pager = f"<center><font size=2>共{self.count(column)}页 {links(names, ' ')}</font></center>"
        label = self.columns[column].label
        where = f'<font size=2>当前位置：<a href="/">首页</a> > {label}</font><hr size=1>'
        return self._frame(
            f"{label}_江州在线", f"{where}<table>{self._rows(self.shown(column, page))}</table>{pager}"
        )

    def article(self, story: Story, base: str) -> str:
        """Headline in a big font, one line of facts, the text parted by <br>."""
        mark = "　　" if self.indented else "&nbsp;&nbsp;&nbsp;&nbsp;"
        text = "<br><br>\n".join(mark + paragraph for paragraph in story.body)
        facts = (
            f"{self.clock.format(story.published_at)}　来源：{story.source}　作者：{' '.join(story.authors)}"
        )
        column = self.columns[story.column]
        related = "".join(
            f'<tr><td>·<a href="{self.path_of(s)}">{s.title}</a>（{s.published_at:%m月%d日}）</td></tr>'
            for s in self.related(story)
        )
        inner = (
            f'<font size=2><a href="/">首页</a> > <a href="{column.path}">{column.label}</a> > 正文</font><hr size=1>\n'
            f'<table width="100%"><tr><td align=center class="{self.look["title"]}"><font size=5 color="#003399"><b>{story.title}</b></font></td></tr>\n'
            f'<tr><td align=center class="{self.look["meta"]}" bgcolor="#F5F5F5"><font size=2 color="#666666">{facts}</font></td></tr>\n'
            f'<tr><td class="{self.look["body"]}"><font size=3 style="line-height:180%">{text}</font></td></tr>\n'
            f"<tr><td align=right><font size=2>【责任编辑：{story.editors[0]}】</font></td></tr>\n"
            '<tr><td align=center><font size=2>【<a href="javascript:print()">打印</a>】【<a href="javascript:close()">关闭</a>】</font></td></tr></table>\n'
            f'<table width="100%"><tr><td><b>相关新闻</b></td></tr>{related}</table>'
        )
        return self._frame(f"{story.title}_江州在线", inner)

    def others(self) -> dict[str, str]:
        """The forum, and two pages about the site, one of them with much text."""
        about = "江州在线创办于二〇〇三年，是江州市的综合新闻网站，由江州日报社主管。网站设有本地要闻、经济视点等栏目，每天更新新闻百余条。"
        return {
            "/about.htm": self._frame(
                "关于我们_江州在线", f"<b>关于我们</b><br>{about * 4}<br><br>{about * 3}"
            ),
            "/ad.htm": self._frame(
                "广告服务_江州在线", "<b>广告服务</b><br>首页通栏每天两千元，文字链每天三百元，详情请来电。"
            ),
            "/bbs/": self._frame(
                "江州论坛",
                "".join(f'<a href="/bbs/thread.asp?tid={n}">街坊闲聊第{n}楼</a><br>' for n in range(40, 60)),
            ),
        }
