"""Templates → pages, in the visitor's language. All text is escaped; nothing of an article is ever markup."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2.ext import Extension
from markupsafe import Markup

from crawler.sites import CHANNELS
from scheduler.healing import config_diff
from scheduler.web import findings, say
from scheduler.web.access import COOKIE, SESSION, Scope, Visitor
from scheduler.web.rows import Rows, shown, size
from scheduler.web.site import site_of
from scheduler.web.words import LANGUAGES, choose, translator

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "newsdelta-language"
#: In a request's state: the page says how long ago something was.
AGES = "says_ages"
#: A phrase alone, without values: `_("Overview")`.
_PHRASE = re.compile(r"""\b_\(\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*\)""")
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
    labels = {name: channel.label for name, channel in site.config().channels.items()}

    def ago(moment: datetime) -> str:
        request.scope["state"][AGES] = True
        return say.age(moment, now, _)

    html = (
        _environment(language, zone, tuple(labels.items()))
        .get_template(template)
        .render(
            visitor=visitor,
            path=request.scope["path"],
            query=dict(request.query_params),
            here=lambda **changes: _here(request, changes),
            now=now.astimezone(zone),
            may_manage=visitor.may(Scope.MANAGE),
            may_run=visitor.may(Scope.RUN),
            ago=ago,
            span=lambda length: say.span(length, _),
            about=lambda minutes: say.about(minutes, _),
            rhythm_said=lambda rhythm: say.rhythm(rhythm, _),
            digest_said=lambda text: say.digest(text, _),
            when=lambda moment: moment.astimezone(zone) if moment else None,
            channel_name=lambda name: channel_name(name, labels, language),
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


def channel_name(name: str, labels: Mapping[str, str], language: str = "zh") -> str:
    """A channel as people call it: 重庆频道 for cq in Chinese, the short name elsewhere; a label of the config's own
    in every language.
    """
    known = CHANNELS.get(name)
    if known is not None and language != "zh":
        return name
    return labels.get(name) or (known.label if known is not None else name)


def safe_link(url: str) -> str:
    """A scraped address, where it is one of the web; '' for javascript: and its like."""
    return url if _WEB.match(url) else ""


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
    path: str = request.scope["path"]
    return f"{path}?{urlencode(kept)}" if kept else path


class _Phrases(Extension):
    """Says phrases without values while a template is compiled, so that they cost a page nothing."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Put each phrase in the environment's language into a template."""
        say = translator(self.environment.globals["language"])
        return _PHRASE.sub(lambda found: json.dumps(say(found[1] or found[2])), source)


@cache
def _environment(language: str, zone: ZoneInfo, labelled: tuple[tuple[str, str], ...]) -> jinja2.Environment:
    labels = dict(labelled)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    say = translator(language)
    rows = Rows(say, lambda name: channel_name(name, labels, language), zone)
    environment.filters.update(link=safe_link, size=size, config_diff=config_diff)
    environment.filters.update(finding=lambda words: findings.said(words, say))
    environment.filters.update(say=say, channel=lambda name: channel_name(name, labels, language))
    environment.filters.update(
        stamp=rows.stamp, event_cells=rows.event, article_row=rows.article, run_cells=rows.run
    )
    environment.globals.update(asset=asset, Markup=Markup, language=language, languages=LANGUAGES, _=say)
    environment.add_extension(_Phrases)
    return environment
