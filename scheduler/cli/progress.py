"""The progress bar and the summary of a crawl, for people."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

if TYPE_CHECKING:
    from crawler.task import CrawlResult, CrawlTask, Tally

_CHANGES = {
    "new": ("+", "green"),
    "edited": ("~", "yellow"),
    "removed": ("-", "red"),
    "restored": ("^", "cyan"),
}


class Progress:
    """A line on stderr for each channel: pages done, in queue, new, edited, rate."""

    def __init__(self, *, show: bool) -> None:
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[status]}"),
            console=Console(stderr=True),
            disable=not show,
        )
        self._lines: dict[str, tuple[TaskID, float]] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def update(self, task: CrawlTask, tally: Tally) -> None:
        """Show where a crawl stands."""
        if self._bar.disable:
            return
        name = task.channel.name
        if name not in self._lines:
            self._lines[name] = (self._bar.add_task(name, status=""), time.monotonic())
        line, started = self._lines[name]
        rate = tally.done / max(0.1, time.monotonic() - started)
        status = (
            f"{tally.queued - tally.done} in queue · {tally.changes.get('new', 0)} new · "
            f"{tally.changes.get('edited', 0)} edited · {rate:.1f} pages/s"
        )
        self._bar.update(line, completed=tally.done, total=tally.queued, status=status)


def print_summary(results: list[CrawlResult], *, dry_run: bool) -> None:
    """Print what changed, then one row for each channel."""
    console = Console()
    for result in results:
        for seen in result.changes:
            sign, colour = _CHANGES.get(seen.change, ("·", "white"))
            console.print(f"[{colour}]{sign} {seen.change:<9}[/] {seen.title or seen.url}", highlight=False)
        if (more := result.changed - len(result.changes)) > 0:
            console.print(f"  … and {more} more: newsdelta events")
    if dry_run:
        console.print("Dry run: nothing was stored.")
    table = Table("channel", box=None)
    for column in ("fetched", "304", "KB", "new", "edited", "same", "removed", "failed", "seconds"):
        table.add_column(column, justify="right")
    for result in results:
        counts = result.counts
        table.add_row(
            result.channel,
            *map(str, (counts.fetched, counts.not_modified, counts.bytes // 1024, counts.new, counts.edited)),
            *map(str, (counts.unchanged, counts.removed, counts.failed, round(result.seconds, 1))),
        )
    console.print(table)


def print_problems(results: list[CrawlResult]) -> None:
    """Say on stderr what went wrong, where, and what to do about it."""
    for result in results:
        for problem in result.problems:
            mend = f" {problem.mend}." if problem.mend else ""
            click.echo(f"{result.channel}: {problem.url}: {problem.what}.{mend}", err=True)
