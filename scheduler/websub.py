"""WebSub (W3C Recommendation, 2018): hubs tell us at once that a feed has something new.

We ask a hub for a feed that names it, under an address of our web page that only the hub learns; we renew before the
lease ends, and say farewell when the channel is watched no more. What a hub sends is a hint to look at the feed now,
never content: what we know of an article comes from its own page alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode, urljoin, urlsplit

from crawler.addresses import addresses_of, first_private
from scheduler.alerts.http import Http, Reply
from scheduler.config import Config
from scheduler.plan import utc_now
from storage import hubs, orders
from storage.database import Database
from storage.errors import StorageError
from storage.hubs import Hub, HubState
from storage.records import OrderState

log = logging.getLogger(__name__)

#: Seconds between two looks at what is due.
LOOK_EVERY = 15.0
#: The path of our addresses that hubs call; the token follows.
CALLBACK = "/websub/"
#: The signature's methods (WebSub, 8). SHA-1 too: many hubs know no other, and as HMAC it is not broken.
METHODS = {name: getattr(hashlib, name) for name in ("sha1", "sha256", "sha384", "sha512")}
_REDIRECTS, _KEEPS_POST = 3, (307, 308)
#: Orders looked at to see whether one for the feed waits already.
_RECENT = 200


async def keep_subscribed(
    database: Database, config: Callable[[], Config], *, every: float = LOOK_EVERY
) -> None:
    """Ask hubs for what is due, again and again, while the web page has an address that they can reach."""
    http = Http(connections=4)
    try:
        while True:
            if config().web.url:
                await _look(database, config(), http)
            await asyncio.sleep(every)
    finally:
        await http.close()


async def _look(database: Database, config: Config, http: Http) -> None:
    try:
        hubs.end_others(database, set(config.rhythms), utc_now())
        for hub in hubs.due(database, utc_now()):
            # A hub may verify before it has answered us, so it is noted first that we ask.
            hubs.tried(database, hub.token, utc_now())
            said = await ask(hub, config.web.url, http, allow_private=config.allow_private_addresses)
            if said:
                log.warning("The hub %s does not take %s on: %s", hub.hub, hub.topic, said)
                hubs.complain(database, hub.token, said)
    except StorageError as error:
        log.warning("What is to be asked of hubs cannot be read or kept now: %s", error)


async def ask(hub: Hub, page: str, http: Http, *, allow_private: bool) -> str:
    """Ask a hub to begin, renew or end a subscription (WebSub, 5.1); '' where it accepts, else what is wrong.

    `page` is the public address of our web page. An address inside our own network is not asked, unless
    `allow_private`: anybody can name a hub in a feed.
    """
    form = {
        "hub.mode": "unsubscribe" if hub.state is HubState.ENDING else "subscribe",
        "hub.topic": hub.topic,
        "hub.callback": f"{page.rstrip('/')}{CALLBACK}{hub.token}",
        "hub.lease_seconds": str(hubs.USUAL_LEASE),
        "hub.secret": hub.secret,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    target = hub.hub
    for _ in range(1 + _REDIRECTS):
        if not allow_private and (found := await _private(target)):
            return f"{urlsplit(target).hostname} is {found}, which is not on the public internet"
        reply = await http.post(target, urlencode(form).encode(), headers)
        if not isinstance(reply, Reply):
            return reply.detail
        if reply.status not in _KEEPS_POST or not reply.headers.get("location"):
            return "" if 200 <= reply.status < 300 else f"{reply.status} {reply.text()}".strip()
        target = urljoin(target, reply.headers["location"])
    return "it sends us round in circles"


async def _private(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "no web address"
    return first_private(await addresses_of(parts.hostname))


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `X-Hub-Signature: METHOD=HEX` is the HMAC of a body with the secret (WebSub, 8)."""
    method, _, given = signature.partition("=")
    made = METHODS.get(method.strip().lower())
    if made is None:
        return False
    return hmac.compare_digest(
        hmac.new(secret.encode(), body, made).hexdigest().encode(), given.strip().lower().encode()
    )


def hint(database: Database, hub: Hub, now: datetime) -> None:
    """Order a look at the feed, unless such an order waits already. Raises StorageError."""
    waiting = orders.latest(database, limit=_RECENT, open_only=True)
    if not any(
        order.state is OrderState.WAITING and (order.channel, order.urls) == (hub.channel, (hub.feed,))
        for order in waiting
    ):
        orders.ask(database, hub.channel, (hub.feed,), now)
