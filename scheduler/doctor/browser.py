"""The browser of channels that need JavaScript: which there is, and whether it starts."""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.config import Config
from scheduler.doctor.finding import Finding, State

#: Where a Chromium is from, in words; by `crawler.render.find.Found.kind`.
ORIGINS = {
    "named": "named in NEWSDELTA_CHROMIUM",
    "playwright": "Playwright's own",
    "system": "the system's",
    "npm": "npm's @sparticuz/chromium",
}


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
