"""`newsdelta verify`: check a file of evidence, with nothing but the file."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from scheduler.cli.common import json_option, print_json


@click.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option("--seal", default="", metavar="DIGEST", help="The seal that was written down at the export.")
@json_option
def command(file: BinaryIO, seal: str, as_json_: bool) -> None:
    """Check a file that `newsdelta export --format warc` wrote: every record, the chain, and each page read again.

    Says what holds and what does not. Exit code: 0 nothing is wrong, 1 something is.
    """
    from crawler.verify import sentences, verify

    verdict = verify(file, seal)
    if as_json_:
        found = [{"holds": one.holds, "what": one.what} for one in verdict.findings]
        print_json({"sound": verdict.is_sound, "seal": verdict.seal, "findings": found})
    else:
        for line in sentences(verdict.findings):
            click.echo(line)
        click.echo(
            f"The seal is {verdict.seal}" if verdict.is_sound else "This file was changed or is damaged."
        )
    sys.exit(0 if verdict.is_sound else 1)
