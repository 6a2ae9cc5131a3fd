"""Events and removals, the newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, cut
from scheduler.web.query import Moment
from scheduler.web.site import site_of
from storage import browse
from storage.records import EditClass, Event, EventKind

router = APIRouter(tags=["events"], dependencies=READ, responses=PROBLEMS)


@router.get("/events", response_model=Page[Event])
def list_events(
    request: Request,
    kind: Annotated[list[EventKind], Query()] = [],  # noqa: B006 - FastAPI copies it
    edit_class: Annotated[list[EditClass], Query(alias="class")] = [],  # noqa: B006
    min_weight: Annotated[int, Query(ge=0, le=100)] = 0,
    channel: str = "",
    article: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 50,
    after: After = 0,
) -> Response:
    """List events; of several classes all are wanted, of several kinds any."""
    wanted = browse.EventFilter(tuple(kind), tuple(edit_class), min_weight, channel, article, since, until)
    found = browse.find_events(site_of(request).database, wanted, limit=limit + 1, before=after)
    return answer(request, cut(found, limit, lambda event: event.id))


@router.get("/removed", response_model=Page[browse.Removal])
def list_removed(request: Request, channel: str = "", limit: Limit = 50, after: After = 0) -> Response:
    """List the articles that are gone now, with the event that told it."""
    found = browse.removals(site_of(request).database, channel=channel, limit=limit + 1, before=after)
    return answer(request, cut(found, limit, lambda removal: removal.event.id))
