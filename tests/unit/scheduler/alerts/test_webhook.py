"""Webhooks: signatures that others can verify, a body that keeps its schema, answers by status."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from scheduler.alerts import http
from scheduler.alerts.addresses import open_destination
from scheduler.alerts.http import Reply, judge_status, retry_after
from scheduler.alerts.model import Answer, Verdict
from scheduler.alerts.payload import document, encode
from scheduler.alerts.samples import samples
from scheduler.alerts.write import writer
from tests.letters import letter, send, send_all
from tests.receivers import Receiver
from tests.receivers.services import WEBHOOK_SECRET

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "webhook.schema.json").read_text(encoding="utf-8"))
ACCEPTED, LATER, REFUSED = Verdict.ACCEPTED, Verdict.LATER, Verdict.REFUSED


def strict(schema: Any) -> Any:
    """The schema, with nothing allowed that it does not describe."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {key: strict(value) for key, value in schema.items()} | closed


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("message", list(samples()), ids=lambda message: message.key)
def test_real_bodies_are_as_the_schema_says_and_hold_nothing_else(message):
    body = json.loads(encode(writer()(message)))

    validator = jsonschema.Draft202012Validator(
        strict(SCHEMA), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    assert [error.message for error in validator.iter_errors(body)] == []


def test_a_body_is_one_line_and_the_same_at_every_try():
    one = letter("第一行\n第二行\ud800")

    assert encode(one) == encode(one)
    assert b"\n" not in encode(one)
    assert json.loads(encode(one))["data"]["text"] == "第一行\n第二行?"


def test_others_can_verify_the_signature(there: Receiver):
    there.secure("webhook", secret=WEBHOOK_SECRET)

    answer = send(open_destination(there.address(secret=WEBHOOK_SECRET)), letter(key="nd-77"))

    assert answer == Answer(ACCEPTED, "HTTP 200", parts_done=1)
    came = there.received[0]
    assert came.key == came.headers["idempotency-key"] == came.body["data"]["key"] == "nd-77"
    body = encode(letter(key="nd-77"))
    verified = standardwebhooks.Webhook(WEBHOOK_SECRET).verify(body, dict(came.headers))
    assert verified == document(letter(key="nd-77"))


def test_a_wrong_signature_or_none_is_refused(there: Receiver):
    there.secure("webhook", secret=WEBHOOK_SECRET)
    other = "whsec_" + "QUFB" * 10

    answers = [send(open_destination(there.address(secret=secret)), letter()) for secret in ("", other)]

    assert [answer.verdict for answer in answers] == [REFUSED, REFUSED]
    assert "credentials" in answers[0].detail


def test_while_secrets_change_both_sign(there: Receiver):
    there.secure("webhook", secret=WEBHOOK_SECRET)
    old = "whsec_" + "QUFB" * 10

    assert (
        send(open_destination(there.address(secret=f"{old}&secret={WEBHOOK_SECRET}")), letter()).verdict
        is ACCEPTED
    )


def test_headers_logins_and_the_receivers_own_keys_arrive(there: Receiver):
    base = there.url.removeprefix("http://")
    address = (
        f"webhook+http://me:p%40ss@{base}/hook/a%2Fb?room=5&header=X-Team:desk%20one&room=%E6%B8%9D&rate=9/1"
    )

    assert send(open_destination(address), letter()).verdict is ACCEPTED
    came = there.received[0]
    assert came.headers["authorization"] == "Basic bWU6cEBzcw=="
    assert came.headers["x-team"] == "desk one"
    assert came.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("deed", "due", "wait", "host_down"),
    [("refuse", REFUSED, None, False), ("limit", LATER, 1, False), ("fail", LATER, None, True),
     ("drop", LATER, None, True), ("vanish", LATER, None, True), ("redirect", REFUSED, None, False),
     ("gone", REFUSED, None, False)],
)  # fmt: skip
def test_what_a_receiver_does_and_what_we_make_of_it(deed, due, wait, host_down, there: Receiver):
    there.do(deed)

    answer = send(open_destination(there.address()), letter())

    assert (answer.verdict, answer.wait, answer.host_down, answer.parts_done) == (due, wait, host_down, 0)
    assert len(there.requests) == 1  # no redirect is followed, nothing is tried twice at once


def test_a_lost_answer_is_the_one_way_to_a_repeat_and_the_key_is_the_same(there: Receiver):
    there.do("vanish", times=1)
    hook = open_destination(there.address())

    answers = send_all(hook, [letter(key="nd-5"), letter(key="nd-5")])

    assert [answer.verdict for answer in answers] == [LATER, ACCEPTED]
    assert there.keys == ["nd-5", "nd-5"]


def test_a_receiver_that_hangs_is_left_after_its_time(there: Receiver):
    there.do("hang")
    hook = open_destination(there.address())
    hook._http._seconds = 0.2  # type: ignore[attr-defined]

    answer = send(hook, letter())

    assert (answer.verdict, answer.host_down, answer.detail) == (LATER, True, "no answer within 0.2 s")


