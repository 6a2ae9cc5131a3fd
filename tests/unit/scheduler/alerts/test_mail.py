"""E-mail against a real SMTP server: the mail itself, encryption, logins, and who of several gets it."""

from __future__ import annotations

import ssl
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.mail import _server
from scheduler.alerts.mime import list_id, write_mail
from scheduler.alerts.model import Verdict
from scheduler.alerts.place import read_url
from tests.letters import TEXT, TITLE, letter, send, send_all
from tests.receivers import MailReceiver

ACCEPTED, LATER, REFUSED = Verdict.ACCEPTED, Verdict.LATER, Verdict.REFUSED
SENDER = Address("newsdelta", "delta", "example.org")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate that nobody trusts."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_the_mail(post_office: MailReceiver):
    html = "<p>新增<ins>口袋公园</ins></p>"
    answer = send(open_destination(post_office.address()), letter(key="nd-42", html=html))

    came = post_office.received[0]
    mail = came.mail
    assert (answer.verdict, answer.detail, answer.parts_done) == (ACCEPTED, "accepted", 1)
    assert (came.sender, came.recipients) == ("delta@example.org", ("desk@example.org",))
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        TITLE,
        "newsdelta <delta@example.org>",
        "desk@example.org",
    )
    assert mail["Message-ID"] == "<nd-42@example.org>"
    assert mail["References"] == mail["In-Reply-To"]
    assert mail["References"].startswith("<thread-")
    assert mail["List-Id"] == '"district" <district.newsdelta.example.org>'
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content_type() == "multipart/alternative"
    plain, marked = mail.iter_parts()
    assert (plain.get_content_type(), plain.get_content().strip()) == ("text/plain", TEXT)
    assert (marked.get_content_type(), marked.get_content().strip()) == ("text/html", html)
    assert came.content.isascii()
    assert max(map(len, came.content.splitlines())) <= 998  # RFC 5322, 2.1.1


def test_a_mail_that_comes_again_is_the_same_but_for_its_date():
    first, second = (
        write_mail(letter(), SENDER, ["desk@example.org"], moment) for moment in (NOW, NOW.replace(hour=5))
    )

    assert first["Date"] != second["Date"]
    del first["Date"], second["Date"]
    assert first.as_bytes() == second.as_bytes()


def test_mails_about_one_article_are_a_thread_and_digests_are_none():
    one, two = (write_mail(letter(key=key), SENDER, ["a@b.org"], NOW) for key in ("nd-1", "nd-2"))
    other = write_mail(letter(thread="article-2"), SENDER, ["a@b.org"], NOW)
    digest = write_mail(letter(thread=""), SENDER, ["a@b.org"], NOW)

    assert one["Message-ID"] != two["Message-ID"]
    assert one["References"] == two["References"] != other["References"]
    assert digest["References"] is None


LISTS = [
    ("district", '"district" <district.newsdelta.b.org>'),
    ("Desk 5", '"Desk 5" <desk-5-46a5e1a5.newsdelta.b.org>'),
    ('x"><y', '"xy" <x-y-'),
    ("渝北", "渝北 <"),
]


@pytest.mark.parametrize(("name", "due"), LISTS)
def test_a_subscription_is_a_list_to_mail_programs(name, due):
    found = list_id(name, "b.org")

    assert found.startswith(due[:12])
    assert found.count("<") == 1
    assert found.partition("<")[2].isascii()


@given(st.text(max_size=300), st.text(max_size=80))
@settings(max_examples=150)
def test_no_title_or_name_adds_a_header(title, name):
    written = write_mail(letter(title=title, subscription=name), SENDER, ["desk@example.org"], NOW)

    read = message_from_bytes(written.as_bytes(), policy=default)

    assert read.keys() == written.keys()
    assert read["To"] == "desk@example.org"
    assert "\n" not in read["Subject"]
    assert all(len(line) <= 998 for line in written.as_bytes().splitlines())


