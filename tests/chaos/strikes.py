"""What each kind of fault does to the scene when it begins; what it returns ends it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.chaos.crew import Crew, thaw
from tests.chaos.mailbox import Mailbox
from tests.chaos.plan import Strike
from tests.chaos.postgresql import Server, cut
from tests.replica.replica import Replica

#: Seconds for which a lock on the database is tried for.
PATIENCE = 30.0
TABLES = "articles, revisions, events, notifications, observations"


@dataclass(frozen=True, slots=True)
class Scene:
    """All that can be struck. `server` is None on SQLite."""

    crew: Crew
    sites: Replica
    mailbox: Mailbox
    database_url: str
    server: Server | None


End = Callable[[], object]
Begin = Callable[[Scene, Strike], End]


def begin(scene: Scene, strike: Strike) -> End:
    """Let a fault strike; returns what ends it."""
    return _STRIKES[strike.kind](scene, strike)


def _over() -> None:
    """What is over at once has no end to bring about."""


def _kill(role: str) -> Begin:
    def start(scene: Scene, strike: Strike) -> End:
        scene.crew.kill(role, strike.draw)
        return _over

    return start


def _kill_crawler(scene: Scene, strike: Strike) -> End:
    scene.crew.kill_crawler(strike.draw)
    return _over


def _freeze(role: str) -> Begin:
    def start(scene: Scene, strike: Strike) -> End:
        frozen = scene.crew.freeze(role, strike.draw)
        return lambda: thaw(frozen)

    return start


def _freeze_crawler(scene: Scene, strike: Strike) -> End:
    frozen = scene.crew.freeze_crawler(strike.draw)
    return lambda: thaw(frozen)


def _lock(scene: Scene, strike: Strike) -> End:
    """Another program holds what every writer needs."""
    if scene.server is None:
        path = scene.database_url.removeprefix("sqlite:///")
        connection: Any = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
        connection.execute("BEGIN IMMEDIATE")
    else:
        connection = psycopg.connect(scene.database_url)
        connection.execute(f"LOCK TABLE {TABLES} IN SHARE ROW EXCLUSIVE MODE")

    def end() -> None:
        with suppress(psycopg.Error):  # another fault cut it before
            connection.rollback()
        connection.close()

    return end


def _shut(*, crash: bool) -> Begin:
    def start(scene: Scene, strike: Strike) -> End:
        assert scene.server is not None
        scene.server.down(crash=crash)
        return scene.server.up

    return start


def _cut(scene: Scene, strike: Strike) -> End:
    with suppress(psycopg.OperationalError):  # there are none while the server is down
        cut(scene.database_url)
    return _over


def _receiver(deed: str) -> Begin:
    def start(scene: Scene, strike: Strike) -> End:
        scene.mailbox.do(deed)
        return lambda: scene.mailbox.do("accept")

    return start


def _away(scene: Scene, strike: Strike) -> End:
    scene.mailbox.away()
    return scene.mailbox.back


def _site(what: str, **options: Any) -> Begin:
    """A fault of the site, of one channel or of all."""

    def start(scene: Scene, strike: Strike) -> End:
        channels = [*sorted(scene.sites.urls), None]
        channel = channels[int(strike.draw * len(channels))]
        where = {} if channel is None else {"channel": channel}
        scene.sites.do(what, **where, **options)
        return lambda: scene.sites.do("recover", kind=what, **where)

    return start


def _rebuilt(scene: Scene, strike: Strike) -> End:
    """A channel's pages are built as none of our templates knows, and then as before."""
    channels = sorted(scene.sites.urls)
    channel = channels[int(strike.draw * len(channels))]
    scene.sites.do("redesign", to="unknown", channel=channel)
    return lambda: scene.sites.do("redesign", to="original", channel=channel)


_STRIKES: dict[str, Begin] = {
    "kill watch": _kill("watch"),
    "kill watch as it tells": _kill("watch"),
    "kill crawler": _kill_crawler,
    "freeze watch": _freeze("watch"),
    "freeze crawler": _freeze_crawler,
    "kill worker": _kill("worker"),
    "freeze worker": _freeze("worker"),
    "lock database": _lock,
    "restart database": _shut(crash=False),
    "crash database": _shut(crash=True),
    "cut connections": _cut,
    "receiver fails": _receiver("fail"),
    "receiver hangs": _receiver("hang"),
    "receiver drops": _receiver("drop"),
    "receiver vanishes": _receiver("vanish"),
    "receiver limits": _receiver("limit"),
    "receiver is away": _away,
    "site is out": _site("outage"),
    "site fails": _site("status", code=500),
    "site limits": _site("status", code=429, retry_after=5),
    "site resets": _site("reset"),
    "site is slow": _site("slow", seconds=1.5),
    "site sends halves": _site("truncate"),
    "site sends nothing": _site("empty-body"),
    "site forgets all": _site("status", code=404),
    "site lies about charset": _site("charset-lie"),
    "site is rebuilt": _rebuilt,
}
