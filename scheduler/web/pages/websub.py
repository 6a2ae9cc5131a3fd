"""/websub/TOKEN: what hubs call, without a login — may we send you this feed (GET), and here is something new (POST).

The token is all that lets a caller in; whoever has none learns nothing. An answer never says whether a signature was
right (WebSub, 8). What is sent is not kept.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from scheduler import websub
from scheduler.web.site import Site, site_of
from storage import hubs

#: Bytes that a hub may send; more is not read. Feeds with whole texts have a tenth of it.
MOST_SENT = 4 * 1024 * 1024
LONGEST_CHALLENGE = 2_048
#: Seconds of a lease have no more digits.
_MOST_DIGITS = 12

router = APIRouter(prefix=websub.CALLBACK.rstrip("/"))
Token = Annotated[str, Path(max_length=64)]


@router.get("/{token}")
def verify(request: Request, token: Token) -> Response:
    """Answer a hub that asks whether it was us who asked (5.3), or that says no (5.2)."""
    asked, site = request.query_params, site_of(request)
    mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
    if mode == "denied":
        ours = hubs.denied(site.database, token, topic, asked.get("hub.reason", ""), site.now())
        return Response(status_code=200 if ours else 404)
    challenge, lease = asked.get("hub.challenge", ""), asked.get("hub.lease_seconds", "")
    if not 0 < len(challenge) <= LONGEST_CHALLENGE:
        return Response(status_code=404)
    seconds = int(lease) if lease.isascii() and lease.isdigit() and len(lease) <= _MOST_DIGITS else None
    ours = hubs.verified(site.database, token, mode, topic, seconds, site.now())
    return PlainTextResponse(challenge) if ours else Response(status_code=404)


@router.post("/{token}")
async def receive(request: Request, token: Token) -> Response:
    """Take a hub's word that the feed has something new; 410 tells it that we want nothing of the kind."""
    site = site_of(request)
    hub = await run_in_threadpool(hubs.find, site.database, token)
    if hub is None or hub.state is hubs.HubState.ENDING:
        return Response(status_code=410)
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    if websub.is_signed(body, request.headers.get("x-hub-signature", ""), hub.secret):
        await run_in_threadpool(_hint, site, hub)
    return Response(status_code=202)


def _hint(site: Site, hub: hubs.Hub) -> None:
    websub.hint(site.database, hub, site.now())


async def _body(request: Request) -> bytes | None:
    """What is sent, or None where it is too much."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_SENT:
            return None
    return bytes(found)
