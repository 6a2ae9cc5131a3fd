"""`newsdelta feeds`: feeds as static files, for any web server or file share."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import json_option, now, print_json, reading_database, with_config
from scheduler.config import Config


@click.command("feeds")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base", metavar="URL", default="", help="Where DIR can be reached, for the feeds' own links.")
@click.option(
    "--again", is_flag=True, help="Look at everything, not only at what is new, as after reextract."
)
@json_option
@with_config
def command(config: Config, folder: Path, base: str, again: bool, as_json_: bool) -> None:
    """Write Atom and JSON feeds of channels, subscriptions, stories and articles into DIR."""
    from scheduler.feeds import write_feeds

    if base and not base.startswith(("http://", "https://")):
        raise click.BadParameter(f"{base!r} is no web address; write https://…", param_hint="--base")
    with reading_database(config) as database:
        written = write_feeds(
            database,
            folder,
            now(),
            channels=tuple(config.channels),
            page=config.alerts.page,
            base=base,
            language=config.alerts.language,
            again=again,
        )
    if as_json_:
        print_json(written)
        return
    click.echo(
        f"{len(written.changed)} files written, {written.unchanged} as they were, {len(written.removed)} removed"
    )
