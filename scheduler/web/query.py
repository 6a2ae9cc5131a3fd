"""What the pages' addresses may say: days, and what they mean in the site's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator

from scheduler.web.site import Site

#: A day such as 2026-11-24; an empty field of a form is none.
Day = Annotated[date | None, BeforeValidator(lambda text: text or None), Query()]
#: A time such as 2026-11-24T08:00:00+08:00; one without an offset is UTC. Seconds since 1970 are none.
Moment = Annotated[
    datetime | None,
    BeforeValidator(lambda text: _written(text)),
    AfterValidator(lambda moment: in_utc(moment)),
]
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
#: A weight from 0 to 100; an empty field is 0. A cursor: a number from the page before.
Weight = Annotated[int, BeforeValidator(lambda text: text or 0), Query(ge=0, le=100)]
Cursor = Annotated[int, BeforeValidator(lambda text: text or 0), Query(ge=0, lt=2**63)]


def day_range(site: Site, since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """From the start of one day to the end of the other, in the site's time zone; None where none is named."""
    zone = ZoneInfo(site.config().time_zone)
    first = datetime.combine(since, time(), zone) if since else None
    last = datetime.combine(until + timedelta(days=1), time(), zone) if until and until < date.max else None
    return in_utc(first), in_utc(last)


def in_utc(moment: datetime | None) -> datetime | None:
    """The same moment in UTC, the first or last one that there is where the offset leads beyond it.

    A time without an offset is UTC.
    """
    if moment is None or moment.tzinfo is None:
        return moment and moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


def _written(text: object) -> object:
    if isinstance(text, str) and text[4:5] != "-":
        raise ValueError("write a time such as 2026-11-24T08:00:00+08:00")
    return text
