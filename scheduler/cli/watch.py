"""`newsdelta watch`: the scheduler in the foreground."""

from __future__ import annotations

import asyncio

import click

from scheduler.cli.common import with_config
from scheduler.config import Config


@click.command("watch")
@with_config
def command(config: Config) -> None:
    """Crawl the watched channels at their interval and print what happens, until stopped (Ctrl-C, SIGTERM)."""
    from scheduler.app import watch_until_signal
    from scheduler.cli.paint import console, event_line
    from scheduler.cli.progress import print_problems

    out = console()
    names = ", ".join(config.channels)
    click.echo(f"Watching {names} every {config.every}; the store is {config.database_name}.", err=True)
    asyncio.run(
        watch_until_signal(
            config,
            tell=lambda event: out.print(event_line(event)),
            report=lambda result: print_problems([result]),
        )
    )
