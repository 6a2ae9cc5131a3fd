"""Channels: what is watched, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from scheduler.web.api.model import PROBLEMS, READ, Page, answer
from scheduler.web.site import site_of
from storage import overview
from storage.records import EventKind

router = APIRouter(prefix="/channels", tags=["channels"], dependencies=READ, responses=PROBLEMS)


@dataclass(frozen=True, slots=True)
class ChannelState:
    """A watched channel: its home, rhythm, last crawl, events of the last 24 hours, and what broke, or ''."""

    name: str
    label: str
    home: str
    rhythm: str
    last_run: datetime | None
    told: dict[EventKind, int]
    broken: str


@router.get("", response_model=Page[ChannelState])
def list_channels(request: Request) -> Response:
    """List the watched channels."""
    site = site_of(request)
    config = site.config()
    glances = overview.channels(site.database, config.channels, site.now() - timedelta(days=1))
    return answer(
        request,
        Page(
            tuple(
                ChannelState(
                    glance.name,
                    config.channels[glance.name].label,
                    config.channels[glance.name].home,
                    str(config.rhythms[glance.name]),
                    glance.last_run.started_at if glance.last_run else None,
                    glance.told,
                    glance.broken,
                )
                for glance in glances
            )
        ),
    )
