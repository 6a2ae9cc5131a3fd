"""What people and programs change on the page: channels paused, keys made, alerts made and tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scheduler.config import Config, load
from scheduler.web.app import make_app
from scheduler.web.server import site_for
from storage import outbox
from storage.database import Database
from tests.integration.web.conftest import POLICY, made, no_test
from tests.sightings import at

PLACE = "place-1"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """One channel by plan, one crawled whole."""
    file = tmp_path / "newsdelta.toml"
    file.write_text(
        f'[database]\nurl = "sqlite:///{tmp_path}/news.db"\n[[channel]]\nname = "cq"\n'
        f'[[channel]]\nname = "sc"\nevery = "90m"\n[web]\ntoken_file = "{tmp_path}/token"\nurl = "http://testserver"\n',
        encoding="utf-8",
    )
    return load(str(file), env={})


@pytest.fixture
def client(config: Config) -> Iterator[TestClient]:
    with Database.open(config.database_url) as database:
        outbox.register(database, {PLACE: "desk"})
        app = make_app(site_for(lambda: config, database, no_test))
        yield TestClient(app, follow_redirects=False)


@pytest.fixture
def program(client: TestClient, config: Config) -> TestClient:
    client.headers["authorization"] = f"Bearer {config.web.token_file.read_text().strip()}"
    return client


@pytest.fixture
def person(client: TestClient, config: Config) -> TestClient:
    client.post("/login", data={"token": config.web.token_file.read_text().strip()})
    return client


def send(person: TestClient, page: str, address: str, **fields: Any) -> Any:
    """Send a form of a page, as its button does."""
    found = re.search(r'name="csrf" value="([^"]+)"', person.get(page).text)
    assert found
    return person.post(address, data={"csrf": found[1], **fields})


# -- channels


def test_a_channel_is_paused_and_goes_on(person: TestClient) -> None:
    assert send(person, "/channels/cq", "/channels/cq/pause").status_code == 303
    for page in ("/", "/channels", "/channels/cq"):
        assert "已暂停" in person.get(page).text
    assert "访问计划" not in person.get("/channels/cq").text
    send(person, "/channels/cq", "/channels/cq/resume")
    assert "已暂停" not in person.get("/channels").text
    assert "访问计划" in person.get("/channels/cq").text


def test_programs_pause_channels_too(program: TestClient) -> None:
    assert program.post("/api/v1/channels/cq/pause").json()["paused_since"] is not None
    listed = {one["name"]: one["paused_since"] for one in program.get("/api/v1/channels").json()["items"]}
    assert listed["cq"] is not None
    assert listed["sc"] is None
    assert program.get("/api/v1/channels/cq/plan").json()["paused"] == ["cq"]
    assert program.post("/api/v1/channels/cq/resume").json()["paused_since"] is None
    assert program.post("/api/v1/channels/gz/pause").status_code == 404


def test_the_plan_of_a_channel_is_shown(program: TestClient) -> None:
    plan = program.get("/api/v1/channels/cq/plan").json()
    assert plan["host"] == "cq.people.com.cn"
    assert plan["next"][0]["kind"] == "listing"
    assert [one["requests_per_hour"] for one in plan["budgets"]] == [60, 120, 240, 480]
    assert program.get("/api/v1/channels/sc/plan").status_code == 404
    page = program.get("/channels/cq").text
    assert plan["next"][0]["url"] in page
    assert "（当前设置）" in page


def test_rhythms_are_said_in_the_visitors_language(program: TestClient) -> None:
    chinese = program.get("/channels").text
    assert "按计划逐页，每小时 120 次请求" in chinese
    assert "整站，每 1 小时 30 分钟一次" in chinese
    english = program.get("/channels", headers={"accept-language": "en"}).text
    assert "whole, every 1 h 30 min" in english


def test_channels_that_could_be_watched_are_named_with_their_lines(program: TestClient) -> None:
    assert '[[channel]]<br>name = "gz"' in program.get("/channels").text.replace("&#34;", '"')


# -- keys


def test_a_key_is_shown_once_and_does_what_it_may(person: TestClient) -> None:
    shown = send(person, "/keys", "/keys/add", name="reader", scopes=["read"]).text
    key = re.search(r"<pre>(nd_[^<]+)</pre>", shown)
    assert key
    assert key[1] not in person.get("/keys").text
    person.cookies.clear()
    assert person.get(f"/feeds/channels/cq.atom?key={key[1]}").status_code == 200
    bearer = {"authorization": f"Bearer {key[1]}"}
    assert person.get("/api/v1/events", headers=bearer).status_code == 200
    refused = person.post("/api/v1/orders", json={"channel": "cq"}, headers=bearer)
    assert refused.status_code == 403
    assert "run" in refused.json()["detail"]
    assert person.get("/keys", headers=bearer).status_code == 403
    assert person.get("/api/v1/keys", headers=bearer).status_code == 403


def test_a_key_is_removed(person: TestClient) -> None:
    shown = send(person, "/keys", "/keys/add", name="reader", scopes=["read"]).text
    key = re.findall(r"<pre>(nd_[^<]+)</pre>", shown)[0]
    send(person, "/keys", "/keys/remove", name="reader")
    person.cookies.clear()
    assert person.get("/api/v1/events", headers={"authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"name": "", "scopes": ["read"]}, "请写名称"), ({"name": "x"}, "请选择权限")],
)
def test_a_wrong_form_for_a_key_is_explained(person: TestClient, fields: dict[str, Any], words: str) -> None:
    answer = send(person, "/keys", "/keys/add", **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_programs_make_list_and_remove_keys(program: TestClient) -> None:
    made = program.post("/api/v1/keys", json={"name": "a/b", "scopes": ["run", "read"]})
    assert made.status_code == 201
    assert made.json()["key"].startswith("nd_")
    assert made.headers["cache-control"] == "no-store"
    assert program.post("/api/v1/keys", json={"name": "a/b"}).status_code == 422
    [listed] = program.get("/api/v1/keys").json()["items"]
    assert (listed["name"], listed["scopes"]) == ("a/b", ["read", "run"])
    assert program.delete("/api/v1/keys/a/b").status_code == 204
    assert program.delete("/api/v1/keys/a/b").status_code == 404


# -- alerts


RULE = {"name": "district", "destinations": [PLACE], "words": ["渝北"], "wait": 600}


def test_programs_make_change_and_remove_alerts(program: TestClient) -> None:
    made = program.post("/api/v1/alerts", json=RULE)
    assert made.status_code == 201
    assert made.json()["wait"] == 600
    assert made.json()["origin"] == "web"
    assert program.post("/api/v1/alerts", json=RULE).status_code == 422
    program.post("/api/v1/alerts/district/pause")
    changed = program.put("/api/v1/alerts/district", json=RULE | {"name": "区/镇", "min_weight": 30})
    assert (changed.json()["min_weight"], changed.json()["paused"]) == (30, True)
    assert program.get("/api/v1/alerts/district").status_code == 404
    assert program.post("/api/v1/alerts/区/镇/resume").json()["paused"] is False
    until = program.post("/api/v1/alerts/区/镇/mute", json={"until": "2099-01-01T00:00:00+08:00"}).json()
    assert until["muted_until"].startswith("2098-12-31T16:00")
    assert program.post("/api/v1/alerts/区/镇/mute", json={"until": None}).json()["muted_until"] is None
    assert program.delete("/api/v1/alerts/区/镇").status_code == 204
    assert program.get("/api/v1/alerts").json()["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"destinations": ["nowhere"]},
        {"destinations": []},
        {"name": ""},
        {"name": "two\nlines"},
        {"min_weight": 101},
        {"wait": -1},
        {"digest": "sometimes"},
        {"quiet": "22:00"},
        {"time_zone": "Nowhere"},
        {"expression": "重庆 & ("},
        {"language": "fr"},
    ],
)
def test_a_wrong_alert_is_refused(program: TestClient, wrong: dict[str, Any]) -> None:
    assert program.post("/api/v1/alerts", json=RULE | wrong).status_code == 422
    assert program.get("/api/v1/alerts").json()["items"] == []


def test_a_rule_is_tried_on_the_last_days(program: TestClient, config: Config) -> None:
    from datetime import UTC, datetime

    from crawler.text.canonical import fold
    from storage import articles

    with Database.open(config.database_url) as database:
        late = (datetime.now(UTC) - at(0)).total_seconds() / 60
        for key, title in (("42000001", "渝北区新增口袋公园"), ("42000002", "江津区的花椒丰收")):
            articles.record(database, made(late - 60, key, title), POLICY, fold)
    told = program.post("/api/v1/alerts/preview", json=RULE | {"wait": 0}).json()["items"]
    assert [(one["event"]["title"], one["destination"]) for one in told] == [("渝北区新增口袋公园", PLACE)]
    assert program.get("/api/v1/alerts").json()["items"] == []
    assert program.post("/api/v1/alerts/preview", json=RULE | {"expression": "("}).status_code == 422


def test_alerts_of_the_config_are_changed_there_alone(program: TestClient, config: Config) -> None:
    from dataclasses import replace

    from scheduler.web import ruleform
    from storage import subscriptions

    with Database.open(config.database_url) as database:
        one = replace(ruleform.blank(), name="fixed", destinations=(PLACE,))
        subscriptions.sync_config(database, [one], at(0))
    assert program.put("/api/v1/alerts/fixed", json=RULE).status_code == 403
    assert program.delete("/api/v1/alerts/fixed").status_code == 403
    assert program.post("/api/v1/alerts/fixed/pause").json()["paused"] is True
    refused = program.get("/alerts/edit?name=fixed")
    assert refused.status_code == 403
    assert "写在 newsdelta.toml 里" in refused.text
