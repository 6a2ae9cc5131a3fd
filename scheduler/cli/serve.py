"""`newsdelta serve`: the web page and the API."""

from __future__ import annotations

import asyncio
import signal

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
    from dataclasses import replace

    from scheduler.web.settings import parse_bind
    from storage.database import Database

    settings = config.web
    if bind is not None:
        try:
            host, port = parse_bind(bind)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        settings = replace(settings, host=host, port=port)
    with Database.open(config.database_url) as database:
        asyncio.run(_serve(config, settings, database))


async def _serve(config: Config, settings: object, database: object) -> None:
    from scheduler.web.server import greeting, listen, serve, site_for

    site = site_for(lambda: config, settings, database)
    taken = listen(settings)
    click.echo(greeting(site, taken), err=True)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve(site, taken, stop)
