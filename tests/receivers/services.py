"""What each service answers, success and failure, as its documentation and its real answers say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from typing import Any, ClassVar

#: What a receiver can be told to do: see `Receiver.do`.
DEEDS = (
    "accept",
    "hang",
    "drop",
    "vanish",
    "fail",
    "refuse",
    "limit",
    "no",
    "html",
    "redirect",
    "gone",
    "echo",
)
#: Credentials that the stand-ins know.
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
UUID = "693axxx6-7aoc-4bc4-97db-0ec2sifa5aaa"
SENDKEY = "SCT9876TabcdefGHIJKLmnop"
BARK_KEY = "ynJ5Ft4atkMkWeo2PAvFhF"
TELEGRAM = "123456789:ABCdefGhIJKlmNoPQRsTUVwxyZ-_0123456"
CHAT = "-1001234567890"
SLACK = "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
SECRET = "SECb1f9a0c2d3e4f5061728394a5b6c7d8e9f"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """What is answered; `taken` is whether the message was accepted."""

    status: int
    body: Any
    taken: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Received:
    """One request and what became of it. `key` is the idempotency key, '' where the service has none."""

    service: str
    at: float
    path: str
    key: str
    title: str
    text: str
    body: Any
    headers: Mapping[str, str]
    deed: str
    status: int
    taken: bool

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Received:
        return cls(**document)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Limit:
    """At most `most` messages in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._times: deque[float] = deque()

    def full(self, now: float) -> bool:
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        return len(self._times) >= self._most

    def count(self, now: float) -> None:
        self._times.append(now)


class Service:
    """One service: which requests are its own, what it checks, and how it says no."""

    name = ""
    limits: tuple[tuple[int, float], ...] = ()

    def __init__(self, *, secret: str = "", keyword: str = "") -> None:
        self.secret, self.keyword = secret, keyword
        self._limits = [Limit(*limit) for limit in self.limits]

    def owns(self, request: Request) -> bool:
        raise NotImplementedError

    def check(self, request: Request) -> Answer | None:
        """The answer to a request that is wrong; None for one that is right."""
        raise NotImplementedError

    def accepted(self) -> Answer:
        raise NotImplementedError

    def limited(self) -> Answer:
        """The answer to one message too many."""
        raise NotImplementedError

    def refused(self) -> Answer:
        """The answer to a token that is unknown."""
        raise NotImplementedError

    def told(self, request: Request) -> tuple[str, str, str]:
        """Return (key, title, text) of a message."""
        raise NotImplementedError

    def answer(self, request: Request, now: float) -> Answer:
        wrong = self.check(request)
        if wrong is not None:
            return wrong
        if any(limit.full(now) for limit in self._limits):
            return self.limited()
        for limit in self._limits:
            limit.count(now)
        return self.accepted()


class DingTalk(Service):
    """oapi.dingtalk.com/robot/send."""

    name = "dingtalk"
    limits = ((20, 60.0),)

    def owns(self, request: Request) -> bool:
        return request.path == "/robot/send"

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if not request.query.get("access_token"):
            return _code("errcode", 40035, "缺少参数 access_token")
        if request.query["access_token"] != TOKEN:
            return self.refused()
        if len(request.body) > 20_000:
            return _code("errcode", 460101, "message too long, exceed 20000 bytes")
        if not isinstance(message, dict) or message.get("msgtype") not in ("text", "markdown"):
            return _code("errcode", 400105, "不支持的消息类型")
        if self.secret and not self._is_signed(request):
            return _code("errcode", 310000, "sign not match, more: [https://ding-doc.dingtalk.com/doc]")
        if self.keyword and self.keyword not in request.body.decode():
            return _code(
                "errcode", 310000, "keywords not in content, more: [https://ding-doc.dingtalk.com/doc]"
            )
        return None

    def _is_signed(self, request: Request) -> bool:
        moment = request.query.get("timestamp", "0")
        due = hmac.new(self.secret.encode(), f"{moment}\n{self.secret}".encode(), hashlib.sha256).digest()
        fresh = abs(time.time() * 1000 - int(moment)) < 3_600_000
        return fresh and request.query.get("sign") == base64.b64encode(due).decode()

    def accepted(self) -> Answer:
        return _code("errcode", 0, "ok")

    def limited(self) -> Answer:
        return _code("errcode", 130101, "send too fast, exceed 20 times per minute")

    def refused(self) -> Answer:
        return _code("errcode", 300005, "token is not exist")

    def told(self, request: Request) -> tuple[str, str, str]:
        message = request.json() or {}
        inner = message.get(message.get("msgtype", ""), {})
        return "", inner.get("title", ""), inner.get("text") or inner.get("content", "")


