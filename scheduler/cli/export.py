"""`newsdelta export`: every article with its latest text, as JSON lines, CSV or Parquet; one with its evidence."""

from __future__ import annotations

import csv
import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import Moment, find_article, now, reading_database, with_config
from scheduler.config import Config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from storage.records import Article, Revision

#: Rows written to Parquet at once.
BATCH = 1000


@click.command("export")
@click.argument("article", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv", "parquet", "warc"]),
    default="jsonl",
    show_default=True,
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file instead of stdout.")
@click.option("--channel", help="Only this channel.")
@click.option("--since", type=Moment(), help="Only those first seen since: 2026-11-01, 7d.")
@click.option("--json", is_flag=True, hidden=True, help="JSON lines, as --format jsonl.")
@with_config
def command(
    config: Config,
    article: str | None,
    format_: str,
    output: str | None,
    channel: str | None,
    since: datetime | None,
    json: bool,
) -> None:
    """Write every article with its latest text; with --format warc, all that speaks for one ARTICLE.

    ARTICLE is a number, the publisher's id, or any of its URLs. `newsdelta verify` checks the file.
    """
    from storage import queries

    if (article is not None) != (format_ == "warc"):
        raise click.UsageError("--format warc needs an ARTICLE, and only that takes one")
    if article is not None:
        write_warc(config, article, output)
        return

    write = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}["jsonl" if json else format_]
    with reading_database(config) as database:
        rows = (flat(*found) for found in queries.export_rows(database, channel=channel, since=since))
        write(rows, output)


def write_warc(config: Config, ref: str, output: str | None) -> None:
    """One article's file of evidence; on stderr, the seal that stands for it. Raises NotFound, StorageError."""
    from scheduler.evidence import write_evidence

    with reading_database(config) as database:
        article = find_article(config, database, ref)
        with click.open_file(output or "-", "wb") as file:
            made = write_evidence(database, config.registry, article, file, now())
    click.echo(f"{made.revisions} revisions, {made.fetches} fetches. The seal is {made.seal}", err=True)
    for url in made.lost:
        click.echo(f"The bytes of {url} are no longer kept", err=True)


def flat(article: Article, revision: Revision) -> dict[str, Any]:
    """One article as one row."""
    from storage.records import as_json

    fields = as_json(revision.reading.fields)
    return {
        "article": article.id,
        "publisher": article.publisher,
        "channel": article.channel,
        **fields,
        "state": article.state.value,
        "first_seen": article.first_seen.isoformat(),
        "last_seen": article.last_seen.isoformat(),
        "revisions": article.revisions,
        "content_hash": article.content_hash,
        "repaired": len(revision.reading.repairs),
    }


def write_jsonl(rows: Iterable[dict[str, Any]], output: str | None) -> None:
    """One JSON document a line."""
    with click.open_file(output or "-", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(rows: Iterable[dict[str, Any]], output: str | None) -> None:
    """A table with a header; lists become lines of one cell. Excel reads it, thanks to the byte order mark."""
    with click.open_file(output or "-", "w", encoding="utf-8-sig" if output else "utf-8") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "\n".join(
            item if isinstance(item, str) else f"{item['url']} {item['caption']}" for item in value
        )
    # A spreadsheet takes a cell that begins with one of these for a formula; scraped text must not become one.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def write_parquet(rows: Iterable[dict[str, Any]], output: str | None) -> None:
    """A Parquet file. Raises ConfigError where pyarrow is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ConfigError(
            "Parquet needs the package pyarrow", mend="pip install 'newsdelta[parquet]'"
        ) from error
    image = pyarrow.struct([("url", pyarrow.string()), ("caption", pyarrow.string())])
    words = pyarrow.list_(pyarrow.string())
    special = {
        "article": pyarrow.int64(),
        "revisions": pyarrow.int64(),
        "repaired": pyarrow.int64(),
        "images": pyarrow.list_(image),
        **dict.fromkeys(("authors", "editors", "section", "body"), words),
    }
    batches = _batches(rows)
    first = next(batches, [])
    names = list(first[0]) if first else ["article"]
    schema = pyarrow.schema([(name, special.get(name, pyarrow.string())) for name in names])
    target = output or sys.stdout.buffer
    with pyarrow.parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in itertools.chain([first], batches):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch
