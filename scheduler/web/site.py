"""What every page works with: the config, the store, the clock, the doorkeeper."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request

from scheduler.alerts.model import Answer
from scheduler.config import Config
from scheduler.web.access import Doorkeeper
from scheduler.web.foresights import Foresights
from scheduler.web.looks import Looks
from scheduler.web.settings import WebSettings
from storage.database import Database
from storage.records import Subscription

#: Sends a subscription's test message; gives what each destination is called, and its answer.
SendTest = Callable[[Subscription], Awaitable[list[tuple[str, Answer]]]]
#: Goes on by the config as its file is now; says whether all who watch do. Raises NewsdeltaError.
Reread = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Site:
    """The things behind the pages; shared by all requests."""

    config: Callable[[], Config]  # the one of now: SIGHUP changes it
    settings: WebSettings
    database: Database
    door: Doorkeeper
    now: Callable[[], datetime]
    send_test: SendTest
    reread: Reread
    looks: Looks
    foresights: Foresights = field(default_factory=Foresights)


def site_of(request: Request) -> Site:
    """The site a request came to."""
    site: Site = request.app.state.site
    return site
