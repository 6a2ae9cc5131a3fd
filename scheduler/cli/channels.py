"""`newsdelta channels`: which channels there are, and which are watched."""

from __future__ import annotations

import click

from scheduler.cli.common import json_option, print_json_lines, with_config
from scheduler.config import Config


@click.group("channels")
def command() -> None:
    """List the channels."""


@command.command("list")
@json_option
@with_config
def list_(config: Config, as_json_: bool) -> None:
    """List all channels; those of the config are watched."""
    from crawler.sites import CHANNELS

    channels = {**CHANNELS, **config.channels}
    rows = [
        {
            "name": channel.name,
            "label": channel.label,
            "home": channel.home,
            "publisher": channel.publisher.name,
            "watched": channel.name in config.channels,
        }
        for channel in channels.values()
    ]
    if as_json_:
        print_json_lines(rows)
        return
    from rich.table import Table

    from scheduler.cli.paint import console

    table = Table("name", "channel", "home", "watched", box=None)
    for row in rows:
        style = "bold green" if row["watched"] else ""
        cells = (str(row[name]) for name in ("name", "label", "home"))
        table.add_row(*cells, "yes" if row["watched"] else "", style=style)
    console().print(table)
