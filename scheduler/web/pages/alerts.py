"""/alerts: the subscriptions: made, tried on last week, edited, paused, muted and removed here."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from crawler.sites import CHANNELS
from crawler.text.canonical import fold
from scheduler.web import ruleform
from scheduler.web.access import Scope
from scheduler.web.gate import READ, form_for
from scheduler.web.render import page
from scheduler.web.site import Site, site_of
from storage import outbox, subscriptions
from storage.errors import NotFound
from storage.records import EditClass, EventKind, NotificationState, Subscription

router = APIRouter(prefix="/alerts")
Form = Annotated[FormData, Depends(form_for(Scope.MANAGE))]
#: How far back a new rule is tried, and how many of its alerts are shown.
TRIED, SHOWN = timedelta(days=7), 100
MUTES = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}


@router.get("", dependencies=READ)
def show(request: Request) -> Response:
    """All subscriptions and destinations, with what waits and what failed."""
    site = site_of(request)
    counted: dict[str, dict[NotificationState, int]] = {}
    for (name, _, state), count in outbox.counts(site.database).items():
        of = counted.setdefault(name, {})
        of[state] = of.get(state, 0) + count
    return page(
        request,
        "alerts.html",
        subscriptions=subscriptions.all(site.database),
        counted=counted,
        places=outbox.destinations(site.database),
        mutes=list(MUTES),
        said=ruleform.said,
    )


@router.get("/edit", dependencies=READ)
def edit(request: Request, name: str = "") -> Response:
    """The form of a subscription, empty where none is named."""
    site = site_of(request)
    one = subscriptions.get(site.database, name) if name else ruleform.blank()
    if one.origin == "config" and name:
        raise HTTPException(403, "This alert stands in newsdelta.toml: edit it there.")
    return _form(request, site, one)


@router.post("/save")
def save(request: Request, form: Form) -> Response:
    """Keep the subscription, or try it on last week; what is wrong is said above the form."""
    site = site_of(request)
    before = _before(site, str(form.get("before") or ""))
    try:
        made = ruleform.read(form, before)
        _refuse_anothers_name(site, made, before)
    except ValueError as error:
        return _form(request, site, before or ruleform.blank(), wrong=str(error), typed=form)
    if form.get("do") == "try":
        tried = outbox.rehearse(site.database, [made], site.now() - TRIED, fold)
        return _form(request, site, made, tried=list(islice(tried, SHOWN + 1)), before=before)
    if before and before.name != made.name:
        subscriptions.remove(site.database, before.name, site.now())
    subscriptions.put(site.database, made, site.now(), fold)
    return RedirectResponse("/alerts", 303)


@router.post("/test")
async def test(request: Request, form: Form) -> Response:
    """Send a test message, and say what the far ends answered."""
    site = site_of(request)
    one = await run_in_threadpool(subscriptions.get, site.database, str(form.get("name")))
    return page(request, "alert_test.html", name=one.name, answers=await site.send_test(one))


@router.post("/act")
def act(request: Request, form: Form) -> Response:
    """Pause, go on, mute for a while, or remove."""
    site, name = site_of(request), str(form.get("name"))
    now = site.now()
    match str(form.get("do")):
        case "pause":
            subscriptions.pause(site.database, name, now)
        case "resume":
            subscriptions.resume(site.database, name, now)
        case "unmute":
            subscriptions.mute(site.database, name, None, now)
        case "mute":
            lasting = MUTES.get(str(form.get("for")), MUTES["1h"])
            subscriptions.mute(site.database, name, now + lasting, now)
        case "remove" if subscriptions.get(site.database, name).origin == "web":
            subscriptions.remove(site.database, name, now)
        case _:
            raise HTTPException(422, "Nothing like that can be done to an alert.")
    return RedirectResponse("/alerts", 303)


def _before(site: Site, name: str) -> Subscription | None:
    one = subscriptions.get(site.database, name) if name else None
    if one and one.origin == "config":
        raise HTTPException(403, "This alert stands in newsdelta.toml: edit it there.")
    return one


def _refuse_anothers_name(site: Site, made: Subscription, before: Subscription | None) -> None:
    if before and before.name == made.name:
        return
    try:
        subscriptions.get(site.database, made.name)
    except NotFound:
        return
    raise ValueError("name: another alert has it")


def _form(
    request: Request,
    site: Site,
    one: Subscription,
    *,
    wrong: str = "",
    typed: Any = None,
    tried: list[outbox.Rehearsed] | None = None,
    before: Subscription | None = None,
) -> Response:
    """The form filled with a subscription, or with what was just typed where that was wrong."""
    values = dict(ruleform.typed(one))
    chosen = {
        name: list(map(str, getattr(one, name))) for name in ("destinations", "channels", "kinds", "classes")
    }
    if typed is not None:
        values |= {name: str(typed.get(name) or "") for name in values}
        chosen = {name: [str(value) for value in typed.getlist(name)] for name in chosen}
    return page(
        request,
        "alert_form.html",
        status=422 if wrong else 200,
        name=(before or one).name if typed is None else str(typed.get("before") or ""),
        values=values,
        chosen=chosen,
        per_story=one.per_story if typed is None else typed.get("per_story") is not None,
        wrong=wrong,
        tried=tried,
        shown=SHOWN,
        places=outbox.destinations(site.database),
        channels=sorted({*site.config().channels, *one.channels} & {*CHANNELS, *site.config().channels}),
        kinds=list(EventKind),
        edit_classes=list(EditClass),
    )