def test_nobody_there():
    answer = send(open_destination("webhook+http://127.0.0.1:1/hook"), letter())

    assert (answer.verdict, answer.host_down) == (LATER, True)
    assert "127.0.0.1" in answer.detail


def test_connections_are_kept_and_a_new_loop_gets_its_own(there: Receiver):
    hook = open_destination(there.address())

    async def twice() -> list[Answer]:
        return [await hook.send(letter()), await hook.send(letter())]

    assert {answer.verdict for _ in range(2) for answer in asyncio.run(twice())} == {ACCEPTED}
    assert len(there.received) == 4


def test_many_at_once(there: Receiver):
    hook = open_destination(there.address())

    async def work() -> list[Answer]:
        answers = await asyncio.gather(*(hook.send(letter(key=f"nd-{n}")) for n in range(100)))
        await hook.close()
        return answers

    assert {answer.verdict for answer in asyncio.run(work())} == {ACCEPTED}
    assert sorted(there.keys) == sorted(f"nd-{n}" for n in range(100))


STATUSES = [
    (200, None), (204, None), (299, None),
    (301, REFUSED), (304, REFUSED),
    (400, REFUSED), (401, REFUSED), (404, REFUSED), (410, REFUSED), (413, REFUSED), (422, REFUSED),
    (408, LATER), (409, LATER), (425, LATER), (429, LATER), (500, LATER), (503, LATER), (599, LATER),
]  # fmt: skip


@pytest.mark.parametrize(("status", "due"), STATUSES)
def test_what_a_status_means(status, due):
    answer = judge_status(Reply(status, {}, b""))

    assert (answer and answer.verdict) == due


def test_a_500_may_be_this_messages_fault_and_a_503_is_the_hosts():
    found = {status: judge_status(Reply(status, {}, b"")) for status in (500, 502, 503, 504, 521)}

    assert {status: answer and answer.host_down for status, answer in found.items()} == {
        500: False, 502: True, 503: True, 504: True, 521: True,
    }  # fmt: skip


NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)
WAITS = [
    ("", None), ("30", 30), (" 0 ", 0), ("99999999999999", 86_400), ("-5", None), ("1.5", None), ("soon", None),
    ("²", None), (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
    (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
    (format_datetime(NOW + timedelta(days=30), usegmt=True), 86_400),
]  # fmt: skip


@pytest.mark.parametrize(("header", "seconds"), WAITS)
def test_retry_after_is_a_number_or_a_date(header, seconds):
    assert retry_after({"retry-after": header, "date": DATE}) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_none_or_at_most_a_day(header):
    found = retry_after({"retry-after": header})

    assert found is None or 0 <= found <= http.LONGEST_WAIT


def test_no_more_of_an_answer_is_read_than_is_worth_it():
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        sent = 0
        try:
            while sent < 200_000_000:
                writer.write(b"x" * 65536)
                sent += 65536
                await writer.drain()
        except ConnectionError:
            pass
        told.set_result(sent)

    async def work() -> tuple[Answer, int]:
        nonlocal told
        told = asyncio.get_running_loop().create_future()
        server = await asyncio.start_server(flood, "127.0.0.1", 0)
        hook = open_destination(f"webhook+http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        answer = await hook.send(letter())
        await hook.close()
        return answer, await told

    told: asyncio.Future[int]
    answer, sent = asyncio.run(work())

    assert answer.verdict is ACCEPTED
    assert sent < 100_000_000


@given(st.text())
def test_a_body_is_its_document_whatever_letters_stand_in_it(text):
    one = letter(text, title=text)
    plain = json.dumps(document(one), ensure_ascii=False).encode("utf-8", "replace")

    assert json.loads(encode(one)) == json.loads(plain)


PROXIED = [
    ({"http_proxy": "http://me:pass@{}"}, True),
    ({"http_proxy": "http://{}", "no_proxy": "elsewhere.example"}, True),
    ({"http_proxy": "http://{}", "no_proxy": ".invalid"}, False),
    ({"https_proxy": "http://{}"}, False),
]


@pytest.mark.parametrize(("environment", "goes_there"), PROXIED)
def test_the_environments_proxies_are_honoured_and_netrc_is_not_read(
    environment, goes_there, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine hooks.invalid login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))

    async def work() -> tuple[Answer, bytes]:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        here = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for name, value in environment.items():
            monkeypatch.setenv(name, value.format(here))
        hook = open_destination("webhook+http://hooks.invalid/hook")
        answer = await hook.send(letter())
        await hook.close()
        return answer, b"".join(heads)

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    heads: list[bytes] = []
    answer, head = asyncio.run(work())

    assert answer.verdict is (ACCEPTED if goes_there else LATER)
    assert head.startswith(b"POST http://hooks.invalid/hook ") is goes_there
    assert (b"\r\nProxy-Authorization: Basic " in head) is ("me:" in environment.get("http_proxy", ""))
    assert b"\r\nAuthorization" not in head
