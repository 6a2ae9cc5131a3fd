"""The download handler of http and https: it connects to the very address that the guard judged, and takes no more
of an answer's head than an answer can need.

A name is resolved once for a connection. All its addresses are judged then, and the socket is given those, so that
there is no moment in which the name could come to mean something else (DNS rebinding). Redirects and robots.txt are
requests like all others, and come through here. Through a proxy it is the proxy that resolves and connects: what is
judged then is what this machine knows of the name (`middlewares.AddressGuard`).
"""

# ruff: noqa: N802, N803 - Twisted's names
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientProtocol,
    _ScrapyAgent,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred, fail
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE
from twisted.web.client import URI, Agent, _HTTP11ClientFactory, _StandardEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses import first_private, forbidden, private_words

#: Bytes of an answer's status line and headers, those of its 1xx forerunners included. Browsers take 256 KB.
HEAD_BYTES = 128 * 1024
TOO_LONG = "the head of the answer is larger than a head may be"


class Downloads(HTTP11DownloadHandler):
    """Scrapy's handler with our connections."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory
        self._allow_private = crawler.settings.getbool("NEWSDELTA_ALLOW_PRIVATE_ADDRESSES")
        self._room = asyncio.Semaphore(crawler.settings.getint("NEWSDELTA_DOWNLOADS", 16))

    async def download_request(self, request: Request) -> Response:
        """Fetch. Raises Scrapy's download errors, and IgnoreRequest for a private address."""
        agent = _Agent(
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        agent.allow_private = self._allow_private
        async with self._room:
            with wrap_twisted_exceptions():
                return await maybe_deferred_to_future(agent.download_request(request))


class _Agent(_ScrapyAgent):
    """Scrapy's agent, which connects through the guard unless a proxy connects for it."""

    allow_private = False

    def _get_agent(self, request: Request, timeout: float) -> Agent:
        agent = super()._get_agent(request, timeout)
        if not self.allow_private and not request.meta.get("proxy"):
            agent._endpointFactory = _Endpoints(agent._endpointFactory)
        return agent


class _Endpoints:
    """Makes endpoints for addresses, as the factory that it is made from, with the guard between."""

    def __init__(self, plain: _StandardEndpointFactory) -> None:
        self._plain = plain
        self._bindAddress = plain._bindAddress  # a part of the key under which connections are kept

    def endpointForURI(self, uri: URI) -> Any:
        """The endpoint of an http(s) address. Raises ValueError for a host that is no text."""
        plain = self._plain
        endpoint: Any = GuardedEndpoint(
            plain._reactor, uri.host.decode("ascii"), uri.port, plain._connectTimeout, plain._bindAddress
        )
        if uri.scheme == b"http":
            return endpoint
        return wrapClientTLS(plain._policyForHTTPS.creatorForNetloc(uri.host, uri.port), endpoint)


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """Connects to a host whose every address is public. The Deferred fails with IgnoreRequest for any other."""

    def __init__(
        self, reactor: Any, host: str, port: int, timeout: float | None = 30, bind: Any = None
    ) -> None:
        self._host = host
        self._resolver = _Judging(reactor.nameResolver)
        self._endpoint = _Endpoint(reactor, host, port, timeout or 30, bind)
        self._endpoint.resolver = self._resolver

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Resolve, judge, connect."""
        if words := forbidden(self._host):
            return fail(IgnoreRequest(words))
        connected: Deferred[IProtocol] = self._endpoint.connect(protocolFactory)
        return connected.addErrback(self._explained)

    def _explained(self, failure: Failure) -> Failure:
        if refused := self._resolver.refused:
            raise IgnoreRequest(private_words(self._host, refused))
        return failure


class _Endpoint(HostnameEndpoint):
    """Twisted's endpoint with a resolver of its own, where the reactor's would serve all the process."""

    resolver: Any = None

    def _getNameResolverAndMaybeWarn(self, reactor: object) -> Any:
        return self.resolver


@implementer(IHostnameResolver)
class _Judging:
    """Resolves by another resolver, and gives on either all addresses of a name or none."""

    def __init__(self, resolver: Any) -> None:
        self.refused = ""
        self._resolver = resolver

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Resolve, as IHostnameResolver says."""
        return cast(
            "IHostResolution",
            self._resolver.resolveHostName(
                _Judge(resolutionReceiver, self), hostName, portNumber, addressTypes, transportSemantics
            ),
        )


@implementer(IResolutionReceiver)
class _Judge:
    """Holds addresses back until all are known."""

    def __init__(self, receiver: Any, judging: _Judging) -> None:
        self._receiver = receiver
        self._judging = judging
        self._addresses: list[Any] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """Pass on that it began."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:
        """Hold an address back."""
        self._addresses.append(address)

    def resolutionComplete(self) -> None:
        """Give all on, or none."""
        self._judging.refused = first_private(address.host for address in self._addresses)
        for address in self._addresses if not self._judging.refused else ():
            self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Ends a connection whose answer's head has no end. One line is bounded by Twisted (16 KB)."""

    _head = 0

    def request(self, request: Any) -> Any:
        """Send a request; what is counted begins anew."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        """Take bytes; break the connection where the head is too large."""
        in_head = self._parser is not None and self._parser.state not in (BODY, DONE)
        if in_head and self._head > HEAD_BYTES:
            self._giveUp(Failure(DownloadCancelledError(TOO_LONG)))  # type: ignore[no-untyped-call]
            return
        self._head += len(data) if in_head else 0
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class _BoundedFactory(_HTTP11ClientFactory):
    """Makes bounded connections."""

    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:
        """Make one."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
