"""The API is what its OpenAPI document says: schemathesis asks everything that may be asked, and what may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from crawler.text.canonical import fold
from scheduler.config import load
from scheduler.web.api import ROUTERS
from scheduler.web.app import make_app
from scheduler.web.looks import Looks
from scheduler.web.server import site_for
from storage import articles, orders, outbox, subscriptions
from storage.database import Database
from storage.records import Subscription
from tests.integration.web.conftest import POLICY, fill, made, no_test
from tests.sightings import at

EXAMPLES = 15
#: Follows an order to its end, which a test that makes orders would wait for: `test_api` follows one that ended.
ENDLESS = "/api/v1/orders/{number}/events"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A program with the token, over a store that nobody else uses."""
    folder = tmp_path_factory.mktemp("schema")
    url = f"sqlite:///{folder}/news.db"
    fill(url)
    with Database.open(url) as database:
        _letters(database)
        config = load(str(_config(folder, url)), env={})
        site = site_for(lambda: config, database, no_test)
        # No site is looked at: what comes of looks is what `test_looks` is for.
        app = make_app(replace(site, looks=Looks(site.now, ("true",))))
        token = config.web.token_file.read_text().strip()
        yield TestClient(app, headers={"authorization": f"Bearer {token}"}, raise_server_exceptions=False)


def _config(folder: Path, url: str) -> Path:
    file = folder / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "{url}"\n[[channel]]\nname = "cq"\n[[channel]]\nname = "sc"\n'
        f'[web]\ntoken_file = "{folder}/token"\nurl = "http://testserver"\n',
        encoding="utf-8",
    )
    return file


def _letters(database: Database) -> None:
    """Notifications, one of them dead, and an order: something to change."""
    outbox.register(database, {"desk": "值班室"})
    subscriptions.put(database, Subscription("全部", ("desk",), origin="web"), at(90), fold)
    for number in range(3):
        articles.record(database, made(100 + number, f"4500000{number}", f"第{number}则"), POLICY, fold)
    for claim in outbox.claim(database, "desk", at(110), timedelta(minutes=5)):
        outbox.dead(database, claim, "404")
    orders.ask(database, "cq", (), at(120))


@pytest.fixture(scope="module")
def schema(client: TestClient) -> BaseSchema:
    """The document, as the application hands it out."""
    loaded = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app, headers=dict(client.headers))
    # An address with a NUL is refused as a whole: see the extremes below.
    loaded.config.generation.update(allow_x00=False, with_security_parameters=False)
    return loaded


def _calls() -> list[tuple[str, str]]:
    """The method and path of each call, but of those that do not end by themselves."""
    routes = [route for router in ROUTERS for route in router.routes]
    found = [
        (method, f"/api/v1{route.path.replace(':path', '')}")
        for route in routes
        for method in sorted(route.methods)
    ]
    return [(method, path) for method, path in found if path != ENDLESS]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), _calls())
