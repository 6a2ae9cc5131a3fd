"""The web application: its pages, the API, and what guards them."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from scheduler.web.api import ROUTERS as API
from scheduler.web.api import metrics
from scheduler.web.api.model import name_problems, problem
from scheduler.web.asgi import App
from scheduler.web.gate import Refused
from scheduler.web.guard import Guard
from scheduler.web.kept import Kept
from scheduler.web.pages import ROUTERS
from scheduler.web.render import HERE, page, visitor_of
from scheduler.web.site import Site
from storage.errors import DatabaseBusy, DatabaseUnreachable, NotFound, StorageError

LONG = "public, max-age=31536000, immutable"


def make_app(site: Site) -> App:
    """Put the pages of a site together, and what stands in front of them."""
    kept = Kept(_pages(site), site.database, lambda: (site.config(), site.looks.version))
    return Guard(kept, hosts=site.settings.hosts, door=site.door)


def _pages(site: Site) -> FastAPI:
    app = FastAPI(
        title="newsdelta",
        version=version("newsdelta"),
        description="What regional news channels published, edited and removed.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = site
    write = app.openapi
    app.openapi = lambda: name_problems(write())  # type: ignore[method-assign]
    for router in API:
        app.include_router(router, prefix="/api/v1")
    app.include_router(metrics.router)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", _Static(directory=HERE / "static"))
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _wrong_question)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(StorageError, _storage_error)
    return app


class _Static(StaticFiles):
    """Files whose address changes with their content."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["cache-control"] = LONG
        return response


def _is_call(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if _is_call(request):
        detail = error.detail if isinstance(error, HTTPException) else ""
        return problem(
            status, HTTPStatus(status).phrase, detail if detail != HTTPStatus(status).phrase else ""
        )
    if status == 401:
        return RedirectResponse(f"/login?next={request.url.path}", 303)
    if isinstance(error, Refused):
        return page(
            request, "error.html", status=status, code=status, detail=error.phrase, values=error.values
        )
    detail = error.detail if isinstance(error, HTTPException) else ""
    return page(request, "error.html", status=status, code=status, detail=detail, values={})


def _wrong_question(request: Request, error: Exception) -> Response:
    """Say which part of the address is wrong, and how."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    detail = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in found)
    if _is_call(request):
        return problem(422, "The question is wrong", detail)
    return page(request, "error.html", status=422, code=422, detail=detail, values={})


def _not_found(request: Request, error: Exception) -> Response:
    if _is_call(request):
        return problem(404, HTTPStatus(404).phrase, str(error))
    return page(request, "error.html", status=404, code=404, detail=str(error), values={})


def _storage_error(request: Request, error: Exception) -> Response:
    """The store is in trouble: say so, and that it may pass."""
    code = 503 if isinstance(error, (DatabaseBusy, DatabaseUnreachable)) else 500
    detail = getattr(error, "message", "") if visitor_of(request).scopes else ""
    if _is_call(request):
        return problem(code, "The store is in trouble", detail)
    return page(request, "error.html", status=code, code=code, detail=detail, values={})
