"""In and out: the form for the token, a link that carries it, and the way out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from scheduler.web.access import COOKIE
from scheduler.web.render import keep_session, page
from scheduler.web.site import site_of

router = APIRouter()


@router.get("/login")
def show(request: Request, next: str = "/", token: str = "") -> Response:
    """Ask for the token, or take it from the link that the terminal printed."""
    if token:
        return _enter(request, token, next)
    return page(request, "login.html", next=_inside(next), wrong=False)


@router.post("/login")
async def enter(request: Request) -> Response:
    """Take the token from the form."""
    form = await request.form(max_files=0, max_fields=10)
    return _enter(request, str(form.get("token", "")).strip(), str(form.get("next", "/")))


@router.post("/logout")
def leave() -> Response:
    """Forget the session."""
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


def _enter(request: Request, token: str, target: str) -> Response:
    site = site_of(request)
    if not site.door.fits(token):
        return page(request, "login.html", status=403, next=_inside(target), wrong=True)
    response = RedirectResponse(_inside(target), 303)
    keep_session(response, site.door.new_session(), secure=site.settings.secure)
    return response


def _inside(target: str) -> str:
    """An address of our own pages; anything else leads to the overview."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"
