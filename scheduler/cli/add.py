"""`newsdelta channels add`: look at a site, show the channel that it would make, and write it on consent."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import json_option, local, now, print_json, with_config
from scheduler.config import DEFAULT_CHANNEL, Config
from storage.errors import ConfigError

if TYPE_CHECKING:
    from crawler.survey import Finding, Sample, Seen
    from scheduler.adding import Addition

_LEAST_WIDTH = 130


@click.command("add")
@click.argument("url")
@click.option("--name", metavar="NAME", help="What to call the channel; else a name made from its host.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write the section to FILE instead."
)
@json_option
@with_config
def command(config: Config, url: str, name: str | None, yes: bool, out: str | None, as_json_: bool) -> None:
    """Look at a news site, and propose a channel for it.

    Reads the home page at URL, what feeds and sitemaps the site offers, its columns and some ten articles: about
    thirty requests at the pace of a crawl, robots.txt obeyed. Shows the section for the config and what it reads by
    it, and writes it when you agree.
    """
    from scheduler.adding import address_of

    home = address_of(url)
    _refuse_built_in(home)
    finding = _survey(config, home, quiet=as_json_ or not sys.stderr.isatty())
    if finding.decline:
        _decline(finding, as_json_)
    target = config.source or Path("newsdelta.toml")
    plan = _plan(config, finding, name, target)
    if as_json_:
        written = _write(plan, target, out) if yes else None
        print_json(document(finding, plan, written))
        return
    _show(finding, plan, target)
    if plan.exists and not plan.changes:
        return
    if not (yes or _agreed(plan, Path(out) if out else target)):
        click.echo("Nothing was written.")
        return
    _tell(config, plan, _write(plan, target, out), out)


def _refuse_built_in(home: str) -> None:
    from scheduler.adding import built_in

    known = built_in(home)
    if known is not None:
        raise ConfigError(
            f"{known.label} is built in, and needs no selectors",
            subject=home,
            mend=f'Add to the config: [[channel]] name = "{known.name}"',
        )


def _survey(config: Config, home: str, *, quiet: bool) -> Finding:
    from crawler.surveying import look_at

    listener: Callable[[Seen], None] = (lambda seen: None) if quiet else _progress
    return look_at(home, now(), allow_private_addresses=config.allow_private_addresses, listener=listener)


def _progress(seen: Seen) -> None:
    what = seen.problem or str(seen.status)
    click.echo(f"  {what[:40]:>5}  {seen.want.url}{'  (browser)' if seen.want.rendered else ''}", err=True)


def _plan(config: Config, finding: Finding, name: str | None, target: Path) -> Addition:
    """What is to be written. Raises ConfigError where the config would be wrong with it."""
    from crawler.sites import CHANNELS
    from scheduler.adding import addition

    text = target.read_text(encoding="utf-8") if target.is_file() else ""
    listed = set(config.channels) if config.source else set()
    return addition(finding, text, name, {*CHANNELS, *listed})


def _write(plan: Addition, target: Path, out: str | None) -> Path:
    from scheduler.config_edit import write_config

    place = Path(out) if out else target
    write_config(place, plan.toml if out else plan.after)
    return place


def _agreed(plan: Addition, place: Path) -> bool:
    if not sys.stdin.isatty():
        click.echo("Say --yes to write it.", err=True)
        return False
    return click.confirm(f"{'Change' if plan.exists else 'Add'} {plan.name} in {place}?")


def _decline(finding: Finding, as_json_: bool) -> None:
    """Say why there is no channel, with what was looked at; exit 1."""
    if as_json_:
        print_json(document(finding, None, None))
    else:
        for url, what in finding.looked_at:
            click.echo(f"  {what}: {url}", err=True)
        click.echo(f"newsdelta: {finding.home} cannot be added: {finding.decline}", err=True)
    sys.exit(1)


def document(finding: Finding, plan: Addition | None, written: Path | None) -> dict[str, Any]:
    """All of it as one JSON document."""
    return {
        "home": finding.home,
        "declined": finding.decline or None,
        "name": plan.name if plan else None,
        "label": finding.label,
        "language": finding.language,
        "time_zone": asdict(finding.zone) if finding.zone else None,
        "channel": {"name": plan.name, **finding.values} if plan else None,
        "toml": plan.toml if plan else None,
        "exists": plan.exists if plan else False,
        "changes": dict(plan.changes) if plan else {},
        "columns": [asdict(column) for column in finding.columns],
        "articles": [_as_row(sample) for sample in finding.samples],
        "notes": list(finding.notes),
        "looked_at": [{"url": url, "what": what} for url, what in finding.looked_at],
        "requests": len(finding.looked_at),
        "written": str(written) if written else None,
    }


def _as_row(sample: Sample) -> dict[str, Any]:
    from scheduler.adding import row_of

    row = asdict(row_of(sample))
    return {**row, "authors": list(row["authors"]), "problem": row["problem"] or None}


def _show(finding: Finding, plan: Addition, target: Path) -> None:
    from rich.markup import escape

    from scheduler.cli.paint import console

    out = console()
    out.print(
        f"[bold]{escape(finding.label or finding.home)}[/]  {finding.language}, {len(finding.looked_at)} requests"
    )
    if finding.columns:
        listed = ", ".join(f"{column.label} ({column.path})" for column in finding.columns)
        out.print(f"columns: {escape(listed)}")
    if finding.zone:
        out.print(f"time zone: {finding.zone.name} ({finding.zone.sure}: {escape(finding.zone.why)})")
    out.print()
    _show_articles(finding)
    for note in finding.notes:
        out.print(f"[yellow]![/] {escape(note)}")
    out.print()
    if not plan.exists:
        out.print(escape(plan.toml))
    elif plan.changes:
        out.print(f"{plan.name} is in the config already; what differs:\n")
        out.print(escape(plan.difference(str(target))))
    else:
        out.print(f"{plan.name} is in the config already, and nothing differs.")


def _show_articles(finding: Finding) -> None:
    from rich.table import Table

    from scheduler.cli.paint import console

    out = console()
    out.width = max(out.width, _LEAST_WIDTH)  # narrower, no field can be compared
    table = Table(box=None)
    table.add_column("title", no_wrap=True, overflow="ellipsis", min_width=36)
    for name in ("time", "source", "authors", "begins", "characters"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for sample in finding.samples:
        row = _as_row(sample)
        if sample.problem:
            table.add_row(
                row["title"] or sample.url, "", "", "", f"left out: {sample.problem}", "", style="dim"
            )
        else:
            people = "、".join(row["authors"])
            time = local_time(sample)
            table.add_row(
                row["title"], time, row["source"], people, row["first_words"], str(row["characters"])
            )
    out.print(table)


def local_time(sample: Sample) -> str:
    """An article's time as its site writes it."""
    at = sample.fields.published_at if sample.fields else None
    return at.strftime("%Y-%m-%d %H:%M%z") if at else local(at)


def _tell(config: Config, plan: Addition, place: Path, out: str | None) -> None:
    click.echo(f"Written: {place}")
    if out:
        click.echo("Copy the section into the config to watch the channel.")
        return
    if DEFAULT_CHANNEL in config.channels and "[[channel]]" not in plan.before:
        click.echo(
            f"{DEFAULT_CHANNEL} was watched because no channel was named; to watch it further, "
            f'add: [[channel]] name = "{DEFAULT_CHANNEL}"'
        )
    click.echo(f"Now try: newsdelta crawl {plan.name}")
