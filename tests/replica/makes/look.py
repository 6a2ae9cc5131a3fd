"""How markup varies from site to site: class names by their role, wrappers, hashed names. Pure, drawn from a seed."""

from __future__ import annotations

from random import Random

NAMES = {
    "body": "article-content post-body detail-text content-main con_txt zw-text entry-content TRS_Editor text",
    "title": "article-title post-title detail-tit news_title h-title entry-title story-head bt",
    "meta": "article-info post-meta detail-info news_info pub-info entry-meta story-meta info-line",
    "time": "date pub-time time post-date publish-time ndate dt",
    "source": "source from src origin ly news-source",
    "author": "author writer byline reporter name-author zz",
    "list": "news-list list-item article-list list_con items feed-list nlist",
    "item": "item news-item li-item article-card card row-item",
    "menu": "nav main-nav menu topbar navbar channel-nav",
    "side": "sidebar side right-col aside hot-box rank",
    "related": "related xgxw recommend more-news relate-list",
    "foot": "footer foot bottom copyright page-foot",
    "page": "pager pages pagination page-nav fenye",
    "wrap": "container wrap main-box w1000 layout inner content-wrap mainbody box clearfix",
    "ad": "ad advert gg banner-ad adbox",
    "share": "share bdshare share-box tools social",
}


class Look:
    """The class names of one site: one for each role, drawn once."""

    def __init__(self, random: Random, *, hashed: bool = False) -> None:
        self._random, self._hashed = random, hashed
        self._chosen: dict[str, str] = {}

    def __getitem__(self, role: str) -> str:
        """The name that stands for a role on this site."""
        if role not in self._chosen:
            self._chosen[role] = self._draw(role)
        return self._chosen[role]

    def _draw(self, role: str) -> str:
        if self._hashed:
            return "css-" + "".join(
                self._random.choice("abcdefghijkmnpqrstuvwxyz0123456789") for _ in range(6)
            )
        return self._random.choice(NAMES[role].split())

    def box(self, role: str, html: str, tag: str = "div") -> str:
        """An element with the role's class."""
        return f'<{tag} class="{self[role]}">{html}</{tag}>\n'

    def nested(self, html: str, depth: int) -> str:
        """Wrap in so many nameless and named boxes."""
        for number in range(depth):
            opening = f'<div class="{self["wrap"]}">' if number % 2 == 0 else "<div>"
            html = f"{opening}\n{html}\n</div>"
        return html


def links(pairs: list[tuple[str, str]], between: str = " | ") -> str:
    """A row of links from (address, words)."""
    return between.join(f'<a href="{href}">{words}</a>' for href, words in pairs)
