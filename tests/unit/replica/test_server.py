"""The server: validators, faults on the wire, the log, the controls; in a thread and in a process of its own."""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from tests.replica import Replica, ReplicaError, ReplicaProcess
from tests.replica.process import ROOT

DEMO = ROOT / "tests" / "replica" / "demo.toml"


def get(url: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Ask once, follow nothing; an IncompleteRead is raised as it comes."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.fixture
def replica():
    with Replica(seed=7, articles=30) as running:
        yield running


@pytest.fixture
def url(replica):
    return replica.truth(29)["url"]


def test_a_page_has_validators_and_304_answers_them(url):
    status, headers, body = get(url)
    assert (status, headers["Content-Type"], len(body)) == (200, "text/html", int(headers["Content-Length"]))
    assert get(url, If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert get(url, If_None_Match=f'"x", W/{headers["ETag"]}')[0] == 304
    assert get(url, If_None_Match='"x"')[0] == 200
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_Modified_Since="Thu, 01 Jan 2015 00:00:00 GMT")[0] == 200
    assert get(url, If_Modified_Since="not a date")[0] == 200
    assert get(url, If_None_Match='"x"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert get(url, "HEAD")[1]["ETag"] == headers["ETag"]
    assert get(url, "POST")[0] == 405


@pytest.mark.parametrize("step", [("edit", {"classes": "number"}), ("churn", {})])
def test_a_changed_page_has_a_new_etag_and_a_later_date(replica, url, step):
    _, before, old = get(url)
    what, options = step
    replica.advance(by=30)
    target = {"article": 29} if what == "edit" else {"articles": [29]}
    replica.do(what, **target, **options)
    status, after, new = get(url, If_None_Match=before["ETag"])
    assert status == 200
    assert new != old
    assert parsedate_to_datetime(after["Last-Modified"]) > parsedate_to_datetime(before["Last-Modified"])


@pytest.mark.parametrize(
    ("validators", "present"),
    [
        ("both", {"ETag", "Last-Modified"}),
        ("etag", {"ETag"}),
        ("last-modified", {"Last-Modified"}),
        ("none", set()),
    ],
)
def test_validators_can_be_left_out(validators, present):
    with Replica(seed=7, articles=5, validators=validators) as replica:
        _, headers, _ = get(replica.truth(0)["url"])
        assert {"ETag", "Last-Modified"} & set(headers) == present
        given = {"If_None_Match": '"x"'} if "ETag" not in present else {}
        assert get(replica.url, **given)[0] == 200


def test_churn_that_keeps_the_etag_is_answered_304():
    with Replica(seed=7, articles=5, churn_changes_etag=False) as replica:
        url = replica.truth(4)["url"]
        _, headers, old = get(url)
        replica.do("churn")
        assert get(url, If_None_Match=headers["ETag"])[0] == 304
        assert get(url)[2] != old


def test_gzip_is_used_when_asked_for():
    with Replica(seed=7, articles=5, gzip=True) as replica:
        url = replica.truth(4)["url"]
        _, headers, packed = get(url, Accept_Encoding="gzip")
        plain = get(url)
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed) == plain[2]
        assert headers["ETag"] != plain[1]["ETag"]


def test_each_channel_has_its_own_address():
    with Replica(seed=7, articles=10, channels=("cq", "sc")) as replica:
        assert set(replica.urls) == {"cq", "sc"}
        assert "四川频道" in get(replica.urls["sc"])[2].decode("gb18030")
        address = replica.truth(3, "sc")["url"]
        assert address.startswith(replica.urls["sc"])
        assert get(address)[0] == 200
        assert get(replica.urls["cq"] + urlsplit(address).path[1:])[0] == 404


def test_the_log_holds_every_request(replica, url):
    replica.forget_requests()
    _, headers, body = get(url, User_Agent="watcher/1")
    get(url + "?f41095c0", User_Agent="watcher/1", If_None_Match=headers["ETag"])
    get(replica.url + "nothing.html")
    first, second, third = replica.requests()
    path = urlsplit(url).path
    assert first == {"at": 0.0, "channel": "cq", "method": "GET", "path": path, "status": 200, "size": len(body),
                     "user_agent": "watcher/1", "conditional": False}  # fmt: skip
    assert (second["path"], second["conditional"]) == (f"{path}?f41095c0", True)
    assert (second["status"], second["size"]) == (304, 0)
    assert (third["status"], third["path"]) == (404, "/nothing.html")


def test_outage_and_recovery(replica, url):
    replica.do("outage")
    assert get(url)[0] == get(replica.url)[0] == 503
    replica.do("recover")
    assert get(url)[0] == get(replica.url)[0] == 200


def test_a_fault_can_be_bound_to_a_path_an_article_a_count_and_a_time(replica, url):
    replica.do("status", code=500, path="/GB/*")
    assert get(replica.url + "GB/365402/index.html")[0] == 500
    assert get(url)[0] == 200
    replica.do("recover", kind="status")
    replica.do("status", code=429, article=29, times=2, retry_after=7)
    found = [get(url)[:2] for _ in range(3)]
    assert [status for status, _ in found] == [429, 429, 200]
    assert found[0][1]["Retry-After"] == "7"
    replica.do("status", code=403, **{"for": 10})
    assert get(url)[0] == 403
    replica.advance(by=10)
    assert get(url)[0] == 200


def test_reset(replica, url):
    replica.do("reset")
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        get(url)
    assert replica.requests()[-1]["status"] == 0


def test_slow_answers_late_and_holds_up_nobody_else(replica, url):
    replica.do("slow", article=29, seconds=0.5)
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as slow:
        slow.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert get(replica.url)[0] == 200
        slow.setblocking(False)
        with pytest.raises(BlockingIOError):
            slow.recv(1)
        slow.settimeout(20)
        assert slow.recv(12) == b"HTTP/1.1 200"


def test_truncated(replica, url):
    whole = get(url)[2]
    replica.do("truncate", keep=1000)
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(url)
    assert caught.value.partial == whole[:1000]


def test_empty_body(replica, url):
    replica.do("empty-body")
    assert get(url)[::2] == (200, b"")


def test_huge(replica, url):
    replica.do("huge")
    status, headers, body = get(url)
    assert (status, len(body), headers["Content-Length"]) == (200, 50 * 1024 * 1024, str(50 * 1024 * 1024))


def test_charset_lie(replica, url):
    before = get(url)
    replica.do("charset-lie", charset="utf-8")
    after = get(url)
    assert after[1]["Content-Type"] == "text/html; charset=utf-8"
    assert after[2] == before[2]


def test_a_wrong_call_is_an_error_that_says_why(replica):
    with pytest.raises(ValueError, match="flood"):
        replica.do("recover", kind="flood")
    with pytest.raises(LookupError, match="4000"):
        replica.truth(4000)


def test_a_small_cache_serves_from_its_file():
    with Replica(seed=7, articles=40, cache_bytes=60_000) as small, Replica(seed=7, articles=40) as large:
        for _ in range(2):
            for number in range(40):
                path = urlsplit(small.truth(number)["url"]).path[1:]
                assert get(small.url + path)[2] == get(large.url + path)[2]


def test_a_process_answers_the_same_calls():
    with ReplicaProcess(timeline=DEMO) as replica:
        with Replica(timeline=DEMO) as near:
            assert replica.advance(to=30) == near.advance(to=30)
            far, here = replica.expected_events(), near.expected_events()
            assert far == json.loads(json.dumps(here))
            strip = {"url": None, "images": None}
            assert {**replica.truth("bridge"), **strip} == {**near.truth("bridge"), **strip}
        assert get(replica.truth("bridge")["url"])[0] == 200
        assert replica.requests()[-1]["status"] == 200
        replica.do("outage")
        assert get(replica.url)[0] == 503
        with pytest.raises(ReplicaError, match="NoSuchArticle"):
            replica.truth("nobody")
        with pytest.raises(ReplicaError, match="unexpected keyword"):
            replica._call("advance", nonsense=1)


def test_a_process_stops_with_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    command = [sys.executable, "-m", "tests.replica", "serve", "--articles", "3", "--parent", str(parent.pid)]
    served = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert served.stdout is not None
        urls = json.loads(served.stdout.readline())["urls"]
        assert get(urls["cq"])[0] == 200
        parent.kill()
        parent.wait()
        assert served.wait(timeout=30) == 0
    finally:
        parent.kill()
        served.kill()
        served.communicate()


def test_a_process_that_cannot_start_says_why():
    with pytest.raises(ReplicaError, match="status 2"), ReplicaProcess(channels=("nowhere",)):
        pass


def test_the_command_prints_truth_events_and_pages(tmp_path):
    def run(*arguments: str) -> bytes:
        command = [sys.executable, "-m", "tests.replica", *arguments]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ}).stdout

    truth = json.loads(run("truth", "--seed", "7", "--articles", "30", "--article", "29"))
    with Replica(seed=7, articles=30) as replica:
        assert truth["body"] == replica.truth(29)["body"]
    events = run("events", "--timeline", str(DEMO), "--at", "60").decode().splitlines()
    assert [json.loads(line)["kind"] for line in events[26:]] == [
        "new",
        "edited",
        "new",
        "edited",
        "removed",
        "new",
    ]
    fields = tmp_path / "fields.json"
    fields.write_text(json.dumps({"title": "题", "body": ["文。"]}), encoding="utf-8")
    assert "文。" in run("render", str(fields), "--generation", "G2").decode("gb18030")


def test_real_time_plays_the_timeline(tmp_path):
    path = tmp_path / "t.toml"
    path.write_text('[[step]]\nat=3\ndo="publish"\nname="a"\n', encoding="utf-8")
    with ReplicaProcess(articles=3, timeline=path, speed=100.0) as replica:
        while replica.now() < 3:
            time.sleep(0.01)
        assert get(replica.truth("a")["url"])[0] == 200
        with pytest.raises(ReplicaError, match="follows real time"):
            replica.advance(to=10)


def test_nobody_is_asked_through_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr(urllib.request, "_opener", None)  # urlopen keeps the proxies that it first met
    with ReplicaProcess(articles=3) as replica:
        assert replica.now() == 0.0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(replica.url)
