"""The command line: one file per command, loaded only when it is called, so that `--help` is quick."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys

import click

from storage.errors import ConfigError, NewsdeltaError

#: Command → its line in `newsdelta --help`. The command itself is `scheduler.cli.<name>.command`.
COMMANDS = {
    "crawl": "Crawl channels or single pages once, now.",
    "watch": "Watch the channels: crawl, compare and tell, until stopped.",
    "articles": "List the articles in the store.",
    "show": "Show one article.",
    "diff": "Show what an edit changed.",
    "events": "List what was new, edited, removed or restored.",
    "alerts": "Who is told of what; try destinations, see and mend what failed.",
    "feeds": "Write Atom and JSON feeds as files.",
    "channels": "List, check and pause the channels.",
    "serve": "Serve the web page and the API.",
    "worker": "Carry out the crawls that a watcher anywhere hands out.",
    "keys": "Make and remove the keys of programs that use the API.",
    "extract": "Read one page into its fields.",
    "repair": "Repair one damaged text, with proof.",
    "export": "Write the articles as JSON lines, CSV or Parquet; the evidence of one as WARC.",
    "verify": "Check a file of evidence.",
    "db": "Upgrade, check, prune or back up the database.",
    "reextract": "Read the stored pages again by the rules of this version.",
    "doctor": "Check what newsdelta needs of this machine.",
    "demo": "Watch a copy of the channel for a minute, with a self-check.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"scheduler.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="newsdelta", message="newsdelta %(version)s")
def newsdelta() -> None:
    """Watch regional news channels: what is new, what was edited, what was taken down."""


def main() -> None:
    """Run the command line; errors of ours become one message and an exit code."""
    # A crawl longer than its interval joins the runs it missed, by design: no warning is due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    try:
        newsdelta(prog_name="newsdelta")
    except NewsdeltaError as error:
        from scheduler.logs.begin import MASK

        click.echo(f"newsdelta: {MASK(str(error))}", err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
    except OSError as error:
        with contextlib.suppress(OSError):
            click.echo(f"newsdelta: {error.strerror or error}: {error.filename or 'the output'}", err=True)
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), 1
        )  # what could not be written is not tried again at the end
        sys.exit(1)
