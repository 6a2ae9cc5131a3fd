"""The config is edited to nonsense while a watch runs: the last good one stays, and the trouble is named."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.config import load
from storage.errors import ConfigError
from tests.acceptance.test_watch import until, watching
from tests.trouble.seen import audit, is_told, says, something_happens, watched

GOOD = """
[watch]
requests_per_hour = 120
removal_after = "1h"
[[channel]]
name = "cq"
every = "30m"
[[channel]]
name = "bazaar"
home = "https://news.example/"
columns = ["/local/"]
article = { url = "/\\\\d+\\\\.html$", title = "h1", body = "div.text" }
[[alert]]
name = "district"
to = ["file:///var/lib/told.jsonl"]
words = ["渝北"]
quiet = "22:00-07:00"
[archive]
size = "1G"
[retention]
archive = "5y"
"""
NONSENSE = [
    b"",
    b"\xff\xfe\x00",
    b"\0" * 4096,
    b"[" * 5000,
    b"a = " + b"[" * 5000,
    b"a." * 5000 + b"b = 1",
    b"watch = 1979-05-27T07:32:00Z",
    b"[[channel]]\nname = 7",
    b'[watch]\nevery = "-1s"',
    b"[watch]\nrequests_per_hour = nan",
    b"[watch]\nrequests_per_hour = inf",
    b'[watch]\ntime_zone = "../../etc/passwd"',
    b"[watch]\nremoval_visits = 99999999999999999999999",
    b'[watch]\nremoval_after = "999999999999999999999999999999d"',
    b'[database]\nurl = "sqlite://"',
    '[[channel]]\nname = "重庆"\nhome = "http://[::1"'.encode(),
]


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_read_or_refused_by_name_and_never_anything_else(tmp_path, text):
    file = tmp_path / "newsdelta.toml"
    file.write_bytes(text)
    read(file)


@given(
    at=st.integers(0, 700),
    drop=st.integers(0, 40),
    put=st.binary(max_size=12) | st.sampled_from(NONSENSE[3:]),
)
@settings(max_examples=150)
def test_a_good_config_with_any_slip_is_read_or_refused_by_name(tmp_path_factory, at, drop, put):
    good = GOOD.encode()
    file = tmp_path_factory.getbasetemp() / "slip.toml"
    file.write_bytes(good[:at] + put + good[at + drop :])
    read(file)


def read(file: Path) -> None:
    with contextlib.suppress(ConfigError):
        load(str(file), env={})


def test_a_watch_keeps_the_last_good_config_and_takes_up_the_mended_one(newsdelta, site):
    with watching(newsdelta) as watcher:
        until(lambda: newsdelta.is_made() and is_told(newsdelta, site))
        good = newsdelta.config.read_text()
        newsdelta.config.write_text(
            good.replace("requests", "rquests").replace('every = "1s"', 'every = "often"')
        )
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: says(watcher, "The config is not taken, the old one stays"))
        doctor = newsdelta("doctor", expect=2)
        assert "newsdelta.toml, line" in doctor.stdout
        assert "a watch that runs keeps the settings that it has" in doctor.stdout
        something_happens(site)
        watched(newsdelta, site, '[retention]\narchive = "5y"\n')
        watcher.process.send_signal(signal.SIGHUP)
        until(lambda: says(watcher, "The config was read again"))
        until(lambda: is_told(newsdelta, site))
        assert watcher.end() == 0
        assert watcher.err.read_text().count("The config is not taken") == 1
    audit(newsdelta, site)


def test_doctor_says_as_json_what_is_wrong_with_the_config(newsdelta):
    newsdelta.config.write_text("[watch]\nevry = 1\n")
    [finding] = newsdelta.json("doctor", expect=2)
    assert finding["about"] == "settings"
    assert finding["state"] == "failed"
    assert "newsdelta.toml, line 2" in finding["what"]
    assert "every" in finding["mend"]


def test_doctor_tries_the_destinations_as_a_watch_does(newsdelta):
    newsdelta.configure("http://127.0.0.1:9/", '[[alert]]\nname = "all"\nto = ["env:NOT_SET_ANYWHERE"]\n')
    findings = {one["about"]: one for one in newsdelta.json("doctor", expect=1)}
    assert findings["alerts"]["state"] == "failed"
    assert "NOT_SET_ANYWHERE" in findings["alerts"]["what"] + findings["alerts"]["mend"]
