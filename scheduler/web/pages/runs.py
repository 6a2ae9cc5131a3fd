"""/runs: crawls asked for here, seen as they go on, stopped; and all that were, with their notes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.datastructures import FormData

from scheduler.web.access import Scope
from scheduler.web.gate import READ, Refused, form_for
from scheduler.web.query import Cursor
from scheduler.web.render import page
from scheduler.web.site import Site, site_of
from storage import crawls, orders, queries
from storage.records import CrawlOrder, as_json

router = APIRouter()
Form = Annotated[FormData, Depends(form_for(Scope.RUN))]
Number = Annotated[int, Path(ge=1, lt=2**63)]
PAGE = 50
#: Seconds between two looks at an order, and after which a browser is to ask again.
LOOK, LONGEST = 0.5, 600.0


@router.get("/runs", dependencies=READ)
def show_all(request: Request, channel: str = "", after: Cursor = 0) -> Response:
    """The form for a crawl, what goes on, and what was."""
    site = site_of(request)
    found = queries.runs(site.database, channel=channel or None, limit=PAGE + 1, before=after)
    return page(
        request,
        "runs.html",
        orders=orders.latest(site.database, limit=10),
        runs=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        channels=list(site.config().channels),
        queue=crawls.queue_look(site.database, site.now()) if site.config().queue_url else None,
        wrong="",
    )


@router.get("/runs/{number}", dependencies=READ)
def show_run(request: Request, number: Number) -> Response:
    """One crawl: what it did, and what a person should know of it."""
    return page(request, "run.html", run=queries.run(site_of(request).database, number))


@router.post("/orders")
def ask(request: Request, form: Form) -> Response:
    """Ask for a crawl of a channel, or of one page."""
    site = site_of(request)
    order = ask_for(site, str(form.get("channel") or ""), str(form.get("url") or "").strip())
    return RedirectResponse(f"/orders/{order.id}", 303)


@router.get("/orders/{number}", dependencies=READ)
def show_order(request: Request, number: Number) -> Response:
    """A crawl that was asked for, as it goes on."""
    return page(request, "order.html", order=orders.get(site_of(request).database, number))


@router.post("/orders/{number}/cancel")
def cancel(request: Request, number: Number, form: Form) -> Response:
    """Stop it; the pages in hand are finished."""
    site = site_of(request)
    orders.cancel(site.database, number, site.now())
    return RedirectResponse(f"/orders/{number}", 303)


@router.get("/orders/{number}/events", dependencies=READ)
async def follow(request: Request, number: Number) -> Response:
    """The order each time that something of it changed, as server-sent events, until it has ended."""
    site = site_of(request)
    await run_in_threadpool(orders.get, site.database, number)  # 404 before the stream begins
    return StreamingResponse(changes(site, number), media_type="text/event-stream")


async def changes(site: Site, number: int) -> AsyncIterator[str]:
    """Each new state of an order as a message of server-sent events."""
    last, waited = "", 0.0
    while waited < LONGEST:
        order = await run_in_threadpool(orders.get, site.database, number)
        said = json.dumps(as_json(order), ensure_ascii=False)
        if said != last:
            yield f"data: {said}\n\n"
            last = said
        if order.finished_at is not None:
            yield "event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(LOOK)
        waited += LOOK


def ask_for(site: Site, channel: str, url: str) -> CrawlOrder:
    """Write an order down. Raises Refused, 422, for a channel or page that is not watched."""
    channels = site.config().channels
    if url:
        hosts = {urlsplit(known.home).netloc: name for name, known in channels.items()}
        channel = hosts.get(_host(url), "")
        if not channel:
            raise Refused(
                422, "No watched channel has this address. Known hosts: {hosts}", hosts=", ".join(hosts)
            )
    if channel not in channels:
        raise Refused(422, "No channel called {name} is watched.", name=channel)
    return orders.ask(site.database, channel, (url,) if url else (), site.now())


def _host(url: str) -> str:
    """The host of a web address; '' for what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""