def test_a_title_that_tries_to_add_a_header_is_a_title():
    mail = write_mail(letter(title="公园\r\nBcc: all@example.org\n\n<b>"), SENDER, ["desk@example.org"], NOW)

    assert mail["Subject"] == "公园 Bcc: all@example.org <b>"
    assert mail["Bcc"] is None


ENCRYPTION = [
    ("mailto", "verify=no", True, "it is offered, so it is used"),
    ("mailtos", "verify=no", True, "it is a must"),
    ("mailto", "mode=insecure", False, "it is not wanted"),
]


@pytest.mark.parametrize(("scheme", "option", "encrypted", "why"), ENCRYPTION)
def test_starttls(scheme, option, encrypted, why, tls: ssl.SSLContext):
    key, _, value = option.partition("=")
    with MailReceiver(tls=tls) as there:
        answer = send(open_destination(there.address(scheme, **{key: value})), letter())

        assert answer.verdict is ACCEPTED, why
        assert there.received[0].encrypted is encrypted


def test_tls_from_the_start(tls: ssl.SSLContext):
    with MailReceiver(tls=tls, implicit=True) as there:
        assert send(open_destination(there.address(mode="ssl", verify="no")), letter()).verdict is ACCEPTED
        assert there.received[0].encrypted


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_that_nobody_trusts_is_refused(implicit, tls: ssl.SSLContext):
    with MailReceiver(tls=tls, implicit=implicit) as there:
        answer = send(
            open_destination(there.address("mailtos", mode="ssl" if implicit else "starttls")), letter()
        )

        assert there.received == []
    assert answer.verdict is REFUSED
    assert "verify=no" in answer.detail


def test_mailtos_sends_nothing_to_a_server_without_encryption(post_office: MailReceiver):
    answer = send(open_destination(post_office.address("mailtos")), letter())

    assert (answer.verdict, post_office.received) == (REFUSED, [])
    assert "mode=insecure" in answer.detail


def test_a_password_is_not_sent_in_the_clear_to_other_machines(monkeypatch: pytest.MonkeyPatch):
    with MailReceiver(login=("me", "p@ss")) as there:
        monkeypatch.setattr("scheduler.alerts.mail._is_here", lambda host: False)
        answer = send(open_destination(there.address(user="me:p%40ss")), letter())
        forced = send(open_destination(there.address(user="me:p%40ss", mode="insecure")), letter())

    assert (answer.verdict, forced.verdict) == (REFUSED, ACCEPTED)
    assert "password was not sent" in answer.detail


def test_logins():
    with MailReceiver(login=("me", "p@ss")) as there:
        right = send(open_destination(there.address(user="me:p%40ss")), letter())
        wrong = send(open_destination(there.address(user="me:other")), letter())

        assert (right.verdict, there.received[0].user) == (ACCEPTED, "me")
    assert wrong.verdict is REFUSED
    assert "check user name and password" in wrong.detail


@pytest.mark.parametrize(
    ("deed", "due", "host_down", "held"),
    [("defer", LATER, False, "451"), ("refuse", REFUSED, False, "554"), ("busy", LATER, True, "421"),
     ("vanish", LATER, True, "")],
)  # fmt: skip
def test_what_a_server_does_and_what_we_make_of_it(deed, due, host_down, held, post_office: MailReceiver):
    post_office.do(deed)

    answer = send(open_destination(post_office.address()), letter())

    assert (answer.verdict, answer.host_down) == (due, host_down)
    assert held in answer.detail


