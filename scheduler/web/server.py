"""Serves the pages: uvicorn, in the event loop that is there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import uvicorn
from anyio import to_thread

from scheduler.config import Config
from scheduler.web.access import Doorkeeper, Scope
from scheduler.web.app import make_app
from scheduler.web.looks import Looks
from scheduler.web.settings import WebSettings, read_token
from scheduler.web.site import Reread, SendTest, Site
from storage import keys
from storage.database import Database
from storage.errors import ConfigError


def site_for(
    config: Callable[[], Config],
    database: Database,
    send_test: SendTest,
    reread: Reread = lambda: False,
) -> Site:
    """Everything the pages need. Raises ConfigError where the token cannot be read.

    Where nothing can `reread` the config, a channel that is added is watched after a restart.
    """
    settings = config().web
    token = read_token(settings.token_file) if settings.login else None
    return Site(
        config=config,
        settings=settings,
        database=database,
        door=Doorkeeper(token, lambda digest: _scopes(database, digest)),
        now=_now,
        send_test=send_test,
        reread=reread,
        looks=Looks(_now),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _scopes(database: Database, digest: str) -> frozenset[Scope] | None:
    found = keys.find(database, digest)
    return frozenset(Scope(name) for name in found.scopes) if found else None


def listen(settings: WebSettings) -> socket.socket:
    """Take the address; port 0 takes any that is free. Raises ConfigError where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends without delay (TCP_NODELAY) only where a socket says that it speaks TCP.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((settings.host, settings.port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise ConfigError(
            f"The web page cannot listen there ({error.strerror})",
            subject=f"{settings.host}:{settings.port}",
            mend="Another program may have the port; set [web] bind",
        ) from error
    return taken


#: Pages that are made at a time. More threads only take Python's lock from each other: eight readers at once got
#: 110 answers a second from one thread, 98 from two, 76 from forty; more than one, as a page may wait for the store.
THREADS = 3


async def serve_site(site: Site, taken: socket.socket, stop: asyncio.Event) -> None:
    """Answer until `stop` is set, then let answers under way be finished, two seconds at most."""
    options = uvicorn.Config(
        make_app(site),
        log_config=None,  # its lines go where ours go
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    server = _Server(options)
    serving = asyncio.ensure_future(server.serve([taken]))
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        stopped.cancel()
        site.looks.stop()
        await serving


class _Server(uvicorn.Server):
    """Leaves the signals to who started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def greeting(site: Site, taken: socket.socket) -> str:
    """What to tell who started it: the address that lets them in, and where the token stands."""
    host, port = taken.getsockname()[:2]
    base = site.settings.url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if not site.settings.login:
        return f"The web page is at {base}/ (everyone on this machine may use it)."
    token = read_token(site.settings.token_file)
    return f"The web page is at {base}/login?token={token}\nThe token stands in {site.settings.token_file}."
