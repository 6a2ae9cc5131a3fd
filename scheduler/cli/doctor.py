"""`newsdelta doctor`: what newsdelta needs of this machine, checked one after another, each with its mend."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import click

from scheduler.cli.common import json_option, print_json, with_config
from scheduler.config import Config

#: Where a Chromium is from, in words; by `crawler.render.find.Found.kind`.
ORIGINS = {
    "named": "named in NEWSDELTA_CHROMIUM",
    "playwright": "Playwright's own",
    "system": "the system's",
    "npm": "npm's @sparticuz/chromium",
}


class State(StrEnum):
    """How a check came out."""

    WELL = "well"
    NOTE = "note"  # it works; somebody should know
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: about what, how it is, in words, and what to do."""

    about: str
    state: State
    what: str
    mend: str = ""


@click.command("doctor")
@json_option
@with_config
def command(config: Config, as_json_: bool) -> None:
    """Check what newsdelta needs of this machine: the browser of channels that need JavaScript.

    Exit code: 0 all well, 1 something that is needed does not work.
    """
    findings = [finding for check in CHECKS for finding in check(config)]
    if as_json_:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(_line(finding))
    sys.exit(any(finding.state is State.FAILED for finding in findings))


def browser(config: Config) -> Iterator[Finding]:
    """Which Chromium there is, whether it starts, and whether any channel needs it."""
    from crawler.render.trial import try_browser

    needed_by = [channel.name for channel in config.channels.values() if channel.rendering is not None]
    need = f"needed by {', '.join(needed_by)}" if needed_by else "no channel needs it"
    trial = try_browser()
    if trial.found is None:
        state = State.FAILED if needed_by else State.NOTE
        yield Finding("browser", state, f"there is none; {need}", trial.mend)
        return
    version = trial.found.version or "of unknown version"
    which = f"Chromium {version}, {ORIGINS[trial.found.kind]}: {trial.found.path}"
    if trial.problem:
        state = State.FAILED if needed_by else State.NOTE
        yield Finding("browser", state, f"{which}: {trial.problem}; {need}", trial.mend)
        return
    yield Finding("browser", State.WELL, f"{which}; {need}")
    if not trial.sandboxed:
        yield Finding(
            "browser's sandbox",
            State.NOTE,
            "off, as Chromium has none under root",
            "Run newsdelta as another user",
        )


#: All checks, in the order in which they are made.
CHECKS: tuple[Callable[[Config], Iterator[Finding]], ...] = (browser,)

_SIGNS = {State.WELL: "✓", State.NOTE: "·", State.FAILED: "✗"}


def _line(finding: Finding) -> str:
    mend = f"\n    {finding.mend}" if finding.mend else ""
    return f"{_SIGNS[finding.state]} {finding.about}: {finding.what}{mend}"
