"""`newsdelta serve`: the web page and the API."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from dataclasses import replace

import click

from scheduler.cli.common import with_config
from scheduler.config import Config


@click.command("serve")
@click.option(
    "--bind", metavar="HOST:PORT", help="Where to listen, instead of [web] bind; port 0 takes a free one."
)
@with_config
def command(config: Config, bind: str | None) -> None:
    """Serve the web page and the API until stopped (Ctrl-C, SIGTERM).

    The page reads the same database as `newsdelta watch`, which may run beside it or serve the page itself
    (watch --web). The first start makes a token; the address that is printed lets you in.
    """
    from scheduler.web.settings import bound_to

    if bind is not None:
        try:
            config = replace(config, web=bound_to(config.web, bind))
        except ValueError as error:
            raise click.UsageError(str(error)) from error
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    from scheduler.app import serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve(config, stop, lambda words: click.echo(words, err=True))
