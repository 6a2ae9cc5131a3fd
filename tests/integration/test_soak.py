"""The long runs work: a quarter of an hour of a simulated day. How memory grows is for `make soak-day` to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_quarter_of_an_hour_passes_in_seconds_and_all_that_is_stored_is_told():
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.day", "0.25"],
        cwd=ROOT,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.stdout, done.stderr.decode()[-3000:]
    report = json.loads(done.stdout)
    assert report["events"] > 0, report
    assert [words for words in report["findings"] if " grow" not in words] == []
