"""What we take from Scrapy's responses and failures: headers as text, bodies as records, reasons as words."""

from __future__ import annotations

from scrapy.http import Response
from twisted.python.failure import Failure

from storage.errors import NewsdeltaError
from storage.records import PageBody

_REASONS = {
    "CannotResolveHostError": "the host name is unknown",
    "DownloadConnectionRefusedError": "the connection was refused",
    "DownloadTimeoutError": "there was no answer in time",
    "ResponseDataLossError": "the body was cut short",
    "DownloadCancelledError": "the body is larger than a page may be",
}


def header(response: Response, name: str) -> str | None:
    """A response header as text, or None."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def body_of(response: Response, url: str, part: int = 1) -> PageBody:
    """A response as a record: bytes, content type and validators."""
    return PageBody(
        url=url,
        content=response.body,
        content_type=header(response, "Content-Type") or "",
        part=part,
        etag=header(response, "ETag"),
        last_modified=header(response, "Last-Modified"),
    )


def asked_url(response: Response) -> str:
    """The address that was asked for, before redirects."""
    return str(response.meta.get("redirect_urls", [response.url])[0])


def latency(response: Response) -> float:
    """Seconds from sending the request to the headers of the answer."""
    return float(response.meta.get("download_latency", 0.0))


def reason(failure: Failure) -> str:
    """Why a request got no usable answer, in words."""
    return words_of(failure.value)


def words_of(error: BaseException | None) -> str:
    """A download's exception, in words."""
    name = type(error).__name__
    if name == "IgnoreRequest":
        return str(error)
    if isinstance(error, NewsdeltaError):
        return error.message
    if name == "DownloadFailedError" and error is not None:
        return _broken_off(error)
    return _REASONS.get(name) or f"{name}: {error}".rstrip(": ")


def _broken_off(error: BaseException) -> str:
    """Why an answer could not be taken: the limit of its head, TLS, or the connection."""
    causes = [getattr(failure, "value", None) for failure in getattr(error.__cause__, "reasons", ())]
    ours = next((str(one) for one in causes if type(one).__name__ == "DownloadCancelledError"), "")
    if any(type(one).__module__.startswith(("OpenSSL", "service_identity")) for one in causes):
        return "its certificate cannot be trusted (expired, of another name, signed by nobody known), or TLS failed"
    return ours or "the connection broke off, or the answer is no HTTP"
