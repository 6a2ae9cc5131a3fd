"""No secret of an address is in an id, name, repr, error, detail or log, whatever the far end answers."""

from __future__ import annotations

import base64
import logging
import string
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.model import Form
from storage.errors import ConfigError
from tests.letters import letter, send
from tests.receivers import Receiver

#: Secrets begin unlike any word of ours.
WORDS = st.text(alphabet=string.ascii_letters + string.digits, min_size=12, max_size=40).map("s3Q".__add__)
ODD = st.text(
    alphabet=string.ascii_letters + string.digits + "!$&'()*+,;=:@/?#[]%~ -_.é密", min_size=12, max_size=30
)

#: Each example sends a dozen messages.
NO_SHRINK = (Phase.explicit, Phase.generate)


def addresses(base: str, word: str, odd: str) -> list[tuple[str, list[str]]]:
    """Addresses of every kind that lead to `base`, and the secrets in each."""
    host, quoted = base.removeprefix("http://"), quote(odd, safe="")
    key = "whsec_" + base64.b64encode(word.encode().ljust(32, b"x")).decode()
    return [
        (f"dingtalk://{word}?secret={quoted}&api={base}", [word, odd]),
        (f"dingtalk://{quoted}@{word}?api={base}", [word, odd]),
        (f"wecom://{word}?api={base}", [word]),
        (f"feishu://{word}?secret={quoted}&api={base}", [word, odd]),
        (f"schan://{word}?api={base}", [word]),
        (f"bark://user:{quoted}@{host}/{word}", [word, odd]),
        (f"tgram://123456:{word}/-1001?api={base}", [word]),
        (f"slack://T00000000/B00000000/{word}?api={base}", [word]),
        (f"webhook+http://user:{quoted}@{host}/hook/{word}?secret={key}", [word, odd, key]),
        (f"webhook+http://{host}/hook?token={quoted}&header=X-Key:{word}", [word, odd]),
        (f"mailto://user:{quoted}@127.0.0.1:1/?to=a@b.org", [odd]),
        (f"json://user:{word}@{host}/hook/{word}", [word]),
    ]


@pytest.mark.parametrize("deed", ["echo", "refuse", "drop"])
@given(word=WORDS, odd=ODD)
@settings(
    max_examples=6,
    phases=NO_SHRINK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_shows_a_secret(deed, word, odd, there: Receiver, caplog: pytest.LogCaptureFixture):
    assume(odd.strip() == odd and "  " not in odd)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    there.do(deed)
    for address, secrets in addresses(there.url, word, odd):
        place = open_destination(address)
        answer = send(place, letter())
        shown = "\n".join(
            [place.id, place.name, repr(place), str(place), answer.detail, repr(answer), caplog.text]
        )
        for secret in secrets:
            assert secret not in shown, address
            assert quote(secret, safe="") not in shown, address


@pytest.mark.parametrize("spoil", ["scheme", "key", "rate", "path"])
@given(word=WORDS, odd=ODD)
@settings(max_examples=20, phases=NO_SHRINK)
def test_no_error_shows_a_secret(spoil, word, odd):
    for address, secrets in addresses("http://127.0.0.1:9", word, odd):
        joint = "&" if "?" in address else "?"
        spoiled = {
            "scheme": f"x{address}",
            "key": f"{address}{joint}{word}=1",
            "rate": f"{address}{joint}rate={word}",
            "path": address.replace("?", f"/{word}/{word}?"),
        }[spoil]
        try:
            open_destination(spoiled, place="newsdelta.toml, line 3")
        except ConfigError as error:
            told = f"{error} {error!r} {error.subject} {error.mend} {error.__cause__}"
            assert not [secret for secret in secrets if secret in told], spoiled


def test_an_error_of_a_template_is_told_without_secrets_and_raises_nothing(there: Receiver):
    def broken(_: object, form: Form) -> str:
        raise ValueError(f"no filter 'datum', see {there.address('wecom')}")

    answer = send(open_destination(there.address("wecom")), letter(write=broken))

    assert answer.detail == "ValueError: no filter 'datum', see ***"


def test_a_short_password_is_hidden_where_it_stands_alone():
    place = open_destination("mailto://user:abc@127.0.0.1:1/?to=a@b.org")

    assert place.masked("login abc failed, abcde; p=abc") == "login *** failed, abcde; p=***"  # type: ignore[attr-defined]
