"""What all troubles are measured by: what was told, how often, and whether the store is sound."""

from __future__ import annotations

import json
import subprocess
from collections import Counter

from tests.acceptance.conftest import ENV, Newsdelta, expected
from tests.acceptance.test_watch import Watcher, until
from tests.replica.replica import Replica

QUICK = '[watch]\nevery = "1s"\nremoval_visits = 2\nremoval_after = "1s"\n'


def watched(newsdelta: Newsdelta, site: Replica, extra: str = "") -> None:
    """Write the config: the site at short intervals, and a file that is told of everything."""
    told = f'[[alert]]\nname = "all"\nper_story = false\nto = ["file://{newsdelta.folder}/told.jsonl"]\n'
    newsdelta.configure(site.url, QUICK + extra + told)


def is_told(newsdelta: Newsdelta, site: Replica) -> bool:
    """Whether the store has every event of the site, each once, and no other."""
    done = subprocess.run(
        newsdelta.command("events", "--json"),
        cwd=newsdelta.folder,
        env=ENV,
        capture_output=True,
        check=False,
        timeout=300,
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    found = sorted((one["kind"], one["url"].rpartition("-")[2].removesuffix(".html")) for one in events)
    return done.returncode == 0 and found == expected(site)


def something_happens(site: Replica) -> None:
    """An article more, and an edit."""
    site.do("publish", column=365402, topic="traffic")
    site.do("edit", article=8, classes="number")


def says(watcher: Watcher, words: str) -> bool:
    """Whether a watcher has said something on stderr."""
    return words in watcher.err.read_text()


def audit(newsdelta: Newsdelta, site: Replica) -> None:
    """Every event is stored once and told once, and the store is sound."""
    assert is_told(newsdelta, site)
    assert newsdelta.json("db", "check")["findings"] == []
    file = newsdelta.folder / "told.jsonl"
    until(lambda: len(set(keys(file.read_text()))) == len(expected(site)))
    assert set(Counter(keys(file.read_text())).values()) == {1}


def keys(lines: str) -> list[str]:
    """The idempotency keys of the messages in a file."""
    return [json.loads(line)["data"]["key"] for line in lines.splitlines()]
