"""`newsdelta repair`: one damaged text → the repaired text, with proof."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import json_option, print_json, with_config
from scheduler.cli.extract import page_from
from scheduler.config import Config

if TYPE_CHECKING:
    from crawler.text.repair import Repaired


@click.command("repair")
@click.argument("source", metavar="FILE|-")
@click.option(
    "--report", is_flag=True, help="Say what was repaired and how sure that is, instead of the text."
)
@json_option
@with_config
def command(config: Config, source: str, report: bool, as_json_: bool) -> None:
    """Repair one text: undo pinyin annotations, byte slips, narrowed signs, script conversion, injected links.

    A repair is proved by damaging it again; what cannot be proved is left as found. Clean text comes back as it is.
    """
    from crawler.text.decode import decode
    from crawler.text.repair import repair

    page = page_from(config, source, None, None)
    repaired = repair(decode(page.content, page.content_type).text)
    if as_json_:
        print_json(
            {
                "text": repaired.text,
                "repairs": repaired.repairs,
                "proved": repaired.proved,
                "injected": repaired.injected,
            }
        )
    elif report:
        _print(repaired)
    elif not repaired.repairs and not repaired.injected:
        sys.stdout.buffer.write(page.content)  # byte for byte
    else:
        sys.stdout.write(repaired.text)


def _print(repaired: Repaired) -> None:
    from rich.markup import escape
    from rich.table import Table

    from scheduler.cli.paint import console

    out = console()
    table = Table("at", "kind", "found", "repaired", "certain", "or else", box=None)
    for repair in repaired.repairs:
        table.add_row(
            str(repair.at),
            repair.kind,
            escape(repair.found),
            escape(repair.repaired),
            "yes" if repair.certain else "no",
            escape("、".join(repair.alternatives[:5])),
        )
    out.print(table)
    for line in repaired.injected:
        out.print(f"[red]dropped[/] {escape(line)}")
    verdict = (
        "proved: damaging the repaired text again gives the found one" if repaired.proved else "not proved"
    )
    out.print(f"{len(repaired.repairs)} repairs, {len(repaired.injected)} injected lines; {verdict}.")
