"""`newsdelta events`: what happened, oldest first."""

from __future__ import annotations

from datetime import datetime

import click

from scheduler.cli.common import Moment, json_option, print_json_lines, reading_database, with_config
from scheduler.config import Config
from storage.records import EditClass, EventKind


@click.command("events")
@click.option("--since", type=Moment(), help="Only those since: 2026-11-01, 12h, 7d.")
@click.option("--kind", type=click.Choice([kind.value for kind in EventKind]), help="Only this kind.")
@click.option(
    "--class", "class_", type=click.Choice([c.value for c in EditClass]), help="Only edits of this class."
)
@click.option("--min-weight", type=click.IntRange(0, 100), help="Only edits at least so heavy (0-100).")
@json_option
@with_config
def command(
    config: Config,
    since: datetime | None,
    kind: str | None,
    class_: str | None,
    min_weight: int | None,
    as_json_: bool,
) -> None:
    """List what was new, edited, removed or restored."""
    from storage import queries

    with reading_database(config) as database:
        found = queries.events(
            database,
            since=since,
            kind=EventKind(kind) if kind else None,
            edit_class=EditClass(class_) if class_ else None,
            min_weight=min_weight,
        )
        if as_json_:
            print_json_lines(found)
            return
        from scheduler.cli.paint import console, event_line, print_healing

        out = console()
        for event in found:
            out.print(event_line(event))
            if event.healing is not None:
                print_healing(out, event.healing)
