"""/channels/looks: a site to be added, or a channel whose pages are checked, as it is looked at; what was found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.datastructures import FormData

from crawler.serve import ChannelWords
from scheduler.adding import address_of, built_in
from scheduler.web import additions
from scheduler.web.access import Scope
from scheduler.web.additions import Proposal
from scheduler.web.gate import Refused, form_for, needs
from scheduler.web.looks import Look, TooManyLooksError
from scheduler.web.pages.channels import watched
from scheduler.web.render import page
from scheduler.web.site import Site, site_of
from storage.errors import ConfigError
from storage.records import as_json

router = APIRouter(prefix="/channels")
MANAGE = [Depends(needs(Scope.MANAGE))]
Form = Annotated[FormData, Depends(form_for(Scope.MANAGE))]
#: Seconds between two looks at how far it is.
STEP = 0.3


@router.post("/looks")
def ask(request: Request, form: Form) -> Response:
    """Look at a site."""
    look = look_at(site_of(request), str(form.get("url") or "").strip())
    return RedirectResponse(f"/channels/looks/{look.id}", 303)


@router.post("/{name}/check")
def check(request: Request, name: str, form: Form) -> Response:
    """Look at what a watched channel's rules read on its pages."""
    look = check_channel(site_of(request), name)
    return RedirectResponse(f"/channels/looks/{look.id}", 303)


@router.get("/looks/{number}", dependencies=MANAGE)
def show(request: Request, number: str) -> Response:
    """A look as it goes on, and what it found."""
    return _page(request, look_of(site_of(request), number))


@router.post("/looks/{number}/cancel")
def cancel(request: Request, number: str, form: Form) -> Response:
    """Stop looking, at once."""
    site = site_of(request)
    site.looks.cancel(look_of(site, number).id)
    return RedirectResponse(f"/channels/looks/{number}", 303)


@router.post("/looks/{number}/add")
async def add(request: Request, number: str, form: Form) -> Response:
    """Write what was found into the config, and watch it."""
    site, look = site_of(request), look_of(site_of(request), number)
    name, mark = str(form.get("name") or "").strip() or None, str(form.get("mark") or "")
    try:
        proposal, everywhere = await add_found(site, look, name, mark)
    except (Refused, ConfigError) as error:
        if look.channel is not None:
            raise
        return await run_in_threadpool(_page, request, look, wrong=error, name=name)
    return _added(site, proposal, everywhere)


@router.post("/known")
async def add_known(request: Request, form: Form) -> Response:
    """Watch a channel that is built in."""
    site = site_of(request)
    return _added(site, *await add_built_in(site, str(form.get("name") or "")))


@router.get("/looks/{number}/events", dependencies=MANAGE)
async def follow(request: Request, number: str) -> Response:
    """The look each time that something of it changed, as server-sent events, until it has ended."""
    site = site_of(request)
    return StreamingResponse(changes(site, look_of(site, number)), media_type="text/event-stream")


def look_at(site: Site, url: str) -> Look:
    """Begin to look at a site. Raises Refused: 422 for what is none, or is built in; 409 while others are looked at."""
    try:
        home = address_of(url)
    except ConfigError as error:
        raise Refused(
            422, "That is no address of a site. Write for example https://www.example.com/"
        ) from error
    if (channel := built_in(home)) is not None:
        raise Refused(
            422,
            "{label} is built in: choose {name} among the channels.",
            label=channel.label,
            name=channel.name,
        )
    return _ask(site, home)


def check_channel(site: Site, name: str) -> Look:
    """Begin to check a channel's pages. Raises Refused: 404: it is not watched; 409 while others are looked at."""
    channel = watched(site, name)
    return _ask(site, channel.home, ChannelWords.of(channel))


def _ask(site: Site, home: str, channel: ChannelWords | None = None) -> Look:
    allowed = site.config().allow_private_addresses
    try:
        return site.looks.ask(home, allow_private_addresses=allowed, channel=channel)
    except TooManyLooksError as error:
        raise Refused(409, "Other sites are looked at now. Try again in a minute.") from error


def look_of(site: Site, number: str) -> Look:
    """A look that is known. Raises Refused, 404."""
    look = site.looks.get(number)
    if look is None:
        raise Refused(404, "This look is not known any more. Ask for it again.")
    return look


async def add_found(site: Site, look: Look, name: str | None, mark: str) -> tuple[Proposal, bool]:
    """Write what a look found, where it is what was agreed to. Raises Refused, ConfigError."""
    found = look.found
    if found is None or found.finding.decline:
        raise Refused(409, "There is nothing to add.")
    proposal = await run_in_threadpool(additions.agree, site.config(), found, name, mark)
    return proposal, await _put(site, proposal)


async def add_built_in(site: Site, name: str) -> tuple[Proposal, bool]:
    """Watch a built-in channel. Raises Refused, ConfigError."""
    proposal = await run_in_threadpool(additions.known, site.config(), name)
    return proposal, await _put(site, proposal)


async def _put(site: Site, proposal: Proposal) -> bool:
    await run_in_threadpool(additions.write, site, proposal)
    return additions.take_up(site, proposal)


async def changes(site: Site, look: Look | None) -> AsyncIterator[str]:
    """Each new state of a look as a message of server-sent events; it ends by itself, as looks do."""
    last: Look | None = None
    while look is not None:
        if look != last:
            said = {"state": look.state, "seen": [as_json(one) for one in look.seen], "error": look.error}
            yield f"data: {json.dumps(said, ensure_ascii=False)}\n\n"
            last = look
        if look.finished_at is not None:
            break
        await asyncio.sleep(STEP)
        look = site.looks.get(look.id)
    yield "event: end\ndata: {}\n\n"


def _added(site: Site, proposal: Proposal, everywhere: bool) -> Response:
    if proposal.plan.name not in site.config().channels:  # not before a restart
        return RedirectResponse("/channels", 303)
    where = "here" if everywhere else "elsewhere"
    return RedirectResponse(f"/channels/{quote(proposal.plan.name)}?added={where}", 303)


def _page(
    request: Request, look: Look, *, wrong: Refused | ConfigError | None = None, name: str | None = None
) -> Response:
    if look.channel is not None:
        return page(request, "check.html", look=look, channel=look.channel, checked=look.checked)
    proposal = None
    if look.found is not None and not look.found.finding.decline:
        try:
            proposal = additions.propose(site_of(request).config(), look.found)
        except ConfigError as error:
            wrong = wrong or error
    return page(
        request,
        "look.html",
        status=(wrong.status_code if isinstance(wrong, Refused) else 422) if wrong else 200,
        look=look,
        finding=look.found.finding if look.found else None,
        proposal=proposal,
        name=name or (proposal.plan.name if proposal else ""),
        wrong=(wrong.phrase if isinstance(wrong, Refused) else str(wrong)) if wrong else "",
        values=wrong.values if isinstance(wrong, Refused) else {},
    )
