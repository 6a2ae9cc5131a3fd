"""`make bench`: runs every benchmark, prints one table, writes bench.json.

    python -m tests.benchmarks [NAME…]      only these: crawling, decoding, repairing, diffing, revisits …; or one
                                            part of one, by the name of its function: crawling.memory

A row is {"name", "value", "unit", "peer", "peer_value", "ratio", "goal", "ok"}; a timing is never judged by itself,
only as a ratio to a peer measured in the same run, or against the goal that the project set itself.
"""

import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import tests.benchmarks

COLUMNS = ("name", "value", "unit", "peer", "peer_value", "ratio", "goal", "ok")


def modules() -> list[str]:
    """Every module of this package that can be run."""
    names = [module.name for module in pkgutil.iter_modules(tests.benchmarks.__path__)]
    return [name for name in names if name != "__main__" and not name.startswith("_")]


def measure(names: list[str]) -> list[dict[str, Any]]:
    """Run the benchmarks by these names, one after another."""
    rows: list[dict[str, Any]] = []
    for name in names:
        whole, _, part = name.partition(".")
        module = importlib.import_module(f"tests.benchmarks.{whole}")
        work = getattr(module, part or "run", None)
        if work is None:
            if part:
                sys.exit(f"the benchmark {whole} has no part {part}")
            continue
        started = time.monotonic()
        print(f"… {name}", file=sys.stderr, flush=True)
        rows.extend(work())
        print(f"  {name} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    table = Table(*COLUMNS, box=None)
    for row in rows:
        cells = [_cell(row.get(column)) for column in COLUMNS]
        table.add_row(*cells, style="" if row.get("ok") in (True, None) else "red")
    Console(width=200).print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main() -> None:
    """Run what was asked for, else everything."""
    rows = measure(sys.argv[1:] or modules())
    show(rows)
    text = json.dumps(
        [{column: row.get(column) for column in COLUMNS} for row in rows], ensure_ascii=False, indent=1
    )
    Path("bench.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
