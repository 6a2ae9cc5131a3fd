"""What goes through Apprise: its yes and no, its log, its time, and its secrets."""

from __future__ import annotations

import logging

import pytest

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.apprise_ import AppriseService
from scheduler.alerts.model import Verdict
from scheduler.alerts.place import read_url
from tests.letters import TEXT, TITLE, letter, send
from tests.receivers import Receiver


def service(there: Receiver, options: str = "", patience: float = 30) -> AppriseService:
    url = f"json://{there.url.removeprefix('http://')}/hook/s3cr3tPath?rto=30{options}"
    return AppriseService(read_url(url), patience=patience)


def test_a_message_arrives(there: Receiver):
    answer = send(open_destination(f"json://{there.url.removeprefix('http://')}/hook"), letter())

    assert (answer.verdict, answer.parts_done) == (Verdict.ACCEPTED, 1)
    assert there.received[0].body["message"].strip() == TEXT
    assert there.received[0].body["title"] == TITLE


@pytest.mark.parametrize(
    ("deed", "due", "held"),
    [("fail", Verdict.LATER, "error=503"), ("limit", Verdict.LATER, "error=429"),
     ("refuse", Verdict.REFUSED, "error=403"), ("drop", Verdict.LATER, "onnection")],
)  # fmt: skip
def test_its_log_tells_whether_trying_again_may_help(deed, due, held, there: Receiver):
    there.do(deed)

    answer = send(service(there), letter())

    assert answer.verdict is due
    assert held in answer.detail


def test_what_hangs_is_left_after_its_time_and_not_started_again(there: Receiver):
    there.delay(0.5)
    place = service(there, patience=0.1)

    first = send(place, letter(key="nd-1"))
    second = send(place, letter(key="nd-1"))
    there.wait_for(1)
    work = place._last
    assert work is not None
    assert work.ended.wait(30)
    third = send(place, letter(key="nd-1"))

    assert [one.verdict for one in (first, second, third)] == [Verdict.LATER, Verdict.LATER, Verdict.ACCEPTED]
    assert first.host_down
    assert "still hangs" in second.detail
    assert len(there.received) == 1  # it arrived late, and was not sent again


def test_its_logs_hold_addresses_and_go_nowhere(there: Receiver, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    there.do("refuse")

    answer = send(service(there), letter())

    assert "s3cr3tPath" not in caplog.text + answer.detail


def test_a_text_longer_than_the_service_takes_goes_in_parts(there: Receiver):
    place = service(there)
    place._plugin.body_maxlen = 500
    long, heard = letter("新增口袋公园。" * 300), []

    async def hear(parts_done: int) -> None:
        heard.append(parts_done)

    long.on_part = hear
    answer = send(place, long)

    bodies = [one.body["message"] for one in there.received]
    assert (answer.verdict, answer.parts_done) == (Verdict.ACCEPTED, len(bodies))
    assert heard == list(range(1, len(bodies)))
    assert "".join(bodies) == "新增口袋公园。" * 300
    assert all(len(body) <= 500 for body in bodies)


def test_importing_addresses_does_not_import_apprise_or_aiohttp():
    import subprocess
    import sys

    program = (
        "import sys; from scheduler.alerts.addresses import open_destination as o\n"
        "for a in ('wecom://a1', 'webhook+https://h.org', 'mailto://h.org/?to=a@b.org', 'stdout://'): o(a)\n"
        "print(*({'apprise', 'aiohttp', 'aiosmtplib', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
