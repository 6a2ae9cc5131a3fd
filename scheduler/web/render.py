"""Templates → pages, in the visitor's language. All text is escaped; nothing of an article is ever markup."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from crawler.sites import CHANNELS
from scheduler.healing import config_diff
from scheduler.web import say
from scheduler.web.access import COOKIE, SESSION, Scope, Visitor
from scheduler.web.site import site_of
from scheduler.web.words import LANGUAGES, choose, translator

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "newsdelta-language"
#: Characters that turn the direction of text around, or cannot be seen: shown as a sign, not obeyed.
_UNSEEN = {code: "\ufffd" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x61C)}
_UNSEEN |= {code: None for code in (*range(9), 11, 12, *range(14, 32), 127)}
#: Finds one of them much faster than all are replaced; most texts have none.
_HIDES = re.compile(f"[{re.escape(''.join(map(chr, _UNSEEN)))}]")
_WEB = re.compile("https?://", re.IGNORECASE)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with a page; the template gets `values`, and what every page needs."""
    site, visitor = site_of(request), visitor_of(request)
    asked = request.query_params.get("lang")
    language = choose(asked, request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
    cookie = None
    if site.door.open_to_all and not visitor.csrf:
        cookie = site.door.new_session()
        visitor = site.door.visitor({}, {COOKIE: cookie})
    zone, now, _ = ZoneInfo(site.config().time_zone), site.now(), translator(language)
    html = (
        _environment()
        .get_template(template)
        .render(
            _=_,
            language=language,
            languages=LANGUAGES,
            visitor=visitor,
            path=request.url.path,
            query=dict(request.query_params),
            here=lambda **changes: _here(request, changes),
            now=now.astimezone(zone),
            may_manage=visitor.may(Scope.MANAGE),
            may_run=visitor.may(Scope.RUN),
            ago=lambda moment: say.age(moment, now, _),
            span=lambda length: say.span(length, _),
            about=lambda minutes: say.about(minutes, _),
            rhythm_said=lambda rhythm: say.rhythm(rhythm, _),
            digest_said=lambda text: say.digest(text, _),
            when=lambda moment: moment.astimezone(zone) if moment else None,
            channel_name=lambda name: channel_name(name, language),
            login=not site.door.open_to_all,
            **values,
        )
    )
    response = HTMLResponse(html, status, headers={"vary": "accept-language, cookie"})
    if asked in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, asked, max_age=10 * SESSION, samesite="lax")
    if cookie:
        keep_session(response, cookie, secure=site.settings.secure)
    return response


def keep_session(response: Any, cookie: str, *, secure: bool) -> None:
    """Give a browser its session."""
    response.set_cookie(COOKIE, cookie, max_age=SESSION, httponly=True, samesite="lax", secure=secure)


def visitor_of(request: Request) -> Visitor:
    """Who sent the request."""
    visitor: Visitor = request.state.visitor
    return visitor


def channel_name(name: str, language: str = "zh") -> str:
    """A channel as people call it: 重庆频道 for cq in Chinese, the short name elsewhere."""
    known = CHANNELS.get(name)
    return known.label if known is not None and language == "zh" else name


def safe_link(url: str) -> str:
    """A scraped address, where it is one of the web; '' for javascript: and its like."""
    return url if _WEB.match(url) else ""


def shown(text: str) -> str:
    """A scraped text without what would turn its neighbours around or hide in it."""
    return text.translate(_UNSEEN) if _HIDES.search(text) else text


@cache
def asset(name: str) -> str:
    """The address of a static file, with the digest of its content, so that browsers may keep it for good."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _here(request: Request, changes: dict[str, Any]) -> str:
    """This page's address with other values in its query; None leaves one out."""
    query = {**request.query_params, **{name: value for name, value in changes.items() if value is not None}}
    kept = {
        name: value for name, value in query.items() if changes.get(name, value) is not None and value != ""
    }
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    environment.filters.update(link=safe_link, size=_size, config_diff=config_diff)
    environment.globals.update(asset=asset, Markup=Markup)
    return environment


def _size(count: int) -> str:
    """Bytes as people say them."""
    amount = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError
