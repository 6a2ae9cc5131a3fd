"""`newsdelta db`: care for the database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Moment, json_option, now, print_json, with_config
from scheduler.config import Config

if TYPE_CHECKING:
    from storage.maintenance import Sizes


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
@click.option("--sizes", is_flag=True, help="Only measure: bytes and rows of each table, and the archive.")
@json_option
@with_config
def check(config: Config, sizes: bool, as_json_: bool) -> None:
    """Look for damage: exit 0 only where there is none."""
    from storage import maintenance
    from storage.database import Database

    with Database.open(config.database_url, create=False) as database:
        if sizes:
            _print_sizes(maintenance.sizes(database), as_json_=as_json_)
            return
        report = maintenance.check(database)
    if as_json_:
        print_json(report)
    else:
        for finding in report.findings:
            click.echo(finding)
        click.echo("The database is sound." if not report.findings else f"{len(report.findings)} findings.")
    sys.exit(1 if report.findings else 0)


def _print_sizes(sizes: Sizes, *, as_json_: bool) -> None:
    if as_json_:
        print_json(sizes)
        return
    tables = sorted(sizes.rows, key=lambda name: sizes.tables.get(name, 0), reverse=True)
    for name in tables:
        click.echo(f"{name:18} {sizes.rows[name]:>12,} rows {_megabytes(sizes.tables.get(name)):>12}")
    click.echo(f"{'the database':18} {'':>17} {_megabytes(sizes.bytes):>12}")
    click.echo(f"{'the archive':18} {sizes.archive_files:>11,} files {_megabytes(sizes.archive):>12}")


def _megabytes(size: int | None) -> str:
    return "–" if size is None else f"{size / 2**20:,.1f} MB"


@command.command("rebuild")
@with_config
def rebuild(config: Config) -> None:
    """Make the indexes for search and for stories anew from the stored texts, and mend that of the archive."""
    from storage import maintenance
    from storage.archive_files import recover
    from storage.database import Database

    with Database.open(config.database_url) as database:
        if config.archive is not None:
            recover(database, Path(config.archive.folder))
        texts = maintenance.rebuild_search(database)
        articles = maintenance.rebuild_stories(database)
    click.echo(f"{texts} texts indexed for search, {articles} articles for stories.")


@command.command("prune")
@click.option("--before", type=Moment(), help="Fold observations older than this: 90d, 2026-01-01.")
@with_config
def prune(config: Config, before: datetime | None) -> None:
    """Drop what [retention] in the config gives up; articles, revisions, events and their evidence stay.

    Old observations that said the same as those before and after them become counts by day; texts of old revisions
    that another has followed are packed.
    """
    from scheduler.retention import prune as drop
    from storage.database import Database

    if before is None and not config.retention.is_set:
        raise click.UsageError("nothing is given up: say --before, or set [retention] in the config")
    with Database.open(config.database_url) as database:
        for line in drop(database, config.retention, now(), observations_before=before):
            click.echo(line)


@command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_config
def backup(config: Config, file: Path) -> None:
    """Write a copy of the database to FILE, also while it is in use, and of its archive beside it."""
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
    from scheduler.holder import hold
    from storage import archive
    from storage.database import Database
    from storage.move import move as copy

    with (
        Database.open(source, create=False) as taken,
        hold(source, now()),
        Database.open(target) as given,
    ):
        for name, held in copy(taken, given, _tell).items():
            click.echo(f"{name:14} {held.rows:>10} rows  {held.digest[:16]}")
        archive.rebase(taken, given)
        click.echo(
            f"{given.url} holds what {taken.url} holds, row for row.\n"
            f"Write its URL into newsdelta.toml, [database] url, and start newsdelta watch again."
        )


def _tell(table: str, rows: int) -> None:
    """Say on a terminal how far the copy is."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{table}: {rows}\r", nl=False, err=True)
