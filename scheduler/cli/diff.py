"""`newsdelta diff`: what an edit changed, on the terminal or as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import find_article, json_option, print_json, reading_database, with_config
from scheduler.config import Config
from storage.errors import NotFound

if TYPE_CHECKING:
    from storage.diff import Diff


@click.command("diff")
@click.argument("article")
@click.option("--from", "from_", type=click.IntRange(1), help="The older revision [the one before --to].")
@click.option("--to", type=click.IntRange(1), help="The newer revision [the last].")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to this file.")
@json_option
@with_config
def command(
    config: Config, article: str, from_: int | None, to: int | None, html: Path | None, as_json_: bool
) -> None:
    """Show what changed in an ARTICLE between two revisions."""
    from crawler.text.canonical import fold
    from storage import queries
    from storage.diff import compare

    with reading_database(config) as database:
        found = find_article(config, database, article)
        to = to or found.revisions
        from_ = from_ or max(1, to - 1)
        if found.revisions == 1:
            raise NotFound("The article was never edited", subject=article, mend="newsdelta show prints it")
        old = queries.revision(database, found.id, from_)
        new = queries.revision(database, found.id, to)
    diff = compare(old.reading.fields, new.reading.fields, fold=fold)
    if html is not None:
        from scheduler.diffpage import diff_page

        html.write_text(diff_page(found, old, new, diff), encoding="utf-8")
        click.echo(f"Written to {html}", err=True)
    if as_json_:
        print_json(
            {
                "article": found.id,
                "url": found.url,
                "from_revision": old.number,
                "to_revision": new.number,
                "classes": diff.classes,
                "weight": diff.weight,
                "changes": diff.changes,
            }
        )
    elif html is None:
        _print(found.title, old.number, new.number, diff)


def _print(title: str, old: int, new: int, diff: Diff) -> None:
    from rich.text import Text

    from scheduler.cli.paint import console, diff_lines

    out = console()
    out.print(Text(title, "bold"))
    classes = ", ".join(kind.value for kind in diff.classes) or "nothing that counts"
    out.print(Text(f"revision {old} → {new} · weight {diff.weight} · {classes}", "dim"))
    for line in diff_lines(diff):
        out.print(line)
