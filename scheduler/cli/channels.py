"""`newsdelta channels`: which channels there are, which are watched, and when each is visited."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from scheduler.cli.add import command as add
from scheduler.cli.common import (
    json_option,
    local,
    now,
    print_json_lines,
    reading_database,
    with_config,
    writing_database,
)
from scheduler.cli.heal import command as heal
from scheduler.config import Config
from scheduler.rhythm import Plan
from storage.errors import ConfigError, StorageError


@click.group("channels")
def command() -> None:
    """List the channels, add or heal one, show when they are visited, pause them and let them go on."""


command.add_command(add)
command.add_command(heal)


@command.command("list")
@json_option
@with_config
def list_(config: Config, as_json_: bool) -> None:
    """List all channels; those of the config are watched, but for those that are paused."""
    channels, paused = config.registry.channels, _paused(config)
    rows = [
        {
            "name": channel.name,
            "label": channel.label,
            "home": channel.home,
            "publisher": channel.publisher.name,
            "watched": channel.name in config.channels,
            "paused_since": paused.get(channel.name),
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
        since = paused.get(str(row["name"])) if row["watched"] else None
        style = "yellow" if since else "bold green" if row["watched"] else ""
        watched = f"paused since {local(since)}" if since else "yes" if row["watched"] else ""
        table.add_row(*(str(row[name]) for name in ("name", "label", "home")), watched, style=style)
    console().print(table)


def _paused(config: Config) -> dict[str, datetime]:
    """Which channels are paused, and since when; none where there is no store yet."""
    from storage import pauses

    try:
        with reading_database(config) as database:
            return pauses.paused(database)
    except StorageError as error:
        click.echo(f"Whether channels are paused is not known: {error}", err=True)
        return {}


@command.command("pause")
@click.argument("channel")
@with_config
def pause(config: Config, channel: str) -> None:
    """Leave a channel out of the watch until it goes on. A running watch honours it at its next turn.

    It stays paused over restarts. `newsdelta crawl` crawls it all the same.
    """
    from storage import pauses

    name = _watched(config, (channel,)).pop()
    with writing_database(config) as database:
        pauses.pause(database, name, now())
    click.echo(f"{name} is paused, until: newsdelta channels resume {name}")


@command.command("resume")
@click.argument("channel")
@with_config
def resume(config: Config, channel: str) -> None:
    """Let a paused channel go on."""
    from storage import pauses

    name = config.channel(channel).name
    with writing_database(config) as database:
        pauses.resume(database, name)
    click.echo(f"{name} goes on.")


def _watched(config: Config, names: tuple[str, ...]) -> set[str]:
    """The channels' own names. Raises ConfigError for one that is not watched."""
    wanted = {config.channel(name).name for name in names}
    if unwatched := wanted - config.rhythms.keys():
        raise ConfigError(
            "This channel is not watched",
            subject=", ".join(sorted(unwatched)),
            mend="Add a [[channel]] of it",
        )
    return wanted


@command.command("check")
@click.argument("channels", nargs=-1, metavar="[CHANNEL]…")
@click.option("--visits", type=click.IntRange(1, 1000), default=10, help="How many visits to foretell.")
@click.option(
    "--pages", is_flag=True, help="Fetch some pages of one channel, and show what its rules read there."
)
@json_option
@with_config
def check(config: Config, channels: tuple[str, ...], visits: int, pages: bool, as_json_: bool) -> None:
    """Show when channels are visited: the next visits, the delay to expect, what more budget would buy.

    Reads the store only, and fetches nothing. With --pages, the home, a listing and three articles of one channel
    are fetched instead, and each selector is shown with what it matches; exit code 1 where one fails.
    """
    if pages:
        _check_pages(config, channels, as_json=as_json_)
        return
    reports = _reports(config, channels or tuple(config.channels), visits)
    if as_json_:
        print_json_lines(reports)
        return
    for report in reports:
        _print_report(report)


def _check_pages(config: Config, channels: tuple[str, ...], *, as_json: bool) -> None:
    from scheduler.checking import check as check_pages
    from scheduler.cli.look import document_of, print_look

    names = channels or tuple(config.channels)
    if len(names) != 1:
        raise ConfigError("--pages looks at one channel", subject=", ".join(names), mend="Name one channel")
    channel = config.channel(names[0])
    found = check_pages(channel, now(), allow_private_addresses=config.allow_private_addresses)
    if as_json:
        print_json_lines([document_of(found)])
    else:
        print_look(found)
    sys.exit(1 if found.failed else 0)


def _reports(config: Config, names: tuple[str, ...], visits: int) -> list[dict[str, Any]]:
    from scheduler.foresight import foresee

    wanted = _watched(config, names)
    whole: list[dict[str, Any]] = [
        {"channels": [name], "rhythm": str(rhythm)}
        for name, rhythm in config.rhythms.items()
        if name in wanted and not isinstance(rhythm, Plan)
    ]
    if len(whole) == len(wanted):
        return whole
    with reading_database(config) as database:
        return whole + [asdict(plan) for plan in foresee(config, database, wanted, now(), visits)]


def _print_report(report: dict[str, Any]) -> None:
    from rich.table import Table

    from scheduler.cli.paint import console

    out = console()
    out.print(f"[bold]{', '.join(report['channels'])}[/]  {report['rhythm']}")
    if "host" not in report:
        return
    if report["paused"]:
        out.print(f"paused: {', '.join(report['paused'])}", style="yellow")
    slowed = report["requests_per_hour_now"] < report["requests_per_hour"]
    speed = f", slowed down to {report['requests_per_hour_now']:.0f} requests/h" if slowed else ""
    out.print(f"{report['host']}: {report['pages']} pages, {report['unread']} unread articles{speed}\n")
    table = Table("next", "what", box=None)
    table.add_column("page", overflow="fold")
    table.add_column("finds what it finds after")
    for visit in report["next"]:
        table.add_row(
            clock(visit["at"]), visit["kind"], visit["url"], f"{visit['finds_after_minutes']:g} min"
        )
    out.print(table)
    out.print()
    table = Table("budget", "a new article is seen after", "an edit after", box=None)
    for budget in report["budgets"]:
        style = "bold" if budget["requests_per_hour"] == report["requests_per_hour"] else ""
        cells = (f"{budget['new_minutes']:g} min", f"{budget['edit_minutes']:g} min")
        table.add_row(f"{budget['requests_per_hour']:g} requests/h", *cells, style=style)
    out.print(table)
    out.print("\nMeans over a day of pages like these; half, twice and four times the budget.\n", style="dim")


def clock(moment: datetime) -> str:
    """A time of this or the next day, in China Standard Time, to the second."""
    return (moment.astimezone(UTC) + timedelta(hours=8)).strftime("%H:%M:%S")