class WeCom(Service):
    """qyapi.weixin.qq.com/cgi-bin/webhook/send."""

    name = "wecom"
    limits = ((20, 60.0),)
    _most: ClassVar = {"text": 2048, "markdown": 4096}

    def owns(self, request: Request) -> bool:
        return request.path == "/cgi-bin/webhook/send"

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if request.query.get("key") != UUID:
            return self.refused()
        kind = message.get("msgtype") if isinstance(message, dict) else None
        if kind not in self._most:
            return _code("errcode", 40008, "invalid message type")
        content = message[kind]["content"]
        if not content:
            return _code("errcode", 44004, "empty content")
        if len(content.encode()) > self._most[kind]:
            said = f"{kind}.content exceed max length {self._most[kind]}. invalid Request Parameter, hint: [1667]"
            return _code("errcode", 40058, said)
        return None

    def accepted(self) -> Answer:
        return _code("errcode", 0, "ok")

    def limited(self) -> Answer:
        return _code("errcode", 45009, "api freq out of limit, hint: [1667], more info at the error page")

    def refused(self) -> Answer:
        return _code("errcode", 93000, "invalid webhook url, hint: [1667], more info at the error page")

    def told(self, request: Request) -> tuple[str, str, str]:
        message = request.json() or {}
        return "", "", message.get(message.get("msgtype", ""), {}).get("content", "")


class Feishu(Service):
    """open.feishu.cn/open-apis/bot/v2/hook/TOKEN, and Lark's."""

    name = "feishu"
    limits = ((5, 1.0), (100, 60.0))

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/open-apis/bot/v2/hook/")

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if request.path.rsplit("/", 1)[1] != UUID:
            return self.refused()
        if len(request.body) > 20 * 1024:
            return _code("code", 19036, "request body too large")
        if not isinstance(message, dict) or message.get("msg_type") not in ("text", "post", "interactive"):
            return _code("code", 9499, "Bad Request")
        if self.secret and not self._is_signed(message):
            return _code(
                "code", 19021, "sign match fail or timestamp is not within one hour from current time"
            )
        if self.keyword and self.keyword not in json.dumps(message, ensure_ascii=False):
            return _code("code", 19024, "Key Words Not Found")
        return None

    def _is_signed(self, message: Mapping[str, Any]) -> bool:
        moment = message.get("timestamp", "0")
        due = hmac.new(f"{moment}\n{self.secret}".encode(), digestmod=hashlib.sha256).digest()
        fresh = abs(time.time() - int(moment)) < 3600
        return fresh and message.get("sign") == base64.b64encode(due).decode()

    def accepted(self) -> Answer:
        body = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
        return Answer(200, body, taken=True)

    def limited(self) -> Answer:
        return _code("code", 11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]")

    def refused(self) -> Answer:
        return _code("code", 19001, "param invalid: incoming webhook access token invalid")

    def told(self, request: Request) -> tuple[str, str, str]:
        card = (request.json() or {}).get("card", {})
        title = card.get("header", {}).get("title", {}).get("content", "")
        return "", title, "".join(element.get("content", "") for element in card.get("elements", ()))


