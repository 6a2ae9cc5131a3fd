"""From the text of a setting to a destination: every spelling, and every mistake with its mend."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.alerts.addresses import KINDS, open_destination, resolve
from scheduler.alerts.model import Rate
from scheduler.alerts.place import identify, read_url
from storage.errors import ConfigError
from tests.receivers import services as known

WHSEC = known.WEBHOOK_SECRET

SPELLINGS = [
    ("dingtalk://abc123", "DingTalk", "dingtalk://***"),
    ("dingtalk://abc123?secret=SEC42", "DingTalk", "dingtalk://***"),
    ("dingtalk://SEC42@abc123/13800000000", "DingTalk", "dingtalk://***"),
    ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "DingTalk", "dingtalk://***"),
    ("https://oapi.dingtalk.com/robot/send?access_token=abc123&secret=SEC42", "DingTalk", "dingtalk://***"),
    ("wecom://693a-91f7", "WeCom", "wecom://***"),
    ("wecombot://693a-91f7", "WeCom", "wecombot://***"),
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91f7", "WeCom", "wecom://***"),
    ("feishu://693a-91f7?secret=s3", "Feishu", "feishu://***"),
    ("https://open.feishu.cn/open-apis/bot/v2/hook/693a-91f7", "Feishu", "feishu://***"),
    ("lark://693a-91f7", "Feishu", "lark://***"),
    ("https://open.larksuite.com/open-apis/bot/v2/hook/693a-91f7", "Feishu", "lark://***"),
    ("schan://SCT123", "ServerChan", "schan://***"),
    ("https://sctapi.ftqq.com/SCT123.send", "ServerChan", "schan://***"),
    ("bark://bark.example.org:8080/KEY1", "Bark", "bark://bark.example.org:8080/***"),
    ("https://api.day.app/KEY1", "Bark", "barks://api.day.app/***"),
    ("tgram://123456:ABC-def_1/-1001", "Telegram", "tgram://***"),
    ("tgram://bot123456:ABC-def_1/@news_desk", "Telegram", "tgram://***"),
    ("slack://T0/B0/XX", "Slack", "slack://***"),
    ("https://hooks.slack.com/services/T0/B0/XX", "Slack", "slack://***"),
    (f"webhook+https://h.example.org/a/b?secret={WHSEC}", "Webhook", "webhook+https://h.example.org/***"),
    ("webhook+http://127.0.0.1:8080", "Webhook", "webhook+http://127.0.0.1:8080"),
    (
        "mailto://smtp.example.org/?to=desk@example.org",
        "Mail",
        "mailto://smtp.example.org:25/?to=desk@example.org",
    ),
    ("mailtos://me:pw@qq.com", "Mail", "mailtos://smtp.qq.com:465/?to=me@qq.com"),
    ("stdout://", "StandardOutput", "stdout://"),
    ("desktop://", "Desktop", "desktop://"),
    ("ntfy://my-topic", "AppriseService", "ntfy://***"),
    ("slack://xoxb-1234567890-1234567890-abcdefghijABCDEFGHIJabcd/#desk", "AppriseService", "slack://***"),
]


@pytest.mark.parametrize(("address", "kind", "shown"), SPELLINGS)
def test_every_spelling_leads_to_its_service_and_shows_no_secret(address, kind, shown):
    found = open_destination(address)

    assert (type(found).__name__, found.name) == (kind, shown)
    assert found.name in repr(found)


#: Apprise takes an answer of 200 for success, whatever the body says, for these: they must not go to it.
@pytest.mark.parametrize(
    "scheme", ["dingtalk", "wecombot", "feishu", "lark", "schan", "bark", "barks", "tgram"]
)
def test_services_whose_body_decides_are_never_left_to_apprise(scheme):
    assert KINDS[scheme][0] != "apprise_"


MISTAKES = [
    ("", "it is no address (scheme://…), env:NAME, file:PATH or name"),
    ("0f1e2d3c4b5a", "it is no address"),
    ("desk", "the names of [[destination]] are newsroom"),
    ("https://hooks.example.org/s3cr3t", "for a webhook write webhook+https://…"),
    ("wecm://s3cr3t", "did you mean wecom://?"),
    ("gopher://s3cr3t", "nothing is known of the scheme gopher://"),
    ("dingtalk://", "write dingtalk://TOKEN"),
    ("dingtalk://abc-s3cr3t!", "the token has letters and digits only"),
    ("dingtalk://abc123?secrt=s3cr3t", "unknown key secrt; known here: secret, keyword"),
    ("dingtalk://abc123?rate=fast", "rate is written MESSAGES/SECONDS"),
    ("dingtalk://abc123?api=127.0.0.1", "api is the address of a relay"),
    ("wecom://a/b", "write one address for each bot"),
    ("wecom://693a?format=html", "format is markdown or text"),
    ("feishu://a b", "write feishu://TOKEN"),
    ("schan://", "write schan://SENDKEY"),
    ("bark://bark.example.org", "write bark://HOST/KEY"),
    ("bark://bark.example.org/K1/K2", "write one address for each key"),
    ("tgram://123456:ABC", "write tgram://BOTTOKEN/CHAT"),
    ("tgram://123456:ABC/1/2", "write one address for each chat"),
    ("tgram://123456:ABC/1?topic=x", "topic is a number"),
    ("slack://T0/b-0/XX", "write slack://A/B/C"),
    ("webhook+https://", "write webhook+https://HOST/PATH"),
    ("webhook+https://h.org/?secret=whsec_%", "secret is written whsec_ and base64"),
    ("webhook+https://h.org/?secret=whsec_c2hvcnQ=", "secret must hold 24 to 64 bytes"),
    ("webhook+https://h.org/?header=X-Token", "header is written header=Name:Value"),
    ("webhook+https://h.org/?header=X-T:a%0d%0aX-B:b", "header is written header=Name:Value"),
    ("mailto://", "write mailto://USER:PASSWORD@HOST"),
    ("mailto://smtp.example.org", "say to whom"),
    ("mailto://smtp.example.org/?to=desk", "to holds what is no e-mail address"),
    ("mailto://smtp.example.org/?to=a@b.org%0d%0aBcc:c@d.org", "to holds what is no e-mail address"),
    ("mailto://smtp.example.org/?to=a@b.org&from=x", "from holds what is no e-mail address"),
    ("mailto://smtp.example.org:smtp/?to=a@b.org", "the port is a number"),
    ("mailto://smtp.example.org/?to=a@b.org&mode=tls", "mode is ssl, starttls or insecure"),
    ("mailto://smtp.example.org/?to=a@b.org&bcc=c@d.org", "unknown key bcc"),
    (
        "mailto://smtp.example.org/?to=" + ",".join(f"a{n}@b.org" for n in range(31)),
        "more than 30 recipients",
    ),
    ("file://lines.jsonl", "with three slashes"),
    ("file:///", "/ is a folder"),
    ("file:///no/such/folder/x.jsonl", "the folder /no/such/folder does not exist"),
    ("stdout://?format=xml", "format is json or text"),
    ("env:NO_SUCH", "the environment variable NO_SUCH is not set"),
    ("env:EMPTY", "the environment variable EMPTY is not set"),
    ("env:BARE", "the environment variable BARE holds no address"),
    ("env:", "write env: and the name of a variable"),
    ("file:no-such-file", "the file cannot be read"),
    ("pover://s3cr3t", "Apprise does not understand what follows pover://"),
    ("http://[::1", "this is no address"),
]


@pytest.mark.parametrize(("text", "mend"), MISTAKES)
def test_a_wrong_address_is_refused_with_place_and_mend_and_without_secrets(text, mend):
    named = {"newsroom": "stdout://"}
    env = {"BARE": "s3cr3t", "EMPTY": " "}

    with pytest.raises(ConfigError) as caught:
        open_destination(text, named=named, env=env, place="newsdelta.toml, line 12")

    said = str(caught.value)
    assert mend in said
    assert "newsdelta.toml, line 12" in said
    assert "s3cr3t" not in said
    assert caught.value.__cause__ is None


def test_an_address_comes_from_a_name_the_environment_or_a_file(tmp_path: Path):
    (tmp_path / "desk.txt").write_text("wecom://693a-91f7\n# the desk's bot\n", encoding="utf-8")
    env = {"DESK": " wecom://693a-91f7\n"}
    named = {"one": "env:DESK", "two": "file:desk.txt", "three": "wecom://693a-91f7"}

    found = [open_destination(name, named=named, env=env, folder=tmp_path) for name in named]

    assert {one.id for one in found} == {identify("wecom://693a-91f7")}
    assert [one.name for one in found] == ["one: wecom://***", "two: wecom://***", "three: wecom://***"]
    assert resolve("env:DESK", env=env) == "wecom://693a-91f7"
    assert resolve(f"file:{tmp_path / 'desk.txt'}") == "wecom://693a-91f7"


def test_a_file_of_lines_is_not_a_file_with_an_address(tmp_path: Path):
    assert type(open_destination(f"file://{tmp_path}/alerts.jsonl")).__name__ == "Lines"


RATES = [
    ("wecom://693a", Rate(15, 60, 5)),
    ("wecom://693a?rate=10/60", Rate(10, 60, 1)),
    ("wecom://693a?rate=10/0.5/3", Rate(10, 0.5, 3)),
    ("webhook+https://h.org/", None),
    ("webhook+https://h.org/?rate=5/1", Rate(5, 1, 1)),
]


@pytest.mark.parametrize(("address", "rate"), RATES)
def test_an_address_says_how_much_the_place_bears(address, rate):
    assert open_destination(address).rate == rate


def test_no_documented_limit_is_passed_in_any_window():
    """A bucket of `burst` that fills at `messages` in `seconds` lets burst + messages through in any `seconds`."""
    limits = {
        "dingtalk://a1": (20, 60),
        "wecom://a1": (20, 60),
        "feishu://a1": (100, 60),
        "tgram://1:a/1": (20, 60),
    }
    for address, (most, seconds) in limits.items():
        rate = open_destination(address).rate
        assert rate is not None
        assert rate.burst + rate.messages * seconds / rate.seconds <= most
    feishu = open_destination("feishu://a1").rate
    assert feishu is not None
    assert feishu.burst + feishu.messages / feishu.seconds <= 5


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60)
def test_an_id_is_that_of_its_address_and_tells_nothing_of_it(text):
    found = identify(f"wecom://{text}".encode("utf-8", "replace").decode())

    assert found == identify(f"wecom://{text}".encode("utf-8", "replace").decode())
    assert len(found) == 25
    assert set(found[1:]) <= set("0123456789abcdef")


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_an_address_or_a_config_error(text):
    with contextlib.suppress(ConfigError):
        open_destination(text, env={})


def test_parts_of_an_address_are_decoded_and_plus_stays_plus():
    url = read_url("X+y://u%40s:p%3Aw@Host:8080/a%2Fb/c?k=a+b%20c&k=2&e=")

    assert (url.scheme, url.user, url.password, url.target) == ("x+y", "u@s", "p:w", "Host:8080")
    assert url.path == ("a/b", "c")
    assert url.query == {"k": ("a+b c", "2"), "e": ("",)}
