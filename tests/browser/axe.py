"""axe-core, the checker of accessibility: fetched once from npm into .cache/, kept out of the repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
CACHE = Path(__file__).parents[2] / ".cache" / f"axe-core-{VERSION}"
#: What may not be found on any page.
IMPACTS = ("serious", "critical")


def source() -> str:
    """The script; skips the test where npm cannot bring it."""
    script = CACHE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not here to fetch axe-core")
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(CACHE), "--no-save", "--no-audit", f"axe-core@{VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if not script.exists():
            pytest.skip(f"npm could not fetch axe-core: {done.stderr.strip()[-200:]}")
    return script.read_text(encoding="utf-8")


def violations(page: Page, script: str, rules: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with a page, gravely: the rule, and the first elements that break it."""
    page.evaluate(script)
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, {...options, resultTypes: ['violations']})).violations",
        options,
    )
    return [
        f"{one['id']} ({one['impact']}): {', '.join(node['html'][:120] for node in one['nodes'][:3])}"
        for one in found
        if one["impact"] in IMPACTS
    ]
