"""The pages on operations: each is named in the index, and each trouble names a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_index_names_every_page_and_no_other():
    index = (DOCS / "operations.md").read_text(encoding="utf-8")
    named = re.findall(r"\(operations/([\w-]+\.md)\)", index)
    assert sorted(named) == sorted(page.name for page in (DOCS / "operations").glob("*.md"))


def test_every_trouble_names_tests_that_there_are_and_every_test_is_named():
    page = (DOCS / "operations" / "trouble.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| trouble")]
    here = Path(__file__).parent
    named: set[str] = set()
    for row in rows:
        tests = re.findall(r"`([\w./]*test_\w+\.py)`", row)
        assert tests, row
        for name in tests:
            file = DOCS.parent / name.removeprefix("../../") if "/" in name else here / name
            assert file.is_file(), name
        named |= {name for name in tests if "/" not in name}
    assert named == {file.name for file in here.glob("test_*.py")} - {Path(__file__).name}
