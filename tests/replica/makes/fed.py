"""Make 5: a landing page without links to articles; the articles stand in a feed (RSS, Atom or JSON Feed). Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

import json
from email.utils import format_datetime

from .look import Look
from .model import Column, Maker, Reply, Site, Story
from .writing import chinese

FORMS = ("/posts/{id}.html", "/{day:%Y/%m/%d}/{id}", "/?p={id}")
KINDS = {
    "rss": ("/feed.xml", "application/rss+xml"),
    "atom": ("/atom.xml", "application/atom+xml"),
    "json": ("/feed.json", "application/feed+json"),
}


class Fed(Site):
    """One feed of everything; the home page names it in its head and greets."""

    make, title = "fed", "清溪简报"
    columns: tuple[Column, ...] = ()

    def draw(self) -> None:
        """Draw the kind of feed, the addresses and the class names."""
        self.kind = "rss" if self.variant == 0 else self.drawn.choice(list(KINDS))
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn)
        self.depth = self.drawn.randint(0, 3)
        self.slashed = self.drawn.random() < 0.5

    def write(self, count: int) -> list[Story]:
        """Stories of a newsletter."""
        return chinese(f"fed{self.variant}", count, 4, "清溪简报")

    def path_of(self, story: Story) -> str:
        """By number."""
        return self.form.format(id=2410 - story.number * 2, day=story.published_at)

    def _frame(self, title: str, inner: str, head: str = "") -> str:
        path, kind = KINDS[self.kind]
        return (
            f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
            f'<link rel="alternate" type="{kind}" title="清溪简报" href="{path}">{head}</head><body>'
            f'<div class="{self.look["menu"]}"><a href="/">清溪简报</a> <a href="/about">我们是谁</a> <a href="/join">加入邮件列表</a> <a href="{path}">订阅</a></div>'
            f'{self.look.nested(inner, self.depth)}<div class="{self.look["foot"]}">清溪简报编辑部，清溪县文昌街二号</div></body></html>'
        )

    def _home(self, base: str) -> Reply:
        hello = "清溪简报每天早晚各发一期，把县里当天发生的事情讲清楚。请用阅读器订阅，或者留下邮箱，我们会把简报寄给您。"
        return self.page(
            self._frame(
                "清溪简报",
                f"<h1>把县里的事讲清楚</h1><p>{hello}</p><form><input name=mail><button>订阅</button></form>",
            )
        )

    def _article(self, story: Story) -> Reply:
        look = self.look
        shown = "{:%Y/%m/%d %H:%M}" if self.slashed else "{0.year}年{0.month}月{0.day}日 {0:%H:%M}"
        text = "".join(f"<p>　　{paragraph}</p>\n" for paragraph in story.body)
        inner = (
            f'<h1 class="{look["title"]}">{story.title}</h1><p class="{look["meta"]}">{shown.format(story.published_at)} '
            f'来源：{story.source} 记者：{"、".join(story.authors)}</p><div class="{look["body"]}">{text}</div>'
            f'<p class="{look["share"]}">觉得有用，请转给邻居。</p>'
        )
        return self.page(self._frame(f"{story.title} - 清溪简报", inner))

    def lay_out(self) -> dict[str, Maker]:
        """Home, articles, the feed, and two pages that no feed lists."""
        about = "我们是三名在县城长大的编辑，做过报纸，也种过地。简报不收广告费，靠读者的小额资助维持，每一笔都记在账上。"
        found: dict[str, Maker] = {
            "/": self._home,
            "/about": lambda base: self.page(
                self._frame("我们是谁 - 清溪简报", f"<h1>我们是谁</h1><p>{about * 4}</p>")
            ),
            "/join": lambda base: self.page(
                self._frame("加入 - 清溪简报", "<h1>加入邮件列表</h1><form><input name=mail></form>")
            ),
        }
        for story in self.stories.values():
            found[self.path_of(story)] = lambda base, story=story: self._article(story)  # type: ignore[misc]
        path, kind = KINDS[self.kind]
        write = {"rss": self._rss, "atom": self._atom, "json": self._json}[self.kind]
        found[path] = lambda base: Reply(write(base).encode(), f"{kind}; charset=utf-8")
        return found

    def _rss(self, base: str) -> str:
        items = "".join(
            f"<item><title>{s.title}</title><link>{_escaped(base + self.path_of(s))}</link><pubDate>{format_datetime(s.published_at)}</pubDate>"
            f'<guid isPermaLink="false">qx-{s.number}</guid><description>{s.summary}</description></item>\n'
            for s in self.newest()
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>清溪简报</title><link>{base}/</link>'
            f"<description>县里的事</description><language>zh-cn</language>{items}</channel></rss>"
        )

    def _atom(self, base: str) -> str:
        entries = "".join(
            f'<entry><title>{s.title}</title><link href="{_escaped(base + self.path_of(s))}"/><id>urn:qx:{s.number}</id>'
            f"<published>{s.published_at.isoformat()}</published><updated>{s.published_at.isoformat()}</updated><summary>{s.summary}</summary></entry>\n"
            for s in self.newest()
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh"><title>清溪简报</title>'
            f'<link href="{base}/"/><id>urn:qx</id><updated>{self.newest()[0].published_at.isoformat()}</updated>{entries}</feed>'
        )

    def _json(self, base: str) -> str:
        items = [
            {"id": f"qx-{s.number}", "url": base + self.path_of(s), "title": s.title, "date_published": s.published_at.isoformat(),
             "summary": s.summary, "content_text": s.summary}
            for s in self.newest()
        ]  # fmt: skip
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "清溪简报",
            "home_page_url": base + "/",
            "items": items,
        }
        return json.dumps(feed, ensure_ascii=False)


def _escaped(url: str) -> str:
    return url.replace("&", "&amp;")
