"""Each page that a link leads to, in each language: it answers, as valid HTML, and what it refers to is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from fastapi.testclient import TestClient

from scheduler.web.looks import LookState
from scheduler.web.render import LANGUAGE_COOKIE
from scheduler.web.words import LANGUAGES
from storage import orders
from storage.database import Database
from tests.integration.web.conftest import Filled
from tests.integration.web.test_looks import CHECKS, GOES_ON, Desk, desk
from tests.sightings import at

__all__ = ["desk"]

HTML = "{http://www.w3.org/1999/xhtml}"
#: Pages of one form that are looked at: /articles/1, /articles/2 …
ALIKE = 4
#: What a form sent wrongly, or an address that is none, answers with.
REFUSED = (
    ("GET", "/nowhere", {}),
    ("GET", "/articles?since=yesterday", {}),
    ("GET", "/login", {}),
    ("POST", "/login", {"token": "wrong"}),
    ("POST", "/alerts/save", {"name": "", "kinds": "new", "words": '"', "time_zone": "Mars/Olympus"}),
    ("POST", "/alerts/save", {"name": "a<b>&", "expression": "重庆 & (", "time_zone": "Asia/Shanghai"}),
    ("POST", "/orders", {"channel": "nowhere"}),
    ("POST", "/orders", {"url": "http://[::1"}),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_valid_page(reader: TestClient, filled: Filled, language: str) -> None:
    with Database.open(filled.url) as database:
        orders.ask(database, "cq", ("http://cq.people.com.cn/",), at(120))
    reader.cookies.set(LANGUAGE_COOKIE, language)
    waiting, seen = ["/", "/orders/1"], Counter[str]()
    known = set(waiting)
    while waiting:
        address = waiting.pop()
        if (form := _form(address)) and seen[form] >= ALIKE:
            continue
        seen[form] += 1
        answer = reader.get(address)
        assert answer.status_code == 200, (address, answer.text)
        if answer.headers["content-type"].startswith("text/html"):
            for link in _links(_checked(answer.text, address), address):
                if link not in known:
                    known.add(link)
                    waiting.insert(0, link)
    assert len(seen) > 20, sorted(seen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("method", "address", "form"), REFUSED)
def test_what_is_refused_gets_a_valid_page(
    reader: TestClient, language: str, method: str, address: str, form: dict[str, str]
) -> None:
    reader.cookies.set(LANGUAGE_COOKIE, language)
    token = re.search(r'name="csrf" value="([^"]+)"', reader.get("/runs").text)
    assert token
    answer = reader.request(method, address, data={**form, "csrf": token[1]} if form else None)
    assert answer.status_code in (200, 403, 404, 422)
    _checked(answer.text, address)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", [GOES_ON, CHECKS], ids=["goes on", "done"])
def test_a_check_of_a_channels_pages_is_a_valid_page(
    desk: Desk, language: str, command: tuple[str, ...]
) -> None:
    desk.looks.command = command
    address = desk.send("/channels/cq", "/channels/cq/check").headers["location"]
    desk.wait(
        address,
        lambda state: state is not LookState.WAITING and (command is GOES_ON or state is LookState.DONE),
    )
    desk.client.cookies.set(LANGUAGE_COOKIE, language)
    for page in (address, "/channels/cq"):
        answer = desk.client.get(page)
        assert answer.status_code == 200
        _checked(answer.text, page)


def _checked(text: str, address: str) -> list[Any]:
    """The elements of a page that breaks no rule of HTML that can be told without a browser."""
    tree = html5lib.HTMLParser(strict=True).parse(text)
    elements = list(tree.iter())
    ids = Counter(one.get("id") for one in elements if one.get("id"))
    assert not [name for name, count in ids.items() if count > 1], address
    for one in elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "list"):
            for target in one.get(name, "").split():
                assert target in ids, (address, one.tag, name, target)
        if one.tag == f"{HTML}th":
            assert one.get("scope") in ("col", "row"), (address, "a head of a table without scope")
    return elements


def _links(elements: list[Any], address: str) -> Iterator[str]:
    for one in elements:
        target = one.get("href", "") if one.tag == f"{HTML}a" else ""
        if target and not target.startswith(("http:", "https:", "#")):
            yield urljoin(address, target)


def _form(address: str) -> str:
    """An address without its numbers and values."""
    parts = urlsplit(address)
    names = "&".join(re.findall(r"(?:^|&)([^=&]*)", parts.query))
    return re.sub(r"\d+", "N", parts.path) + f"?{names}"
