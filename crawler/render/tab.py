"""One page in the browser, from its first request until it has come to rest: waiting, scrolling, "more" buttons.

A page has come to rest when its document is parsed and none of its requests for text (document, script, data) has been
open for a moment. A selector that the channel names counts instead, and ends the waiting at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Page, Request, Response
from playwright.async_api import Error as PlaywrightError

from crawler.render.ask import Ask, Limits
from crawler.render.blocking import file_kind, is_refused, is_tracker, patterns, site_of

#: Seconds without an open request after which a page is at rest; and one that still lacks the selector it should show.
QUIET, LACKING = 0.35, 2.0
#: Seconds that a press or a scroll may take to bring something new; and without a request, after which nothing comes.
MORE_SECONDS, NO_MORE = 8.0, 1.5
#: Seconds for what is done to a page that is at rest, and to close one.
STEP, CLOSE = 10.0, 5.0
TICK = 0.05
#: A path that is asked for more often than this is a poll: the page shows already what it has.
POLLS = 3
#: Requests on which the text of a page may hang.
TEXT = frozenset({"document", "script", "xhr", "fetch", "other"})
DATA = frozenset({"xhr", "fetch"})

_LINKS = "() => document.links.length"
#: Up first, until that is painted: a page that watches for its foot to come into sight must see it go.
_TO_THE_END = """() => new Promise((done) => {
  let is_done = false;
  const down = () => {
    if (is_done) return;
    is_done = true;
    window.scrollTo(0, document.documentElement.scrollHeight);
    done();
  };
  window.scrollTo(0, 0);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(down, 30)));
  setTimeout(down, 1000);
})"""
_NO_POPUPS = "window.open = () => null"
#: Frames of the same site and open shadow roots become part of the document, in place; then it is serialized.
_FLATTEN = """() => {
  const seen = [document];
  for (const root of seen) {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) seen.push(element.shadowRoot);
      if (element.tagName === 'IFRAME') {
        try {
          const inner = element.contentDocument;
          if (inner && inner.body && inner.body.innerText.trim()) seen.push(inner);
        } catch (error) { /* of another site: its own affair */ }
      }
    }
  }
  for (const root of seen.reverse()) {
    if (root === document) continue;
    const place = document.createElement('div');
    if (root.nodeType === Node.DOCUMENT_NODE) {
      place.innerHTML = root.body.innerHTML;
      root.defaultView.frameElement.replaceWith(place);
    } else {
      const host = root.host;
      place.innerHTML = root.innerHTML;
      for (const slot of place.querySelectorAll('slot')) {
        const chosen = [...host.childNodes].filter(
          (node) => ((node.getAttribute && node.getAttribute('slot')) || '') === (slot.name || ''));
        if (chosen.length) slot.replaceWith(...chosen);
      }
      for (const style of place.querySelectorAll('style')) style.remove();
      host.replaceChildren(place);
    }
  }
  const kind = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '';
  return kind + document.documentElement.outerHTML;
}"""


class Unsettled(Exception):
    """What stands in the page cannot be trusted to be the page; the text says why."""


class Tab:
    """Follows one page. `asked`: host → requests for documents and data that were answered."""

    def __init__(self, ask: Ask, limits: Limits) -> None:
        self.ask = ask
        self.page: Page | None = None
        self.asked: Counter[str] = Counter()
        self.sent_to = ""  # the host that it was sent to last
        self._limits = limits
        self.failure: Exception | None = None  # why it could not be followed
        self.file = ""  # the kind of file that came where a page was asked for
        self._open: set[Request] = set()
        self._troubles: list[str] = []  # data of the page's own site that did not come
        self._times: Counter[str] = Counter()  # path → requests since the page was opened, or unfolded
        self._changed = time.monotonic()
        self._session: CDPSession | None = None
        self._frame = ""  # the browser's name for the page's own frame
        self._verdicts: set[asyncio.Future[None]] = set()

    async def opened(self, page: Page) -> None:
        """Begin to follow a page, before it is sent anywhere."""
        self.page = page
        page.on("request", self._begun)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("popup", _close_popup)
        self._session = session = await page.context.new_cdp_session(page)
        session.on("Fetch.requestPaused", self._paused)
        await asyncio.gather(
            page.add_init_script(_NO_POPUPS),
            # A page with routes has no cache: it would fetch its scripts again for each article.
            page.unroute_all(),
            session.send("Fetch.enable", {"patterns": patterns()}),
        )

    async def content(self) -> str:
        """Wait until the page is at rest, unfold what is folded, and return its DOM as HTML.

        Raises Unsettled, and PlaywrightError where the page is gone.
        """
        page = self._page()
        async with asyncio.timeout(self._limits.settle_seconds + CLOSE):
            await self._settle(page)
        if self.ask.depth:
            await self._unfold(page)
        async with asyncio.timeout(STEP):
            return await _patiently(self._serialized)

    async def close(self) -> bool:
        """Close the page. False: it does not obey."""
        if self.page is None or self.page.is_closed():
            return True
        try:
            async with asyncio.timeout(CLOSE):
                await self.page.close()
        except TimeoutError:
            return False
        except Exception:
            return True
        return True

    async def _serialized(self) -> str:
        return str(await self._page().evaluate(_FLATTEN))

    def _page(self) -> Page:
        if self.page is None:
            raise Unsettled("the page was never opened")
        return self.page

    # -- waiting

    async def _settle(self, page: Page) -> None:
        until = time.monotonic() + self._limits.settle_seconds
        if self.ask.wait_for:
            if await self._shows(page, until):
                return
            if self._open:
                raise Unsettled(f"{self.ask.wait_for} did not appear in time")
        else:
            await self._at_rest(page, until)
        if self._troubles:
            raise Unsettled(self._troubles[0])

    async def _shows(self, page: Page, until: float) -> bool:
        """Wait for the selector; give up early where the page is at rest without it."""
        waiting = asyncio.ensure_future(
            page.wait_for_selector(spelled(self.ask.wait_for), state="attached", timeout=0)
        )
        try:
            while time.monotonic() < until and not (self._is_quiet(LACKING) and await _is_parsed(page)):
                await asyncio.wait({waiting}, timeout=TICK)
                if waiting.done():
                    waiting.result()
                    return True
            return False
        finally:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError, PlaywrightError):
                await waiting

    async def _at_rest(self, page: Page, until: float) -> None:
        while time.monotonic() < until:
            if self._is_quiet(QUIET) and await _is_parsed(page):
                return
            await asyncio.sleep(TICK)

    def _is_quiet(self, seconds: float) -> bool:
        return not self._open and time.monotonic() - self._changed >= seconds

    # -- listings

    async def _unfold(self, page: Page) -> None:
        """Press "more", or scroll to the end, while that brings new links."""
        links = await page.evaluate(_LINKS)
        for _ in range(self.ask.depth):
            if not await self._press_or_scroll(page):
                return
            before, links = links, await self._more_links(page, links)
            if links <= before:
                return

    async def _press_or_scroll(self, page: Page) -> bool:
        """False: there is no button any more."""
        if not self.ask.more:
            await page.evaluate(_TO_THE_END)
            return True
        button = page.locator(spelled(self.ask.more)).first
        if not await button.is_visible():
            return False
        with contextlib.suppress(PlaywrightError):  # something lies over it
            await button.click(timeout=2000)
            return True
        await button.dispatch_event("click")
        return True

    async def _more_links(self, page: Page, before: int) -> int:
        """The number of links, once it has grown and the page is at rest again, or nothing comes any more."""
        self._times.clear()
        self._changed = time.monotonic()
        until = self._changed + MORE_SECONDS
        while time.monotonic() < until:
            await asyncio.sleep(TICK)
            if self._is_quiet(QUIET) and int(await page.evaluate(_LINKS)) > before:
                break
            if self._is_quiet(NO_MORE):
                break
        return int(await page.evaluate(_LINKS))

    # -- what the page asks for

    def _paused(self, event: dict[str, Any]) -> None:
        verdict = asyncio.ensure_future(self._judge(event))
        self._verdicts.add(verdict)
        verdict.add_done_callback(self._verdicts.discard)

    async def _judge(self, event: dict[str, Any]) -> None:
        """Let a request or an answer that was held go on, or let it fail."""
        self._frame = self._frame or event["frameId"]  # the first to ask is the page itself
        inner = event["frameId"] != self._frame
        refused = (
            self._is_file(event, inner) if "responseStatusCode" in event else self._is_refused(event, inner)
        )
        said = {"errorReason": "BlockedByClient"} if refused else {}
        with contextlib.suppress(Exception):  # the page is gone, or its driver: then the request is, too
            if self._session is not None:
                method = "Fetch.failRequest" if refused else "Fetch.continueRequest"
                await self._session.send(method, {"requestId": event["requestId"], **said})

    def _is_refused(self, event: dict[str, Any], inner: bool) -> bool:
        kind, url = event["resourceType"].lower(), event["request"]["url"]
        return is_refused(kind, url, self._page().url, inner=inner)

    def _is_file(self, event: dict[str, Any], inner: bool) -> bool:
        headers = {header["name"].lower(): header["value"] for header in event.get("responseHeaders", ())}
        kind = file_kind(event["responseStatusCode"], headers.get("content-type", ""))
        if not inner:
            self.file = kind
        return bool(kind)

    def _begun(self, request: Request) -> None:
        if request.is_navigation_request():
            self.sent_to = urlsplit(request.url).hostname or ""
        where = urlsplit(request.url)
        path = f"{where.netloc}{where.path}"
        self._times[path] += 1
        is_poll = self._times[path] > POLLS
        if request.resource_type in TEXT and not is_poll and not is_tracker(where.hostname or ""):
            self._open.add(request)
            self._changed = time.monotonic()

    def _finished(self, request: Request) -> None:
        if request in self._open:
            self._open.discard(request)
            self._changed = time.monotonic()

    def _failed(self, request: Request) -> None:
        was_open = request in self._open
        self._finished(request)
        if was_open and self._is_own_data(request) and "ERR_ABORTED" not in (request.failure or ""):
            self._troubles.append(f"a part of the page did not come: {request.failure}")

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.resource_type in DATA or request.is_navigation_request():
            self.asked[urlsplit(response.url).netloc] += 1
        if response.status >= 500 and self._is_own_data(request):
            self._troubles.append(f"a part of the page did not come: the server answers {response.status}")

    def _is_own_data(self, request: Request) -> bool:
        here = site_of(urlsplit(self._page().url).hostname or "")
        return request.resource_type in DATA and site_of(urlsplit(request.url).hostname or "") == here


def spelled(selector: str) -> str:
    """A selector of the config in Playwright's words: XPath where it begins as one, else CSS."""
    return f"xpath={selector}" if selector.startswith(("/", "./", "(")) else f"css={selector}"


async def _is_parsed(page: Page) -> bool:
    try:
        return bool(await page.evaluate("() => document.readyState !== 'loading'"))
    except PlaywrightError as error:
        if "context was destroyed" in error.message or "navigat" in error.message:
            return False  # it is on its way to another document
        raise


async def _patiently(step: Callable[[], Awaitable[str]]) -> str:
    """Do one step again where the page went on to another document in the middle of it."""
    for _ in range(3):
        try:
            return await step()
        except PlaywrightError as error:
            if "context was destroyed" not in error.message and "navigat" not in error.message:
                raise
            await asyncio.sleep(QUIET)
    return await step()


async def _close_popup(popup: Page) -> None:
    with contextlib.suppress(PlaywrightError):
        await popup.close()
