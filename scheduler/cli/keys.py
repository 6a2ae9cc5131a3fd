"""`newsdelta keys`: the keys of programs that use the API, and of feed readers."""

from __future__ import annotations

import click

from scheduler.cli.common import (
    json_option,
    local,
    now,
    print_json,
    print_json_lines,
    reading_database,
    with_config,
    writing_database,
)
from scheduler.config import Config
from scheduler.web.access import Scope
from storage.errors import ConfigError


@click.group("keys")
def command() -> None:
    """Make and remove the keys of programs that use the API, and of feed readers."""


@command.command("list")
@json_option
@with_config
def list_(config: Config, as_json_: bool) -> None:
    """List the keys, with what each may do. The keys themselves are not kept."""
    from storage import keys

    with reading_database(config) as database:
        found = keys.every(database)
    if as_json_:
        print_json_lines(
            {"name": key.name, "scopes": _ordered(key.scopes), "made_at": key.made_at} for key in found
        )
        return
    for key in found:
        click.echo(f"{local(key.made_at)}  {key.name}  {', '.join(_ordered(key.scopes))}")
    if not found:
        click.echo("No keys. Make one: newsdelta keys add NAME --scope read")


@command.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=("read",),
    show_default=True,
    help="What it may do: read; run crawls; manage alerts, channels and keys. May come again.",
)
@json_option
@with_config
def add(config: Config, name: str, scopes: tuple[str, ...], as_json_: bool) -> None:
    """Make a key called NAME and print it, this once.

    Programs send it as `Authorization: Bearer KEY`; feed readers, which cannot, as ?key=KEY.
    """
    from scheduler.web.keyring import make

    with writing_database(config) as database:
        try:
            key = make(database, name, [Scope(one) for one in scopes], now())
        except ValueError as error:
            raise ConfigError("The key was not made", subject=name, mend=str(error)) from error
    if as_json_:
        print_json({"name": name, "scopes": _ordered(scopes), "key": key})
        return
    click.echo(key)
    click.echo("It is not shown again: only its digest is kept.", err=True)


@command.command("remove")
@click.argument("name")
@with_config
def remove(config: Config, name: str) -> None:
    """Let a key open nothing any more, at once."""
    from storage import keys

    with writing_database(config) as database:
        keys.remove(database, name)
    click.echo(f"{name} opens nothing any more.")


def _ordered(scopes: frozenset[str] | tuple[str, ...]) -> list[str]:
    return [scope.value for scope in Scope if scope in scopes]
