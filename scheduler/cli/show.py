"""`newsdelta show`: one article as a reader sees it, with what the store knows of it."""

from __future__ import annotations

import click

from scheduler.cli.common import find_article, json_option, print_json, reading_database, with_config
from scheduler.config import Config


@click.command("show")
@click.argument("article")
@click.option("--revision", type=click.IntRange(1), help="This revision instead of the last.")
@json_option
@with_config
def command(config: Config, article: str, revision: int | None, as_json_: bool) -> None:
    """Show one ARTICLE: its number, the publisher's id, or any of its URLs."""
    from storage import queries

    with reading_database(config) as database:
        found = find_article(database, article)
        shown = queries.revision(database, found.id, revision or found.revisions)
        addresses = queries.addresses(database, found.id)
        observations = queries.observations(database, found.id)
    if as_json_:
        print_json(
            {"article": found, "revision": shown, "addresses": addresses, "observations": observations}
        )
        return
    from scheduler.cli.paint import console, print_revision

    print_revision(console(), found, shown, [address.url for address in addresses])
