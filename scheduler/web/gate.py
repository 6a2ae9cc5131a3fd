"""What a page asks of its visitor before it opens: a scope, and of a form, that it is ours."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from scheduler.web.access import Scope
from scheduler.web.render import visitor_of


class Refused(HTTPException):
    """No, in words that pages say in the visitor's language; `values` are those of the phrase's places."""

    def __init__(self, status: int, phrase: str, **values: str) -> None:
        super().__init__(status, phrase.format(**values))
        self.phrase = phrase
        self.values = values


def demand(request: Request, scope: Scope) -> None:
    """Raise HTTPException, 401 for nobody, 403 for somebody, where the visitor may not do such a thing."""
    visitor = visitor_of(request)
    if not visitor.scopes:
        raise HTTPException(401)
    if not visitor.may(scope):
        raise Refused(403, "This key lacks the scope {scope}.", scope=scope.value)


def needs(scope: Scope) -> Callable[[Request], Awaitable[None]]:
    """A dependency that lets through who may do such a thing."""

    async def check(request: Request) -> None:  # not in a thread: there is nothing to wait for
        demand(request, scope)

    return check


def form_for(scope: Scope) -> Callable[[Request], object]:
    """A dependency that gives the form of a visitor who may do such a thing, from a page of ours."""

    async def read(request: Request) -> FormData:
        demand(request, scope)
        form = await request.form(max_files=0, max_fields=200)
        visitor, sent = visitor_of(request), form.get("csrf")
        if not visitor.program and not (
            isinstance(sent, str)
            and visitor.csrf
            and hmac.compare_digest(sent.encode(), visitor.csrf.encode())
        ):
            raise Refused(403, "This form is too old. Go back, load the page again, and send it once more.")
        return form

    return read


READ = [Depends(needs(Scope.READ))]