class ServerChan(Service):
    """sctapi.ftqq.com/KEY.send: wrong keys and a full day come with HTTP 400."""

    name = "serverchan"
    limits = ((1000, 86_400.0),)

    def owns(self, request: Request) -> bool:
        return request.path.endswith(".send")

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if request.path != f"/{SENDKEY}.send":
            return self.refused()
        if not isinstance(message, dict) or not message.get("title"):
            return Answer(400, _serverchan("[INPUT]title 不能为空", 20001, 460))
        if len(message["title"]) > 32 or len(message.get("desp", "").encode()) > 32 * 1024:
            return Answer(400, _serverchan("[INPUT]内容过长", 20001, 460))
        return None

    def accepted(self) -> Answer:
        data = {"pushid": "1", "readkey": "SCTr", "error": "SUCCESS", "errno": 0}
        return Answer(200, {"code": 0, "message": "", "data": data}, taken=True)

    def limited(self) -> Answer:
        return Answer(400, _serverchan("[AUTH]超过当天的发送次数限制[5]，请稍后再试", 40001, 471))

    def refused(self) -> Answer:
        return Answer(400, _serverchan("[AUTH]错误的Key", 40001, 461))

    def told(self, request: Request) -> tuple[str, str, str]:
        message = request.json() or {}
        return "", message.get("title", ""), message.get("desp", "")


class Bark(Service):
    """bark-server's POST /push."""

    name = "bark"

    def owns(self, request: Request) -> bool:
        return request.path == "/push"

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if not isinstance(message, dict):
            return _bark(400, "request bind failed: invalid character")
        if message.get("device_key") != BARK_KEY:
            return self.refused()
        if len(request.body) > 4096:
            return _bark(500, "push failed: PayloadTooLarge")
        return None

    def accepted(self) -> Answer:
        return _bark(200, "success")

    def limited(self) -> Answer:
        return Answer(429, "Too Many Requests", headers={"Retry-After": "2"})

    def refused(self) -> Answer:
        return _bark(400, "failed to get device token: failed to get [x] device token from database")

    def told(self, request: Request) -> tuple[str, str, str]:
        message = request.json() or {}
        return message.get("id", ""), message.get("title", ""), message.get("body", "")


class Telegram(Service):
    """api.telegram.org/botTOKEN/sendMessage."""

    name = "telegram"
    limits = ((20, 60.0),)

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/bot") and request.path.endswith("/sendMessage")

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if request.path != f"/bot{TELEGRAM}/sendMessage":
            return Answer(401, _telegram(401, "Unauthorized"))
        if not isinstance(message, dict) or str(message.get("chat_id")) != CHAT:
            return self.refused()
        text = message.get("text", "")
        if not text:
            return Answer(400, _telegram(400, "Bad Request: message text is empty"))
        if message.get("parse_mode") == "HTML":
            entities = Entities()
            entities.feed(text)
            if entities.wrong or entities.open:
                said = "Bad Request: can't parse entities: Can't find end tag corresponding to start tag"
                return Answer(400, _telegram(400, said))
            text = entities.text
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return Answer(400, _telegram(400, "Bad Request: message is too long"))
        return None

    def accepted(self) -> Answer:
        return Answer(200, {"ok": True, "result": {"message_id": 1}}, taken=True)

    def limited(self) -> Answer:
        body = {**_telegram(429, "Too Many Requests: retry after 3"), "parameters": {"retry_after": 3}}
        return Answer(429, body, headers={"Retry-After": "3"})

    def refused(self) -> Answer:
        return Answer(400, _telegram(400, "Bad Request: chat not found"))

    def told(self, request: Request) -> tuple[str, str, str]:
        return "", "", (request.json() or {}).get("text", "")