def test_a_server_that_says_nothing_is_left_after_its_time(post_office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("scheduler.alerts.mail.PATIENCE", 0.2)
    post_office.do("hang")

    answer = send(open_destination(post_office.address()), letter())

    assert (answer.verdict, answer.host_down) == (LATER, True)


def test_no_server():
    answer = send(open_destination("mailto://127.0.0.1:1/?to=a@b.org"), letter())

    assert (answer.verdict, answer.host_down) == (LATER, True)


THREE = "one@example.org,two@example.org,three@example.org"


def test_one_mail_for_all(post_office: MailReceiver):
    answer = send(open_destination(post_office.address(to=THREE)), letter())

    assert (answer.verdict, answer.parts_done) == (ACCEPTED, 0b111)
    assert [mail.recipients for mail in post_office.received] == [tuple(THREE.split(","))]
    assert post_office.received[0].mail["To"] == THREE.replace(",", ", ")


def test_one_who_is_refused_stops_no_other_and_is_named(post_office: MailReceiver):
    post_office.refuse("two@example.org", "550 5.1.1 no such user")

    answer = send(open_destination(post_office.address(to=THREE)), letter())

    assert answer.verdict is ACCEPTED
    assert answer.detail == "accepted for 2 of 3; two@example.org: 550 5.1.1 no such user"
    assert post_office.received[0].recipients == ("one@example.org", "three@example.org")


def test_one_who_is_refused_for_now_gets_it_later_and_nobody_gets_it_twice(post_office: MailReceiver):
    post_office.refuse("two@example.org", "452 4.2.2 mailbox full")
    place = open_destination(post_office.address(to=THREE))

    first = send(place, letter())
    second = send(place, letter(), parts_done=first.parts_done)
    post_office.refuse("two@example.org", "")
    third = send(place, letter(), parts_done=second.parts_done)

    assert [one.verdict for one in (first, second, third)] == [LATER, LATER, ACCEPTED]
    assert [one.parts_done for one in (first, second, third)] == [0b101, 0b101, 0b111]
    assert "two@example.org: 452" in second.detail
    assert [mail.recipients for mail in post_office.received] == [
        ("one@example.org", "three@example.org"),
        ("two@example.org",),
    ]
    assert len({mail.mail["Message-ID"] for mail in post_office.received}) == 1


def test_all_refused(post_office: MailReceiver):
    post_office.refuse("desk@example.org", "550 5.1.1 no such user")

    answer = send(open_destination(post_office.address()), letter())

    assert (answer.verdict, answer.parts_done, post_office.received) == (REFUSED, 0, [])


def test_real_messages_are_mails(post_office: MailReceiver):
    from scheduler.alerts.samples import samples
    from scheduler.alerts.write import writer

    letters = [writer()(message) for message in samples()]
    answers = send_all(open_destination(post_office.address()), letters)

    assert {answer.verdict for answer in answers} == {ACCEPTED}
    for mail, wrote in zip(post_office.received, letters, strict=True):
        plain, marked = mail.mail.iter_parts()
        assert plain.get_content().split() == wrote.plain.split()
        assert marked.get_content().split() == wrote.html.split()


SERVERS = [
    ("mailto://smtp.example.org/", ("smtp.example.org", 25, "", "")),
    ("mailtos://smtp.example.org/", ("smtp.example.org", 587, "starttls", "")),
    ("mailtos://smtp.example.org:465/", ("smtp.example.org", 465, "ssl", "")),
    ("mailto://smtp.example.org:465/", ("smtp.example.org", 465, "ssl", "")),
    ("mailto://smtp.example.org:2525/", ("smtp.example.org", 2525, "", "")),
    ("mailtos://smtp.example.org:2525/", ("smtp.example.org", 2525, "starttls", "")),
    ("mailto://me:pw@163.com", ("smtp.163.com", 465, "ssl", "me@163.com")),
    ("mailtos://me:pw@outlook.com", ("smtp-mail.outlook.com", 587, "starttls", "me@outlook.com")),
    ("mailto://me%40b.org:pw@[::1]:25/", ("::1", 25, "", "me@b.org")),
    ("mailto://me:pw@b.org?smtp=relay.b.org&mode=insecure", ("relay.b.org", 25, "insecure", "me")),
]


@pytest.mark.parametrize(("address", "due"), SERVERS)
def test_where_and_how_mails_are_handed_in(address, due):
    server = _server(read_url(address))

    assert (server.host, server.port, server.mode, server.user) == due


def test_the_schema_of_paths(tmp_path: Path):
    """Recipients may stand in the path, as Apprise writes them."""
    found = open_destination("mailto://smtp.example.org/one@b.org/two@b.org")

    assert found.name == "mailto://smtp.example.org:25/?to=one@b.org,two@b.org"
