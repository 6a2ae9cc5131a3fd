"""ASGI middleware: which hosts we answer to, who is asking, and the headers that keep a browser safe."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response

from scheduler.web.access import ALL, Doorkeeper, Visitor
from scheduler.web.api.model import problem
from scheduler.web.asgi import App, Message, Receive, Send

Scope_ = MutableMapping[str, Any]

#: Nothing from elsewhere, nothing inline: scraped text that slipped through as markup could do nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_ADDED = tuple(
    (name.encode(), value.encode()) for name, value in {**SAFE, "cache-control": "no-store"}.items()
)


class Guard:
    """Refuses strange hosts, puts the visitor into `request.state.visitor`, and adds the safe headers."""

    def __init__(self, app: App, *, hosts: frozenset[str], door: Doorkeeper) -> None:
        self.app = app
        self.hosts = hosts
        self.door = door

    async def __call__(self, scope: Scope_, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = list(message.get("headers", ()))
                names = {name for name, _ in said}
                message["headers"] = said + [one for one in _ADDED if one[0] not in names]
            await send(message)

        headers = Headers(scope=scope)
        if refusal := self._refusal(scope, headers):
            await refusal(scope, receive, send_safely)
            return
        scope.setdefault("state", {})["visitor"] = self._visitor(scope, headers)
        await self.app(scope, receive, send_safely)

    def _refusal(self, scope: Scope_, headers: Headers) -> Response | None:
        """What is answered to a request that no page is to see; None for any other."""
        if not self._known(headers.get("host", "")):
            return PlainTextResponse(
                "This page does not answer to that name. Set [web] url in newsdelta.toml.\n", 421
            )
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # PostgreSQL takes no text with one
            return problem(400, "The request cannot be read", "An address with a NUL names nothing")
        return None

    def _known(self, host: str) -> bool:
        return _name_in(host) in self.hosts

    def _visitor(self, scope: Scope_, headers: Headers) -> Visitor:
        cookies = cookie_parser(headers.get("cookie", ""))
        key = ""
        if scope["path"].startswith("/feeds/"):
            key = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        visitor = self.door.visitor(headers, cookies, key)
        if self.door.open_to_all and not visitor.scopes:
            # A browser that asks on behalf of another page says from where.
            return Visitor(ALL, program="origin" not in headers)
        return visitor


@lru_cache(maxsize=64)
def _name_in(host: str) -> str:
    """The name in a Host header, without the port; '' where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
