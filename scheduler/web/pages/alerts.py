"""/alerts: the subscriptions: made, tried on last week, edited, paused, muted and removed here."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from crawler.sites import CHANNELS
from crawler.text.canonical import fold
from scheduler.web import ruleform
from scheduler.web.access import Scope
from scheduler.web.gate import READ, Refused, form_for
from scheduler.web.render import page
from scheduler.web.site import Site, site_of
from storage import outbox, subscriptions
from storage.records import EditClass, EventKind, NotificationState, Subscription
from storage.rules import check

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
        mutes=MUTES,
    )


@router.get("/edit", dependencies=READ)
def edit(request: Request, name: str = "") -> Response:
    """The form of a subscription, empty where none is named."""
    site = site_of(request)
    before = made_here(site, name) if name else None
    return _form(request, site, before or ruleform.blank(), before=before)


@router.post("/save")
def save(request: Request, form: Form) -> Response:
    """Keep the subscription, or try it on last week; what is wrong is said above the form."""
    site = site_of(request)
    before = made_here(site, str(form.get("before"))) if form.get("before") else None
    try:
        made = ruleform.read(form, before)
        if form.get("do") == "try":
            tried = outbox.rehearse(site.database, [made], site.now() - TRIED, fold)
            return _form(request, site, made, before=before, tried=list(islice(tried, SHOWN + 1)))
        store(site, made, before)
    except ValueError as error:
        return _form(request, site, before or ruleform.blank(), before=before, wrong=str(error), typed=form)
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
        case "remove":
            subscriptions.remove(site.database, made_here(site, name).name, now)
        case _:
            raise Refused(422, "Nothing like that can be done to an alert.")
    return RedirectResponse("/alerts", 303)


def made_here(site: Site, name: str) -> Subscription:
    """A subscription that may be changed here. Raises NotFound; Refused, 403, for one of the config."""
    one = subscriptions.get(site.database, name)
    if one.origin == "config":
        raise Refused(403, "This alert stands in newsdelta.toml: edit it there.")
    return one


def store(site: Site, made: Subscription, before: Subscription | None) -> None:
    """Keep a subscription, in the place of `before`.

    Raises ValueError for one that cannot be understood or has another's name, StorageError.
    """
    ruleform.check_name(made.name)
    check(made, fold)
    if before is None or before.name != made.name:
        if made.name in {one.name for one in subscriptions.all(site.database)}:
            raise ValueError("name: another alert has it")
        if before is not None:
            subscriptions.remove(site.database, before.name, site.now())
    subscriptions.put(site.database, made, site.now(), fold)


def _form(
    request: Request,
    site: Site,
    one: Subscription,
    *,
    before: Subscription | None,
    wrong: str = "",
    typed: Any = None,
    tried: list[outbox.Rehearsed] | None = None,
) -> Response:
    """The form filled with a subscription, or with what was just typed where that was wrong.

    `before` is what it takes the place of when it is saved.
    """
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
        name=before.name if before else "",
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
