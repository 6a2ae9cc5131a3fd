"""`newsdelta channels heal`: show the selectors that read a rebuilt site, and write them on consent."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import json_option, print_json, reading_database, with_config
from scheduler.config import Config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from storage.records import Healing

_UNSEEN = "the crawl saw no page whose text is known at another place"


@click.command("heal")
@click.argument("channel")
@click.option("--yes", is_flag=True, help="Write without asking.")
@json_option
@with_config
def command(config: Config, channel: str, yes: bool, as_json_: bool) -> None:
    """Show the selectors that would read a channel again whose site was rebuilt.

    They were found by the crawl that told that the channel is broken, and proved on its pages. They are written into
    the config when you agree. Exit 1: it is broken, and no selectors could be proved.
    """
    name = config.channel(channel).name
    healing, broken = _found(config, name)
    can_heal = healing is not None and bool(healing.changes)
    written = healing is not None and can_heal and _offer(config, healing, yes=yes, quiet=as_json_)
    if as_json_:
        _print_document(name, broken, healing, written)
    elif not broken:
        click.echo(f"{name} is not known to be broken.")
    elif not can_heal:
        click.echo(f"{name} is broken, and no new selectors could be proved:", err=True)
        for note in healing.notes if healing else (_UNSEEN,):
            click.echo(f"  {note}", err=True)
    elif written:
        click.echo(f"Written. A running watch reads its config again on SIGHUP. Now: newsdelta crawl {name}")
    if broken and not can_heal:
        sys.exit(1)


def _found(config: Config, name: str) -> tuple[Healing | None, bool]:
    """What the last crawl found, and whether the channel is broken."""
    from storage import runs

    with reading_database(config) as database:
        trouble = runs.trouble_of(database, name)
    return (trouble.healing, True) if trouble else (None, False)


def _offer(config: Config, healing: Healing, *, yes: bool, quiet: bool) -> bool:
    """Show the change, and write it where it is wanted; tells whether it was written."""
    is_new = _is_new(config, healing)
    if not quiet:
        _show(healing, is_new)
    if not is_new or not (yes or (not quiet and _agreed(config, healing))):
        return False
    _write(config, healing)
    return True


def _is_new(config: Config, healing: Healing) -> bool:
    """Whether there is something to write. Raises ConfigError where the change no longer fits."""
    from crawler.sites.configured import ConfiguredPublisher
    from crawler.sites.model import Selectors
    from scheduler.healing import Fit, fit

    publisher = config.channel(healing.channel).publisher
    now = publisher.site.article if isinstance(publisher, ConfiguredPublisher) else Selectors()
    found = fit(healing, now)
    if found is Fit.OTHER:
        raise ConfigError(
            "The config has other selectors by now than those that were found broken",
            subject=healing.channel,
            mend=f"Crawl it: newsdelta crawl {healing.channel}",
        )
    return found is Fit.FITS


def _show(healing: Healing, is_new: bool) -> None:
    from scheduler.cli.paint import console, print_healing

    print_healing(console(), healing)
    if not is_new:
        click.echo(f"The config has them. Now: newsdelta crawl {healing.channel}")


def _agreed(config: Config, healing: Healing) -> bool:
    if not sys.stdin.isatty():
        click.echo("Say --yes to write it.", err=True)
        return False
    return click.confirm(f"Change {healing.channel} in {config.source}?")


def _write(config: Config, healing: Healing) -> None:
    from scheduler.config_edit import write_config
    from scheduler.healing import healed

    if config.source is None:
        raise ConfigError("There is no config file to change", mend="Say which: --config FILE")
    write_config(config.source, healed(config.source.read_text(encoding="utf-8"), healing))


def _print_document(name: str, broken: bool, healing: Healing | None, written: bool) -> None:
    from scheduler.healing import config_diff

    found = asdict(healing) if healing else {"channel": name, "changes": (), "pages": 0, "notes": ()}
    diff = config_diff(healing) if healing else ""
    print_json({**found, "broken": broken, "diff": diff, "written": written})
