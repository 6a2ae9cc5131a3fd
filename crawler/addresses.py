"""Which network addresses a host name stands for, and whether they are on the public internet.

The rules: IANA's registries of special-purpose addresses, as Python's `ipaddress` has them; the forms of IPv6 that
carry an address of IPv4 (RFC 4291, 6052, 3056, 4380); the names that never lead to the public internet (RFC 6761,
6762, 8375, and ICANN's `internal`); what cloud machines offer to themselves.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Names, and all below them, that no public server has.
LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "home.arpa")
#: What Azure's machines ask for their secrets has a public address.
METADATA = frozenset({"168.63.129.16"})
#: The block of protocol assignments, of which older Pythons know a part; Oracle's machines ask 192.0.0.192.
_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")


async def addresses_of(host: str) -> tuple[str, ...]:
    """The addresses of a host, however it is spelt; () where its name is unknown."""
    if written := literal(host):
        return (str(written),)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def first_private(addresses: Iterable[str]) -> str:
    """The first address that is not on the public internet, or ''."""
    return next((one for one in addresses if not is_public(one)), "")


def is_public(address: str) -> bool:
    """Whether an IP address, with or without a zone, is one of the public internet. Raises ValueError for none."""
    judged = ipaddress.ip_address(address.split("%")[0])
    if isinstance(judged, ipaddress.IPv6Address):
        if judged.is_site_local or judged in _LOCAL_NAT64:
            return False
        inside = _carried(judged)
        if inside:
            return all(map(_is_public, inside))
    return _is_public(judged)


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and address not in _ASSIGNMENTS
        and str(address) not in METADATA
    )


def _carried(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The addresses of IPv4 that one of IPv6 leads to: mapped, compatible, NAT64, 6to4, Teredo."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def literal(host: str) -> Address | None:
    """The address that a host is by itself, in any spelling that a system's resolver takes: decimal, octal, hex,
    short (RFC 3986, 7.4), with a zone, in brackets, with dots at its end. None for a name.
    """
    host = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    if not last[:1].isdecimal() or not host.isascii():
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_local_name(host: str) -> bool:
    """Whether a name never leads to the public internet, whatever a resolver says."""
    host = host.rstrip(".").lower()
    return any(host == name or host.endswith(f".{name}") for name in LOCAL_NAMES)


def forbidden(host: str) -> str:
    """Why a host must not be visited that needs no resolver to be judged, in words; '' where one must be asked."""
    if not host:
        return "the address names no host"
    if (written := literal(host)) and not is_public(str(written)):
        return private_words(host, str(written))
    return private_words(host, "of this network") if is_local_name(host) else ""


def private_words(host: str, address: str) -> str:
    """What is said of a host with a private address, and the mend."""
    return (
        f"{host} has the private address {address}. For a local copy of a site set "
        "allow_private_addresses = true under [network]"
    )
