"""`newsdelta watch`: the scheduler in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import with_config
from scheduler.config import Config
from scheduler.logs.begin import begin, tell
from storage.records import Event

if TYPE_CHECKING:
    from rich.console import Console


@click.command("watch")
@click.option("--once", is_flag=True, help="Do what is due now, and end: for cron.")
@click.option("--web", is_flag=True, help="Serve the web page, too: see newsdelta serve.")
@with_config
def command(config: Config, once: bool, web: bool) -> None:
    """Watch the channels and print what happens, until stopped (Ctrl-C, SIGTERM).

    A channel is visited by plan, page by page within its request budget, or crawled whole where `every` or
    `cron` says so. SIGHUP reads the config again. A second watcher of the same database is refused.

    With --once the exit code is that of `newsdelta crawl`.
    """
    from scheduler.cli.paint import console

    out = console()
    if once:
        sys.exit(_once(config, out))
    for name, rhythm in config.rhythms.items():
        tell(config, f"Watching {name}, {rhythm}.", channel=name)
    tell(config, f"The store is {config.database_name}.")
    if config.queue_url is not None:
        tell(config, "Crawls are made by workers. Run: newsdelta worker, on any machine")
    _watch(config, out, web)


def _once(config: Config, out: Console) -> int:
    from crawler.task import exit_code
    from scheduler.app import watch_once
    from scheduler.report import log_crawl

    results = asyncio.run(
        watch_once(
            config,
            tell=_teller(out),
            report=log_crawl,
        )
    )
    return exit_code(results)


def _watch(config: Config, out: Console, web: bool) -> None:
    from scheduler.app import watch_until_signal
    from scheduler.report import Reports

    with _status_line(out) as show:
        asyncio.run(
            watch_until_signal(
                config,
                tell=_teller(out),
                report=Reports(),
                read_config=lambda: _read_again(config),
                show=show,
                greet=partial(tell, config) if web else None,
            )
        )


def _teller(out: Console) -> Callable[[Event], None]:
    """Print each event, and log it."""
    from scheduler.cli.paint import event_line
    from scheduler.report import log_event

    def tell(event: Event) -> None:
        out.print(event_line(event))
        log_event(event)

    return tell


def _read_again(config: Config) -> Config:
    found = config.read_again()
    begin(found)
    return found


@contextlib.contextmanager
def _status_line(out: Console) -> Iterator[Callable[[str], None] | None]:
    """A quiet last line on a terminal; nothing where the output goes elsewhere."""
    if not out.is_terminal:
        yield None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(console=out, auto_refresh=False, transient=True) as line:
        yield lambda words: line.update(Text(words, "dim", overflow="ellipsis", no_wrap=True), refresh=True)
