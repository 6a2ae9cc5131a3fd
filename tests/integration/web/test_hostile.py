"""What strangers write is text on every page, whatever it looks like."""

from __future__ import annotations

import html5lib
import pytest
from fastapi.testclient import TestClient

from tests.integration.web.conftest import Filled

PAGES = [
    "/",
    "/articles",
    "/articles/{hostile}",
    "/articles/{hostile}/evidence",
    "/events",
    "/articles/{hostile}/diff",
]
HTML = "{http://www.w3.org/1999/xhtml}"


@pytest.mark.parametrize("address", PAGES)
def test_markup_of_strangers_is_text(reader: TestClient, filled: Filled, address: str) -> None:
    answer = reader.get(address.format(**vars(filled)))
    tree = html5lib.parse(answer.text)
    for element in tree.iter():
        tag = str(element.tag).removeprefix(HTML)
        assert tag != "img"
        assert tag != "script" or element.get("src", "").startswith("/static/")
        for name, value in element.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "action"):
                assert not value.lower().lstrip().startswith("javascript:"), (tag, value)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_turns_the_text_around_or_hides_in_it(
    reader: TestClient, filled: Filled, address: str
) -> None:
    text = reader.get(address.format(**vars(filled))).text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_templates_of_strangers_are_not_evaluated(reader: TestClient, filled: Filled) -> None:
    assert "{{ 7*7 }}" in reader.get(f"/articles/{filled.hostile}").text


def test_the_bytes_are_sent_as_a_file(reader: TestClient, filled: Filled) -> None:
    answer = reader.get(f"/articles/{filled.hostile}/bytes/1/1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_links_out_say_nothing_of_us(reader: TestClient, filled: Filled) -> None:
    tree = html5lib.parse(reader.get(f"/articles/{filled.edited}").text)
    out = [a for a in tree.iter(f"{HTML}a") if a.get("href", "").startswith("http")]
    assert out
    assert all(a.get("rel") == "noopener noreferrer nofollow" for a in out)
