"""`newsdelta doctor`: is all well, and if not, what is to be done?"""

from __future__ import annotations

import sys

import click

from scheduler.cli.common import json_option, now, print_json, with_config
from scheduler.config import Config


@click.command("doctor")
@click.option(
    "--watcher", is_flag=True, help="Only ask whether the watcher runs and is well: for health checks."
)
@json_option
@with_config
def command(config: Config, as_json_: bool, watcher: bool) -> None:
    """Check settings, store, disk, watcher, workers, channels, alerts and browser; name what is to be done.

    Nothing is changed, and no site is asked. Exit code: 0 nothing is broken, 1 something is.
    """
    from scheduler.doctor import State, ask_watcher, examine

    findings = list((ask_watcher if watcher else examine)(config, now()))
    if as_json_:
        print_json(findings)
    else:
        from scheduler.cli.paint import console

        out = console()
        signs = {State.WELL: "[green]✓[/]", State.NOTE: "[yellow]·[/]", State.FAILED: "[bold red]✗[/]"}
        for finding in findings:
            out.print(signs[finding.state], end=" ")
            out.print(f"{finding.about}: {finding.what}", markup=False, highlight=False, soft_wrap=True)
            if finding.mend:
                out.print(f"    {finding.mend}", style="dim", markup=False, highlight=False, soft_wrap=True)
    sys.exit(any(finding.state is State.FAILED for finding in findings))
