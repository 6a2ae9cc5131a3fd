"""A paper whose pages are written by their scripts: without JavaScript each is an empty frame. For the browser's tests.

    /                     the listing; its articles come from /data/list, some at a time, by "more" or by scrolling
    /news/N.html          an article; its text comes from /data/article/N
    /trouble/NAME.html    hangs, popups, dialogs, redirects, frames … see TROUBLE

Beside its text every page asks for what a reader would not miss: pictures, fonts, a film, a counter. `requests` notes
everything that was asked for. `python -m tests.replica.scripted ARTICLES` serves until its stdin ends. Standard library only.
"""

# ruff: noqa: E501 -- scripts keep their lines
from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

PER_PAGE = 12
PLACES = ("渝北", "江津", "涪陵", "合川", "永川", "黔江", "长寿", "璧山")
MATTERS = (
    "社区食堂",
    "公交专线",
    "老旧小区改造",
    "柑橘收购",
    "河道清淤",
    "职工夜校",
    "菜市场翻新",
    "图书馆分馆",
)

HEAD = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>%s</title>
<style>@font-face { font-family: lamp; src: url(/static/lamp.woff2) } body { font-family: lamp }</style>
<link rel="stylesheet" href="/static/paper.css"></head><body>
<img src="/static/banner.jpg"><video src="/static/film.mp4" autoplay muted></video>"""
SHELL = (
    HEAD
    + """<div id="page"></div><script src="/static/paper.js"></script><script>%s</script></body></html>"""
)

SCRIPT = """
'use strict';
const page = document.getElementById('page');
const get = (path) => fetch(path).then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status));
const make = (kind, words, kin) => { const made = document.createElement(kind); if (words) made.textContent = words; (kin || page).append(made); return made; };
new Image().src = '/static/counter.gif?' + Date.now();
function article(number) {
  get('/data/article/' + number).then((found) => {
    document.title = found.title;
    const whole = make('article');
    make('h1', found.title, whole);
    make('p', found.time + '  来源：晚灯报  记者：' + found.author, whole).className = 'about';
    const body = make('div', '', whole);
    body.className = 'text';
    for (const words of found.body) make('p', words, body);
    make('img', '', whole).src = '/static/picture-' + number + '.jpg';
  }).catch(() => make('p', '这篇文章不在了'));
}
let next = 0, busy = false;
function more(list) {
  if (busy) return;
  busy = true;
  get('/data/list?page=' + next).then((found) => {
    next += 1;
    for (const one of found.articles) {
      const link = make('a', one.title, make('li', '', list));
      link.href = '/news/' + one.number + '.html';
    }
    busy = false;
    const button = document.querySelector('button');
    if (button && found.last) button.remove();
  });
}
function listing(way) {
  const list = make('ul');
  list.className = 'news';
  more(list);
  if (way === 'scroll') {
    const foot = make('div', '页脚');
    foot.style.marginTop = '2000px';
    new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting) && next) more(list); }).observe(foot);
  } else {
    make('button', '加载更多').onclick = () => more(list);
  }
}
"""

#: What pages of their own do wrong, by name: the script that each runs.
TROUBLE: Mapping[str, str] = {
    "hang": "for (;;) {}",
    "slow": "get('/slow/5').then(() => make('h1', '五秒之后'))",
    "broken-data": "get('/fail/503').then((found) => make('h1', found.title))",
    "never": "make('p', '没有正文')",
    "popup": "window.open('/news/1.html'); make('h1', '弹窗之后')",
    "dialog": "alert('请订阅'); confirm('确定吗'); make('h1', '对话框之后')",
    "leave": "location.href = '/news/2.html'",
    "polling": "make('h1', '滚动播报'); setInterval(() => get('/data/article/1'), 100)",
    "counters": "make('h1', '计数'); for (const host of ['hm.baidu.com', 'www.google-analytics.com']) { const made = document.createElement('script'); made.src = 'http://' + host + '/h.js'; document.head.append(made); }",
    "frame": "const inner = make('iframe'); inner.src = '/news/3.html'",
    "shadow": "const host = make('news-text'); make('em', '槽中之文', host); host.attachShadow({mode: 'open'}).innerHTML = '<p>影中之文</p><slot></slot>'",
    "time": "make('h1', new Date(1795478400000).getHours() + '时')",
    "worker": "navigator.serviceWorker.register('/static/worker.js').then(() => make('h1', '有'), () => make('h1', '无'))",
    "peek": "get(new URLSearchParams(location.search).get('at')).then((found) => make('h1', found.title), () => make('h1', '拿不到'))",
}


def title_of(number: int) -> str:
    """The title of an article."""
    return f"{PLACES[number % 8]}{MATTERS[number // 8 % 8]}第{number}期进展公布"


def text_of(number: int) -> list[str]:
    """The paragraphs of an article."""
    place, matter = PLACES[number % 8], MATTERS[number // 8 % 8]
    return [
        f"本报讯 记者昨日从{place}区了解到，{matter}第{number}期已于上周完成验收，共惠及居民{number * 7 + 120}户。",
        f"负责此事的工作人员介绍，前后用了{number % 9 + 3}个月，其间听取意见{number % 40 + 15}条，多数已经采纳。",
        "住在附近的居民说，以前要走两站路才能办成的事，现在下楼就能办，心里踏实了许多。",
        f"据了解，明年还将在{PLACES[(number + 3) % 8]}推广这一做法，具体安排会提前在街道公告栏张贴。",
    ]


#: The settings that watch the paper in a browser; `depth` presses of its button.
CONFIG = """
[database]
url = "sqlite:///{folder}/newsdelta.db"
[[channel]]
name = "lamp"
home = "{home}"
columns = []
article = {{ url = "/news/\\\\d+\\\\.html$", title = "h1", body = "div.text" }}
javascript = {{ wait_for = "div.text", more = "button", depth = {depth} }}
[network]
allow_private_addresses = true
"""


class ScriptedPaper:
    """Serves the paper on a free port while it is entered. `requests`: path without query → times asked for."""

    def __init__(self, articles: int = 40, per_page: int = PER_PAGE) -> None:
        self.articles, self.per_page = articles, per_page
        self.requests: Counter[str] = Counter()
        self.agents: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
        self._server.daemon_threads = True
        self._server.paper = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        """The address of the listing."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def article(self, number: int) -> str:
        """The address of an article."""
        return f"{self.url}news/{number}.html"

    def trouble(self, name: str, query: str = "") -> str:
        """The address of a page that does something wrong."""
        return f"{self.url}trouble/{name}.html" + (f"?{query}" if query else "")

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def data(self, path: str, query: str) -> object | None:
        """What the scripts ask for, or None where there is no such thing."""
        if path == "/data/list":
            first = int(parse_qs(query)["page"][0]) * self.per_page + 1
            last = min(first + self.per_page, self.articles + 1)
            numbers = range(first, last)
            return {
                "articles": [{"number": number, "title": title_of(number)} for number in numbers],
                "last": last > self.articles,
            }
        number = int(path.rsplit("/", 1)[1])
        if not 1 <= number <= self.articles:
            return None
        return {
            "title": title_of(number),
            "time": f"2026-11-{number % 20 + 1:02} 08:{number % 60:02}",
            "author": "简宁",
            "body": text_of(number),
        }


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        paper: ScriptedPaper = self.server.paper  # type: ignore[attr-defined]
        where = urlsplit(self.path)
        path = where.path
        paper.requests[path] += 1
        paper.agents.add(self.headers.get("User-Agent", ""))
        if path == "/":
            return self._page("晚灯报", f"listing('{where.query}')")
        if path.startswith("/news/"):
            return self._page("晚灯报", f"article({path[6:-5]})", {"ETag": '"shell"'})
        if path.startswith("/trouble/"):
            return self._page("晚灯报", TROUBLE[path[9:-5]])
        if path.startswith("/data/"):
            found = paper.data(path, where.query)
            return self._json(found) if found is not None else self._fail(404)
        if path.startswith("/slow/"):
            time.sleep(float(path[6:]))
            return self._json({"title": "慢"})
        if path.startswith("/fail/"):
            return self._fail(int(path[6:]))
        if path == "/moved":
            return self._send(302, b"", "text/html", {"Location": parse_qs(where.query)["to"][0]})
        if path == "/paper.pdf":
            return self._send(200, b"%PDF-1.4", "application/pdf")
        return self._static(path)

    def _static(self, path: str) -> None:
        if path == "/static/paper.js":
            return self._send(200, SCRIPT.encode(), "text/javascript", {"Cache-Control": "max-age=600"})
        if path == "/static/paper.css":
            return self._send(200, b"p { margin: 1em }", "text/css", {"Cache-Control": "max-age=600"})
        if path.startswith("/static/"):
            return self._send(200, bytes(1000), "application/octet-stream")
        return self._fail(404)

    def _page(self, title: str, script: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(200, (SHELL % (title, script)).encode(), "text/html; charset=utf-8", headers)

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode(), "application/json")

    def _fail(self, status: int) -> None:
        self._send(status, b"{}", "application/json")

    def _send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Serve; the first line of stdout is the address."""
    with ScriptedPaper(int(sys.argv[1])) as paper:
        print(paper.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
