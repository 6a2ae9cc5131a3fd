"""Known weaknesses of what is locked, by pip-audit: `make audit`. It needs the network, and says where it had none.

pip-audit calls a package that it could not look up "skipped" and ends well all the same: here that is no success.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock")
WELL, WEAK, UNKNOWN = 0, 1, 3
_OPTIONS = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off")


def command() -> list[str]:
    """The words that start pip-audit; none where it is not installed."""
    if importlib.util.find_spec("pip_audit") is not None:
        return [sys.executable, "-m", "pip_audit"]
    found = shutil.which("pip-audit")
    return [found] if found else []


def judge(report: Any) -> tuple[int, list[str]]:
    """What pip-audit's JSON says, as an exit code and lines for people."""
    weak, unknown = list(_weak(report)), [one for one in report["dependencies"] if "skip_reason" in one]
    looked_up = len(report["dependencies"]) - len(unknown)
    lines = [f"{looked_up} packages looked up, {len(weak)} known weaknesses", *weak]
    if unknown:
        lines.append(f"{len(unknown)} could not be looked up: {unknown[0]['skip_reason']}")
    return (WEAK if weak else UNKNOWN if unknown else WELL), lines


def _weak(report: Any) -> Iterator[str]:
    for package in report["dependencies"]:
        for one in package.get("vulns", ()):
            fixed = ", ".join(one["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}"


def audit(lock: Path) -> tuple[int, list[str]]:
    """Ask about one lock."""
    words = command()
    if not words:
        return UNKNOWN, ["pip-audit is not installed, so nothing was looked up. Say: pip install pip-audit"]
    done = subprocess.run([*words, "-r", str(lock), *_OPTIONS], capture_output=True, text=True, check=False)
    try:
        return judge(json.loads(done.stdout))
    except (ValueError, KeyError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return UNKNOWN, [f"pip-audit could not look anything up: {last}"]


def main() -> None:
    """Ask about both locks; exit code 0: none is known, 1: some are, 3: it could not be found out."""
    codes = []
    for name in LOCKS:
        code, lines = audit(Path(__file__).parents[2] / name)
        codes.append(code)
        for line in lines:
            print(f"{name}: {line}")
    sys.exit(WEAK if WEAK in codes else max(codes))


if __name__ == "__main__":
    main()
