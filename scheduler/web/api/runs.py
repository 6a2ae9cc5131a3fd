"""Crawls: what was crawled, and crawls asked for, followed and cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from scheduler.web.access import Scope
from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, calls, cut
from scheduler.web.pages.runs import ask_for, changes
from scheduler.web.site import site_of
from storage import crawls, orders, queries
from storage.records import CrawlOrder, QueueLook, Run

router = APIRouter(tags=["runs"], responses=PROBLEMS)
Number = Annotated[int, Path(ge=1, lt=2**63)]
RUN = calls(Scope.RUN)


@dataclass(frozen=True, slots=True)
class Wish:
    """A crawl to be made: of a watched channel, or of one page of it."""

    channel: str = ""
    url: str = ""


@router.get("/runs", response_model=Page[Run], dependencies=READ)
def list_runs(request: Request, channel: str = "", limit: Limit = 50, after: After = 0) -> Response:
    """List crawls, the latest first."""
    found = queries.runs(site_of(request).database, channel=channel or None, limit=limit + 1, before=after)
    return answer(request, cut(found, limit, lambda run: run.id))


@router.get("/queue", response_model=QueueLook, dependencies=READ)
def show_queue(request: Request) -> Response:
    """Show the workers that live, and how many crawls wait for one; all none where there is no queue."""
    site = site_of(request)
    return answer(request, crawls.queue_look(site.database, site.now()))


@router.get("/runs/{number}", response_model=Run, dependencies=READ)
def show_run(request: Request, number: Number) -> Response:
    """One crawl, with its notes."""
    return answer(request, queries.run(site_of(request).database, number))


@router.get("/orders", response_model=Page[CrawlOrder], dependencies=READ)
def list_orders(request: Request, limit: Limit = 50, after: After = 0) -> Response:
    """List the crawls that were asked for, the latest first."""
    found = orders.latest(site_of(request).database, limit=limit + 1, before=after)
    return answer(request, cut(found, limit, lambda order: order.id))


@router.post("/orders", response_model=CrawlOrder, status_code=202, dependencies=RUN)
def ask(request: Request, wish: Wish) -> Response:
    """Ask for a crawl."""
    return answer(request, ask_for(site_of(request), wish.channel, wish.url), 202)


@router.get("/orders/{number}", response_model=CrawlOrder, dependencies=READ)
def show_order(request: Request, number: Number) -> Response:
    """A crawl that was asked for, as it is now."""
    return answer(request, orders.get(site_of(request).database, number))


@router.get(
    "/orders/{number}/events",
    dependencies=READ,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Each new state, until it has ended"}
    },
)
async def follow(request: Request, number: Number) -> Response:
    """Follow an order by server-sent events."""
    site = site_of(request)
    await run_in_threadpool(orders.get, site.database, number)
    return StreamingResponse(changes(site, number), media_type="text/event-stream")


@router.post("/orders/{number}/cancel", response_model=CrawlOrder, dependencies=RUN)
def cancel(request: Request, number: Number) -> Response:
    """Stop a crawl; the pages in hand are finished."""
    site = site_of(request)
    return answer(request, orders.cancel(site.database, number, site.now()))
