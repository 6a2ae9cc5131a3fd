"""`python -m tests.chaos MINUTES [SEED] [--postgresql] [--keep FOLDER]`: prints a JSON report; exit 1 for findings."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from tests.chaos.run import run


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("minutes", type=float)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    parser.add_argument(
        "--postgresql", action="store_true", help="two watchers and two workers on PostgreSQL"
    )
    parser.add_argument("--keep", type=Path, help="an empty folder in which database and logs stay")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="newsdelta-chaos-", ignore_cleanup_errors=True) as temporary:
        folder = options.keep or Path(temporary)
        report = run(
            options.minutes,
            options.seed,
            folder,
            postgresql=options.postgresql,
            say=lambda line: print(line, flush=True),
        )
    print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    sys.exit(bool(report.findings or report.late))


if __name__ == "__main__":
    main()
