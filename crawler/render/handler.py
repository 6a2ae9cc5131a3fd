"""Scrapy's download handler for pages that need a browser: the only file that knows scrapy-playwright.

What scrapy-playwright does: it opens contexts and pages, sends a page to its address, and turns the answer into
Scrapy's. What is done here: the browser is shared by all crawls of the process and
renewed; each page has a hard limit and is closed on every path; contexts are given up after some pages; the answer's
body is the page's DOM, once it is at rest.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, NotSupported
from scrapy.http import HtmlResponse, Request, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # type: ignore[import-untyped]

from crawler.connecting import Downloads
from crawler.middlewares import Politeness
from crawler.render.ask import META, Ask
from crawler.render.browser import Browser, Life
from crawler.render.tab import CLOSE, Tab, Unsettled
from storage.errors import FetchFailed

#: Headers of the first document that say nothing of the page as it stands in the browser.
SPOKEN_FOR = ("Content-Encoding", "Content-Length", "Transfer-Encoding", "ETag", "Last-Modified")
KEPT = ("download_latency", "redirect_times", "redirect_urls", "redirect_reasons")
#: How often a page is tried again that crashed or hung; one that was open when the browser died by another's doing has
#: the retries of any request.
RETRIES = 1

logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # each failure reaches the spider in our words


class NotRendered(FetchFailed, DownloadFailedError):
    """The browser brought no page. Scrapy tries it again."""


class BrowserHandler(ScrapyPlaywrightDownloadHandler, Downloads):  # type: ignore[misc]
    """Answers requests whose `meta` holds an Ask from the browser, all others as Scrapy does."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        shared: Browser | None = getattr(crawler.spider, "browser", None)
        allow = crawler.settings.getbool("NEWSDELTA_ALLOW_PRIVATE_ADDRESSES")
        self._own = None if shared else Browser(allow_private_addresses=allow)
        self._shared: Browser = shared or self._own  # type: ignore[assignment] # one of the two is there
        self._agent: str = crawler.settings["USER_AGENT"]
        self._crawling = crawler
        self._contexts = _Contexts(self._shared.limits.context_pages)
        self._life: Life | None = None
        self.browser_provider_cls = lambda config: _Provider(lambda: self._life)
        self.config.navigation_timeout_ms = self._shared.limits.answer_seconds * 1000
        self.config.max_pages_per_context = self._shared.limits.tabs
        self.config.target_closed_max_retries = 0

    # -- requests

    async def download_request(self, request: Request) -> Response:
        """Answer one request. Raises NotRendered, and ConfigError where no Chromium can be had."""
        ask = request.meta.get(META)
        if ask is None:
            plain: Response = await super().download_request(request)
            return plain
        async with self._shared.page() as life:
            self._join(life)
            tab = Tab(ask, self._shared.limits)
            name = self._contexts.enter(ask.time_zone)
            try:
                return await self._read(request, tab, name)
            except Exception as error:
                raise await self._trouble(error, request, tab, life) from error
            finally:
                await self._leave(tab, name, life)

    async def close(self) -> None:
        """Close what this crawl opened; the browser of the process stays."""
        self._forget()
        await super().close()
        if self._own is not None:
            await self._own.close()

    async def _read(self, request: Request, tab: Tab, name: str) -> Response:
        inner = request.replace(meta=dict(request.meta))
        inner.meta.update(self._words(tab, name))
        async with asyncio.timeout(self._shared.limits.page_seconds):
            response = await super().download_request(inner)
            if response.status >= 400:
                tab.ask = Ask()
            text = await tab.content()
        where = tab.page.url if tab.page else response.url
        request.meta.update({key: inner.meta[key] for key in KEPT if key in inner.meta})
        _note_way(request, where)
        return _answer(request, response, where, text)

    def _words(self, tab: Tab, name: str) -> dict[str, Any]:
        """The request in scrapy-playwright's words."""

        async def opened(page: Page, request: Request) -> None:
            try:
                # scrapy-playwright would serialize each page as soon as its first bytes are there: for nobody.
                page.content = _no_content  # type: ignore[assignment,method-assign]
                await tab.opened(page)
            except Exception as error:  # scrapy-playwright would log it, and send the page off
                tab.failure = error
                await page.close()

        return {
            "playwright": True,
            "playwright_include_page": True,  # it is we who close it, on every path
            "playwright_context": name,
            "playwright_context_kwargs": self._manners(tab.ask),
            "playwright_page_init_callback": opened,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
        }

    def _manners(self, ask: Ask) -> dict[str, Any]:
        version = self._life.chromium.version.split(".")[0] if self._life else ""
        return {
            "user_agent": (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                f"Chrome/{version}.0.0.0 Safari/537.36 {self._agent}"
            ),
            "locale": "zh-CN",
            "timezone_id": ask.time_zone,
            "service_workers": "block",
            "accept_downloads": False,
            "viewport": {"width": 1280, "height": 1600},
        }

    # -- ends

    async def _leave(self, tab: Tab, name: str, life: Life) -> None:
        """Close the page, and its context where it had its share of pages. What does not obey is killed."""
        obeys = await tab.close()
        for spent in self._contexts.leave(name):
            obeys = await self._give_up(spent) and obeys
        if not obeys:
            life.kill()
        if polite := self._crawling.get_downloader_middleware(Politeness):
            polite.also_sent(tab.asked)

    async def _give_up(self, name: str) -> bool:
        """Close a context, and with it all that driver and browser kept of its pages."""
        wrapper = self.context_wrappers.pop(name, None)
        try:
            async with asyncio.timeout(CLOSE):
                if wrapper is not None:
                    await wrapper.context.close()
        except TimeoutError:
            return False
        except Exception:
            return True
        return True

    async def _trouble(self, error: Exception, request: Request, tab: Tab, life: Life) -> Exception:
        """What is told of a failure; after it, the browser is well or marked as broken."""
        if tab.file:
            request.meta["dont_retry"] = True
            return NotRendered(f"it is no page ({tab.file})", subject=request.url)
        error = tab.failure or error
        if isinstance(error, NotRendered):
            return error
        if isinstance(error, Unsettled):
            return NotRendered(str(error), subject=request.url)
        if not await life.is_well():
            life.kill()
            return NotRendered("the browser died", subject=request.url)
        if isinstance(error, TimeoutError):
            request.meta.setdefault("max_retry_times", RETRIES)
            return NotRendered("the page hung in the browser", subject=request.url)
        if not isinstance(error, PlaywrightError):
            return error
        if "crash" in error.message.lower():
            request.meta.setdefault("max_retry_times", RETRIES)
            return NotRendered("the page crashed in the browser", subject=request.url)
        return NotRendered(_in_words(error, tab, life), subject=request.url)

    # -- lives

    def _join(self, life: Life) -> None:
        """Go over to the browser's present life; what scrapy-playwright kept of an earlier one is gone with it."""
        if life is not self._life:
            self._forget()
            self.context_wrappers.clear()
            self._contexts = _Contexts(self._shared.limits.context_pages, life.number)
            self._life = life

    def _forget(self) -> None:
        """Keep scrapy-playwright from closing a browser that others use."""
        self.__dict__.pop("browser", None)

    async def _browser_disconnected_callback(self) -> None:
        """Nothing: the next page begins in a new life."""


