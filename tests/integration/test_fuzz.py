"""What fuzzing found stays mended, and fuzzing itself finds what is wrong."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import child
from tests.fuzz.minimise import minimised
from tests.fuzz.mutate import MOST_BYTES, mutated
from tests.fuzz.targets import TARGETS, Target

FOUND = sorted((Path(__file__).parents[1] / "fuzz" / "found").iterdir())
#: Damaged inputs that each target is given here; `make fuzz` gives them for minutes.
SOME = 5


@pytest.fixture(autouse=True)
def limits() -> Iterator[None]:
    """CPU seconds are counted as the fuzzer counts them."""
    before = signal.signal(signal.SIGVTALRM, child._too_slow)
    yield
    signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.name)
def test_what_was_found_is_mended(file):
    child.judge(TARGETS[file.name.partition("-")[0]], file.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_door_bears_some_damage(name):
    target = TARGETS[name]
    corpus = list(target.seeds())[:8]
    chance = Random(f"some {name}")
    for _ in range(SOME):
        child.judge(target, mutated(corpus, target.pieces, chance))


def test_an_input_stays_small_whatever_befalls_it():
    chance = Random(3)
    assert all(
        len(mutated([b"<p>" * 60_000, b"12"], (b"x" * 5000,), chance)) <= MOST_BYTES for _ in range(50)
    )


def test_the_smallest_input_that_still_does_it_is_found():
    assert minimised(b"an input with a bug in it, and with more", lambda body: b"bug" in body) == b"bug"


def test_a_run_keeps_what_is_new_and_what_fails_once_and_small(tmp_path, monkeypatch):
    def read(body: bytes) -> int:
        if b"7" in body:
            raise ValueError("seven")
        return len(body).bit_length()

    monkeypatch.setitem(child.TARGETS, "toy", Target(lambda: [b"one 1", b"two 22"], read, (b"7",)))
    run = child.Run("toy", 1, tmp_path)
    for _ in range(200):
        run._one(mutated(run._corpus, (b"7",), Random(run.count)))
    (file,) = (one for one in (tmp_path / "found").iterdir() if not one.suffix)

    assert file.read_bytes() == b"7"
    assert "ValueError: seven" in file.with_suffix(".txt").read_text()
    assert len(list((tmp_path / "corpus").iterdir())) > 1
    assert json.dumps(run.report())
    assert run.count == 200


def test_an_input_that_takes_too_long_is_stopped(monkeypatch):
    def read(body: bytes) -> None:
        while True:
            pass

    monkeypatch.setattr(child, "MOST_SECONDS", 0.05)
    with pytest.raises(child.TooSlowError):
        child.judge(Target(list, read), b"")
