"""A real SMTP server (aiosmtpd) that keeps what it gets, and can be told to defer, refuse, hang or vanish."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DEADLINE = 30.0


@dataclass(frozen=True)
class ReceivedMail:
    """A mail as it was accepted: who sent it, who of those asked gets it, and the mail."""

    sender: str
    recipients: tuple[str, ...]
    mail: EmailMessage
    content: bytes
    encrypted: bool
    user: str


class MailReceiver:
    """`do(deed)` is for the whole server, `refuse(address, "452 mailbox full")` for one recipient.

    accept; defer (451 after the data); refuse (554 after the data); busy (421 at once); hang (no greeting);
    vanish (takes the mail, then hangs up without saying so).
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        """`tls` offers STARTTLS, or speaks TLS from the start where `implicit`; `login` asks for user and password."""
        self._tls, self._implicit, self._login = tls, implicit, login
        self._deed = "accept"
        self._answers: dict[str, str] = {}
        self._mails: list[ReceivedMail] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="mail receiver")
        self.port = 0

    @property
    def received(self) -> list[ReceivedMail]:
        return list(self._mails)

    def do(self, deed: str) -> None:
        if deed not in ("accept", "defer", "refuse", "busy", "hang", "vanish"):
            raise ValueError(deed)
        self._deed = deed

    def refuse(self, recipient: str, answer: str) -> None:
        """Answer so to RCPT TO; '' takes it again."""
        self._answers[recipient] = answer

    def wait_for(self, number: int, deadline: float = DEADLINE) -> list[ReceivedMail]:
        """Return the mails as soon as they are so many. Raises TimeoutError."""
        end = time.monotonic() + deadline
        while len(self._mails) < number:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self._mails)} of {number} mails came")
            time.sleep(0.02)
        return self.received

    def address(self, scheme: str = "mailto", *, user: str = "", **query: str) -> str:
        """The destination's address that leads here; `user` is "NAME:PASSWORD"."""
        query = {"to": "desk@example.org", "from": "delta@example.org", **query}
        pairs = "&".join(f"{key.rstrip('_')}={value}" for key, value in query.items())
        return f"{scheme}://{user + '@' if user else ''}127.0.0.1:{self.port}/?{pairs}"

    def start(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(DEADLINE)
        self._server = server
        self.port = server.sockets[0].getsockname()[1]
        return self

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            self._protocol, "127.0.0.1", 0, ssl=self._tls if self._implicit else None
        )

    def _protocol(self) -> asyncio.Protocol:
        if self._deed == "hang":
            return asyncio.Protocol()
        return SMTP(
            self,
            hostname="mail.example.org",
            loop=self._loop,
            tls_context=None if self._implicit else self._tls,
            authenticator=self._authenticate if self._login else None,
            auth_required=self._login is not None,
            auth_require_tls=False,
        )

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _authenticate(
        self, server: Any, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        right = (
            isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self._login
        )
        return AuthResult(success=right, handled=False, auth_data=data)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, sender: str, options: Any) -> str:  # noqa: N802
        if self._deed == "busy":
            return "421 4.3.2 come again"
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, who: str, options: Any) -> str:  # noqa: N802
        if answer := self._answers.get(who):
            return answer
        envelope.rcpt_tos.append(who)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self._deed == "defer":
            return "451 4.7.1 greylisted, come again"
        if self._deed == "refuse":
            return "554 5.7.1 this looks like spam"
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        user = session.auth_data.login.decode() if session.auth_data else ""
        self._mails.append(
            ReceivedMail(
                envelope.mail_from or "", tuple(envelope.rcpt_tos), mail, envelope.content, encrypted, user
            )
        )
        if self._deed == "vanish":
            server.transport.abort()
        return "250 taken"
