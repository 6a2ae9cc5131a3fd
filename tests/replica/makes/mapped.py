"""Make 6: robots.txt names a sitemap index of gzipped sitemaps; the home page has no links at all. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

import gzip
from collections.abc import Callable

from .look import Look
from .model import Column, Maker, Reply, Site, Story
from .writing import chinese

FORMS = (
    "/content/{day:%Y%m}/{day:%d}/c{id}.html",
    "/rmt/{id}.shtml",
    "/view?docid={id}",
    "/{day:%Y-%m-%d}/doc-i{id:x}.shtml",
)
NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


class Mapped(Site):
    """A converged-media centre whose site is an advertisement for its app; search engines are served by sitemaps."""

    make, title = "mapped", "石门融媒"
    columns: tuple[Column, ...] = ()

    def draw(self) -> None:
        """Draw the addresses and the class names."""
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn)
        self.depth = self.drawn.randint(1, 4)
        self.index = self.drawn.choice(("/sitemap_index.xml", "/sitemap.xml", "/maps/index.xml"))

    def write(self, count: int) -> list[Story]:
        """Stories of a county's media centre."""
        return chinese(f"mapped{self.variant}", count, 4, "石门融媒")

    def path_of(self, story: Story) -> str:
        """By number."""
        return self.form.format(id=4107700 - story.number * 31, day=story.published_at)

    def _frame(self, title: str, inner: str) -> str:
        return (
            f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body>'
            f'<div class="{self.look["menu"]}">石门融媒</div>{self.look.nested(inner, self.depth)}'
            f'<div class="{self.look["foot"]}">石门县融媒体中心 举报热线 023-55552222</div></body></html>'
        )

    def _article(self, story: Story) -> Reply:
        look = self.look
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in story.body)
        inner = (
            f'<div class="{look["title"]}"><h1>{story.title}</h1></div><div class="{look["meta"]}"><span class="{look["time"]}">'
            f'{story.published_at:%Y-%m-%d %H:%M:%S}</span><span class="{look["source"]}">来源：{story.source}</span></div>'
            f'<div class="{look["body"]}">{text}<p>（记者 {" ".join(story.authors)}）</p></div><p class="{look["meta"]}">责任编辑：{story.editors[0]}</p>'
        )
        return self.page(self._frame(f"{story.title}_石门融媒", inner))

    def truth(self, base: str = "") -> dict[str, object]:
        """The reporters' line is the last of the text."""
        found = super().truth(base)
        for article in found["articles"]:
            article["body"].append(f"（记者 {' '.join(article['authors'])}）")
        return found

    def lay_out(self) -> dict[str, Maker]:
        """Home, service pages, articles, robots.txt and the maps."""
        halves = self.newest()[:12], self.newest()[12:]
        about = "石门县融媒体中心于二〇一九年挂牌，整合了县广播电视台、县报和新闻网的采编力量，设有全媒体采访部、编辑部和技术部。"
        found: dict[str, Maker] = {
            "/": lambda base: self.page(
                self._frame(
                    "石门融媒", "<h1>石门融媒客户端</h1><p>扫一扫，身边的新闻先知道。</p><img src='/qr.png'>"
                )
            ),
            "/about.html": lambda base: self.page(
                self._frame("中心简介_石门融媒", f"<h1>中心简介</h1><p>{about * 3}</p>")
            ),
            "/contact.html": lambda base: self.page(
                self._frame("联系我们_石门融媒", "<h1>联系我们</h1><p>地址：石门县人民路一号</p>")
            ),
            "/robots.txt": lambda base: Reply(
                f"User-agent: *\nDisallow: /admin/\nSitemap: {base}{self.index}\n".encode(), "text/plain"
            ),
            self.index: lambda base: Reply(self._maps(base), "application/xml"),
            "/maps/news.xml.gz": self._zipped(lambda base: self._map(base, halves[0], news=True)),
            "/maps/archive-2026-11.xml.gz": self._zipped(lambda base: self._map(base, halves[1])),
            "/maps/pages.xml": lambda base: Reply(
                f"<urlset {NEWS}><url><loc>{base}/about.html</loc></url><url><loc>{base}/contact.html</loc></url></urlset>".encode(),
                "application/xml",
            ),
        }
        for story in self.stories.values():
            found[self.path_of(story)] = lambda base, story=story: self._article(story)  # type: ignore[misc]
        return found

    def _zipped(self, write: Callable[[str], str]) -> Maker:
        return lambda base: Reply(gzip.compress(write(base).encode(), mtime=0), "application/gzip")

    def _maps(self, base: str) -> bytes:
        day = f"{self.newest()[0].published_at:%Y-%m-%d}"
        maps = "".join(
            f"<sitemap><loc>{base}/maps/{name}</loc><lastmod>{day}</lastmod></sitemap>"
            for name in ("pages.xml", "news.xml.gz", "archive-2026-11.xml.gz")
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {NEWS}>{maps}</sitemapindex>'.encode()

    def _map(self, base: str, stories: list[Story], *, news: bool = False) -> str:
        entries = ""
        for story in stories:
            at = story.published_at.isoformat()
            more = (
                f"<news:news><news:publication><news:name>石门融媒</news:name><news:language>zh</news:language></news:publication>"
                f"<news:publication_date>{at}</news:publication_date><news:title>{story.title}</news:title></news:news>"
            )
            url = (base + self.path_of(story)).replace("&", "&amp;")
            entries += f"<url><loc>{url}</loc><lastmod>{at}</lastmod>{more if news else ''}</url>\n"
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NEWS}>{entries}</urlset>'
