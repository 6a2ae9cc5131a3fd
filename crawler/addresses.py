"""Which network addresses a host name stands for, and whether they are on the public internet."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable


async def addresses_of(host: str) -> tuple[str, ...]:
    """The addresses of a host; () where its name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def first_private(addresses: Iterable[str]) -> str:
    """The first address that is not on the public internet, or ''."""
    return next((one for one in addresses if not ipaddress.ip_address(one.split("%")[0]).is_global), "")
