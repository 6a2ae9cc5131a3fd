"""`newsdelta db`: care for the database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from scheduler.cli.common import Moment, json_option, print_json, with_config
from scheduler.config import Config


@click.group("db")
def command() -> None:
    """Upgrade, check, rebuild, prune, back up or move the database."""


@command.command("upgrade")
@with_config
def upgrade(config: Config) -> None:
    """Make the database, or bring its tables up to date."""
    from storage.database import Database

    with Database.open(config.database_url) as database:
        click.echo(f"{database.url} is up to date (form {database.schema_version()}).")


@command.command("check")
@json_option
@with_config
def check(config: Config, as_json_: bool) -> None:
    """Look for damage: exit 0 only where there is none."""
    from storage import maintenance
    from storage.database import Database

    with Database.open(config.database_url, create=False) as database:
        report = maintenance.check(database)
    if as_json_:
        print_json(report)
    else:
        for finding in report.findings:
            click.echo(finding)
        click.echo("The database is sound." if not report.findings else f"{len(report.findings)} findings.")
    sys.exit(1 if report.findings else 0)


@command.command("rebuild")
@with_config
def rebuild(config: Config) -> None:
    """Make the indexes for search and for stories anew from the stored texts."""
    from storage import maintenance
    from storage.database import Database

    with Database.open(config.database_url) as database:
        texts = maintenance.rebuild_search(database)
        articles = maintenance.rebuild_stories(database)
    click.echo(f"{texts} texts indexed for search, {articles} articles for stories.")


@command.command("prune")
@click.option(
    "--before", type=Moment(), required=True, help="Drop observations older than this: 90d, 2026-01-01."
)
@with_config
def prune(config: Config, before: datetime) -> None:
    """Drop old observations; articles, revisions, events and evidence stay."""
    from storage import maintenance
    from storage.database import Database

    with Database.open(config.database_url) as database:
        dropped = maintenance.prune(database, observations_before=before)
    click.echo(f"{dropped} observations dropped.")


@command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_config
def backup(config: Config, file: Path) -> None:
    """Write a copy of the database to FILE, also while it is in use."""
    from storage import maintenance
    from storage.database import Database

    with Database.open(config.database_url, create=False) as database:
        maintenance.backup(database, file)
    click.echo(f"Written to {file}")


@command.command("move")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def move(source: str, target: str) -> None:
    """Copy everything of the database FROM into the new, empty database TO, and prove that both hold the same.

    Both are URLs, sqlite:///PATH or postgresql://…; FROM stays as it is. Stop `newsdelta watch` before.
    """
    from scheduler.cli.common import now
    from scheduler.holder import hold
    from storage.database import Database
    from storage.move import move as copy

    with (
        Database.open(source, create=False) as taken,
        hold(source, now()),
        Database.open(target) as given,
    ):
        for name, held in copy(taken, given, _tell).items():
            click.echo(f"{name:14} {held.rows:>10} rows  {held.digest[:16]}")
        click.echo(
            f"{given.url} holds what {taken.url} holds, row for row.\n"
            f"Write its URL into newsdelta.toml, [database] url, and start newsdelta watch again."
        )


def _tell(table: str, rows: int) -> None:
    """Say on a terminal how far the copy is."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{table}: {rows}\r", nl=False, err=True)
