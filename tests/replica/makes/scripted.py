"""Make 4: pages made by JavaScript from a JSON API; what the server sends has no text. Pure."""
# ruff: noqa: E501 -- HTML keeps the long lines that a site writes

from __future__ import annotations

import json
from typing import Any

from .look import Look
from .model import Column, Maker, Reply, Site, Story
from .writing import chinese

FORMS = ("/article/{id}", "/detail.html?id={id}", "/{day:%Y}/{day:%m}/{id}")
#: Draws the page that the address asks for: home, a column or an article.
SCRIPT = """
(async () => {
  const L = __LOOK__, app = document.getElementById('app');
  const el = (tag, name, html) => `<${tag} class="${name}">${html}</${tag}>`;
  const get = async (what) => (await fetch('/api/' + what)).json();
  const site = await get('site.json');
  const menu = el('nav', L.menu, [['/', '首页'], ...site.columns].map(([to, label]) => `<a href="${to}">${label}</a>`).join(' '));
  const foot = el('footer', L.foot, '<a href="/about">关于我们</a> <a href="/app">客户端</a> 江畔新闻 版权所有');
  const card = (s) => el('li', L.item, `<a href="${s.path}">${s.title}</a> <span>${s.day}</span>`);
  const here = location.pathname + location.search;
  let inner = '';
  const column = site.columns.findIndex(([to]) => to === here);
  if (here === '/') {
    const lists = await Promise.all(site.columns.map((_, n) => get('column/' + n + '.json')));
    inner = lists.map((list, n) => `<h2>${site.columns[n][1]}</h2>` + el('ul', L.list, list.slice(0, 5).map(card).join(''))).join('');
  } else if (column >= 0) {
    const list = await get('column/' + column + '.json');
    inner = `<h2>${site.columns[column][1]}</h2>` + el('ul', L.list, list.map(card).join(''));
  } else if (site.articles[here] !== undefined) {
    const s = await get('article/' + site.articles[here] + '.json');
    document.title = s.title + ' - 江畔新闻';
    inner = el('h1', L.title, s.title)
      + el('div', L.meta, el('span', L.time, s.time) + ' ' + el('span', L.source, '来源：' + s.source) + ' ' + el('span', L.author, '记者：' + s.authors.join(' ')))
      + el('div', L.body, s.body.map((p) => `<p>${p}</p>`).join(''))
      + el('div', L.related, '<h3>相关阅读</h3><ul>' + s.related.map(card).join('') + '</ul>');
  } else {
    inner = '<h1>页面不存在</h1>';
  }
  app.innerHTML = menu + el('div', L.wrap, inner) + foot;
})();
"""


class Scripted(Site):
    """One shell for all addresses; the script asks the API for what the address names."""

    make, title = "scripted", "江畔新闻"

    def draw(self) -> None:
        """Draw the addresses and the class names."""
        self.form = FORMS[0] if self.variant == 0 else self.drawn.choice(FORMS)
        self.look = Look(self.drawn)
        form = self.drawn.choice(("/channel/{}", "/list/{}", "/{}/"))
        self.columns = tuple(
            Column(label, form.format(name))
            for label, name in (("要闻", "news"), ("产业", "industry"), ("人文", "culture"))
        )

    def write(self, count: int) -> list[Story]:
        """Stories of an online paper."""
        return chinese(f"scripted{self.variant}", count, len(self.columns), "江畔新闻")

    def path_of(self, story: Story) -> str:
        """By number."""
        return self.form.format(id=720400 - story.number * 3, day=story.published_at)

    def _shell(self, base: str) -> Reply:
        return self.page(
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>江畔新闻</title></head><body><div id="app"></div>'
            '<noscript>请启用 JavaScript 后访问本站。</noscript><script src="/static/app.js"></script></body></html>'
        )

    def _brief(self, story: Story) -> dict[str, Any]:
        return {"path": self.path_of(story), "title": story.title, "day": f"{story.published_at:%m-%d %H:%M}"}

    def _full(self, story: Story) -> dict[str, Any]:
        others = [self._brief(other) for other in self.newest(story.column) if other != story][:4]
        return {
            "title": story.title,
            "time": f"{story.published_at:%Y-%m-%d %H:%M}",
            "source": story.source,
            "authors": list(story.authors),
            "body": list(story.body),
            "related": others,
        }

    def lay_out(self) -> dict[str, Maker]:
        """The shell, the script and the API."""
        stories = self.newest()
        look = {
            role: self.look[role]
            for role in (
                "menu",
                "foot",
                "item",
                "list",
                "title",
                "meta",
                "time",
                "source",
                "author",
                "body",
                "related",
                "wrap",
            )
        }
        api: dict[str, Any] = {
            "site.json": {
                "columns": [[c.path, c.label] for c in self.columns],
                "articles": {self.path_of(s): s.number for s in stories},
            }
        }
        api |= {
            f"column/{n}.json": [self._brief(s) for s in self.newest(n)] for n in range(len(self.columns))
        }
        api |= {f"article/{s.number}.json": self._full(s) for s in stories}
        shells = ["/", "/about", "/app", *(c.path for c in self.columns), *(self.path_of(s) for s in stories)]
        found: dict[str, Maker] = dict.fromkeys(shells, self._shell)
        found["/static/app.js"] = _constant(
            SCRIPT.replace("__LOOK__", json.dumps(look)).encode(), "text/javascript; charset=utf-8"
        )
        for path, value in api.items():
            found[f"/api/{path}"] = _constant(
                json.dumps(value, ensure_ascii=False).encode(), "application/json"
            )
        return found


def _constant(body: bytes, content_type: str) -> Maker:
    return lambda base: Reply(body, content_type)