class Slack(Service):
    """hooks.slack.com/services/A/B/C: bodies are bare words."""

    name = "slack"
    limits = ((5, 1.0),)

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/services/")

    def check(self, request: Request) -> Answer | None:
        message = request.json()
        if request.path != f"/services/{SLACK}":
            return self.refused()
        if not isinstance(message, dict):
            return Answer(400, "invalid_payload")
        return None if message.get("text") else Answer(400, "no_text")

    def accepted(self) -> Answer:
        return Answer(200, "ok", taken=True)

    def limited(self) -> Answer:
        return Answer(429, {"ok": False, "error": "ratelimited"}, headers={"Retry-After": "2"})

    def refused(self) -> Answer:
        return Answer(404, "no_service")

    def told(self, request: Request) -> tuple[str, str, str]:
        return "", "", (request.json() or {}).get("text", "")


class Webhook(Service):
    """Any path under /hook: signed as Standard Webhooks says, where a secret is set."""

    name = "webhook"

    def owns(self, request: Request) -> bool:
        return request.path.startswith("/hook")

    def check(self, request: Request) -> Answer | None:
        if self.secret and not self._is_signed(request):
            return Answer(401, {"error": "invalid signature"})
        return None if isinstance(request.json(), dict) else Answer(400, {"error": "no JSON"})

    def _is_signed(self, request: Request) -> bool:
        key, moment = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "0")
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{key}.{moment}.".encode() + request.body
        due = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        fresh = abs(time.time() - int(moment)) < 300
        return fresh and due in request.headers.get("webhook-signature", "").split(" ")

    def accepted(self) -> Answer:
        return Answer(200, {"ok": True}, taken=True)

    def limited(self) -> Answer:
        return Answer(429, {"error": "too many"}, headers={"Retry-After": "1"})

    def refused(self) -> Answer:
        return Answer(403, {"error": "forbidden"})

    def told(self, request: Request) -> tuple[str, str, str]:
        data = (request.json() or {}).get("data", {})
        return request.headers.get("webhook-id", ""), data.get("title", ""), data.get("text", "")


SERVICES: Mapping[str, Callable[..., Service]] = {
    kind.name: kind for kind in (DingTalk, WeCom, Feishu, ServerChan, Bark, Telegram, Slack, Webhook)
}


def address(
    service: str, base: str, *, secret: str = "", keyword: str = "", rate: str = "", path: str = ""
) -> str:
    """The address of a destination that leads to a stand-in at `base` ("http://127.0.0.1:PORT")."""
    bare = {
        "dingtalk": f"dingtalk://{TOKEN}",
        "wecom": f"wecom://{UUID}",
        "feishu": f"feishu://{UUID}",
        "serverchan": f"schan://{SENDKEY}",
        "bark": f"bark://{base.removeprefix('http://')}/{BARK_KEY}",
        "telegram": f"tgram://{TELEGRAM}/{CHAT}",
        "slack": f"slack://{SLACK}",
        "webhook": f"webhook+{base}/hook{path}",
    }[service]
    api = "" if service in ("bark", "webhook") else base
    pairs = {"secret": secret, "keyword": keyword, "rate": rate, "api": api}
    query = "&".join(f"{key}={value}" for key, value in pairs.items() if value)
    return f"{bare}?{query}" if query else bare


def _code(key: str, code: int, said: str) -> Answer:
    """HTTP 200 whatever happens: the body's code decides."""
    text = "errmsg" if key == "errcode" else "msg"
    return Answer(200, {key: code, text: said}, taken=code == 0)


def _serverchan(said: str, code: int, scode: int) -> dict[str, Any]:
    return {"message": said, "code": code, "info": said, "args": [None], "scode": scode}


def _bark(code: int, said: str) -> Answer:
    body = {"code": code, "message": said, "timestamp": int(time.time())}
    return Answer(code, body, taken=code == 200)


def _telegram(code: int, said: str) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": said}


class Entities(HTMLParser):
    """Telegram's HTML: a few tags, all closed, nothing else that looks like one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.wrong |= tag not in ("b", "s", "i", "u", "code", "pre", "a", "blockquote")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.wrong |= not self.open or self.open.pop() != tag

    def handle_data(self, data: str) -> None:
        self.text += data
