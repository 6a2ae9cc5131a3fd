"""A browser, the pages over a store with everything they can show, and a tab that notes what goes wrong."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from crawler.text.canonical import fold
from scheduler.config import load
from storage import articles, orders, outbox, subscriptions
from storage.database import Database
from storage.records import Subscription
from tests.browser.chromium import chromium
from tests.browser.server import PageServer
from tests.integration.web.conftest import POLICY, Filled, fill, made
from tests.sightings import at

PHONE, DESKTOP = (390, 844), (1200, 900)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
#: The pages' clock.
NOW = at(180)
#: Milliseconds that a busy machine may need for anything.
PATIENCE = 20_000
ALERT = "渝北要闻"


expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """Where the pages are, who may see them, and the numbers of the articles in them."""

    base: str
    token: str
    filled: Filled
    database: Database

    def address(self, page: str) -> str:
        """The whole address of a page."""
        return self.base + page.format(**vars(self.filled))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages over a store of their own."""
    folder = tmp_path_factory.mktemp("browser")
    filled = fill(f"sqlite:///{folder}/news.db")
    _letters(filled.url)
    with PageServer(load(str(_config(folder, filled)), env={}), NOW) as served:
        yield Site(served.base, served.token, filled, served.database)


def _config(folder: Path, filled: Filled) -> Path:
    file = folder / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "{filled.url}"\n[[channel]]\nname = "cq"\n[[channel]]\nname = "sc"\n'
        f'[web]\nbind = "127.0.0.1:0"\ntoken_file = "{folder}/token"\n',
        encoding="utf-8",
    )
    return file


def _letters(url: str) -> None:
    """An alert with two dead letters and one that waits, and an order that waits."""
    with Database.open(url) as database:
        outbox.register(database, {"desk": "值班室", "press": "新闻科"})
        wanted = Subscription(ALERT, ("desk",), words=("渝北",), origin="web")
        subscriptions.put(database, wanted, at(90), fold)
        for number in range(3):
            key = f"4400000{number}"
            articles.record(
                database, made(100 + number, key, f"渝北区第{number + 1}座社区书屋开放"), POLICY, fold
            )
        for claim in outbox.claim(database, "desk", at(110), timedelta(minutes=5), limit=2):
            outbox.dead(database, claim, "404 no such robot")
        orders.ask(database, "cq", (), at(120))


@dataclass
class Tab:
    """One page of a browser that is logged in. `problems` is what a person would not see, but should not be."""

    page: Page
    site: Site
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._request)

    def open(self, page: str) -> None:
        """Go to a page."""
        self.page.goto(self.site.address(page))

    def shoot(self, name: str) -> None:
        """Keep a picture, where the tests were asked for some."""
        if folder := os.environ.get("NEWSDELTA_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(
                path=Path(folder) / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.png", full_page=True
            )

    def path(self) -> str:
        """The address without the host."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _console(self, message: Any) -> None:
        # That an answer was 404 is what one page is for.
        if (
            message.type in ("error", "warning")
            and "the server responded with a status of 4" not in message.text
        ):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.site.base + "/"):
            self.problems.append(f"asked a stranger: {request.url}")


OpenTab = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, site: Site) -> Iterator[OpenTab]:
    """Opens tabs; at the end nothing may have gone wrong in any."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def make(
        language: str = "zh", size: tuple[int, int] = DESKTOP, *, scripts: bool = True, **options: Any
    ) -> Tab:
        context = new_context(browser, language, size, scripts=scripts, **options)
        contexts.append(context)
        tabs.append(Tab(context.new_page(), site))
        if options.get("login", True):
            context.request.post(f"{site.base}/login", form={"token": site.token})
        return tabs[-1]

    yield make
    for context in contexts:
        context.close()
    assert [problem for tab in tabs for problem in tab.problems] == []


def new_context(
    browser: Browser,
    language: str,
    size: tuple[int, int],
    *,
    scripts: bool = True,
    dark: bool = False,
    **_: Any,
) -> BrowserContext:
    """A person's browser: its language, window, and whether it runs scripts."""
    context = browser.new_context(
        locale=LOCALES[language],
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE)
    return context
