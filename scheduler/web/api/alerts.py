"""Alerts: subscriptions, what a new one would have told, deliveries, and what a person decides about dead letters."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from crawler.text.canonical import fold
from scheduler.web.access import Scope
from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, calls, cut, refused
from scheduler.web.pages.alerts import made_here, store
from scheduler.web.query import in_utc
from scheduler.web.site import Site, site_of
from storage import outbox, subscriptions
from storage.records import TOLD, EditClass, Event, EventKind, Notification, NotificationState, Subscription

router = APIRouter(tags=["alerts"], responses=PROBLEMS)
MANAGE = calls(Scope.MANAGE)
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is told of what, where and when; a filter that is empty lets everything through.

    `destinations` are ids of /destinations. `wait` is in seconds: until an article has been quiet for so long.
    `digest`: "off", "30m", "09:00,18:00". `quiet`: "22:00-07:00".
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    destinations: Annotated[Words, Field(min_length=1)]
    channels: Words = ()
    sections: Words = ()
    kinds: tuple[EventKind, ...] = TOLD
    classes: tuple[EditClass, ...] = ()
    min_weight: Annotated[int, Field(ge=0, le=100)] = 0
    words: Words = ()
    all_words: Words = ()
    not_words: Words = ()
    expression: str = ""
    sources: Words = ()
    authors: Words = ()
    per_story: bool = True
    wait: Annotated[float, Field(ge=0, le=7 * 86400)] = 0
    digest: str = "off"
    quiet: str = ""
    time_zone: str = "Asia/Shanghai"
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    template: str = ""


@dataclass(frozen=True, slots=True)
class Alert(Rule):
    """A rule that is in force. Those of origin "config" are changed in newsdelta.toml alone."""

    paused: bool = False
    muted_until: datetime | None = None
    origin: str = "web"


@dataclass(frozen=True, slots=True)
class Mute:
    """Until when an alert tells nothing; null: it tells again."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule would have told: the event, where, and when; `due_at` is null for never yet."""

    event: Event
    destination: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Notifications by their numbers."""

    ids: tuple[Annotated[int, Field(ge=1, lt=2**63)], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """How many notifications were changed."""

    changed: int


@router.get("/alerts", response_model=Page[Alert], dependencies=READ)
def list_subscriptions(request: Request) -> Response:
    """List the subscriptions, by name."""
    return answer(request, Page(tuple(map(_alert, subscriptions.all(site_of(request).database)))))


@router.post("/alerts", response_model=Alert, status_code=201, dependencies=MANAGE)
def make_subscription(request: Request, rule: Rule) -> Response:
    """Make a subscription. A name that another has is refused."""
    return _kept(request, rule, None, status=201)


@router.post("/alerts/preview", response_model=Page[Told], dependencies=READ)
def try_subscription(
    request: Request,
    rule: Rule,
    days: Annotated[int, Query(ge=1, le=31, description="So many days back.")] = 7,
    limit: Limit = 50,
) -> Response:
    """What a rule would have told of the last days, the first of it; nothing is sent or kept."""
    site = site_of(request)
    since = site.now() - timedelta(days=days)
    try:
        found = list(islice(outbox.rehearse(site.database, [_subscription(site, rule)], since, fold), limit))
    except ValueError as error:
        raise refused(error) from error
    return answer(request, Page(tuple(Told(one.event, one.destination, one.due_at) for one in found)))


@router.get("/alerts/{name:path}", response_model=Alert, dependencies=READ)
def show_subscription(request: Request, name: str) -> Response:
    """One subscription."""
    return _now(request, name)


@router.put("/alerts/{name:path}", response_model=Alert, dependencies=MANAGE)
def change_subscription(request: Request, name: str, rule: Rule) -> Response:
    """Put another rule in the place of this one; it may have another name. Paused and muted it stays."""
    site = site_of(request)
    return _kept(request, rule, made_here(site, name))


@router.delete("/alerts/{name:path}", status_code=204, dependencies=MANAGE)
def remove_subscription(request: Request, name: str) -> None:
    """Forget a subscription; what it had still to tell is told."""
    site = site_of(request)
    subscriptions.remove(site.database, made_here(site, name).name, site.now())


@router.post("/alerts/{name:path}/pause", response_model=Alert, dependencies=MANAGE)
def pause(request: Request, name: str) -> Response:
    """Keep what a subscription would tell until it goes on."""
    site = site_of(request)
    subscriptions.pause(site.database, name, site.now())
    return _now(request, name)


@router.post("/alerts/{name:path}/resume", response_model=Alert, dependencies=MANAGE)
def resume(request: Request, name: str) -> Response:
    """Go on, and tell what was kept."""
    site = site_of(request)
    subscriptions.resume(site.database, name, site.now())
    return _now(request, name)


@router.post("/alerts/{name:path}/mute", response_model=Alert, dependencies=MANAGE)
def mute(request: Request, name: str, mute: Mute) -> Response:
    """Tell nothing until then, and keep nothing of it."""
    site = site_of(request)
    subscriptions.mute(site.database, name, in_utc(mute.until), site.now())
    return _now(request, name)


@router.get("/destinations", response_model=Page[outbox.Place], dependencies=READ)
def list_destinations(request: Request) -> Response:
    """List the destinations, secrets masked, with what waits for each."""
    return answer(request, Page(outbox.destinations(site_of(request).database)))


@router.get("/deliveries", response_model=Page[Notification], dependencies=READ)
def list_deliveries(
    request: Request,
    state: Annotated[list[NotificationState], Query()] = [],  # noqa: B006 - FastAPI copies it
    subscription: str = "",
    limit: Limit = 50,
    after: After = 0,
) -> Response:
    """List notifications, the newest first."""
    found = outbox.notifications(
        site_of(request).database,
        states=state,
        subscription=subscription or None,
        before=after or None,
        limit=limit + 1,
    )
    return answer(request, cut(found, limit, lambda notification: notification.id))


@router.post("/deliveries/retry", response_model=Changed, dependencies=MANAGE)
def retry(request: Request, chosen: Chosen) -> Response:
    """Try dead letters again."""
    site = site_of(request)
    return answer(request, Changed(outbox.retry(site.database, chosen.ids, site.now())))


@router.post("/deliveries/discard", response_model=Changed, dependencies=MANAGE)
def discard(request: Request, chosen: Chosen) -> Response:
    """Give letters up for good."""
    return answer(request, Changed(outbox.discard(site_of(request).database, chosen.ids)))


def _now(request: Request, name: str) -> Response:
    return answer(request, _alert(subscriptions.get(site_of(request).database, name)))


def _kept(request: Request, rule: Rule, before: Subscription | None, *, status: int = 200) -> Response:
    site = site_of(request)
    try:
        store(site, _subscription(site, rule, before), before)
    except ValueError as error:
        raise refused(error) from error
    made = _now(request, rule.name)
    made.status_code = status
    return made


def _subscription(site: Site, rule: Rule, before: Subscription | None = None) -> Subscription:
    """The subscription that a rule describes. Raises ValueError for a destination that nobody knows."""
    unknown = set(rule.destinations) - {place.id for place in outbox.destinations(site.database)}
    if unknown:
        raise ValueError(f"destinations: none has the id {sorted(unknown)[0]!r}; see /api/v1/destinations")
    values: dict[str, Any] = {one.name: getattr(rule, one.name) for one in fields(Rule)}
    made = Subscription(**values | {"wait": timedelta(seconds=rule.wait), "origin": "web"})
    return replace(made, paused=before.paused, muted_until=before.muted_until) if before else made


def _alert(one: Subscription) -> Alert:
    values: dict[str, Any] = {name.name: getattr(one, name.name) for name in fields(Alert)}
    return Alert(**values | {"wait": one.wait.total_seconds()})
