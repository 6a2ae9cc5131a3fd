"""Who gets in, and what a browser is told to refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from scheduler.config import Config
from scheduler.web.settings import WebSettings, parse_bind, read_token
from storage.errors import ConfigError


def test_a_stranger_is_sent_to_the_login(stranger: TestClient) -> None:
    answer = stranger.get("/events")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/events")
    assert stranger.get("/api/v1/events").status_code == 401


def test_the_link_with_the_token_lets_in(stranger: TestClient, config: Config) -> None:
    token = config.web.token_file.read_text().strip()
    assert stranger.get(f"/login?token={token}").headers["location"] == "/"
    assert stranger.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 10_000])
def test_a_wrong_token_does_not(stranger: TestClient, token: str) -> None:
    assert stranger.post("/login", data={"token": token}).status_code == 403
    assert stranger.get("/").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_the_login_leads_to_our_own_pages_only(stranger: TestClient, config: Config, target: str) -> None:
    token = config.web.token_file.read_text().strip()
    answer = stranger.post("/login", data={"token": token, "next": target})
    assert answer.headers["location"] == "/"


def test_a_forged_session_is_nobodys(stranger: TestClient) -> None:
    stranger.cookies.set("newsdelta", "ImFiYyI.aaaa.bbbb")
    assert stranger.get("/").status_code == 303


def test_a_name_we_do_not_have_is_refused(stranger: TestClient) -> None:
    answer = stranger.get("/healthz", headers={"host": "rebound.example"})
    assert answer.status_code == 421


def test_every_answer_carries_the_safe_headers(reader: TestClient) -> None:
    for address in ("/", "/nowhere", "/healthz", "/api/v1/events", "/static/style.css"):
        headers = reader.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    stranger: TestClient, config: Config
) -> None:
    token = config.web.token_file.read_text().strip()
    cookie = stranger.post("/login", data={"token": token}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_health_needs_no_login(stranger: TestClient) -> None:
    assert stranger.get("/healthz").text == stranger.get("/readyz").text == "ok\n"


def test_the_token_is_made_once_and_is_the_owners_only(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "token"
    made = read_token(file)
    assert read_token(file) == made
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("short\n")
    with pytest.raises(ConfigError, match="too short"):
        read_token(file)


@pytest.mark.parametrize("text", ["", "8470", "127.0.0.1", "127.0.0.1:http", "[::1]:99999"])
def test_a_wrong_bind_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no address and port"):
        parse_bind(text)


def test_names_of_the_page(tmp_path: Path) -> None:
    local = WebSettings("127.0.0.1", 8470, tmp_path / "t")
    assert local.hosts == {"localhost", "127.0.0.1", "::1"}
    public = WebSettings("0.0.0.0", 8470, tmp_path / "t", "https://news.example")
    assert "news.example" in public.hosts
    assert public.secure
