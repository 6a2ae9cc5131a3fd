"""A crawl that a person asks for, seen as it goes on: `newsdelta serve` over a copy of the channel."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from scheduler.web.words import translator
from tests.browser.conftest import DESKTOP, PHONE, new_context
from tests.replica.replica import Replica

ARTICLES = 12
#: Keeps every number of answered requests that was seen; a page that is loaded again goes on with the list.
KEEP_WHAT_IS_SEEN = """addEventListener('DOMContentLoaded', () => {
  const panel = document.querySelector('[data-follow]');
  if (!panel) return;
  const look = () => {
    const seen = new Set(JSON.parse(sessionStorage.seen || '[]'));
    sessionStorage.seen = JSON.stringify([...seen.add(panel.querySelector('[data-say=done]').textContent)]);
  };
  look();
  new MutationObserver(look).observe(panel, { childList: true, subtree: true, characterData: true });
});"""


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=ARTICLES, columns=[365402], seed=3) as site:
        yield site


@pytest.fixture
def entrance(replica: Replica, tmp_path: Path) -> Iterator[str]:
    """The address that `newsdelta serve` prints, over an empty store."""
    config = tmp_path / "newsdelta.toml"
    config.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/news.db"\n[watch]\nrequests_per_hour = 100000\n'
        f'[[channel]]\nname = "cq"\nhome = "{replica.url}"\n[network]\nallow_private_addresses = true\n'
        f'[web]\nbind = "127.0.0.1:0"\ntoken_file = "{tmp_path}/token"\n',
        encoding="utf-8",
    )
    with serving(config) as address:
        yield address


@contextmanager
def serving(config: Path) -> Iterator[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSDELTA_")}
    command = [
        sys.executable,
        "-c",
        "from scheduler.cli import main; main()",
        "serve",
        "--config",
        str(config),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        yield next(found[0] for line in process.stderr if (found := re.search(r"http://\S+token=\S+", line)))
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=20)
        process.kill()
        process.wait()


def _enter(browser: Browser, entrance: str, language: str, *, scripts: bool) -> Page:
    page = new_context(browser, language, DESKTOP if scripts else PHONE, scripts=scripts).new_page()
    page.goto(entrance)
    return page


def _ask(page: Page, entrance: str, language: str, url: str = "") -> None:
    say = translator(language)
    page.goto(urljoin(entrance, "/runs"))
    page.get_by_label(say("or one page")).fill(url)
    page.get_by_role("button", name=say("Crawl now")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        say("Crawl of {channel}").partition("{")[0].strip()
    )


def test_a_crawl_is_followed_to_its_end(browser: Browser, replica: Replica, entrance: str) -> None:
    say = translator("zh")
    replica.do("slow", path="*", seconds=1.0)
    page = _enter(browser, entrance, "zh", scripts=True)
    page.add_init_script(KEEP_WHAT_IS_SEEN)
    _ask(page, entrance, "zh")
    expect(page.locator(".state")).to_have_text(say("order done"))
    assert len(json.loads(page.evaluate("sessionStorage.seen"))) > 2, "it moved under our eyes"
    replica.do("slow", path="*", seconds=0.0)
    page.get_by_role("link", name=say("What it did")).click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(str(ARTICLES))
    page.goto(urljoin(entrance, "/articles"))
    expect(page.locator(".list h3")).to_have_count(ARTICLES)
    page.context.close()


def test_a_page_is_crawled_and_followed_without_scripts(
    browser: Browser, replica: Replica, entrance: str
) -> None:
    say = translator("en")
    page = _enter(browser, entrance, "en", scripts=False)
    _ask(page, entrance, "en", replica.truth(0)["url"])
    expect(page.locator(".state")).to_have_text(say("order done"))
    page.goto(urljoin(entrance, "/articles"))
    expect(page.locator(".list h3")).to_have_count(1)
    page.context.close()


def test_a_crawl_is_stopped(browser: Browser, replica: Replica, entrance: str) -> None:
    say = translator("zh")
    replica.do("slow", path="*", seconds=1.0)
    page = _enter(browser, entrance, "zh", scripts=True)
    _ask(page, entrance, "zh")
    page.get_by_role("button", name=say("Cancel")).click()
    expect(page.locator(".state")).to_have_text(say("order cancelled"))
    replica.do("slow", path="*", seconds=0.0)
    page.context.close()
