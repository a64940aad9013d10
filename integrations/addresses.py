"""Which addresses Waymark may speak to: those of the public internet, and private ones an administrator has named.

A tracker's address is typed by people, so it could point into the network Waymark stands in (server-side request
forgery; OWASP ASVS 5.0, 1.3.6). The connection goes to the address that was checked: a name that is resolved again
could by then mean another.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from backlog.errors import N_, Text

LONGEST = 500  # characters
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
"""Holds an address of version 4 at its end, as NAT64 does (RFC 4291, 2.5.5.1)."""
LOCAL = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("fec0::/10"))
"""NAT64 within one network (RFC 8215) and the former site-local addresses: `ipaddress` takes them for public."""


class Forbidden(Exception):
    """Waymark does not speak to this address; ``text`` says why and who can allow it."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class Allowed:
    """The private ``host:port`` pairs of WAYMARK_TRACKER_HOSTS; http is spoken with these alone."""

    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, named: str) -> "Allowed":
        """From ``host:port, host:port``; a host without a port means 443. ValueError names what is neither."""
        return cls(frozenset(_named(each) for each in named.replace(",", " ").split()))

    def __contains__(self, host_port: tuple[str, int]) -> bool:
        host, port = host_port
        return f"{host.strip('[]').lower()}:{port}" in self.hosts


def _named(text: str) -> str:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or parts.path or parts.query or parts.username is not None:
        raise ValueError(text)
    return f"{parts.hostname.lower()}:{parts.port or 443}"


def checked_url(url: str, allowed: Allowed) -> str:
    """The address without a slash at its end. Forbidden with what is wrong with it: not https (http is for allowed
    hosts), a user or a password in it, a query."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # no part of a name is empty or longer than 63
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise Forbidden(Text(N_("This is not an address: it should look like https://host/path."))) from error
    strange = len(url) > LONGEST or any(sign.isspace() for sign in url)
    if parts.scheme not in ("https", "http") or not parts.hostname or strange:
        raise Forbidden(Text(N_("This is not an address: it should look like https://host/path.")))
    if parts.username is not None or parts.query or parts.fragment:
        raise Forbidden(Text(N_("Leave out user names, passwords, ? and # in the address.")))
    if parts.scheme == "http" and (parts.hostname, port or 80) not in allowed:
        raise Forbidden(
            Text(
                N_(
                    "Waymark speaks http only with hosts an administrator has named in WAYMARK_TRACKER_HOSTS: anybody on "
                    "the way could read the token. Use https."
                )
            )
        )
    return url.rstrip("/")


async def resolved(host: str, port: int, allowed: Allowed) -> str:
    """The IP address to connect to. Forbidden when any it stands for is private; OSError when there is none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from error
    addresses = [each[4][0] for each in found]
    if (host, port) not in allowed:
        _refuse_private(host, [ipaddress.ip_address(str(each).partition("%")[0]) for each in addresses])
    return str(addresses[0])


def _refuse_private(host: str, addresses: Sequence[Address]) -> None:
    if any(not is_public(each) for each in addresses):
        raise Forbidden(
            Text(
                N_(
                    "%(host)s stands in a private network. Waymark goes there only when an administrator names it in "
                    "WAYMARK_TRACKER_HOSTS."
                ),
                {"host": host},
            )
        )


def is_public(address: Address) -> bool:
    """Reachable from anywhere, and not a private one in the clothes of IPv6 (mapped, compatible, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in each for each in LOCAL):
            return False
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64 or address in COMPATIBLE:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast
