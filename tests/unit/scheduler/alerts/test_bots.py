"""Bots of chat services: what each answer means, parts that fit, signatures, keywords, pace."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.alerts.addresses import open_destination
from scheduler.alerts.bot import next_post
from scheduler.alerts.dialects import slack_text, telegram_html
from scheduler.alerts.http import Reply
from scheduler.alerts.model import Answer, Rate, Verdict
from scheduler.alerts.samples import samples
from scheduler.alerts.serverchan import seconds_to_midnight
from scheduler.alerts.write import writer
from tests.letters import TEXT, TITLE, letter, send, send_all
from tests.receivers import Receiver
from tests.receivers import services as known

BOTS = ["dingtalk", "wecom", "feishu", "serverchan", "bark", "telegram", "slack"]
#: What a post may hold: (what is measured, the most of it).
MEASURES = {
    "dingtalk": (
        lambda body: len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()),
        20_000,
    ),
    "wecom": (lambda body: len(body["markdown"]["content"].encode()), 4_096),
    "feishu": (
        lambda body: len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()),
        20_000,
    ),
    "serverchan": (lambda body: len(body["desp"].encode()), 32_000),
    "bark": (lambda body: len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()), 3_500),
    "telegram": (lambda body: len(body["text"].encode("utf-16-le")) // 2, 4_096),
    "slack": (lambda body: len(body["text"]), 3_900),
}
FAST = "100000/1/100000"


def verdict(service: str, body: object, status: int = 200, **headers: str) -> Answer:
    bot = open_destination(known.address(service, "http://127.0.0.1:9"))
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return bot._verdict(Reply(status, headers, content))  # type: ignore[attr-defined]


ACCEPTED, LATER, REFUSED = Verdict.ACCEPTED, Verdict.LATER, Verdict.REFUSED

#: service, HTTP status, body, verdict, wait, what the detail holds
ANSWERS = [
    ("dingtalk", 200, {"errcode": 0, "errmsg": "ok"}, ACCEPTED, None, ""),
    ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast"}, LATER, 600, "too many messages"),
    ("dingtalk", 200, {"errcode": 410100, "errmsg": "发送速度太快而限流"}, LATER, 600, "too many messages"),
    ("dingtalk", 200, {"errcode": 300001, "errmsg": "send too fast"}, LATER, 600, "too many messages"),
    ("dingtalk", 200, {"errcode": 300001, "errmsg": "token is not exist"}, REFUSED, None, "copy the bot's address"),
    ("dingtalk", 200, {"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, LATER, 5, "gateway"),
    ("dingtalk", 200, {"errcode": -1, "errmsg": "系统繁忙"}, LATER, 30, "busy"),
    ("dingtalk", 200, {"errcode": 300005, "errmsg": "token is not exist"}, REFUSED, None, "copy the bot's address"),
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, REFUSED, None, "?keyword=WORD"),
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}, REFUSED, None, "?secret=SEC"),
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, REFUSED, None, "IP addresses"),
    ("dingtalk", 200, {"errcode": 400102, "errmsg": "bot is stopped"}, REFUSED, None, "switch it on"),
    ("dingtalk", 200, {"errcode": 460101, "errmsg": "message too long"}, REFUSED, None, "too long"),
    ("dingtalk", 200, {"errcode": 123456, "errmsg": "something new"}, LATER, None, "something new"),
    ("dingtalk", 200, {"errcode": "0"}, LATER, None, "not the service's"),
    ("dingtalk", 200, {"errcode": False}, LATER, None, "not the service's"),
    ("dingtalk", 200, [], LATER, None, "not the service's"),
    ("dingtalk", 200, "", LATER, None, "empty"),
    ("dingtalk", 200, "<html>log in</html>", LATER, None, "not the service's"),
    ("dingtalk", 502, "<html>bad gateway</html>", LATER, None, "HTTP 502"),
    ("dingtalk", 500, {"errcode": 0, "errmsg": "ok"}, LATER, None, "HTTP 500"),
    ("dingtalk", 404, "nothing here", REFUSED, None, "HTTP 404"),
    ("wecom", 200, {"errcode": 0, "errmsg": "ok"}, ACCEPTED, None, ""),
    ("wecom", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, LATER, 60, "too many messages"),
    ("wecom", 200, {"errcode": -1, "errmsg": "system error"}, LATER, 30, "busy"),
    ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, REFUSED, None, "copy its address again"),
    ("wecom", 200, {"errcode": 93004, "errmsg": "robot disabled"}, REFUSED, None, "switch it on"),
    ("wecom", 200, {"errcode": 40058, "errmsg": "content exceed max length"}, REFUSED, None, "too long"),
    ("feishu", 200, {"code": 0, "msg": "success"}, ACCEPTED, None, ""),
    ("feishu", 200, {"StatusCode": 0, "StatusMessage": "success"}, ACCEPTED, None, ""),
    ("feishu", 200, {"code": 11232, "msg": "frequency limited psm"}, LATER, 60, "too many messages"),
    ("feishu", 200, {"code": 9499, "msg": "frequency limited"}, LATER, 60, "too many messages"),
    ("feishu", 400, {"code": 9499, "msg": "Bad Request"}, REFUSED, None, "as Feishu wants it"),
    ("feishu", 200, {"code": 19001, "msg": "access token invalid"}, REFUSED, None, "copy the bot's address"),
    ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, REFUSED, None, "?secret="),
    ("feishu", 200, {"code": 19022, "msg": "Ip Not Allowed"}, REFUSED, None, "IP addresses"),
    ("feishu", 200, {"code": 19024, "msg": "Key Words Not Found"}, REFUSED, None, "?keyword=WORD"),
    ("serverchan", 200, {"code": 0, "data": {"errno": 0}}, ACCEPTED, None, ""),
    ("serverchan", 400, {"code": 40001, "message": "[AUTH]错误的Key"}, REFUSED, None, "the SendKey is wrong"),
    ("serverchan", 400, {"code": 20001, "message": "[INPUT]title 不能为空"}, REFUSED, None, "does not take"),
    ("bark", 200, {"code": 200, "message": "success"}, ACCEPTED, None, ""),
    ("bark", 400, {"code": 400, "message": "failed to get device token"}, REFUSED, None, "does not know this key"),
    ("bark", 200, {"code": 400, "message": "failed to get device token"}, REFUSED, None, "does not know this key"),
    ("bark", 500, {"code": 500, "message": "push failed: connection reset"}, LATER, 30, "push failed"),
    ("bark", 500, {"code": 500, "message": "push failed: BadDeviceToken"}, REFUSED, None, "does not know this key"),
    ("telegram", 200, {"ok": True, "result": {}}, ACCEPTED, None, ""),
    ("telegram", 429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 7",
                       "parameters": {"retry_after": 7}}, LATER, 7, "retry after 7"),
    ("telegram", 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, REFUSED, None, "BotFather"),
    ("telegram", 400, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"},
     REFUSED, None, "check the chat's number"),
    ("telegram", 400, {"ok": False, "error_code": 400, "description": "group chat was upgraded",
                       "parameters": {"migrate_to_chat_id": -1009}}, REFUSED, None, "now -1009"),
    ("telegram", 403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked from the group chat"},
     REFUSED, None, "add the bot"),
    ("telegram", 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}, LATER, None, "502"),
    ("slack", 200, "ok", ACCEPTED, None, ""),
    ("slack", 200, "no", LATER, None, "not Slack's"),
    ("slack", 404, "no_service", REFUSED, None, "make another"),
    ("slack", 410, "channel_is_archived", REFUSED, None, "archived"),
    ("slack", 400, "invalid_payload", REFUSED, None, "invalid_payload"),
    ("slack", 503, "", LATER, None, "HTTP 503"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "status", "body", "due", "wait", "held"), ANSWERS)
def test_the_body_decides(service, status, body, due, wait, held):
    answer = verdict(service, body, status)

    assert (answer.verdict, answer.wait) == (due, wait)
    assert held in answer.detail


def test_a_full_day_of_serverchan_waits_for_the_next():
    answer = verdict(
        "serverchan", {"code": 40001, "message": "[AUTH]超过当天的发送次数限制[5]，请稍后再试"}, 400
    )

    assert answer.verdict is LATER
    assert answer.wait is not None
    assert 0 < answer.wait <= 86_460
    assert seconds_to_midnight(0) == 16 * 3600 + 60  # 1970 began at 8 o'clock in Beijing
    assert seconds_to_midnight(16 * 3600 - 1) == 61


@pytest.mark.parametrize("service", BOTS)
def test_what_is_accepted_arrived_as_it_was_sent(service, there: Receiver):
    answer = send(open_destination(there.address(service)), letter())

    assert answer == Answer(ACCEPTED, "accepted", parts_done=1)
    came = there.received[0]
    assert (came.service, came.text) == (service, TEXT)
    assert came.title in ("", TITLE)


@pytest.mark.parametrize("service", BOTS)
@pytest.mark.parametrize(
    ("deed", "due"),
    [("refuse", REFUSED), ("limit", LATER), ("no", LATER), ("html", LATER), ("fail", LATER), ("drop", LATER),
     ("vanish", LATER), ("redirect", REFUSED), ("gone", REFUSED)],
)  # fmt: skip
def test_nothing_but_a_yes_is_a_yes(service, deed, due, there: Receiver):
    there.do(deed)

    answer = send(open_destination(there.address(service, rate=FAST)), letter())

    assert answer.verdict is due
    assert answer.parts_done == 0
    assert (deed == "limit") <= (answer.wait is not None)


@pytest.mark.parametrize("service", BOTS)
def test_every_kind_of_real_message_is_taken(service, there: Receiver):
    write = writer()
    letters = [write(message) for message in samples()]

    answers = send_all(open_destination(there.address(service, rate="100/1/4")), letters[:15])

    refused = {answer.detail for answer in answers if answer.verdict is not ACCEPTED and answer.wait is None}
    assert not refused


@pytest.mark.parametrize("service", BOTS)
def test_a_long_message_goes_in_parts_that_fit_and_lose_nothing(service, there: Receiver):
    text = "\n\n".join(f'第{n}段："新增"口袋公园{n}处\\（附表）。' * 9 for n in range(150))
    measure, most = MEASURES[service]

    answer = send(open_destination(there.address(service, rate=FAST)), letter(text))

    assert answer.verdict is ACCEPTED or answer.wait is not None
    bodies = [one.body for one in there.received]
    assert len(bodies) > 1
    assert all(measure(body) <= most for body in bodies)
    if answer.verdict is ACCEPTED:
        assert answer.parts_done == len(bodies)


@given(st.text(alphabet=st.sampled_from('公园。，"\\\n &<>*~`é😀👨‍👩‍👧a1'), max_size=6000))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize("service", ["dingtalk", "wecom", "bark", "telegram"])
def test_any_text_fits(service, text):
    bot = open_destination(known.address(service, "http://127.0.0.1:9"))
    measure, most = MEASURES[service]

    parts = bot._parts(letter(text))  # type: ignore[attr-defined]

    assert all(measure(bot._request(part)[1]) <= most for part in parts)  # type: ignore[attr-defined]
    assert [part.number for part in parts] == list(range(len(parts)))


@pytest.mark.parametrize("service", BOTS)
def test_what_was_cut_off_goes_on_where_it_stopped(service, there: Receiver):
    long = letter("\n\n".join(f"第{n}段，新增口袋公园。" * 40 for n in range(60)))
    bot = open_destination(there.address(service, rate=FAST))
    count = len(bot._parts(long))  # type: ignore[attr-defined]
    there.do("fail")

    stopped = send(bot, long, parts_done=1)
    there.clear()
    rest = send(bot, long, parts_done=count - 2)

    assert (stopped.verdict, stopped.parts_done) == (LATER, 1)
    assert (rest.verdict, rest.parts_done, len(there.received)) == (ACCEPTED, count, 2)


@pytest.mark.parametrize("service", BOTS)
def test_who_delivers_hears_of_each_part_before_the_next_is_sent(service, there: Receiver):
    long = letter("\n\n".join(f"第{n}段，新增口袋公园。" * 40 for n in range(60)))
    bot = open_destination(there.address(service, rate=FAST))
    heard: list[tuple[int, int]] = []

    async def hear(parts_done: int) -> None:
        heard.append((parts_done, len(there.received)))

    long.on_part = hear
    answer = send(bot, long)

    told = answer.parts_done - (answer.verdict is ACCEPTED)  # of the last part the answer itself tells
    assert heard == [(part, part) for part in range(1, told + 1)]
    assert heard


def test_a_message_stops_at_the_part_that_was_not_taken(there: Receiver):
    """A limit of 20 a minute stops a message of more parts than that; the parts that arrived are counted."""
    long = letter("\n\n".join("新增口袋公园。" * 60 for _ in range(90)))

    stopped = send(open_destination(there.address("wecom", rate=FAST)), long)

    assert (stopped.verdict, stopped.wait, stopped.parts_done) == (LATER, 60, 20)
    assert len(there.received) == 20


def test_nothing_is_sent_of_a_message_of_which_nothing_is_left(there: Receiver):
    answer = send(open_destination(there.address("wecom")), letter(), parts_done=1)

    assert (answer.verdict, answer.parts_done, there.requests) == (ACCEPTED, 1, [])


SIGNED = [("dingtalk", known.SECRET), ("feishu", "s3cretOfTheBot")]


@pytest.mark.parametrize(("service", "secret"), SIGNED)
def test_a_bot_that_wants_a_signature_gets_one(service, secret, there: Receiver):
    there.secure(service, secret=secret)

    unsigned = send(open_destination(there.address(service)), letter())
    wrong = send(open_destination(there.address(service, secret="SECwrong")), letter())
    signed = send(open_destination(there.address(service, secret=secret)), letter())

    assert [one.verdict for one in (unsigned, wrong, signed)] == [REFUSED, REFUSED, ACCEPTED]
    assert "clock" in wrong.detail


@pytest.mark.parametrize("service", ["dingtalk", "feishu"])
def test_a_bot_that_wants_a_keyword_gets_it_in_every_part(service, there: Receiver):
    there.secure(service, keyword="监测")
    text = "\n\n".join("新增口袋公园。" * 100 for _ in range(20))

    without = send(open_destination(there.address(service, rate=FAST)), letter(text))
    given_one = send(open_destination(there.address(service, rate=FAST, keyword="监测")), letter(text))

    assert (without.verdict, given_one.verdict) == (REFUSED, ACCEPTED)
    assert "keyword=" in without.detail
    assert len(there.received) > 1


def test_a_bark_message_that_comes_again_replaces_itself(there: Receiver):
    bark = open_destination(there.address("bark"))
    send_all(bark, [letter(key="nd-9"), letter(key="nd-9")])

    assert [one.key for one in there.received] == ["nd-9", "nd-9"]
    assert there.received[0].body["url"].startswith("http://cq.people.com.cn/")


def test_serverchan_keys_of_version_3_have_their_own_server():
    bot = open_destination("schan://sctp42tABC")

    assert bot.api == "https://42.push.ft07.com/send"  # type: ignore[attr-defined]


@given(
    st.lists(st.sampled_from(["**", "~~", "`", "[", "](", ")", "<", ">", "&", '"', "\\", "\n", "公园", "a"]))
)
@settings(max_examples=200)
def test_whatever_the_marks_telegram_gets_html_that_it_can_parse(pieces):
    entities = known.Entities()

    entities.feed(telegram_html("".join(pieces)))

    assert not entities.wrong
    assert entities.open == []


def test_posts_keep_a_pace_even_where_a_message_has_many_parts():
    rate, now, free_at, times = Rate(15, 60, 5), 1000.0, 0.0, []
    for _ in range(40):
        wait, free_at = next_post(rate, free_at, now)
        now += wait
        times.append(now)

    assert times[4] == 1000.0
    assert all(later - earlier >= 59.99 for earlier, later in zip(times, times[20:], strict=False))


TRANSLATED = [
    ("**新增** 公园", "<b>新增</b> 公园", "*新增* 公园"),
    ("~~旧~~ **新**", "<s>旧</s> <b>新</b>", "~旧~ *新*"),
    ("[看 <这>](https://a.cn/?a=1&b=2)", '<a href="https://a.cn/?a=1&amp;b=2">看 &lt;这&gt;</a>',
     "<https://a.cn/?a=1&amp;b=2|看 &lt;这&gt;>"),
    ("`show 12`", "<code>show 12</code>", "`show 12`"),
    ("## 标题", "<b>标题</b>", "*标题*"),
    ("<!channel> & <b>", "&lt;!channel&gt; &amp; &lt;b&gt;", "&lt;!channel&gt; &amp; &lt;b&gt;"),
    ("一**二", "一**二", "一**二"),
    ('[x](https://a.cn/"onclick=)', '<a href="https://a.cn/%22onclick=">x</a>', "<https://a.cn/%22onclick=|x>"),
]  # fmt: skip


@pytest.mark.parametrize(("markdown", "telegram", "slack"), TRANSLATED)
def test_our_marks_in_theirs(markdown, telegram, slack):
    assert telegram_html(markdown) == telegram
    assert slack_text(markdown) == slack