def test_a_call_answers_as_it_is_written(
    client: TestClient, schema: BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    """Asked rightly, and (negative) in ways that the document does not allow."""
    operation = schema[path][method]
    cases = operation.as_strategy(generation_mode=mode)
    # A call without a key has a test of its own, below; `ignored_auth` sends the header of this one again.
    excluded = [ignored_auth]
    if method in ("POST", "PUT"):  # may be refused for what is in the store: a name that another has
        excluded.append(positive_data_acceptance)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        headers = {"authorization": client.headers["authorization"]}
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE
        pytest.skip("there is nothing that could be said wrongly")


@pytest.mark.parametrize(("method", "path"), _calls())
def test_nothing_is_said_to_who_has_no_key(client: TestClient, method: str, path: str) -> None:
    for header in ("", "Bearer", "Bearer wrong", "Basic d3Jvbmc="):
        body = "{}" if method in ("POST", "PUT") else None
        asked = re.sub(r"{[^}]*}", "1", path)
        answer = client.request(method, asked, content=body, headers={"authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_every_call_names_its_key_and_its_problems(schema: BaseSchema) -> None:
    document = schema.raw_schema
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for path in document["paths"].values():
        for call in path.values():
            assert call["security"] == [{"HTTPBearer": []}]
            for code in ("400", "401", "403", "404", "422", "503"):
                [(media, said)] = call["responses"][code]["content"].items()
                assert media == "application/problem+json"
                assert said["schema"]["$ref"].endswith("/Problem")


EXTREMES = (
    ("GET", "/articles?since=0001-01-01T00:00:00%2B14:00"),
    ("GET", "/articles?until=9999-12-31T23:59:59-14:00&since=9999-12-31"),
    ("GET", "/events?since=0001-01-01T00:00:00%2B23:59&until=0001-01-01T00:00:00"),
    ("GET", f"/articles?after={2**63 - 1}"),
    ("GET", f"/articles?after={2**63}"),
    ("GET", f"/articles/{2**63 - 1}"),
    ("GET", "/articles/9" + "9" * 400),
    ("GET", "/articles?search=" + "%22" * 200),
    ("GET", "/articles?search=%F0%9F%92%A9%20-%20%22%20%22%20-%22"),
    ("GET", "/articles?channel=%00"),
    ("GET", "/articles?channel=%ED%A0%80&source=%ff"),
    ("GET", "/channels/%00"),
    ("GET", "/alerts/%2e%2e%2fx"),
    ("POST", "/orders", '{"channel": "\\ud800"}'),
    ("POST", "/orders", '{"url": "http://[::1"}'),
    ("POST", "/orders", '{"url": "http://cq.people.com.cn\\u0000/\\ud800"}'),
    ("POST", "/orders", '{"url": "http://cq.people.com.cn/\\ud800\\u0000"}'),
    ("POST", "/orders", '{"channel": NaN}'),
    ("POST", "/channels", '{"name": "\\ud800\\u0000"}'),
    ("POST", "/channels/looks", '{"url": "http://[::1"}'),
    ("POST", "/channels/looks", '{"url": "http://\\ud800\\u0000/"}'),
    ("POST", "/channels/looks", '{"url": "http://a:99999/"}'),
    ("GET", "/channels/looks/%ED%A0%80"),
    ("POST", "/orders", "[" * 5000),
    ("POST", "/alerts", '{"name": "\\ud800", "destinations": ["\\u0000"]}'),
    ("POST", "/alerts/preview", '{"name": "a", "destinations": ["desk"], "words": ["\\ud800\\u0000"]}'),
    ("POST", "/alerts/preview", '{"name": "a", "destinations": ["desk"], "wait": 1e308}'),
    (
        "POST",
        "/alerts/preview",
        '{"name": "a", "destinations": ["desk"], "expression": "' + "(" * 3000 + '"}',
    ),
    ("POST", "/alerts/preview", '{"name": "a", "destinations": ["desk"], "time_zone": "../../etc/passwd"}'),
    ("POST", "/keys", '{"name": "\\ud800\\u0000"}'),
    ("POST", "/deliveries/retry", '{"ids": [9223372036854775808]}'),
    ("POST", "/deliveries/retry", '{"ids": [' + ",".join(map(str, range(1, 3000))) + "]}"),
    ("POST", "/deliveries/discard", '{"ids": ["\\ud800"]}'),
)


@pytest.mark.parametrize(
    "asked", EXTREMES, ids=lambda asked: " ".join(asked)[:60].encode("unicode_escape").decode()
)
def test_the_edge_of_what_can_be_said_breaks_nothing(client: TestClient, asked: tuple[str, ...]) -> None:
    method, path, *body = asked
    headers = {"content-type": "application/json"}
    answer = client.request(method, f"/api/v1{path}", content="".join(body) or None, headers=headers)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/articles?since=0001-01-01&until=0001-01-01",
        "/articles?since=9999-12-31&until=9999-12-31",
        "/events?since=0001-01-01&until=9999-12-30",
        f"/events?after={2**63 - 1}",
        "/articles?q=%00",
        "/articles?q=%ED%A0%80%20%22",
        "/deliveries?subscription=%ff%00",
        "/login?next=%00",
        "/login?next=%0d%0aset-cookie:x",
        "/alerts/edit?name=%ff",
        "/channels/%E2%80%AE",
        "/?lang=%00",
        "/static/%2e%2e/app.py",
        "/static/%00",
        "/articles/١",
    ],
)
def test_a_strange_address_gets_a_page(client: TestClient, address: str) -> None:
    assert client.get(address).status_code < 500


@pytest.mark.parametrize("host", ["[::1", "::1", "[", "", "localhost:x", "a" * 5000])
def test_a_strange_host_is_refused_or_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code in (200, 421)
