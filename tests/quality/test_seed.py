"""The seed: one article whose truth is known, as a page of the replica carries it and as a copying site damaged it."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.reference import REFERENCE, ROOT, needs_reference

pytestmark = needs_reference

FIELDS = ("title", "published_at", "source", "authors", "editors", "body")


def newsdelta(*words: str) -> Any:
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", *words, "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / "seed/truth.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("generation", ["G1", "G2", "G3", "G4"])
def test_on_a_page_of_the_replica_every_field_reads_as_the_truth(truth, generation, tmp_path):
    from tests.replica import render_article

    page = tmp_path / "page.html"
    page.write_bytes(render_article({name: truth[name] for name in FIELDS}, generation=generation))
    read = newsdelta("extract", str(page))
    assert {name: read[name] for name in FIELDS} == {name: truth[name] for name in FIELDS}
    assert read["template"] == generation


def test_the_damaged_page_reads_as_the_truth(truth):
    read = newsdelta("extract", str(REFERENCE / "seed/page-as-found.txt"))
    assert {name: read[name] for name in FIELDS} == {name: truth[name] for name in FIELDS}
    assert read["repairs"]


def test_the_repair_of_the_damaged_page_is_proved(truth):
    report = newsdelta("repair", str(REFERENCE / "seed/page-as-found.txt"), "--report")
    assert report["proved"] is True
    assert all(paragraph in report["text"] for paragraph in truth["body"])
    assert sum(line.count("|") for line in report["injected"]) == truth["injected_links"]


def test_the_damaged_copy_and_the_clean_page_are_one_text(truth, tmp_path):
    from tests.replica import render_article

    page = tmp_path / "page.html"
    page.write_bytes(render_article({name: truth[name] for name in FIELDS}, generation="G3"))
    clean = newsdelta("extract", str(page))
    damaged = newsdelta("extract", str(REFERENCE / "seed/page-as-found.txt"))
    assert damaged["content_hash"] == clean["content_hash"]
