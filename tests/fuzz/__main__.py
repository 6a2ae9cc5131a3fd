"""`python -m tests.fuzz TARGET…|all SECONDS [--seed N]`: each target in a process of its own; exit 1 for findings."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from hashlib import blake2b
from pathlib import Path

import psutil

from tests.fuzz.child import MOST_SECONDS
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".fuzz"
#: Seconds of CPU without another input after which a child hangs in code that no signal reaches.
HANGS = 3 * MOST_SECONDS
#: Seconds between two looks at a child.
LOOK = 0.5


def main() -> None:
    """Fuzz the named targets, one after another."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("names", nargs="+", metavar="TARGET", help=f"{', '.join(TARGETS)}; or all")
    parser.add_argument("seconds", type=float, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    names = list(TARGETS) if options.names == ["all"] else options.names
    if unknown := set(names) - TARGETS.keys():
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    found = [fuzz(name, options.seconds, options.seed) for name in names]
    sys.exit(any(found))


def fuzz(name: str, seconds: float, seed: int) -> bool:
    """Fuzz one target; whether something was found. A child that dies or hangs is one finding, and the end."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").unlink(missing_ok=True)
    print(f"{name}: {seconds:g} s, seed {seed}", flush=True)
    words = [sys.executable, "-m", "tests.fuzz.child", name, str(seconds), str(seed), str(folder)]
    child = subprocess.Popen(words, cwd=ROOT)
    hung = _watch(child, folder / "current")
    if hung or child.returncode:
        return _keep(folder, "hangs" if hung else f"died with {child.returncode}")
    report = json.loads((folder / "report.json").read_text())
    print(f"  {json.dumps(report)}", flush=True)
    return bool(report["found"])


def _watch(child: subprocess.Popen[bytes], current: Path) -> bool:
    """Wait for the child; kill it, and say so, where it hangs in one input."""
    process, since, last = psutil.Process(child.pid), 0.0, 0
    while child.poll() is None:
        time.sleep(LOOK)
        try:
            spent = sum(process.cpu_times()[:2])
            now = current.stat().st_mtime_ns
        except (psutil.NoSuchProcess, FileNotFoundError):
            continue
        if now != last:
            since, last = spent, now
        elif spent - since > HANGS:
            child.kill()
            child.wait()
            return True
    return False


def _keep(folder: Path, what: str) -> bool:
    body = (folder / "current").read_bytes() if (folder / "current").exists() else b""
    file = folder / "found" / blake2b(body, digest_size=6).hexdigest()
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(body)
    print(f"  {what}: {file.name}", flush=True)
    return True


if __name__ == "__main__":
    main()
