"""Make 3: JSON-LD tells title, time, source and authors; the page itself is a soup of nameless boxes. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from typing import Any

from .look import Look
from .model import Story
from .sections import Sections, columns_of
from .writing import chinese

FORMS = ("/a/{id:x}", "/detail/{id}", "/n/{day:%Y%m%d}/{id}.html", "/news?aid={id}")


class Linked(Sections):
    """Class names are hashes, headings are boxes; neither day nor reporter stands on the article's page."""

    make, title = "linked", "岚山号"

    def draw(self) -> None:
        """Draw the addresses, the hashes and the shape of the JSON-LD."""
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn, hashed=True)
        self.depth = self.drawn.randint(2, 6)
        self.graph = self.drawn.random() < 0.5
        self.utc = self.drawn.random() < 0.5
        self.names = self.drawn.choice((["city", "money", "culture", "law"], ["c1", "c2", "c3", "c4"]))
        self.columns = columns_of(
            "城事 财讯 人文 法眼", self.names, self.drawn.choice(("/channel/{}", "/list?c={}"))
        )

    def write(self, count: int) -> list[Story]:
        """Stories of an aggregator."""
        stories = chinese(f"linked{self.variant}", count, len(self.columns), "")
        return [replace(story, source="") for story in stories]

    def path_of(self, story: Story) -> str:
        """By a big number."""
        return self.form.format(id=0x9F3A1C20 - story.number * 4099, day=story.published_at)

    def page_path(self, column: int, page: int) -> str:
        """`p=2`."""
        path = self.columns[column].path
        return f"{path}{'&' if '?' in path else '?'}p={page}"

    def _frame(self, title: str, inner: str, head: str = "") -> str:
        menu = "".join(
            f'<div class="{self.look["menu"]}"><a href="{c.path}">{c.label}</a></div>' for c in self.columns
        )
        return (
            f'<!doctype html><html lang="zh-cn"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><div>'
            f'<div><div><a href="/"><span>岚山号</span></a></div>{menu}<div><a href="/app">下载客户端</a></div><div><a href="/login">登录</a></div></div>'
            f'{self.look.nested(inner, self.depth)}<div class="{self.look["foot"]}"><div>岚山号 网络信息服务备案 2026</div>'
            '<div><a href="/help">帮助</a> <a href="/report">举报</a></div></div></div></body></html>'
        )

    def _items(self, stories: list[Story]) -> str:
        return "".join(
            f'<div class="{self.look["item"]}"><div><a href="{self.path_of(s)}"><div>{s.title}</div></a></div><div>{s.authors[0]}</div></div>\n'
            for s in stories
        )

    def home(self, base: str) -> str:
        """The newest of all columns."""
        return self._frame("岚山号", self._items(self.newest()[:14]))

    def listing(self, column: int, page: int, base: str) -> str:
        """Boxes with links."""
        following = (
            f'<div><a href="{self.page_path(column, page + 1)}">下一页</a></div>'
            if page < self.count(column)
            else ""
        )
        return self._frame(
            f"{self.columns[column].label} | 岚山号", self._items(self.shown(column, page)) + following
        )

    def _declared(self, story: Story, url: str) -> str:
        at = story.published_at.astimezone(UTC) if self.utc else story.published_at
        item: dict[str, Any] = {
            "@type": "NewsArticle",
            "headline": story.title,
            "datePublished": at.isoformat(),
            "author": [{"@type": "Person", "name": name} for name in story.authors],
            "publisher": {"@type": "Organization", "name": "岚山号"},
            "mainEntityOfPage": url,
        }
        crumbs = {
            "@type": "BreadcrumbList",
            "itemListElement": [{"@type": "ListItem", "position": 1, "name": "首页"}],
        }
        data = (
            {"@context": "https://schema.org", "@graph": [crumbs, item]}
            if self.graph
            else {"@context": "https://schema.org", **item}
        )
        return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'

    def article(self, story: Story, base: str) -> str:
        """The text in boxes; other stories in boxes that look the same."""
        text = "".join(f"<div><span>{paragraph}</span></div>\n" for paragraph in story.body)
        inner = (
            f'<div class="{self.look["title"]}">{story.title}</div>\n<div class="{self.look["body"]}">{text}</div>\n'
            f'<div class="{self.look["share"]}"><div>赞</div><div>收藏</div><div>评论 12</div></div>\n'
            f"<div><div>为你推荐</div>{self._items(self.related(story, 6))}</div>"
        )
        return self._frame(
            f"{story.title} | 岚山号", inner, self._declared(story, base + self.path_of(story))
        )

    def others(self) -> dict[str, str]:
        """Service pages."""
        help_ = "如果您在使用过程中遇到问题，可以先查看常见问题，仍未解决的，请通过客户端内的反馈入口联系我们，我们会在三个工作日内答复。"
        return {
            "/app": self._frame("下载", "<div>扫码下载</div>"),
            "/login": self._frame("登录", "<form><input name=user><input type=password name=pass></form>"),
            "/help": self._frame("帮助", f"<div>常见问题</div><div>{help_ * 4}</div><div>{help_ * 3}</div>"),
            "/report": self._frame("举报", "<div>举报电话：023-55551111</div>"),
        }
