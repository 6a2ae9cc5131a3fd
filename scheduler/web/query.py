"""What the pages' addresses may say: days, and what they mean in the site's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BeforeValidator

from scheduler.web.site import Site

#: A day such as 2026-11-24; an empty field of a form is none.
Day = Annotated[date | None, BeforeValidator(lambda text: text or None), Query()]
#: A weight from 0 to 100; an empty field is 0. A cursor: a number from the page before.
Weight = Annotated[int, BeforeValidator(lambda text: text or 0), Query(ge=0, le=100)]
Cursor = Annotated[int, BeforeValidator(lambda text: text or 0), Query(ge=0, lt=2**63)]


def day_range(site: Site, since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """From the start of one day to the end of the other, in the site's time zone; None where none is named."""
    zone = ZoneInfo(site.config().time_zone)
    first = datetime.combine(since, time(), zone) if since else None
    last = datetime.combine(until + timedelta(days=1), time(), zone) if until and until < date.max else None
    return first, last
