"""E-mail: mailto://USER:PASSWORD@HOST:PORT/?to=A,B&from=C&name=N, mailtos:// where encryption is a must.

Port 465 speaks TLS from the start; mailtos:// on another port (587 where none is named) starts TLS or sends nothing;
mailto:// (port 25 where none is named) starts TLS where the server offers it. "mode=ssl", "mode=starttls" or
"mode=insecure" says it outright, "verify=no" takes any certificate. A password is sent in the clear only to this
machine, or with mode=insecure. For the mail houses in `HOUSES` the server need not be named:
mailtos://USER:PASSWORD@qq.com.

A destination's people get one mail; what a server says of each of them counts: who is refused for now gets it later,
while the others have it, so that `parts_done` is a set here, a bit for each recipient.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from typing import TYPE_CHECKING

from scheduler.alerts.http import no_reply
from scheduler.alerts.mime import write_mail
from scheduler.alerts.model import Answer, Letter, Verdict
from scheduler.alerts.place import Place, Url, known_keys

if TYPE_CHECKING:
    from aiosmtplib import SMTP

#: Seconds for one command, and for all of a mail.
PATIENCE, ALL = 15.0, 60.0
#: More than these should have a list of their own.
MOST = 30
#: A mail house's domain -> its server; all speak TLS on port 465 but those of Microsoft, and log in by full address.
HOUSES = {
    "qq.com": "smtp.qq.com",
    "foxmail.com": "smtp.qq.com",
    "exmail.qq.com": "smtp.exmail.qq.com",
    "163.com": "smtp.163.com",
    "126.com": "smtp.126.com",
    "yeah.net": "smtp.yeah.net",
    "sina.com": "smtp.sina.com",
    "aliyun.com": "smtp.aliyun.com",
    "gmail.com": "smtp.gmail.com",
    "outlook.com": "smtp-mail.outlook.com",
    "hotmail.com": "smtp-mail.outlook.com",
}
_MODES = {"ssl": "ssl", "starttls": "starttls", "insecure": "insecure", "": ""}
_MAILBOX = re.compile(r"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+)@([^\s@<>,;:\"()\[\]\\]+)")


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """Where mails are handed in, and how. `mode` is ssl, starttls, insecure or '' (TLS where it is offered)."""

    host: str
    port: int
    mode: str
    user: str
    password: str
    verify: bool


class Mail(Place):
    """One mail a message to one or more people."""

    def __init__(self, url: Url, label: str = "") -> None:
        """Raises ValueError."""
        known_keys(url, "to", "from", "name", "mode", "smtp", "verify", "user", "pass")
        self._server = _server(url)
        self._sender = _sender(url, self._server)
        self._recipients = _recipients(url, self._sender.addr_spec)
        shown = f"{url.scheme}://{self._server.host}:{self._server.port}/?to={','.join(self._recipients)}"
        secrets = (self._server.password, url.password)
        super().__init__(url, shown, secrets, label, parallel=2)

    async def _send(self, letter: Letter, parts_done: int) -> Answer:
        mail = write_mail(letter, self._sender, self._recipients, datetime.now(UTC))
        handed = _Handed(self._recipients, parts_done)
        try:
            async with asyncio.timeout(ALL):
                return await self._hand_in(mail.as_bytes(), handed)
        except TimeoutError:
            return handed.failed(no_reply("the mail server did not answer in time"))
        except Exception as error:
            return handed.failed(_judge(error))

    async def _hand_in(self, content: bytes, handed: _Handed) -> Answer:
        from aiosmtplib import SMTPException

        client = self._client()
        await client.connect()
        try:
            if refusal := await self._log_in(client):
                return refusal
            await _transact(client, self._sender.addr_spec, content, handed)
            with suppress(SMTPException, TimeoutError):
                await client.quit(timeout=2)
        finally:
            client.close()
        return handed.answer()

    def _client(self) -> SMTP:
        from aiosmtplib import SMTP

        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            timeout=PATIENCE,
            local_hostname=_own_name(),
            use_tls=server.mode == "ssl",
            start_tls={"starttls": True, "": None}.get(server.mode, False),
            validate_certs=server.verify,
        )

    async def _log_in(self, client: SMTP) -> Answer | None:
        server = self._server
        if not server.user:
            return None
        safe = client.get_transport_info("sslcontext") is not None
        if not safe and server.mode != "insecure" and not _is_here(server.host):
            detail = "the server offers no encryption, so the password was not sent; mode=insecure sends it"
            return Answer(Verdict.REFUSED, detail)
        await client.login(server.user, server.password)
        return None


class _Handed:
    """Who has the mail, who is refused for now and who for good."""

    def __init__(self, recipients: tuple[str, ...], done: int) -> None:
        self.recipients = recipients
        self.done = done
        self.later: dict[str, str] = {}
        self.refused: dict[str, str] = {}

    def left(self) -> list[tuple[int, str]]:
        return [(at, who) for at, who in enumerate(self.recipients) if not self.done >> at & 1]

    def failed(self, answer: Answer) -> Answer:
        """An answer for all that are left."""
        return Answer(answer.verdict, answer.detail, answer.wait, answer.host_down, self.done)

    def answer(self) -> Answer:
        """Later, while somebody may yet get it; else accepted, where anybody has it."""
        said = [f"{who}: {why}" for who, why in (self.later | self.refused).items()]
        verdict = Verdict.ACCEPTED if self.done else Verdict.REFUSED
        detail = "; ".join(said) or "accepted"
        if said and self.done:
            detail = f"accepted for {self.done.bit_count()} of {len(self.recipients)}; {detail}"
        return Answer(Verdict.LATER if self.later else verdict, detail, parts_done=self.done)


async def _transact(client: SMTP, sender: str, content: bytes, handed: _Handed) -> None:
    """One mail transaction (RFC 5321, 3.3) for those who have not got it yet."""
    from aiosmtplib import SMTPRecipientRefused

    taken = 0
    await client.mail(sender)
    for at, who in handed.left():
        try:
            await client.rcpt(who)
            taken |= 1 << at
        except SMTPRecipientRefused as error:
            if error.code == 421:  # the server hangs up
                raise
            (handed.later if error.code < 500 else handed.refused)[who] = f"{error.code} {error.message}"
    if taken:
        await client.data(content)
        handed.done |= taken


def _judge(error: Exception) -> Answer:
    """Say what went wrong for all: 4yz may pass, 5yz will not (RFC 5321, 4.2.1)."""
    import aiosmtplib

    said = str(getattr(error, "message", "")) or str(error) or type(error).__name__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        return Answer(Verdict.REFUSED, f"{error.code} {said}; check user name and password")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        down = error.code in (-1, 421) or isinstance(error, aiosmtplib.SMTPConnectResponseError)
        verdict = Verdict.REFUSED if error.code >= 500 and not down else Verdict.LATER
        return Answer(verdict, f"{error.code} {said}", host_down=down)
    if "not supported by server" in said:  # STARTTLS, AUTH
        return Answer(Verdict.REFUSED, f"{said}; mode=ssl and mode=insecure are other ways")
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return Answer(Verdict.REFUSED, f"the server's certificate is not trusted; verify=no takes it: {said}")
    if isinstance(error, (aiosmtplib.SMTPException, OSError)):
        return no_reply(said)
    raise error


def _server(url: Url) -> Server:
    house = HOUSES.get(url.host.lower(), "")
    host = url.first("smtp") or house or url.host
    if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", host):
        raise ValueError("write mailto://USER:PASSWORD@HOST:PORT/?to=ADDRESS")
    port = url.port or ("" if not house else "587" if "outlook" in house else "465")
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("the port is a number; percent-encode @ : / in user name and password")
    mode = _MODES.get(url.first("mode"))
    if mode is None:
        raise ValueError("mode is ssl, starttls or insecure")
    if not mode:
        mode = "ssl" if port == "465" else "starttls" if url.scheme == "mailtos" or house else ""
    usual = {"ssl": 465, "starttls": 587}.get(mode, 25)
    user = url.first("user") or url.user
    user = f"{user}@{url.host}" if house and user and "@" not in user else user
    password = url.first("pass") or url.password
    return Server(host.strip("[]"), int(port or usual), mode, user, password, url.first("verify") != "no")


def _sender(url: Url, server: Server) -> Address:
    host = url.host.lower()
    domain = re.sub(r"^(smtp|mail|mx)[\w-]*\.(?=.*\.)", "", host)
    if re.fullmatch(r"[\d.]+|\[.*\]|[^.]*", domain):
        domain = f"{domain.strip('[]').replace(':', '-').replace('.', '-') or 'host'}.invalid"
    local = re.sub(r"[^A-Za-z0-9._-]", "", server.user) or "newsdelta"
    default = server.user if "@" in server.user else f"{local}@{domain}"
    user, domain = _mailbox(url.first("from") or default, "from")
    return Address(url.first("name", "newsdelta"), user, domain)


def _recipients(url: Url, sender: str) -> tuple[str, ...]:
    """Those in "to" and in the path; the sender where there are none. Raises ValueError."""
    named = [
        part for text in (*url.query.get("to", ()), *url.path) for part in re.split(r"[,;\s]+", text) if part
    ]
    found = tuple(dict.fromkeys("@".join(_mailbox(one, "to")) for one in named)) or (sender,)
    if len(found) > MOST:
        raise ValueError(
            f"more than {MOST} recipients; write to a mailing list, or make several destinations"
        )
    if not named and not url.user and not url.first("from"):
        raise ValueError("say to whom: ?to=ADDRESS")
    return found


def _mailbox(text: str, key: str) -> tuple[str, str]:
    found = _MAILBOX.fullmatch(text.strip())
    try:
        domain = found[2].encode("idna").decode() if found else ""
    except UnicodeError:
        domain = ""
    if found is None or not domain:
        raise ValueError(
            f"{key} holds what is no e-mail address; write {key}=NAME@DOMAIN, several with commas"
        )
    return found[1], domain.lower()


def _own_name() -> str:
    """What we call ourselves to the server: a name with a dot, else the literal that RFC 5321 (4.1.4) allows."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
