"""How PostgreSQL is connected to: both sides notice within `SILENCE` seconds that the other is gone.

A machine or a network that vanishes sends no packet that says so. Without probes the server keeps the session, and with
it its transaction, its locks and its claims, for two hours; a client waits for an answer for as long.
"""

from __future__ import annotations

import os
from typing import Any

#: Seconds of silence after which either side takes the other for gone: the first probe, the next, how many.
IDLE, INTERVAL, PROBES = 5, 2, 3
SILENCE = IDLE + INTERVAL * PROBES

#: Our side's probes, in libpq's words. Nothing on a Unix socket, whose end always says so.
_OURS = {
    "keepalives_idle": IDLE,
    "keepalives_interval": INTERVAL,
    "keepalives_count": PROBES,
    "tcp_user_timeout": SILENCE * 1000,
}
#: The server's: ours say nothing to it when we are gone.
_THEIRS = {
    "tcp_keepalives_idle": IDLE,
    "tcp_keepalives_interval": INTERVAL,
    "tcp_keepalives_count": PROBES,
    "tcp_user_timeout": SILENCE * 1000,
}


def libpq_url(url: str) -> str:
    """A PostgreSQL URL as libpq reads it: without the name of a driver, as in `postgresql+psycopg://…`."""
    kind, separator, rest = url.partition("://")
    return f"{kind.partition('+')[0]}{separator}{rest}"


def parameters(url: str) -> dict[str, Any]:
    """What a connection is made with beside its URL. Settings that the URL gives (`options`) win over ours."""
    from psycopg import ProgrammingError, conninfo  # slow to import, and SQLite needs none of it

    try:
        given = conninfo.conninfo_to_dict(libpq_url(url)).get("options")
    except ProgrammingError:  # libpq cannot read it: connecting says so
        given = None
    return with_options(str(given or ""))


def with_options(given: str, **settings: object) -> dict[str, Any]:
    """The probes of both sides, and settings of the server for this session; those that are given as `options`, or
    else by PGOPTIONS in the environment, win.
    """
    ours = (f"-c {name}={value}" for name, value in (_THEIRS | settings).items())
    return {**_OURS, "options": " ".join((*ours, given or os.environ.get("PGOPTIONS", ""))).strip()}
