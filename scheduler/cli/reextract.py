"""`newsdelta reextract`: read the stored pages again by the rules of this version."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import json_option, print_json_lines, with_config
from scheduler.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from crawler.reread import Reread

#: Changed texts that are shown to a person in full.
SHOWN = 10


@click.command("reextract")
@click.option("--channel", help="Only this channel.")
@click.option("--apply", is_flag=True, help="Do it; without this, only say what would change.")
@json_option
@with_config
def command(config: Config, channel: str | None, apply: bool, as_json_: bool) -> None:
    """Read what older rules read once more, from the stored bytes. Says what would change; --apply does it.

    A change of our rules is never told as an edit of theirs: no event is made.
    """
    from crawler.reread import reread
    from storage.database import Database

    with Database.open(config.database_url, create=False, readonly=not apply) as database:
        known = config.registry
        found = reread(
            database, lambda one: known.publisher(one.publisher, one.channel), channel=channel, apply=apply
        )
        if as_json_:
            print_json_lines(map(as_row, found))
        else:
            _print(found, apply=apply)


def as_row(found: Reread) -> dict[str, object]:
    """One revision as one JSON line."""
    return {
        "article": found.article.id,
        "url": found.article.url,
        "revision": found.revision,
        "outcome": found.outcome.value,
        "from_rules": found.before.rules,
        "from_hash": found.before.content_hash,
        "to_hash": found.after.content_hash if found.after else None,
        "reason": found.reason,
    }


def _print(found: Iterator[Reread], *, apply: bool) -> None:
    from rich.text import Text

    from crawler.reread import Outcome
    from scheduler.cli.paint import console

    out = console()
    counts: Counter[Outcome] = Counter()
    for item in found:
        counts[item.outcome] += 1
        if item.outcome is Outcome.TEXT and counts[Outcome.TEXT] <= SHOWN:
            out.print(Text(f"#{item.article.id} revision {item.revision}  {item.article.title}", "bold"))
            _print_change(out, item)
        if item.outcome is Outcome.UNREADABLE:
            out.print(
                Text(f"#{item.article.id} revision {item.revision} stays as it is: {item.reason}", "red")
            )
    done = "were changed" if apply else "would change; newsdelta reextract --apply does it"
    total = counts[Outcome.TEXT] + counts[Outcome.FIELDS] + counts[Outcome.SAME]
    out.print(
        f"{total} revisions {done}: {counts[Outcome.TEXT]} in their text, {counts[Outcome.FIELDS]} in other fields, "
        f"{counts[Outcome.SAME]} in nothing but the rules' name. {counts[Outcome.UNREADABLE]} cannot be read by "
        f"today's rules and {counts[Outcome.NO_PAGES]} have no bytes left: they stay as they are."
    )


def _print_change(out: Console, item: Reread) -> None:
    from crawler.text.canonical import fold
    from scheduler.cli.paint import diff_lines
    from storage.diff import compare

    if item.after is not None:
        for line in diff_lines(compare(item.before.fields, item.after.fields, fold=fold)):
            out.print(line)
