"""`python -m tests.soak.watch MINUTES [SEED]`: a real `newsdelta watch --web` for so long; prints JSON, 1 for findings.

Two channels on which articles come, are edited, go and come back; visits by plan at thirty times the usual budget, an
archive, alerts to a webhook, readers of the page. Of its processes memory, open files and threads are read.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from storage import queries
from storage.database import Database
from tests.chaos.audit import Stored, findings
from tests.chaos.crew import GOOD_ORDER, Crew
from tests.chaos.happenings import Happenings
from tests.chaos.known import happened, stored_events, told_by
from tests.chaos.mailbox import Mailbox
from tests.replica.replica import Replica
from tests.soak.gauge import look
from tests.soak.looks import MOST, not_looked_at
from tests.soak.readers import Readers
from tests.soak.scene import ARTICLES, CHANNELS, REMOVAL_AFTER, configure, fill
from tests.soak.trend import Sample, trend

#: Requests an hour to each host; readers; seconds between two samples, between two things that happen.
PER_HOUR, READERS, SAMPLE_EVERY, HAPPEN_EVERY = 3600.0, 3, 5.0, 4.0
#: The part of the time after which memory may not grow any more; seconds for the last to be seen and told.
WARM_UP, CALM = 1 / 3, 900.0


def soak(minutes: float, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Let it run for so many minutes; returns what was found."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsdelta-soak-")))
        sites = stack.enter_context(Replica(seed=seed, articles=ARTICLES, channels=CHANNELS))
        mailbox = stack.enter_context(Mailbox())
        url = configure(folder, sites.urls, mailbox.address, PER_HOUR)
        before = fill(url)
        store = stack.enter_context(Database.open(url))
        crew = stack.enter_context(Crew(folder, (("watch", "--web"),)))
        watch = crew.process("watch")
        readers = stack.enter_context(Readers(*_page_of(crew), READERS, seed))
        happenings, chance = Happenings(sites, store, seed), Random(f"moments of {seed}")
        samples: list[Sample] = []
        begun = time.monotonic()
        happen_at = 60.0
        while (passed := time.monotonic() - begun) < minutes * 60 and watch.is_running():
            if passed >= happen_at:
                happenings.next()
                happen_at = passed + HAPPEN_EVERY * chance.uniform(0.5, 1.5)
            if passed >= len(samples) * SAMPLE_EVERY:
                samples.append(look(watch, passed / 3600))
                _tell(samples, say)
            time.sleep(0.1)
        _wait_until_all_is_told(sites, store, mailbox, before)
        grown = trend(samples, minutes / 60 * WARM_UP)
        stored = stored_events(store, before)
        unseen = _unseen(sites, stored)
        knowable = list((Counter(happened(sites)) - unseen).elements())
        wrong = findings(knowable, stored, told_by(mailbox.accepted), ())
        wrong += [
            f"{n} answers of {status}" for status, n in readers.answers.items() if not 200 <= status < 500
        ]
        if unseen.total() > MOST * len(happened(sites)):
            wrong.append(f"{unseen.total()} were not looked at for {CALM:g} s: {sorted(unseen)[:9]}")
        counts = {"events": len(stored), "unseen": unseen.total(), "requests": len(sites.requests())}
        return {
            "minutes": minutes, "seed": seed, **counts, "answers": dict(readers.answers), **asdict(grown),
            "said of channels": _of_channels(store, before), "findings": [*wrong, *grown.findings()],
        }  # fmt: skip


def _of_channels(store: Database, after: int) -> list[str]:
    """What was told of channels as a whole, and why."""
    return [
        f"{event.at:%H:%M:%S} {event.kind} of {event.channel}: {event.detail}"
        for event in queries.events(store, after_id=after)
        if not event.article
    ]


def _page_of(crew: Crew) -> tuple[str, str]:
    """The page's address and the token that lets in, as the watcher says them."""
    end = time.monotonic() + GOOD_ORDER
    while time.monotonic() < end:
        said = crew.said()
        if found := re.search(r"(http://[^/\s]+)/login\?token=(\S+)", said):
            return found[1], found[2]
        time.sleep(0.2)
    raise RuntimeError(f"the page did not start:\n{said}")


def _wait_until_all_is_told(sites: Replica, store: Database, mailbox: Mailbox, before: int) -> None:
    end = time.monotonic() + CALM
    while time.monotonic() < end:
        told = {event for one in told_by(mailbox.accepted) for event in one.events}
        stored = stored_events(store, before)
        if len([one for one in stored if one.article]) >= len(happened(sites)) and all(
            one.event in told for one in stored
        ):
            return
        time.sleep(1.0)


def _unseen(sites: Replica, stored: Sequence[Stored]) -> Counter[tuple[str, str]]:
    """What was not looked at since it happened, and is not stored."""
    missing = Counter(happened(sites)) - Counter((one.kind, one.article) for one in stored)
    return missing & Counter(
        not_looked_at(sites.expected_events(), sites.requests(), sites.now(), REMOVAL_AFTER)
    )


def _tell(samples: list[Sample], say: Callable[[str], None]) -> None:
    if len(samples) % 12 == 1:
        last = samples[-1]
        say(
            f"{last.hours * 60:6.1f} min  {last.megabytes:6.1f} MB  {last.files} files  {last.threads} threads"
        )


def main() -> None:
    """Run once. A run that is ended ends what it started."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    minutes = float(sys.argv[1])
    report = soak(minutes, int(sys.argv[2]) if len(sys.argv) > 2 else 1, lambda line: print(line, flush=True))
    print(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(bool(report["findings"]))


if __name__ == "__main__":
    main()
