"""/deliveries: what was told, what waits, what failed; dead letters tried again or discarded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from scheduler.web.access import Scope
from scheduler.web.gate import READ, form_for
from scheduler.web.query import Cursor
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import outbox
from storage.records import NotificationState

router = APIRouter(prefix="/deliveries")
Form = Annotated[FormData, Depends(form_for(Scope.MANAGE))]
PAGE = 50


@router.get("", dependencies=READ)
def show(request: Request, state: str = "", subscription: str = "", after: Cursor = 0) -> Response:
    """The notifications that fit, newest first."""
    database = site_of(request).database
    states = (NotificationState(state),) if state in list(NotificationState) else ()
    found = outbox.notifications(
        database, states=states, subscription=subscription or None, before=after or None, limit=PAGE + 1
    )
    shown = found[:PAGE]
    return page(
        request,
        "deliveries.html",
        notifications=shown,
        events=outbox.events(database, {one.event for one in shown}),
        places={place.id: place for place in outbox.destinations(database)},
        states=list(NotificationState),
        older=shown[-1].id if len(found) > PAGE else None,
    )


@router.post("/act")
def act(request: Request, form: Form) -> Response:
    """Try some, or all that are dead, again; or discard some."""
    site = site_of(request)
    chosen = [int(str(one)) for one in form.getlist("id") if str(one).isdecimal()]
    if form.get("do") == "retry-all":
        outbox.retry(site.database, None, site.now())
    elif form.get("do") == "retry":
        outbox.retry(site.database, chosen, site.now())
    elif form.get("do") == "discard":
        outbox.discard(site.database, chosen)
    return RedirectResponse("/deliveries?state=dead", 303)
