"""`newsdelta serve`: the web page and the API."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from functools import partial

import click

from scheduler.cli.common import with_config
from scheduler.config import Config
from scheduler.logs.begin import begin, tell
from storage.errors import ConfigError

#: How far the page gives way to a crawl on a busy machine, as of nice(2): pages wait a little rather than the crawl.
GIVES_WAY = 5


@click.command("serve")
@click.option(
    "--bind", metavar="HOST:PORT", help="Where to listen, instead of [web] bind; port 0 takes a free one."
)
@with_config
def command(config: Config, bind: str | None) -> None:
    """Serve the web page and the API until stopped (Ctrl-C, SIGTERM).

    The page reads the same database as `newsdelta watch`, which may run beside it or serve the page itself
    (watch --web). The first start makes a token; the address that is printed lets you in. SIGHUP reads the
    config again; what changed in [web] counts after a restart.
    """
    from scheduler.app import serve_until_signal

    os.nice(GIVES_WAY)
    asyncio.run(
        serve_until_signal(
            _bound(config, bind),
            partial(tell, config),
            read_config=lambda: _read_again(config, bind),
        )
    )


def _read_again(config: Config, bind: str | None) -> Config:
    found = _bound(config.read_again(), bind)
    begin(found)
    return found


def _bound(config: Config, bind: str | None) -> Config:
    from scheduler.web.settings import bound_to

    if bind is None:
        return config
    try:
        return replace(config, web=bound_to(config.web, bind))
    except ValueError as error:
        raise ConfigError("The page cannot listen there", subject="--bind", mend=str(error)) from error
