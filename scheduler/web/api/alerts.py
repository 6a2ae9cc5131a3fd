"""Alerts: subscriptions, deliveries, and what a person decides about dead letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from scheduler.web.access import Scope
from scheduler.web.api.model import PROBLEMS, READ, After, Limit, Page, answer, calls, cut
from scheduler.web.site import site_of
from storage import outbox, subscriptions
from storage.records import Notification, NotificationState, Subscription

router = APIRouter(tags=["alerts"], responses=PROBLEMS)
MANAGE = [Depends(calls(Scope.MANAGE))]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Notifications by their numbers."""

    ids: tuple[Annotated[int, Query(ge=1, lt=2**63)], ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """How many notifications were changed."""

    changed: int


@router.get("/alerts", response_model=Page[Subscription], dependencies=READ)
def list_subscriptions(request: Request) -> Response:
    """List the subscriptions, by name."""
    return answer(request, Page(subscriptions.all(site_of(request).database)))


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
