"""Random kills of two delivering processes while events come in: `python -m tests.integration.soak_alerts [KILLS]`.

Prints one JSON line: kills, events, lost, phantom, repeats, and whether order was kept. Exit code 1 where one was
lost or invented, or an order broken.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from storage.database import Database
from tests.integration.delivering import PROCESSES, Told, deliver, subscribe, waiting, write_articles

PLACES = ("d1", "d2")
#: Articles that come between two kills, each edited once.
ARTICLES = 2


def soak(url: str, folder: Path, kills: int, seed: int = 3) -> dict[str, Any]:
    """Kill one of two delivering processes at a random moment, start it again, and so on; then let them finish."""
    chance, ledger = random.Random(seed), folder / "ledger"
    with Database.open(url) as database:
        subscribe(database, *PLACES)
        pair = [start(url, ledger) for _ in range(2)]
        for kill in range(kills):
            write_articles(database, ARTICLES, edits=1, start=kill * ARTICLES)
            time.sleep(chance.uniform(0, 0.3))
            which = chance.randrange(2)
            pair[which].kill()
            pair[which].join()
            pair[which] = start(url, ledger)
        end = time.monotonic() + 120 + kills
        while waiting(database) and time.monotonic() < end:
            time.sleep(0.1)
        for process in pair:
            process.terminate()
            process.join()
    return judged(Told.of(ledger), kills)


def start(url: str, ledger: Path) -> Any:
    """A delivering process."""
    process = PROCESSES.Process(target=deliver, args=(url, ledger, PLACES))
    process.start()
    return process


def judged(told: Told, kills: int) -> dict[str, Any]:
    """What became of the events."""
    wanted, found = set(range(1, kills * ARTICLES * 2 + 1)), told.events()
    return {
        "kills": kills,
        "events": len(wanted) * len(PLACES),
        "lost": sum(len(wanted - found[place]) for place in PLACES),
        "phantom": sum(len(found[place] - wanted) for place in PLACES),
        "repeats": told.repeats(),
        "in_order": told.is_in_order(),
    }


def main() -> None:
    """Soak an SQLite database."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory(prefix="newsdelta-soak-") as folder:
        found = soak(f"sqlite:///{folder}/news.db", Path(folder), kills)
    print(json.dumps(found))
    sys.exit(bool(found["lost"] or found["phantom"] or not found["in_order"]))


if __name__ == "__main__":
    main()
