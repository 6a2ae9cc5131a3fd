"""Make 2: a modern CMS: semantic HTML, Open Graph, clean slugs, "load more" links to ?page=2. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

from random import Random

from .look import Look
from .model import Story
from .sections import Sections, columns_of
from .writing import chinese

SYLLABLES = [
    "jiang",
    "zhou",
    "cheng",
    "qu",
    "gong",
    "jiao",
    "xin",
    "lu",
    "shi",
    "chang",
    "jing",
    "ji",
    "wen",
    "hua",
    "min",
    "sheng",
    "jiao",
    "yu",
    "shan",
    "hui",
    "nong",
    "tian",
    "ke",
    "ji",
    "qiao",
    "liang",
    "she",
    "fa",
    "yuan",
    "bao",
    "yu",
    "tong",
    "dian",
    "li",
    "xue",
    "xiao",
    "yi",
    "hu",
    "an",
    "quan",
    "lin",
    "jie",
    "dao",
]
FORMS = (
    "/{column}/{slug}",
    "/{day:%Y/%m}/{slug}/",
    "/story/{slug}-{id}",
    "/{column}/{day:%Y%m%d}-{slug}.html",
)


class Modern(Sections):
    """Cards with pictures and summaries; `<time datetime>`, author pages, tag pages, video pages."""

    make, title = "modern", "江潮新闻"
    names = ("news", "business", "life")

    def draw(self) -> None:
        """Draw the form of slugs and the class names."""
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn)
        self.depth = self.drawn.randint(0, 3)
        self.columns = columns_of(
            "新闻 财经 生活", list(self.names), self.drawn.choice(("/{}", "/section/{}", "/{}/"))
        )
        self.pills = self.drawn.random() < 0.5

    def write(self, count: int) -> list[Story]:
        """Stories of an online paper."""
        return chinese(f"modern{self.variant}", count, len(self.columns), "江潮新闻")

    def path_of(self, story: Story) -> str:
        """A slug of three to six syllables."""
        random = Random(f"{self.variant}/{story.number}/slug")
        slug = "-".join(random.sample(SYLLABLES, random.randint(3, 6)))
        return self.form.format(
            column=self.names[story.column], slug=slug, day=story.published_at, id=90410 - story.number * 7
        )

    def page_path(self, column: int, page: int) -> str:
        """`?page=2`."""
        return f"{self.columns[column].path}?page={page}"

    def _frame(self, title: str, inner: str, head: str = "", side: bool = True) -> str:
        menu = "".join(f'<li><a href="{c.path}">{c.label}</a></li>' for c in self.columns)
        hot = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.newest()[5:11])
        aside = f'<aside class="{self.look["side"]}"><h3>正在热读</h3><ol>{hot}</ol></aside>' if side else ""
        return (
            f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title} - 江潮新闻</title>\n'
            f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/assets/app.4f1c.css">{head}</head>\n'
            f'<body><header><a href="/" class="logo">江潮新闻</a><nav class="{self.look["menu"]}"><ul>{menu}<li><a href="/video">视频</a></li>'
            '<li><a href="/tag/rail">轨道交通</a></li><li><a href="/subscribe">订阅</a></li></ul></nav><form action="/search"><input name="q"></form></header>\n'
            f'<main>{self.look.nested(inner, self.depth)}{aside}</main>\n<footer class="{self.look["foot"]}"><a href="/about">关于江潮</a> '
            '<a href="/terms">使用条款</a> <a href="/privacy">隐私政策</a><p>© 2026 江潮新闻 保留所有权利</p></footer>'
            '<script src="/assets/app.4f1c.js" defer></script></body></html>'
        )

    def _card(self, story: Story) -> str:
        look, column = self.look, self.columns[story.column]
        tag = f'<a class="tag" href="{column.path}">{column.label}</a>' if self.pills else ""
        return (
            f'<article class="{look["item"]}"><a href="{self.path_of(story)}"><img src="/img/{story.number}.webp" alt="" loading="lazy"></a>{tag}'
            f'<h3><a href="{self.path_of(story)}">{story.title}</a></h3><p>{story.summary}</p>'
            f'<time datetime="{story.published_at.isoformat()}">{story.published_at:%m-%d %H:%M}</time></article>\n'
        )

    def home(self, base: str) -> str:
        """Cards of all columns."""
        parts = "".join(
            f'<section><h2><a href="{c.path}">{c.label}</a></h2>{"".join(map(self._card, self.newest(n)[:4]))}</section>'
            for n, c in enumerate(self.columns)
        )
        video = '<section><h2>视频</h2><a href="/video/jiang-shang-ri-chu">江上日出延时</a><a href="/video/ye-shi-xiao-chi">夜市小吃地图</a></section>'
        return self._frame("首页", parts + video)

    def listing(self, column: int, page: int, base: str) -> str:
        """Cards and a "load more" link."""
        cards = "".join(map(self._card, self.shown(column, page)))
        more = (
            f'<a class="load-more" href="{self.page_path(column, page + 1)}">加载更多</a>'
            if page < self.count(column)
            else ""
        )
        label = self.columns[column].label
        return self._frame(label, f'<h1>{label}</h1><div class="{self.look["list"]}">{cards}</div>{more}')

    def article(self, story: Story, base: str) -> str:
        """Everything is marked up."""
        look, url = self.look, base + self.path_of(story)
        head = (
            f'<meta property="og:type" content="article"><meta property="og:title" content="{story.title}"><meta property="og:url" content="{url}">'
            f'<meta property="og:site_name" content="江潮新闻"><meta property="og:description" content="{story.summary}">'
            f'<meta property="article:published_time" content="{story.published_at.isoformat()}">'
            f'<meta property="article:section" content="{self.columns[story.column].label}"><link rel="canonical" href="{url}">'
        )
        people = "、".join(
            f'<a rel="author" href="/author/{story.number % 7}">{name}</a>' for name in story.authors
        )
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in story.body)
        related = "".join(f'<li><a href="{self.path_of(s)}">{s.title}</a></li>' for s in self.related(story))
        inner = (
            f'<article><header class="{look["meta"]}"><h1 class="{look["title"]}">{story.title}</h1><p class="{look["author"]}">记者 {people}</p>'
            f'<span class="{look["source"]}">来源：{story.source}</span> <time class="{look["time"]}" datetime="{story.published_at.isoformat()}">'
            f'{story.published_at:%Y-%m-%d %H:%M}</time></header>\n<figure><img src="/img/{story.number}-l.webp" alt=""></figure>\n'
            f'<div class="{look["body"]}">{text}</div>\n<p class="{look["share"]}"><a href="#wx">微信</a><a href="#wb">微博</a><a href="#copy">复制链接</a></p>'
            f'<ul class="tags"><li><a href="/tag/jiangzhou">江州</a></li><li><a href="/tag/rail">轨道交通</a></li></ul></article>'
            f'<section class="{look["related"]}"><h3>延伸阅读</h3><ul>{related}</ul></section>'
        )
        return self._frame(story.title, inner, head)

    def others(self) -> dict[str, str]:
        """Video, tag, author and service pages."""
        cards = "".join(map(self._card, self.newest()[2:7]))
        found = {f"/author/{n}": self._frame("作者", f"<h1>作者主页</h1>{cards}") for n in range(7)}
        about = "江潮新闻是一家面向江州及周边地区的网络新闻平台，由一群在本地生活多年的记者和编辑运营，不接受任何形式的有偿新闻。"
        found |= {
            f"/tag/{name}": self._frame("标签", f"<h1>标签</h1>{cards}") for name in ("rail", "jiangzhou")
        }
        found |= {
            f"/video/{name}": self._frame(
                label, f'<h1>{label}</h1><video src="/v/{name}.mp4"></video><p>时长两分钟</p>'
            )
            for name, label in (("jiang-shang-ri-chu", "江上日出延时"), ("ye-shi-xiao-chi", "夜市小吃地图"))
        }
        found["/video"] = self._frame(
            "视频", '<h1>视频</h1><a href="/video/jiang-shang-ri-chu">江上日出延时</a>'
        )
        found["/about"] = self._frame("关于江潮", f"<h1>关于江潮</h1><p>{about * 3}</p><p>{about * 2}</p>")
        found["/subscribe"] = self._frame("订阅", "<h1>订阅</h1><form><input name=mail></form>")
        terms = "使用本网站即表示您同意以下条款。未经许可，不得转载、摘编本网站的内容，亦不得用于商业用途，违者将被追究责任。"
        return found | {
            f"/{n}": self._frame("条款", f"<h1>条款</h1><p>{terms * 5}</p>") for n in ("terms", "privacy")
        }
