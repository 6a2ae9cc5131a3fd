"""Which Chromium there is: the one that was named, Playwright's own, the system's, or npm's @sparticuz/chromium.

npm's package holds a headless shell packed with Brotli. Its own JavaScript unpacks it to a name in the common
temporary folder that anybody could have taken before; here it goes to a folder of the user's.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.errors import ConfigError

VARIABLE = "NEWSDELTA_CHROMIUM"
SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Below one of Playwright's browser folders, newest revision last.
PLAYWRIGHT_PATTERNS = (
    "chromium_headless_shell-*/*/*headless*shell",
    "chromium-*/*/chrome",
    "chromium-*/*/*.app/*/*/*",
)
PACKAGE = "@sparticuz/chromium"
MEND = (
    "Install one: apt install chromium, or playwright install chromium, or npm install @sparticuz/chromium; "
    f"or name one in {VARIABLE}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A Chromium: what to start, where it is from, and what it says of itself ('' where it says nothing).

    kind: "named", "playwright", "system" or "npm".
    """

    path: str
    kind: str
    version: str


@dataclass(frozen=True, slots=True)
class Places:
    """What was seen on this machine. named: the value of the variable. npm: the package's folder."""

    named: str = ""
    playwright: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()


def choose(places: Places) -> tuple[str, str] | None:
    """PURE: which one is taken, as path and kind. A named one is taken, whatever else there is."""
    candidates: Sequence[tuple[str, tuple[str, ...]]] = (
        ("named", (places.named,) if places.named else ()),
        ("playwright", tuple(sorted(places.playwright, key=_revision, reverse=True))),
        ("system", places.system),
        ("npm", places.npm),
    )
    return next(((paths[0], kind) for kind, paths in candidates if paths), None)


def find_chromium() -> Found | None:
    """Return the Chromium that crawls use, unpacked where need be, or None where there is none.

    Raises ConfigError where one is named that is not there.
    """
    places = look(os.environ)
    if places.named and shutil.which(places.named) is None:
        raise ConfigError(
            f"{VARIABLE} names a Chromium that cannot be started", subject=places.named, mend=MEND
        )
    chosen = choose(places)
    if chosen is None:
        return None
    path, kind = chosen
    if kind == "npm":
        path = str(unpacked(Path(path)))
    return Found(path, kind, version_of(path))


def require_chromium() -> Found:
    """As `find_chromium`. Raises ConfigError, with the mend, where there is none."""
    found = find_chromium()
    if found is None:
        raise ConfigError("There is no Chromium here, and pages that need JavaScript need one", mend=MEND)
    return found


def look(environment: Mapping[str, str]) -> Places:
    """Look at the places in which a Chromium may be."""
    system = [path for name in SYSTEM_NAMES if (path := shutil.which(name))]
    if sys.platform == "darwin":
        system += [path for path in MAC_APPLICATIONS if Path(path).exists()]
    return Places(
        named=environment.get(VARIABLE, ""),
        playwright=tuple(_playwrights(environment)),
        system=tuple(system),
        npm=tuple(_packages(environment)),
    )


@functools.cache
def version_of(path: str) -> str:
    """What a Chromium says of itself, such as "150.0.7871.100"; '' where it does not answer."""
    try:
        said = subprocess.run(  # noqa: S603 - the path was found by us, or named by the user
            [path, "--version"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = re.search(rb"\d+(?:\.\d+){1,3}", said.stdout)
    return number[0].decode() if number else ""


def _revision(path: str) -> tuple[int, bool]:
    number = re.search(r"-(\d+)[/\\]", path)
    return (int(number[1]) if number else 0, "headless_shell" in path)


def _playwrights(environment: Mapping[str, str]) -> Iterable[str]:
    set_to = environment.get("PLAYWRIGHT_BROWSERS_PATH", "")
    home = Path.home()
    caches = (home / ".cache/ms-playwright", home / "Library/Caches/ms-playwright")
    for folder in (Path(set_to),) if set_to not in ("", "0") else caches:
        for pattern in PLAYWRIGHT_PATTERNS:
            yield from (str(path) for path in folder.glob(pattern) if os.access(path, os.X_OK))


def _packages(environment: Mapping[str, str]) -> Iterable[str]:
    """The folders of npm's package: of this project, of NODE_PATH, and beside the node of this machine."""
    here = Path.cwd()
    folders = [folder / "node_modules" for folder in (here, *here.parents)]
    folders += [Path(part) for part in environment.get("NODE_PATH", "").split(os.pathsep) if part]
    if node := shutil.which("node"):
        folders += [place.parent.parent / "lib/node_modules" for place in (Path(node), Path(node).resolve())]
    for folder in dict.fromkeys(folders):
        if (folder / PACKAGE / "bin/chromium.br").is_file():
            yield str(folder / PACKAGE)


def unpacked(package: Path) -> Path:
    """Unpack npm's package once, into the user's cache; return the path of its Chromium.

    Raises ConfigError where there is no room for it, or the package is damaged.
    """
    version = json.loads((package / "package.json").read_text(encoding="utf-8")).get("version", "unknown")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsdelta"
    folder = cache / f"chromium-{version}"
    if not (folder / "chromium").exists():
        try:
            cache.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=cache) as beside:
                _unpack(package / "bin", Path(beside) / "whole")
                _move(Path(beside) / "whole", folder)
        except (OSError, tarfile.TarError, ValueError) as error:
            raise ConfigError(f"npm's Chromium cannot be unpacked: {error}", subject=str(package)) from error
    return folder / "chromium"


def _unpack(source: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    _inflate(source / "chromium.br", folder / "chromium")
    (folder / "chromium").chmod(0o700)
    libraries = source / "swiftshader.tar.br"
    if libraries.exists():
        _inflate(libraries, folder / "libraries.tar")
        with tarfile.open(folder / "libraries.tar") as archive:
            archive.extractall(folder, filter="data")
        (folder / "libraries.tar").unlink()


def _inflate(packed: Path, plain: Path) -> None:
    """Unpack one file in pieces. Raises ValueError where it is damaged."""
    brotli: Any = importlib.import_module("brotli")  # comes with Scrapy, and has no type hints
    machine = brotli.Decompressor()
    with packed.open("rb") as source, plain.open("wb") as target:
        try:
            while piece := source.read(2**20):
                target.write(machine.process(piece))
        except brotli.error as error:
            raise ValueError(f"{packed.name} is damaged") from error
    if not machine.is_finished():
        raise ValueError(f"{packed.name} was cut short")


def _move(whole: Path, folder: Path) -> None:
    """Put the unpacked folder in its place, whole or not at all; another process may have been quicker."""
    try:
        whole.rename(folder)
    except OSError:
        if not (folder / "chromium").exists():
            raise
