"""PURE: a letter -> an e-mail: plain text and HTML side by side, threads by article, a list by subscription.

RFC 5322 (message, identification fields), 2047 (encoded words), 2919 (List-Id), 3834 (Auto-Submitted).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from scheduler.alerts.model import Letter, Message
from scheduler.alerts.place import tidy

#: Characters of a subject: what most programs show, and far from any limit.
SUBJECT = 200


def write_mail(letter: Letter, sender: Address, recipients: Sequence[str], now: datetime) -> EmailMessage:
    """Return the mail. All but its Date is the same at every try, its Message-ID above all."""
    message = letter.message
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = _line(letter.title, SUBJECT) or "newsdelta"
    mail["Date"] = now
    mail["Message-ID"] = f"<{_atom(message.key)}@{sender.domain}>"
    if root := thread_root(message, sender.domain):
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["List-Id"] = list_id(message.subscription, sender.domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = message.language if message.language.isalpha() else "zh"
    mail.set_content(_text(letter.plain), cte="base64")
    mail.add_alternative(_text(letter.html), subtype="html", cte="base64")
    mail.set_boundary(f"newsdelta-{_digest(message.key)}")
    return mail


def thread_root(message: Message, domain: str) -> str:
    """The id that all mails of a subscription about one article name as their root; '' for those about several.

    No mail has it: programs show those that share a root together, whether they have the root or not (RFC 5256,
    section 3). It is made of the article's own identity, so that it outlives the database.
    """
    if not message.thread or not message.items:
        return ""
    article = message.items[0].article
    about = f"{article.publisher} {article.key}" if article else message.thread
    return f"<thread-{_digest(f'{message.subscription} {about}')}@{domain}>"


def list_id(subscription: str, domain: str) -> str:
    """ "name <id>", the id in ASCII whatever the name: filters of mail programs go by it (RFC 2919)."""
    plain = re.sub(r"[^a-z0-9-]+", "-", subscription.lower()).strip("-")
    label = (
        plain if plain == subscription.lower() else "-".join(filter(None, (plain, _digest(subscription)[:8])))
    )
    phrase = re.sub(r'[\\"<>]', "", _line(subscription, 60))
    phrase = f'"{phrase}"' if phrase.isascii() else phrase  # an encoded word stands outside quotes
    return f"{phrase} <{label}.newsdelta.{domain}>"


def _line(text: str, limit: int) -> str:
    """A header's text: one line, no control characters, no lone surrogates."""
    return tidy(_text(text), limit)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _atom(key: str) -> str:
    """A key as the left side of an id: as it is where it may stand there."""
    return key if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", key) else f"nd-{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
