"""Make 7: a paper in Traditional Chinese: Big5 or UTF-8, years of the Republic, `〔記者…／台北報導〕`. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from datetime import datetime

from .look import Look, links
from .model import Story
from .sections import Sections, columns_of
from .writing import traditional

FORMS = (
    "/news/{column}/paper/{id}",
    "/{column}/breakingnews/{id}",
    "/article.aspx?id={id}",
    "/{day:%Y%m%d}/{column}/{id}.htm",
)


class Island(Sections):
    """Days as 民國115年11月23日, a clock with 上午 and 下午, columns of its own, numbered pages."""

    make, title, language, time_zone = "island", "海岸新報", "zh-TW", "Asia/Taipei"

    def draw(self) -> None:
        """Draw charset, addresses, the form of days and the class names."""
        self.charset = "big5hkscs" if self.variant % 2 == 0 else "utf-8"
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn)
        self.depth = self.drawn.randint(1, 4)
        self.halves = self.drawn.random() < 0.5
        self.names = ["politics", "life", "local", "opinion"]
        self.columns = columns_of(
            "要聞 生活 地方 論壇", self.names, self.drawn.choice(("/list/{}", "/{}/", "/{}.aspx"))
        )

    def write(self, count: int) -> list[Story]:
        """Stories of a paper."""
        return traditional(f"island{self.variant}", count, len(self.columns))

    def path_of(self, story: Story) -> str:
        """By number."""
        return self.form.format(
            id=1684200 - story.number * 5, day=story.published_at, column=self.names[story.column]
        )

    def page_path(self, column: int, page: int) -> str:
        """`?page=2`."""
        return f"{self.columns[column].path}?page={page}"

    def day(self, at: datetime) -> str:
        """A day and a clock as this paper prints them."""
        hour = (
            f"{'上午' if at.hour < 12 else '下午'}{(at.hour + 11) % 12 + 1:02d}"
            if self.halves
            else f"{at.hour:02d}"
        )
        return f"民國{at.year - 1911}年{at.month}月{at.day}日 {hour}:{at.minute:02d}"

    def _frame(self, title: str, inner: str) -> str:
        declared = "big5" if self.charset != "utf-8" else "utf-8"
        menu = links(
            [
                ("/", "首頁"),
                *((c.path, c.label) for c in self.columns),
                ("/photo", "圖輯"),
                ("/member", "會員中心"),
            ],
            " ",
        )
        hot = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.newest()[4:10])
        return (
            f'<html lang="zh-Hant-TW"><head><meta charset="{declared}"><title>{title}</title></head><body><div class="{self.look["menu"]}">{menu}</div>'
            f'{self.look.nested(inner, self.depth)}<div class="{self.look["side"]}"><h4>熱門新聞</h4><ul>{hot}</ul></div>'
            f'<div class="{self.look["foot"]}"><a href="/about">關於我們</a> <a href="/privacy">隱私權政策</a> 海岸新報 版權所有 不得轉載</div></body></html>'
        )

    def _items(self, stories: list[Story]) -> str:
        return "".join(
            f'<li class="{self.look["item"]}"><span>{s.published_at:%m/%d %H:%M}</span><a href="{self.path_of(s)}">{s.title}</a></li>\n'
            for s in stories
        )

    def home(self, base: str) -> str:
        """A list for each column."""
        parts = "".join(
            f'<h3><a href="{c.path}">{c.label}</a></h3><ul class="{self.look["list"]}">{self._items(self.newest(n)[:5])}</ul>'
            for n, c in enumerate(self.columns)
        )
        return self._frame("海岸新報", parts)

    def listing(self, column: int, page: int, base: str) -> str:
        """Links with days, and numbered pages."""
        names = [
            (self.columns[column].path if n == 1 else self.page_path(column, n), str(n))
            for n in range(1, self.count(column) + 1)
        ]
        label = self.columns[column].label
        items = f'<ul class="{self.look["list"]}">{self._items(self.shown(column, page))}</ul>'
        return self._frame(
            f"{label} - 海岸新報",
            f'<h2>{label}</h2>{items}<div class="{self.look["page"]}">{links(names, " ")}</div>',
        )

    def article(self, story: Story, base: str) -> str:
        """The reporter stands in the dateline."""
        look, column = self.look, self.columns[story.column]
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in story.body)
        related = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.related(story))
        inner = (
            f'<div>{links([("/", "首頁"), (column.path, column.label)], " &gt; ")}</div><h1 class="{look["title"]}">{story.title}</h1>'
            f'<span class="{look["time"]}">{self.day(story.published_at)}</span><div class="{look["body"]}">{text}</div>'
            f'<div class="{look["share"]}">分享 臉書 LINE</div><div class="{look["related"]}"><h4>相關新聞</h4><ul>{related}</ul></div>'
        )
        return self._frame(f"{story.title} - {column.label} - 海岸新報", inner)

    def others(self) -> dict[str, str]:
        """Pictures, members, policies."""
        text = "本報非常重視讀者的隱私權，因此制訂了隱私權保護政策，說明我們如何蒐集、運用及保護您所提供的個人資料，請您細讀。"
        found = {
            f"/photo/{n}": self._frame(
                "圖輯 - 海岸新報", f'<h1>圖輯第{n}號</h1><img src="/p/{n}.jpg"><p>共八張</p>'
            )
            for n in (31, 32, 33)
        }
        found["/photo"] = self._frame(
            "圖輯 - 海岸新報", links([(f"/photo/{n}", f"海岸日落與漁港的一天之{n}") for n in (31, 32, 33)])
        )
        found["/member"] = self._frame(
            "會員中心 - 海岸新報", "<form><input name=id><input type=password name=pw></form>"
        )
        return found | {
            p: self._frame(f"{t} - 海岸新報", f"<h1>{t}</h1><p>{text * 4}</p>")
            for p, t in (("/about", "關於我們"), ("/privacy", "隱私權政策"))
        }
