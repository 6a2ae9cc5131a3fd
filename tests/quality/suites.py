"""The test files of other projects, from their source distributions: read where they are, fetched where one asks.

NEWSDELTA_SUITES=FOLDER   source distributions unpacked in FOLDER (feedparser-6.0.14/, protego-0.7.0/)
NEWSDELTA_FETCH=1         fetch them with pip into a folder that is thrown away
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_FETCHED = TemporaryDirectory(prefix="newsdelta-suites-")


@cache
def suite(name: str) -> Path | None:
    """The folder of an unpacked source distribution, or None where there is none and nobody asks to fetch it."""
    folder = os.environ.get("NEWSDELTA_SUITES", "")
    if folder:
        return next(iter(sorted(Path(folder).glob(f"{name}-*/"))), None)
    return _fetched(name) if os.environ.get("NEWSDELTA_FETCH") else None


def _fetched(name: str) -> Path | None:
    target = Path(_FETCHED.name)
    wanted = ["--no-deps", "--no-binary", ":all:", "--quiet", "--dest", str(target), name]
    if subprocess.run([sys.executable, "-m", "pip", "download", *wanted], check=False).returncode:
        return None
    packed = next(target.glob(f"{name}-*.tar.gz"))
    with tarfile.open(packed) as archive:
        archive.extractall(target, filter="data")
    return target / packed.name.removesuffix(".tar.gz")


def robots_files(folder: Path) -> list[bytes]:
    """The robots.txt files of ten thousand websites that protego is tested on."""
    return [file.read_bytes() for file in sorted((folder / "tests/test_data").iterdir()) if file.is_file()]
