"""`newsdelta demo`: a local copy of the channel, watched for a minute, with a self-check at the end."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.config import load
from storage.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from scheduler.config import Config
    from storage.records import Event

#: Seconds after the timeline's last step in which the watcher must have told everything.
GRACE = 12.0
LAST_STEP = 50.0
CONFIG = """\
[database]
url = "sqlite:///{folder}/newsdelta.db"

[watch]
every = "2s"
removal_visits = 2
removal_after = "2s"

[[channel]]
name = "cq"
home = "{home}"

[network]
allow_private_addresses = true

[[alert]]
name = "demo"
to = "file://{folder}/alerts.jsonl"
per_story = false
"""


@click.command("demo")
@click.option("--keep", is_flag=True, help="Leave the site and the watcher running afterwards, until Ctrl-C.")
def command(keep: bool) -> None:
    """Watch a local copy of the channel for a minute: alerts as they happen, then a self-check.

    Every alert also goes into a file, the way it would go to a chat or a mailbox; that is checked, too.
    Nothing outside this machine is asked, and nothing is left behind.
    """
    replica = _replica()
    from scheduler.cli.paint import console

    with tempfile.TemporaryDirectory(prefix="newsdelta-demo-") as folder, replica as site:
        file = Path(folder) / "newsdelta.toml"
        file.write_text(CONFIG.format(folder=folder, home=site.url), encoding="utf-8")
        out = console()
        out.print(
            f"A copy of the channel runs at {site.url}; newsdelta watches it (data in {folder}).\n",
            style="dim",
        )
        alerts = Path(folder) / "alerts.jsonl"
        passed = asyncio.run(_Demo(load(str(file), env={}), site, out, alerts).run(keep=keep))
    sys.exit(0 if passed else 1)


def _replica() -> Any:
    try:
        from tests.replica.process import ReplicaProcess
    except ImportError as error:
        raise ConfigError(
            "The demo's site is part of the project's tests, which are not here",
            mend="Clone the project and run: make demo",
        ) from error
    from tests import replica

    timeline = Path(str(replica.__file__)).with_name("demo.toml")
    return ReplicaProcess(timeline=timeline, speed=1.0)


class _Demo:
    def __init__(self, config: Config, site: Any, out: Console, alerts: Path) -> None:
        self.config, self.site, self.out, self.alerts = config, site, out, alerts
        self.told: list[Event] = []
        self.started = time.monotonic()

    async def run(self, *, keep: bool) -> bool:
        from scheduler.app import watch

        stop = asyncio.Event()
        watching = asyncio.ensure_future(watch(self.config, self._tell, lambda result: None, stop))
        await asyncio.sleep(LAST_STEP)
        await self._until_all_is_told()
        passed = self._check()
        if keep:
            self.out.print(
                f"\nStill running: {self.site.url} and {self.config.database_name}. Ctrl-C ends it."
            )
            await _until_interrupted()
        stop.set()
        await watching
        self._show_the_edits()
        return passed

    def _tell(self, event: Event) -> None:
        from scheduler.cli.paint import event_line

        self.told.append(event)
        line = event_line(event)
        self.out.print(f"[dim]{time.monotonic() - self.started:5.1f} s[/] ", line)

    async def _until_all_is_told(self) -> None:
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and self._missing():
            await asyncio.sleep(0.5)
        await asyncio.sleep(2 * self.config.every.total_seconds())  # anything false would come now

    def _expected(self) -> Counter[tuple[str, str]]:
        return Counter((event["kind"], event["article_id"]) for event in self.site.expected_events())

    def _seen(self) -> Counter[tuple[str, str]]:
        return Counter(
            (event.kind.value, _key(self.config.registry.locate(event.url))) for event in self.told
        )

    def _delivered(self) -> Counter[tuple[str, str]]:
        """What stands in the file of alerts, as often as it stands there."""
        lines = self.alerts.read_text(encoding="utf-8").splitlines() if self.alerts.exists() else []
        items = [item["event"] for line in lines for item in json.loads(line)["data"]["items"]]
        return Counter((event["kind"], _key(self.config.registry.locate(event["url"]))) for event in items)

    def _missing(self) -> Counter[tuple[str, str]]:
        expected = self._expected()
        return (expected - self._seen()) + (expected - self._delivered())

    def _check(self) -> bool:
        from rich.table import Table

        expected, seen, delivered = self._expected(), self._seen(), self._delivered()
        table = Table("what happened on the site", "times", "told", "delivered", "", box=None)
        for kind in ("new", "edited", "removed"):
            of_kind = Counter({item: count for item, count in expected.items() if item[0] == kind})
            numbers = [(of_kind & found).total() for found in (expected, seen, delivered)]
            table.add_row(kind, *map(str, numbers), "✓" if len(set(numbers)) == 1 else "✗")
        false = [(found - expected).total() for found in (seen, delivered)]
        table.add_row("told twice, or without cause", "", *map(str, false), "✗" if any(false) else "✓")
        self.out.print()
        self.out.print(table)
        passed = seen == delivered == expected
        self.out.print("[bold green]The demo passed.[/]" if passed else "[bold red]The demo failed.[/]")
        return passed

    def _show_the_edits(self) -> None:
        from crawler.text.canonical import fold
        from scheduler.cli.paint import diff_lines
        from storage import queries
        from storage.database import Database
        from storage.diff import compare

        with Database.open(self.config.database_url, create=False) as database:
            for event in self.told:
                if event.article is None or event.from_revision is None or event.to_revision is None:
                    continue
                old = queries.revision(database, event.article, event.from_revision)
                new = queries.revision(database, event.article, event.to_revision)
                self.out.print(f"\n[bold]newsdelta diff {event.article}[/]  {event.url}")
                for line in diff_lines(compare(old.reading.fields, new.reading.fields, fold=fold)):
                    self.out.print(line)


def _key(located: tuple[str, str] | None) -> str:
    return located[1] if located else ""


async def _until_interrupted() -> None:
    import signal

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
