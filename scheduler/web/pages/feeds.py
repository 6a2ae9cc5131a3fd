"""/feeds: Atom and JSON Feed of channels, alerts, stories and articles, for feed readers with a key."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from scheduler.feeds import Feed, Feeds, atom, is_fresh, json_feed
from scheduler.web.gate import READ, Refused
from scheduler.web.site import Site, site_of

router = APIRouter(prefix="/feeds", dependencies=READ)
Number = Annotated[int, Path(ge=1, lt=2**63)]


class Format(StrEnum):
    """The ending of a feed's address."""

    ATOM = "atom"
    JSON = "json"


@router.get("/channels/{name}.{ending}")
def of_channel(request: Request, name: str, ending: Format) -> Response:
    """What happened in a channel."""
    if name not in site_of(request).config().channels:
        raise Refused(404, "No channel called {name} is watched.", name=name)
    return _answer(request, ending, lambda feeds: feeds.channel(name))


@router.get("/alerts.{ending}")
def of_subscription(request: Request, ending: Format, name: str) -> Response:
    """What an alert lets through."""
    return _answer(request, ending, lambda feeds: feeds.subscription_named(name, site_of(request).now()))


@router.get("/stories/{number}.{ending}")
def of_story(request: Request, number: Number, ending: Format) -> Response:
    """What became of a story."""
    return _answer(request, ending, lambda feeds: feeds.story(number))


@router.get("/articles/{number}.{ending}")
def of_article(request: Request, number: Number, ending: Format) -> Response:
    """The history of one article."""
    return _answer(request, ending, lambda feeds: feeds.article(number))


def _answer(request: Request, ending: Format, make: Callable[[Feeds], Feed]) -> Response:
    """A feed as a document, or 304 where the reader has it already."""
    site = site_of(request)
    write = atom if ending is Format.ATOM else json_feed
    document = write(
        make(Feeds(site.database, page_url(site, request), site.config().alerts.language)), _self(request)
    )
    headers = {
        "etag": document.etag,
        "last-modified": document.last_modified,
        "cache-control": "private, no-cache",
    }
    asked = request.headers
    if is_fresh(document, asked.get("if-none-match"), asked.get("if-modified-since")):
        return Response(status_code=304, headers=headers)
    return Response(document.content, headers=headers, media_type=document.media_type)


def page_url(site: Site, request: Request) -> str:
    """Where people reach these pages: as set, else as this request did."""
    return site.settings.url or str(request.base_url).rstrip("/")


def _self(request: Request) -> str:
    """The feed's own address, without the key that opened it."""
    return str(request.url.remove_query_params("key"))
