"""The page as people run it: newsdelta serve, watch --web, and crawls that are asked for there."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.conftest import Newsdelta
from tests.replica.replica import Replica

#: Asks without a proxy, whatever the environment says.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
LONG = '[watch]\nevery = "1d"\n'


class Served:
    """A running page, and a program that uses it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.base, self.token = _address(process)

    def __call__(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self.base + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        with DIRECT.open(request, timeout=30) as answer:
            return json.load(answer)

    def until(self, path: str, fits: Any, seconds: float = 180.0) -> Any:
        end = time.monotonic() + seconds
        while not fits(found := self(path)):
            assert time.monotonic() < end, found
            time.sleep(0.1)
        return found


def _address(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"(http://[^/]+)/login\?token=(\S+)", line):
            return found[1], found[2]
    raise AssertionError("the page did not start")


@contextlib.contextmanager
def serving(newsdelta: Newsdelta, *words: str) -> Iterator[Served]:
    process = subprocess.Popen(
        newsdelta.command(*words),
        cwd=newsdelta.folder,
        env=newsdelta.env,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Served(process)
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)
        process.kill()
        process.wait()


@pytest.fixture
def site(newsdelta: Newsdelta) -> Iterator[Replica]:
    with Replica(articles=12, columns=[365402, 365411], seed=3) as site:
        newsdelta.configure(site.url, LONG + '[web]\nbind = "127.0.0.1:0"\n')
        yield site


@pytest.mark.parametrize("words", [("serve",), ("watch", "--web")], ids=["serve", "watch"])
def test_a_crawl_that_is_asked_for_is_made_and_followed(
    newsdelta: Newsdelta, site: Replica, words: tuple[str, ...]
) -> None:
    with serving(newsdelta, *words) as served:
        number = served("/api/v1/orders", {"channel": "cq"})["id"]
        order = served.until(f"/api/v1/orders/{number}", lambda one: one["finished_at"])
        assert order["state"] == "done"
        run = served(f"/api/v1/runs/{order['run']}")
        assert run["counts"]["fetched"] + run["counts"]["not_modified"] > 0
        assert len(served("/api/v1/articles?limit=100")["items"]) == 12


def test_one_page_is_crawled_alone(newsdelta: Newsdelta, site: Replica) -> None:
    with serving(newsdelta, "serve") as served:
        url = site.truth(0)["url"]
        number = served("/api/v1/orders", {"url": url})["id"]
        served.until(f"/api/v1/orders/{number}", lambda one: one["state"] == "done")
        assert [article["url"] for article in served("/api/v1/articles")["items"]] == [url]


def test_a_crawl_is_cancelled(newsdelta: Newsdelta, site: Replica) -> None:
    site.do("slow", path="*", seconds=1.0)
    with serving(newsdelta, "serve") as served:
        number = served("/api/v1/orders", {"channel": "cq"})["id"]
        served.until(
            f"/api/v1/orders/{number}", lambda one: one["state"] == "running" and len(site.requests())
        )
        served(f"/api/v1/orders/{number}/cancel", {})
        order = served.until(f"/api/v1/orders/{number}", lambda one: one["finished_at"])
        assert order["state"] == "cancelled"
    assert newsdelta.json("db", "check")["findings"] == []


def test_a_taken_port_is_named(newsdelta: Newsdelta, site: Replica) -> None:
    with serving(newsdelta, "serve") as served:
        port = served.base.rpartition(":")[2]
        refused = newsdelta("serve", "--bind", f"127.0.0.1:{port}", expect=2)
        assert f"127.0.0.1:{port}" in refused.stderr
        assert "Another program may have the port" in refused.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('bind = "8470"', "no address and port"),
        ('bind = "0.0.0.0:8470"\nlogin = false', "only this machine can reach"),
        ('url = "news.example"', "no web address"),
        ("prt = 1", "unknown key 'prt'"),
    ],
)
def test_a_mistake_in_the_section_is_named(newsdelta: Newsdelta, line: str, words: str) -> None:
    newsdelta.configure("http://127.0.0.1:9/", f"[web]\n{line}\n")
    refused = newsdelta("serve", expect=2)
    assert words in refused.stderr
    assert "newsdelta.toml" in refused.stderr


def test_sighup_lets_the_page_read_the_config_again(newsdelta: Newsdelta, site: Replica) -> None:
    with serving(newsdelta, "serve") as served:
        more = '[[channel]]\nname = "sc"\nhome = "http://127.0.0.1:9/"\n[web]\nbind = "127.0.0.1:1"\n'
        newsdelta.configure(site.url, LONG + more)
        served.process.send_signal(signal.SIGHUP)
        served.until("/api/v1/channels", lambda found: len(found["items"]) == 2)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.stderr is not None
        assert "What changed in [web] counts after a restart" in served.process.stderr.read()
    assert newsdelta.events() == [], "a page alone crawls nothing by itself"


def test_a_key_made_on_the_command_line_opens_the_api(newsdelta: Newsdelta, site: Replica) -> None:
    made = newsdelta.json("keys", "add", "desk", "--scope", "read", "--scope", "run")
    with serving(newsdelta, "serve") as served:
        served.token = made["key"]
        assert served("/api/v1/orders", {"channel": "cq"})["channel"] == "cq"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            served("/api/v1/keys")
        assert [key["name"] for key in newsdelta.lines("keys", "list")] == ["desk"]
        newsdelta("keys", "remove", "desk")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            served("/api/v1/runs")
    newsdelta("keys", "add", "desk")
    assert "Another key has this name" in newsdelta("keys", "add", "desk", expect=2).stderr


def test_the_page_begins_and_a_watcher_too(newsdelta: Newsdelta, site: Replica) -> None:
    with serving(newsdelta, "serve") as served:
        for _ in range(3):
            served("/api/v1/orders", {"channel": "cq"})  # the page looks for a watcher all the time
            done = newsdelta("watch", "--once", expect=1)  # the small replica lacks some listings
            assert "watches this database already" not in done.stderr
        served.until("/api/v1/orders", lambda found: all(one["finished_at"] for one in found["items"]))
