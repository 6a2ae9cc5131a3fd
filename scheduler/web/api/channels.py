"""Channels: what is watched, how it is, what is to be expected of it; paused, and going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from scheduler.foresight import Foresight
from scheduler.web.access import Scope
from scheduler.web.api.model import PROBLEMS, READ, Page, answer, calls
from scheduler.web.pages.channels import pause_or_resume, watched
from scheduler.web.site import Site, site_of
from storage import overview, pauses
from storage.records import EventKind

router = APIRouter(prefix="/channels", tags=["channels"], responses=PROBLEMS)
MANAGE = calls(Scope.MANAGE)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A watched channel: its home, rhythm, last crawl, events of the last 24 hours, and what broke, or ''.

    `paused_since` is null for one that is not paused.
    """

    name: str
    label: str
    home: str
    rhythm: str
    last_run: datetime | None
    told: dict[EventKind, int]
    broken: str
    paused_since: datetime | None


@router.get("", response_model=Page[ChannelState], dependencies=READ)
def list_channels(request: Request) -> Response:
    """List the watched channels."""
    site = site_of(request)
    return answer(request, Page(states(site, tuple(site.config().channels))))


@router.get("/{name}", response_model=ChannelState, dependencies=READ)
def show_channel(request: Request, name: str) -> Response:
    """One watched channel."""
    site = site_of(request)
    return answer(request, states(site, (watched(site, name).name,))[0])


@router.get("/{name}/plan", response_model=Foresight, dependencies=READ)
def show_plan(request: Request, name: str) -> Response:
    """What is to be expected of a channel's plan of visits. 404 where it is crawled whole."""
    site = site_of(request)
    watched(site, name)
    found = site.foresights.of(site.config(), site.database, name, site.now())
    if found is None:
        raise HTTPException(404, "This channel is crawled whole, not by plan.")
    return answer(request, found)


@router.post("/{name}/pause", response_model=ChannelState, dependencies=MANAGE)
def pause(request: Request, name: str) -> Response:
    """Leave a channel out of the watch, at its next turn; crawls that are asked for are made all the same."""
    return _changed(request, name, pause=True)


@router.post("/{name}/resume", response_model=ChannelState, dependencies=MANAGE)
def resume(request: Request, name: str) -> Response:
    """Let a paused channel go on."""
    return _changed(request, name, pause=False)


def _changed(request: Request, name: str, *, pause: bool) -> Response:
    site = site_of(request)
    pause_or_resume(site, name, pause=pause)
    return answer(request, states(site, (name,))[0])


def states(site: Site, names: tuple[str, ...]) -> tuple[ChannelState, ...]:
    """Watched channels as they are now. Raises StorageError."""
    config, paused = site.config(), pauses.paused(site.database)
    return tuple(
        ChannelState(
            glance.name,
            config.channels[glance.name].label,
            config.channels[glance.name].home,
            str(config.rhythms[glance.name]),
            glance.last_run.started_at if glance.last_run else None,
            glance.told,
            glance.broken,
            paused.get(glance.name),
        )
        for glance in overview.channels(site.database, names, site.now() - timedelta(days=1))
    )
