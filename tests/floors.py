"""`python -m tests.floors`: is enough of what must be right reached by tests? Reads what `coverage run` left.

Two sets of files have a floor: storage, and what is pure in crawler and scheduler. A file is pure when its first
word, or that of its package, is PURE. Prints each set's files that are not reached whole, with the lines and branches
that no test reaches; exit 1 where a set is below `FLOOR`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]
#: Per cent of the lines and branches of a set that tests must reach.
FLOOR = 95.0


def main() -> None:
    """Report both sets; exit 1 where one is below the floor."""
    measured = Coverage()
    measured.load()
    reached = {name: report(measured, name, files) for name, files in sets().items()}
    for name, share in reached.items():
        print(f"{name}: {share:.1f} % of lines and branches reached, {FLOOR:.0f} % wanted")
    sys.exit(min(reached.values()) < FLOOR)


def sets() -> dict[str, list[Path]]:
    """Return the files of each set by its name."""
    pure = [file for part in ("crawler", "scheduler") for file in _modules(part) if is_pure(file)]
    return {"storage": list(_modules("storage")), "pure files of crawler and scheduler": pure}


def is_pure(file: Path) -> bool:
    """Whether the file, or the package it belongs to, says of itself that it is pure."""
    return any(_said(source).startswith("PURE") for source in (file, file.with_name("__init__.py")))


def report(measured: Coverage, name: str, files: Iterable[Path]) -> float:
    """Print what is not reached of a set's files, the least reached first; the share that is, in per cent."""
    print(f"\n{name}", flush=True)
    return measured.report([str(file) for file in files], show_missing=True, skip_covered=True, sort="cover")


def _modules(part: str) -> Iterable[Path]:
    return sorted((ROOT / part).rglob("*.py"))


def _said(file: Path) -> str:
    return ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "" if file.exists() else ""


if __name__ == "__main__":
    main()
