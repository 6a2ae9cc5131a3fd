"""/ : the channels and how they are, the last two days hour by hour, the newest events."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from scheduler.web.chart import draw
from scheduler.web.gate import READ
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import overview, pauses, queries

router = APIRouter()
HOURS = 48
EVENTS = 30


@router.get("/", dependencies=READ)
def show(request: Request) -> Response:
    """The overview."""
    site = site_of(request)
    config, now = site.config(), site.now()
    zone = ZoneInfo(config.time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return page(
        request,
        "overview.html",
        channels=overview.channels(site.database, config.channels, midnight),
        rhythms=config.rhythms,
        paused=pauses.paused(site.database),
        chart=draw(overview.hours(site.database, now, HOURS), lambda moment: moment.astimezone(zone)),
        events=queries.latest_events(site.database, EVENTS),
    )
