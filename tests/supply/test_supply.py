"""What newsdelta is made of: every package is locked with its hashes, none claims our licence, and all are named."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.supply import audit
from tests.supply.licences import is_expression, is_strong_copyleft, licence_of
from tests.supply.lock import normal, read_lock
from tests.supply.sbom import LOCK, ROOT, bill, installed_here, pins_of

WHEN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = [LOCK, ROOT / "requirements-dev.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_hashes_and_no_registry_is_named(lock: Path):
    pins = list(pins_of(lock))
    assert len(pins) > 50
    assert all(pin.hashes for pin in pins)
    assert "://" not in lock.read_text(encoding="utf-8")


def test_what_the_project_needs_is_locked():
    locked = {pin.name for pin in pins_of(LOCK)}
    assert {normal(Requirement(text).name) for text in PROJECT["dependencies"]} <= locked


def test_nothing_that_runs_with_us_is_under_the_gpl_or_agpl():
    here = installed_here()
    licences = {pin.name: licence_of(here[pin.name].metadata) for pin in pins_of(LOCK) if pin.name in here}
    assert len(licences) > 50
    assert [name for name, licence in licences.items() if not licence] == []
    assert {name: licence for name, licence in licences.items() if is_strong_copyleft(licence)} == {}


@pytest.mark.parametrize(
    ("licence", "strong"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("MIT OR GPL-2.0-only", False),
        ("MIT AND GPL-2.0-only", True),
        ("GPLv3", True),
        ("", False),
    ],
)
def test_strong_copyleft_is_known_by_its_words(licence, strong):
    assert is_strong_copyleft(licence) is strong


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        (
            [("License-Expression", "Apache-2.0 OR BSD-2-Clause"), ("License", "x")],
            "Apache-2.0 OR BSD-2-Clause",
        ),
        ([("License", "MIT License\n\nCopyright …")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
            ],
            "GPL-3.0-only AND MIT",
        ),
        ([("Classifier", "License :: OSI Approved"), ("License", "BSD")], "BSD-3-Clause"),
        ([("Name", "x")], ""),
    ],
)
def test_a_licence_is_read_from_whatever_field_says_it(headers, licence):
    metadata = Message()
    for name, value in headers:
        metadata[name] = value
    assert licence_of(metadata) == licence


def test_the_bill_names_every_package_with_its_licence_hashes_and_what_it_needs():
    made = bill(pins_of(LOCK), installed_here(), PROJECT, WHEN)
    parts = {part["name"]: part for part in made["components"]}
    assert set(parts) == {pin.name for pin in pins_of(LOCK)}
    scrapy = parts["scrapy"]
    assert scrapy["purl"] == f"pkg:pypi/scrapy@{scrapy['version']}"
    assert scrapy["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert len(scrapy["externalReferences"][0]["hashes"]) >= 1
    links = {link["ref"]: link["dependsOn"] for link in made["dependencies"]}
    assert scrapy["purl"] in links[made["metadata"]["component"]["bom-ref"]]
    assert parts["twisted"]["purl"] in links[scrapy["purl"]]
    assert parts["colorama"]["scope"] == "optional"
    assert all(
        is_expression(one["expression"])
        for part in parts.values()
        for one in part.get("licenses", ())
        if "expression" in one
    )


def test_the_same_lock_makes_the_same_bill():
    first, second = (bill(pins_of(LOCK), installed_here(), PROJECT, WHEN) for _ in range(2))
    assert first == second


def test_a_line_that_pins_nothing_is_refused():
    with pytest.raises(ValueError, match="pins no package"):
        list(read_lock("scrapy>=2\n"))


NOT_THERE = {"name": "a", "skip_reason": "it could not be reached"}
FINE = {"name": "b", "version": "1", "vulns": []}
WEAK = {"name": "c", "version": "1", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["2"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([FINE], audit.WELL, "1 packages looked up, 0 known weaknesses"),
        ([FINE, NOT_THERE], audit.UNKNOWN, "1 could not be looked up: it could not be reached"),
        ([WEAK, NOT_THERE], audit.WEAK, "c 1: CVE-2026-1, mended in 2"),
    ],
)
def test_what_was_not_looked_up_is_not_called_well(packages, code, words):
    found, lines = audit.judge({"dependencies": packages})
    assert found == code
    assert words in lines
