"""What the commands share: the options every command takes, output as JSON, times as people type them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from scheduler.config import Config, load
from scheduler.logs.begin import begin
from scheduler.settings import duration
from storage.records import Article, as_json


def config_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--config` and `--data`."""
    for option in (
        click.option("--data", metavar="DIR", help="The folder of the database, where no URL is set."),
        click.option(
            "--config", metavar="FILE", help="The settings (else $NEWSDELTA_CONFIG, ./newsdelta.toml)."
        ),
    ):
        function = option(function)
    return function


def settled(config: str | None, data: str | None) -> Config:
    """Load the settings that the options name, and log as they say. Raises ConfigError."""
    settings = load(config, data)
    begin(settings)
    return settings


def with_config(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--config` and `--data`; it gets the loaded Config as its first argument."""

    @config_options
    @functools.wraps(function)
    def command(*args: Any, config: str | None, data: str | None, **options: Any) -> Any:
        return function(settled(config, data), *args, **options)

    return command


json_option = click.option(
    "--json", "as_json_", is_flag=True, help="Print JSON, and nothing else, on stdout."
)


def print_json(value: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(as_json(value), ensure_ascii=False, indent=2))


def print_json_lines(values: Iterable[Any]) -> None:
    """Print one JSON document per line."""
    for value in values:
        click.echo(json.dumps(as_json(value), ensure_ascii=False))


class Moment(click.ParamType):
    """A point in time: 2026-11-24, 2026-11-24T08:00, or an age such as 2h or 7d. Local time where none is said."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Turn the words into an aware datetime, or fail with an example."""
        if isinstance(value, datetime):
            return value
        try:
            return now() - duration(value)
        except ValueError:
            pass
        try:
            return datetime.fromisoformat(value).astimezone()
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-24, 2026-11-24T08:00, 2h or 7d", param, ctx)


def now() -> datetime:
    """The present moment; the command line is one of the few places that read the clock."""
    return datetime.now(UTC)


def local(moment: datetime | None) -> str:
    """A time as people read it, in China Standard Time."""
    if moment is None:
        return "–"
    return (moment.astimezone(UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")


def reading_database(config: Config) -> Any:
    """The store, opened for reading; used as a context manager. Raises StorageError."""
    from storage.database import Database

    return Database.open(config.database_url, create=False, readonly=True)


def writing_database(config: Config) -> Any:
    """The store, opened for a change; made where there is none yet. A context manager. Raises StorageError."""
    from storage.database import Database

    return Database.open(config.database_url)


def find_article(config: Config, database: Any, ref: str) -> Article:
    """The article that `ref` names: a number, the publisher's id, or any of its URLs. Raises NotFound."""
    from storage import queries

    return queries.find_article(database, ref, locate=config.registry.locate)
