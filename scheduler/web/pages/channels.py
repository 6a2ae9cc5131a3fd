"""/channels: what is watched, and how: the rhythm, the last crawls, what broke, the plan of visits; paused here."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from crawler.sites import CHANNELS
from crawler.sites.model import Channel
from scheduler.web.access import Scope
from scheduler.web.foresights import VISITS
from scheduler.web.gate import READ, Refused, form_for
from scheduler.web.looks import Look
from scheduler.web.render import page
from scheduler.web.site import Site, site_of
from storage import browse, overview, pauses, queries
from storage.records import EventKind

router = APIRouter(prefix="/channels")
Form = Annotated[FormData, Depends(form_for(Scope.MANAGE))]
RUNS, EVENTS, LOOKS = 10, 20, 5


@router.get("", dependencies=READ)
def show_all(request: Request) -> Response:
    """The watched channels, and those that could be."""
    site = site_of(request)
    config = site.config()
    return page(
        request,
        "channels.html",
        channels=overview.channels(site.database, config.channels, site.now() - timedelta(days=7)),
        config=config,
        paused=pauses.paused(site.database),
        looks=[look for look in site.looks.latest() if look.channel is None][:LOOKS],
        others=[known for name, known in CHANNELS.items() if name not in config.channels],
    )


@router.get("/{name}", dependencies=READ)
def show(request: Request, name: str) -> Response:
    """One channel."""
    site, channel = site_of(request), watched(site_of(request), name)
    config, now = site.config(), site.now()
    [glance] = overview.channels(site.database, [name], now - timedelta(days=7))
    of_channel = (EventKind.CHANNEL_BROKEN, EventKind.CHANNEL_RECOVERED, EventKind.CHANNEL_QUIET)
    trouble = browse.EventFilter(kinds=of_channel, channel=name)
    paused = pauses.paused(site.database).get(name)
    plan = None if paused else site.foresights.of(config, site.database, name, now)
    return page(
        request,
        "channel.html",
        channel=channel,
        config=config,
        glance=glance,
        paused=paused,
        plan=plan,
        visits=[visit for visit in plan.next if visit.at >= now][:VISITS] if plan else [],
        runs=queries.runs(site.database, channel=name, limit=RUNS),
        trouble=browse.find_events(site.database, trouble, limit=EVENTS),
        events=queries.latest_events(site.database, EVENTS, channel=name),
        check=_last_check(site, name),
    )


@router.post("/{name}/pause")
def pause(request: Request, name: str, form: Form) -> Response:
    """Leave a channel out of the watch."""
    pause_or_resume(site_of(request), name, pause=True)
    return RedirectResponse(f"/channels/{name}", 303)


@router.post("/{name}/resume")
def resume(request: Request, name: str, form: Form) -> Response:
    """Let a channel go on."""
    pause_or_resume(site_of(request), name, pause=False)
    return RedirectResponse(f"/channels/{name}", 303)


def watched(site: Site, name: str) -> Channel:
    """A watched channel. Raises Refused, 404, for another name."""
    channels = site.config().channels
    if name not in channels:
        raise Refused(404, "No channel called {name} is watched.", name=name)
    return channels[name]


def _last_check(site: Site, name: str) -> Look | None:
    """The newest look at what a channel's rules read; None where there was none of late."""
    looks = site.looks.latest()
    return next((look for look in looks if look.channel is not None and look.channel.name == name), None)


def pause_or_resume(site: Site, name: str, *, pause: bool) -> None:
    """Pause a watched channel, or let it go on. Raises Refused for another name, StorageError."""
    if pause:
        pauses.pause(site.database, watched(site, name).name, site.now())
    else:
        pauses.resume(site.database, watched(site, name).name)
    site.foresights.forget()
