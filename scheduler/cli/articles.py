"""`newsdelta articles`: what is in the store, newest first."""

from __future__ import annotations

from datetime import datetime

import click

from scheduler.cli.common import Moment, json_option, print_json_lines, reading_database, with_config
from scheduler.config import Config


@click.command("articles")
@click.option("--channel", help="Only this channel.")
@click.option("--since", type=Moment(), help="Only those first seen since: 2026-11-01, 12h, 7d.")
@click.option(
    "--search", metavar="TEXT", help="Words, all of which stand in the article; -word: which does not."
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most this many.")
@json_option
@with_config
def command(
    config: Config,
    channel: str | None,
    since: datetime | None,
    search: str | None,
    limit: int,
    as_json_: bool,
) -> None:
    """List articles, newest first. Traditional and Simplified words are found alike."""
    from crawler.text.canonical import fold
    from storage import queries

    if channel is not None:
        config.channel(channel)
    with reading_database(config) as database:
        found = queries.articles(
            database, channel=channel, since=since, search=search, fold=fold, limit=limit
        )
    if as_json_:
        print_json_lines(found)
        return
    from scheduler.cli.paint import article_line, console

    out = console()
    for article in found:
        out.print(article_line(article))
    if not found:
        out.print("No article. Crawl first (newsdelta crawl), or ask for less.", style="dim")
