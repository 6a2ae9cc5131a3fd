"""No secret that the settings name is in any line of the log, however it got there."""

from __future__ import annotations

import json
import logging
import string
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.config import load
from scheduler.logs.lines import JsonLines, TextLines
from scheduler.logs.masks import HIDDEN, Mask
from scheduler.secrets import secrets_of
from storage.context import working_on

#: Secrets begin unlike any word of ours.
WORDS = st.text(alphabet=string.ascii_letters + string.digits, min_size=10, max_size=30).map("s3Q".__add__)
ODD = st.text(alphabet=string.ascii_letters + "!$'\"\\<>&+ ;,%密é\n\t", min_size=10, max_size=20).map(
    "s3Q".__add__
)


def record(message: str, *args: object, error: Exception | None = None, **about: object) -> logging.LogRecord:
    made = logging.LogRecord("scheduler.app", logging.WARNING, "app.py", 1, message, args, None)
    if error is not None:
        made.exc_info = (type(error), error, None)
    made.__dict__.update(about)
    return made


def lines(mask: Mask, made: logging.LogRecord) -> list[str]:
    return [TextLines(mask, dated=True).format(made), JsonLines(mask).format(made)]


@given(secret=st.one_of(WORDS, ODD))
def test_a_known_secret_is_in_no_line_in_whatever_spelling(secret):
    mask = Mask([secret])
    spelled = [secret, quote(secret), json.dumps(secret), repr(secret), f"x{secret}x", repr(secret.encode())]
    for text in spelled:
        made = record("it said %s", text, error=ValueError(text), url=f"http://a/{text}")
        for line in lines(mask, made):
            assert secret not in line
            assert quote(secret, safe="") not in line
        fields = json.loads(JsonLines(mask).format(made))
        assert not any(secret in str(value) for value in fields.values())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(odd=ODD, words=st.lists(WORDS, min_size=7, max_size=7, unique=True))
def test_every_secret_of_a_config_is_known(tmp_path: Path, odd, words):
    database, queue, hook, bot, heart, web, proxy = words
    (tmp_path / "token").write_text(web)
    (tmp_path / "bot").write_text(f"wecom://{bot}\n")
    file = tmp_path / "newsdelta.toml"
    file.write_text(
        f"""
[database]
url = "env:STORE"
[queue]
url = "postgresql://news:{queue}@127.0.0.1/news"
[watch]
heartbeat_url = "https://beats.example/ping/{heart}"
[web]
token_file = "{tmp_path}/token"
[[alert]]
name = "a"
to = ["webhook+https://far.example/{hook}", "file:bot", "env:NOT_SET"]
""",
        encoding="utf-8",
    )
    env = {
        "STORE": f"postgresql://news:{quote(odd, safe='')}@127.0.0.1/news?sslpassword={database}",
        "https_proxy": f"http://me:{proxy}@127.0.0.1:3128",
    }
    mask = Mask(secrets_of(load(str(file), env=env), env))
    for secret in (*words, odd, quote(odd, safe="")):
        assert secret not in mask(f"far end: {secret}!")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:p@ss/w:rd@db/news", f"postgresql://me:{HIDDEN}@db/news"),
        ("GET http://a.example/x?token=abc&n=1", f"GET http://a.example/x?token={HIDDEN}&n=1"),
        ("http://cq.people.com.cn/n2/c365402-1.html", "http://cq.people.com.cn/n2/c365402-1.html"),
        ("at http://127.0.0.1:8470/ and mail@example.org", "at http://127.0.0.1:8470/ and mail@example.org"),
        ("请求 http://a/?key=值 失败", f"请求 http://a/?key={HIDDEN} 失败"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_named_it(text, shown):
    assert Mask()(text) == shown


def test_a_short_secret_is_hidden_where_it_stands_alone():
    assert Mask(["ab"])("ab about ab") == f"{HIDDEN} about {HIDDEN}"


def test_secrets_are_asked_for_when_there_is_a_text():
    asked = []
    mask = Mask()
    mask.learn_later(lambda: asked.append(1) or ["hush-hush"])  # type: ignore[func-returns-value]
    assert not asked
    assert mask("hush-hush") == HIDDEN


def test_a_line_says_what_is_worked_on():
    with working_on(channel="cq", run=7), working_on(article=12):
        fields = json.loads(JsonLines(Mask()).format(record("read", url="http://a/")))
    assert {name: fields[name] for name in ("channel", "run", "article", "url")} == {
        "channel": "cq",
        "run": 7,
        "article": 12,
        "url": "http://a/",
    }
    assert fields["level"] == "warning"
    assert fields["time"].endswith("Z")
    assert list(fields)[:4] == ["time", "level", "logger", "message"]


def test_arguments_that_do_not_fit_make_a_line_all_the_same():
    assert json.loads(JsonLines(Mask()).format(record("%d pages", "many")))["message"] == "%d pages"
