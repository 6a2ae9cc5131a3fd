"""For machines that watch us: /healthz (the process answers) and /readyz (the store answers, too)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from scheduler.web.site import site_of
from storage.errors import StorageError

router = APIRouter()


@router.get("/healthz")
def alive() -> PlainTextResponse:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def ready(request: Request) -> PlainTextResponse:
    """Say whether the store answers."""
    try:
        site_of(request).database.schema_version()
    except StorageError as error:
        return PlainTextResponse(f"{error.message}\n", 503)
    return PlainTextResponse("ok\n")
