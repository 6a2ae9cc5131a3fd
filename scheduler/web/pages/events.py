"""/events: what happened, newest first, by kind, class, weight, channel and day; and /removed: what is gone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from scheduler.web.gate import READ
from scheduler.web.query import Cursor, Day, Weight, day_range
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import browse, queries
from storage.records import EditClass, EventKind

router = APIRouter(dependencies=READ)
PAGE = 50
REMOVED_PAGE = 20


@router.get("/events")
def show_events(
    request: Request,
    kind: Annotated[EventKind | str, Query()] = "",
    edit_class: Annotated[EditClass | str, Query(alias="class")] = "",
    weight: Weight = 0,
    channel: str = "",
    since: Day = None,
    until: Day = None,
    after: Cursor = 0,
) -> Response:
    """The events that fit, a page of them."""
    site = site_of(request)
    first, last = day_range(site, since, until)
    wanted = browse.EventFilter(
        kinds=(EventKind(kind),) if kind in list(EventKind) else (),
        classes=(EditClass(edit_class),) if edit_class in list(EditClass) else (),
        min_weight=weight,
        channel=channel,
        since=first,
        until=last,
    )
    found = browse.find_events(site.database, wanted, limit=PAGE + 1, before=after)
    return page(
        request,
        "events.html",
        events=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        kinds=list(EventKind),
        edit_classes=list(EditClass),
        channels=list(site.config().channels),
    )


@router.get("/removed")
def show_removed(request: Request, channel: str = "", after: Cursor = 0) -> Response:
    """The removed articles: their last text, and the visits that say so."""
    site = site_of(request)
    found = browse.removals(site.database, channel=channel, limit=REMOVED_PAGE + 1, before=after)
    shown = found[:REMOVED_PAGE]
    last = queries.last_revisions(site.database, {removal.article.id for removal in shown})
    return page(
        request,
        "removed.html",
        removals=[(one, last[one.article.id]) for one in shown if one.article.id in last],
        older=shown[-1].event.id if len(found) > REMOVED_PAGE else None,
        channels=list(site.config().channels),
    )
