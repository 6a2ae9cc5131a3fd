"""`python -m tests.mutants [NAME…] [--sample N]`: mutmut, target after target, each with the tests that specify it.

Works in a temporary copy of the tree. Prints what share of the mutants was killed and the diff of each survivor; exit
1 where less than `LEAST` were. A sample of N mutants of each target takes minutes, where all of them take an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: The share of mutants that must be killed.
LEAST = 0.85
#: mutmut's exit codes of a mutant: the tests failed, or took so long that the mutant must be caught in a loop.
FAILED, TIMED_OUT, SURVIVED, UNTESTED = frozenset({1, 3}), frozenset({-24, 24, 36, 152, 255}), 0, 33
CONFIG = """\
[mutmut]
source_paths=
    storage
    crawler
    scheduler
only_mutate=
    {files}
timeout_multiplier=5
pytest_add_cli_args=
    -n0
    -x
pytest_add_cli_args_test_selection=
    {tests}
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Files, as a pattern, and the tests that specify them."""

    files: str
    tests: tuple[str, ...]


TARGETS = {
    "decide": Target("storage/decide.py", ("tests/unit/storage/test_decide.py",)),
    "retry": Target("scheduler/retry.py", ("tests/unit/scheduler/test_retry.py",)),
    "canonical": Target("crawler/text/canonical.py", ("tests/unit/crawler/text/test_canonical.py",)),
    "rules": Target("storage/rules.py", ("tests/unit/storage/test_rules.py",)),
    "diff": Target(
        "storage/diff/*.py",
        (
            "tests/unit/storage/test_diff_parts.py",
            "tests/unit/storage/test_diff.py",
            "tests/unit/storage/test_diff_large.py",
            "tests/quality/test_changes.py",
        ),
    ),
    "revisit": Target(
        "scheduler/revisit/*.py",
        ("tests/unit/scheduler/test_revisit_parts.py", "tests/unit/scheduler/test_revisit.py"),
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a target's mutants; `alive` are the names of those that no test noticed."""

    tried: int
    alive: tuple[str, ...]

    @property
    def killed(self) -> float:
        """The share that was killed."""
        return 1.0 - len(self.alive) / self.tried if self.tried else 1.0


def main() -> None:
    """Run the named targets, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--sample", type=int, help="try so many mutants of each target, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    options = parser.parse_args()
    if unknown := set(options.names) - TARGETS.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    enough = [try_target(name, options.sample, options.seed) for name in options.names or TARGETS]
    sys.exit(not all(enough))


def try_target(name: str, sample: int | None, seed: int) -> bool:
    """Try one target, and print what came of it; whether enough of its mutants were killed."""
    with tempfile.TemporaryDirectory(prefix="newsdelta-mutants-") as folder:
        place = Path(folder)
        _copy(place, TARGETS[name])
        chosen = _drawn(place, sample, seed) if sample else []
        _mutmut(place, "run", "--max-children", "1", *chosen)
        outcome = _outcome(place)
        print(f"{name}: {outcome.killed:.1%} of {outcome.tried} mutants killed", flush=True)
        for mutant in outcome.alive:
            print(_mutmut(place, "show", mutant), flush=True)
    return outcome.killed >= LEAST


def _copy(place: Path, target: Target) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules")
    for part in ("storage", "crawler", "scheduler", "tests"):
        shutil.copytree(ROOT / part, place / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", place)
    text = CONFIG.format(files=target.files, tests="\n    ".join(target.tests))
    (place / "setup.cfg").write_text(text, encoding="utf-8")


def _mutmut(place: Path, *words: str) -> str:
    """Run mutmut in its folder; what it said. Raises CalledProcessError where it could not begin."""
    env = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "mutmut", *words]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n")
        done.check_returncode()
    return done.stdout


def _drawn(place: Path, sample: int, seed: int) -> Sequence[str]:
    """Make the mutants, and draw some by lot: a first run is asked for one that is not there, and makes them all."""
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "no.such.mutant"],
        cwd=place,
        capture_output=True,
        check=False,
    )
    names = sorted(name for file in _results(place) for name in file)
    return random.Random(seed).sample(names, min(sample, len(names)))


def _results(place: Path) -> list[dict[str, int | None]]:
    files = sorted((place / "mutants").rglob("*.meta"))
    return [json.loads(file.read_text("utf-8"))["exit_code_by_key"] for file in files]


def _outcome(place: Path) -> Outcome:
    codes = {name: code for file in _results(place) for name, code in file.items() if code is not None}
    alive = tuple(name for name, code in codes.items() if code in (SURVIVED, UNTESTED))
    strange = set(codes.values()) - FAILED - TIMED_OUT - {SURVIVED, UNTESTED}
    if strange:
        raise ValueError(f"mutmut ended mutants in a way that is not known here: {strange}")
    return Outcome(len(codes), alive)


if __name__ == "__main__":
    main()
