"""The process that reads inputs: `python -m tests.fuzz.child TARGET SECONDS SEED FOLDER`. It may die; its parent sees.

In FOLDER: `current` is the input that is being read, `corpus/` what showed something new, `found/` what failed, each
with a `.txt` that says how.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Hashable
from hashlib import blake2b
from pathlib import Path
from random import Random

from tests.fuzz.minimise import minimised
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS, Target

#: CPU seconds, and bytes of memory beyond what was needed before, that one input may cost.
MOST_SECONDS, MOST_MEMORY = 10.0, 256 * 2**20
#: Bytes of address space of the whole process: what is beyond it is a MemoryError.
SPACE = 4 * 2**30
#: Inputs of the corpus at most.
CORPUS = 2000
ROOT = str(Path(__file__).parents[2])


class TooSlowError(BaseException):
    """An input took more CPU seconds than it may. No handler of the product's catches it."""


class TooMuchError(Exception):
    """An input took more memory than it may."""


def judge(target: Target, body: bytes) -> Hashable:
    """Read one input within its limits. Raises what the target raises, TooSlowError, TooMuchError."""
    before = _peak()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        found = target.read(body)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    if _peak() - before > MOST_MEMORY:
        raise TooMuchError(f"{(_peak() - before) / 2**20:.0f} MB")
    return found


def mark(error: BaseException) -> str:
    """What tells two failures apart: the kind, and the last line of ours that it passed through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ROOT)]
    product = [
        frame for frame in frames if "/tests/" not in frame.filename and "/.venv/" not in frame.filename
    ]
    last = (product or frames)[-1] if frames else None
    where = f"{Path(last.filename).relative_to(ROOT)}:{last.name}" if last else "?"
    return f"{type(error).__name__} in {where}" if not isinstance(error, TooSlowError) else f"slow in {where}"


class Run:
    """One run over one target."""

    def __init__(self, name: str, seed: int, folder: Path) -> None:
        self._target = TARGETS[name]
        self._chance = Random(f"{name} {seed}")
        self._current = folder / "current"
        self._kept, self._found = folder / "corpus", folder / "found"
        for place in (self._kept, self._found):
            place.mkdir(parents=True, exist_ok=True)
        self._corpus = [*self._target.seeds(), *(file.read_bytes() for file in sorted(self._kept.iterdir()))]
        self._seen: set[Hashable] = set()
        self._marks: Counter[str] = Counter()
        self.count = 0
        self.slowest = 0.0

    def go(self, seconds: float) -> None:
        """Read for so many seconds: the corpus as it is, then mutations."""
        end = time.monotonic() + seconds
        for body in list(self._corpus):
            self._one(body, is_seed=True)
        while time.monotonic() < end:
            self._one(mutated(self._corpus, self._target.pieces, self._chance))

    def report(self) -> dict[str, object]:
        """What was done and found."""
        return {
            "inputs": self.count,
            "behaviours": len(self._seen),
            "slowest": round(self.slowest, 2),
            "found": dict(self._marks),
        }

    def _one(self, body: bytes, *, is_seed: bool = False) -> None:
        self._current.write_bytes(body)
        self.count += 1
        started = time.process_time()
        try:
            shown = judge(self._target, body)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._fail(body, error)
            return
        self.slowest = max(self.slowest, time.process_time() - started)
        if shown not in self._seen:
            self._seen.add(shown)
            if not is_seed and len(self._corpus) < CORPUS:
                self._corpus.append(body)
                (self._kept / blake2b(body, digest_size=8).hexdigest()).write_bytes(body)

    def _fail(self, body: bytes, error: BaseException) -> None:
        what = mark(error)
        self._marks[what] += 1
        if self._marks[what] > 1:
            return
        told = "".join(traceback.format_exception(error))
        small = minimised(body, lambda one: self._fails_so(one, what), 40 if "slow" in what else 400)
        file = self._found / blake2b(what.encode(), digest_size=6).hexdigest()
        file.write_bytes(small)
        file.with_suffix(".txt").write_text(
            f"{what}\n{len(body)} bytes, {len(small)} of them needed\n\n{told}"
        )
        print(f"  {what}: {file.name}", flush=True)

    def _fails_so(self, body: bytes, what: str) -> bool:
        try:
            judge(self._target, body)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return mark(error) == what
        return False


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _too_slow(*_: object) -> None:
    raise TooSlowError


def main() -> None:
    """Run, and write what was done to `report.json`."""
    name, seconds, seed, folder = sys.argv[1:5]
    resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    signal.signal(signal.SIGVTALRM, _too_slow)
    run = Run(name, int(seed), Path(folder))
    run.go(float(seconds))
    (Path(folder) / "report.json").write_text(json.dumps(run.report()))


if __name__ == "__main__":
    main()
