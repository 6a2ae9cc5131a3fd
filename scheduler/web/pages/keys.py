"""/keys: the keys of programs and feed readers: made here, shown once, removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from scheduler.web.access import Scope
from scheduler.web.gate import form_for, needs
from scheduler.web.keyring import make
from scheduler.web.render import page
from scheduler.web.site import site_of
from storage import keys

router = APIRouter(prefix="/keys")
Form = Annotated[FormData, Depends(form_for(Scope.MANAGE))]


@router.get("", dependencies=[Depends(needs(Scope.MANAGE))])
def show(request: Request) -> Response:
    """All keys, and the form for another."""
    return _page(request)


@router.post("/add")
def add(request: Request, form: Form) -> Response:
    """Make a key, and show it: this answer is the only one that has it."""
    site, name = site_of(request), str(form.get("name") or "").strip()
    wanted = [scope for scope in Scope if scope in form.getlist("scopes")]
    try:
        return _page(request, made=make(site.database, name, wanted, site.now()), name=name)
    except ValueError as error:
        return _page(request, wrong=str(error), name=name)


@router.post("/remove")
def remove(request: Request, form: Form) -> Response:
    """Let a key open nothing any more."""
    keys.remove(site_of(request).database, str(form.get("name")))
    return RedirectResponse("/keys", 303)


def _page(request: Request, *, made: str = "", wrong: str = "", name: str = "") -> Response:
    return page(
        request,
        "keys.html",
        status=422 if wrong else 200,
        keys=keys.every(site_of(request).database),
        scopes=list(Scope),
        made=made,
        wrong=wrong,
        name=name,
    )
