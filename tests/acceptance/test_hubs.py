"""A feed that names a hub: what a crawl keeps of it, for `watch --web` to ask the hub."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from storage import hubs
from storage.database import Database
from tests.acceptance.conftest import Newsdelta

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>渝州晚报</title><atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://yuzhou.example/feed"/>
<item><title>老码头改建公园</title><link>/news/2026/1001.html</link></item></channel></rss>"""
ARTICLE = """<html><head><meta charset="utf-8"><title>老码头改建公园</title></head><body><h1>老码头改建公园</h1>
<p>2026-11-23 08:00　来源：渝州晚报</p><div class="text"><p>{}</p><p>{}</p></div></body></html>""".format(
    "停用六年的老码头开始改建，趸船留作展厅，江边的石梯修复后向市民开放。",
    "设计者说，岸线上的黄葛树一棵不动，公园明年五月建成，夜里也开着灯。",
)
PAGES = {"/": "<html><body><a href='/news/2026/1001.html'>老码头改建公园</a></body></html>", "/rss.xml": FEED}


class _Paper(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, ARTICLE if self.path.startswith("/news/") else "")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/xml" if "rss" in self.path else "text/html; charset=utf-8")
        for name, value in self.server.headers.items():  # type: ignore[attr-defined]
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def paper() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Paper)
    server.headers = {}  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def crawled(newsdelta: Newsdelta, paper: ThreadingHTTPServer, *words: str) -> list[tuple[str, str, str]]:
    home = f"http://127.0.0.1:{paper.server_address[1]}/"
    newsdelta.configure(home, channel="yuzhou")
    config = newsdelta.config.read_text("utf-8").replace("[network]", 'feeds = ["/rss.xml"]\n[network]')
    newsdelta.config.write_text(config, "utf-8")
    assert newsdelta.json("crawl", "yuzhou", *words)["failed"] == 0
    with Database.open(newsdelta.url) as database:
        return [(hub.feed.removeprefix(home), hub.topic, hub.hub) for hub in hubs.every(database)]


def test_a_crawl_keeps_which_hub_a_feed_names(newsdelta, paper):
    assert crawled(newsdelta, paper) == [("rss.xml", "https://yuzhou.example/feed", "https://hub.example/")]
    assert len(newsdelta.lines("articles")) == 1


def test_the_header_goes_before_the_feed(newsdelta, paper):
    paper.headers = {"Link": '<https://other.example/>; rel="hub", <https://yuzhou.example/all>; rel="self"'}
    assert crawled(newsdelta, paper) == [("rss.xml", "https://yuzhou.example/all", "https://other.example/")]


def test_a_dry_run_keeps_nothing(newsdelta, paper):
    assert crawled(newsdelta, paper, "--dry-run") == []


def test_what_a_push_orders_finds_what_is_new_in_the_feed_alone(newsdelta, paper, monkeypatch):
    crawled(newsdelta, paper)
    entry = "<item><title>江边步道通到寸滩</title><link>/news/2026/1002.html</link></item></channel>"
    monkeypatch.setitem(PAGES, "/rss.xml", FEED.replace("</channel>", entry))
    home = f"http://127.0.0.1:{paper.server_address[1]}/"
    found = newsdelta.json("crawl", "yuzhou", "--url", f"{home}rss.xml")
    assert found["new"] == 1
    assert {row["url"] for row in newsdelta.lines("articles")} == {
        f"{home}news/2026/1001.html",
        f"{home}news/2026/1002.html",
    }