async def _no_content() -> str:
    """What stands in the page is asked for when it has come to rest: `Tab.content`."""
    return ""


class _Provider:
    """What scrapy-playwright takes its browsers from: the life in which the page in hand is read."""

    def __init__(self, life: Callable[[], Life | None]) -> None:
        self._life = life

    async def start(self) -> None:
        """Nothing starts before the first page."""

    async def launch_browser(self) -> Chromium:
        """The Chromium of the present life."""
        life = self._life()
        if life is None:
            raise NotSupported("no page is to be read")
        return life.chromium

    async def launch_persistent_context(self, context_kwargs: dict[str, Any]) -> BrowserContext:
        """No profile is kept."""
        raise NotSupported("no profile is kept between pages")

    async def close(self) -> None:
        """The browser of the process stays."""


class _Contexts:
    """The names of the contexts of one life: each is for some pages, all in one time zone."""

    def __init__(self, pages: int, life: int = 0) -> None:
        self._pages = pages
        self._life = life
        self._number = 0
        self._begun: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._current: dict[str, str] = {}  # time zone → name

    def enter(self, time_zone: str) -> str:
        """The context for the next page."""
        name = self._current.get(time_zone)
        if name is None or self._begun[name] >= self._pages:
            self._number += 1
            name = self._current[time_zone] = f"{self._life}-{self._number}"
        self._begun[name] += 1
        self._open[name] += 1
        return name

    def leave(self, name: str) -> list[str]:
        """Note that a page is done; return the contexts that are to be closed."""
        self._open[name] -= 1
        if self._open[name] or self._begun[name] < self._pages:
            return []
        del self._open[name], self._begun[name]
        return [name]


def _note_way(request: Request, where: str) -> None:
    """Let a script's redirect look like any other: the address that was asked for comes first."""
    if urldefrag(where)[0] != urldefrag(request.url)[0]:
        request.meta.setdefault("redirect_urls", [request.url])


def _answer(request: Request, response: Response, where: str, text: str) -> HtmlResponse:
    headers = response.headers.copy()
    for name in SPOKEN_FOR:
        headers.pop(name, None)
    headers["Content-Type"] = "text/html; charset=utf-8"
    return HtmlResponse(
        where,
        status=response.status,
        headers=headers,
        body=text.encode("utf-8", "replace"),
        encoding="utf-8",
        request=request,
        flags=["browser"],
    )


def _in_words(error: PlaywrightError, tab: Tab, life: Life) -> str:
    """A failure of Playwright's, in few words."""
    refused = life.guard.refused if life.guard else {}
    if refused and tab.sent_to in refused:
        return f"{tab.sent_to} has the private address {refused[tab.sent_to]}"
    if "Timeout" in error.message:
        return "there was no answer in time"
    first = error.message.splitlines()[0] if error.message else type(error).__name__
    return first.partition(": ")[2].split(" at http")[0] or first
