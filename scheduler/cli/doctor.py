"""`newsdelta doctor`: is all well, and if not, what is to be done?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import config_options, json_option, now, print_json, settled
from storage.errors import ConfigError

if TYPE_CHECKING:
    from scheduler.doctor import Finding


@click.command("doctor")
@click.option(
    "--watcher", is_flag=True, help="Only ask whether the watcher runs and is well: for health checks."
)
@json_option
@config_options
def command(config: str | None, data: str | None, as_json_: bool, watcher: bool) -> None:
    """Check settings, store, disk, watcher, workers, channels, alerts and browser; name what is to be done.

    Nothing is changed, and no site is asked. Exit code: 0 nothing is broken, 1 something is, 2 the settings are wrong.
    """
    from scheduler.doctor import State, ask_watcher, examine, misread

    try:
        settings = settled(config, data)
    except ConfigError as error:
        _print([misread(error)], as_json_)
        sys.exit(2)
    findings = list((ask_watcher if watcher else examine)(settings, now()))
    _print(findings, as_json_)
    sys.exit(any(finding.state is State.FAILED for finding in findings))


def _print(findings: Sequence[Finding], as_json_: bool) -> None:
    from scheduler.doctor import State

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
