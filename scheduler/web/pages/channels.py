"""/channels: what is watched, and how: the rhythm, the last crawls, what broke, the plan of visits."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from scheduler.web.gate import READ
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import browse, overview, queries
from storage.records import EventKind

router = APIRouter(prefix="/channels", dependencies=READ)
RUNS, EVENTS = 10, 20


@router.get("")
def show_all(request: Request) -> Response:
    """The watched channels."""
    site = site_of(request)
    config = site.config()
    glances = overview.channels(site.database, config.channels, site.now() - timedelta(days=7))
    return page(request, "channels.html", channels=glances, config=config)


@router.get("/{name}")
def show(request: Request, name: str) -> Response:
    """One channel."""
    site = site_of(request)
    config = site.config()
    if name not in config.channels:
        raise HTTPException(404, f"No channel called {name} is watched.")
    [glance] = overview.channels(site.database, [name], site.now() - timedelta(days=7))
    trouble = browse.EventFilter(kinds=(EventKind.CHANNEL_BROKEN, EventKind.CHANNEL_RECOVERED), channel=name)
    return page(
        request,
        "channel.html",
        channel=config.channels[name],
        rhythm=config.rhythms[name],
        glance=glance,
        runs=queries.runs(site.database, channel=name, limit=RUNS),
        trouble=browse.find_events(site.database, trouble, limit=EVENTS),
        events=queries.latest_events(site.database, EVENTS, channel=name),
    )
