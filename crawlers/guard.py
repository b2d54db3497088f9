"""No request leaves for the own network.

Addresses are checked where the connection is made, after DNS and on each redirect.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawlers.errors import RefusedAddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Say whether an IP address is a public unicast one.

    Private, loopback, link-local (with the 169.254.169.254 metadata address), carrier-grade NAT, multicast, reserved
    and unspecified addresses are not. An IPv4 address inside an IPv6 one (mapped, NAT64) counts as that IPv4 address;
    6to4 and Teredo tunnels are refused.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Guard:
    """Knows which hosts may be reached.

    ``allow_hosts``: the one explicit exception for replay servers, demos and tests. ``"127.0.0.1:8123"`` admits that
    host and port; ``"bao-demo.example=127.0.0.1:8123"`` also sends every request for the name there, over plain HTTP.
    """

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self._routes: dict[str, str] = {}
        for entry in allow_hosts:
            name, _, target = entry.partition("=")
            self._routes[name.strip().lower()] = (target or name).strip().lower()

    @property
    def routes(self) -> dict[str, str]:
        """The admitted names with the ``host:port`` that answers for each."""
        return dict(self._routes)

    def route(self, netloc: str) -> str | None:
        """Return the ``host:port`` that answers for an admitted host, None for a host of the open web."""
        netloc = netloc.lower()
        return self._routes.get(netloc) or self._routes.get(netloc.partition(":")[0])

    def check_literal(self, host: str) -> None:
        """Raise ``RefusedAddress`` when ``host`` is itself a non-public address.

        Such a host never reaches the resolver.
        """
        host = host.strip("[]")
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            if _is_odd_ipv4(host):
                raise RefusedAddress(f"{host} is an address in disguise") from None
            return
        if not is_public(host):
            raise RefusedAddress(f"{host} is not a public address")


def _is_odd_ipv4(host: str) -> bool:
    """Say whether the system's resolver would read ``host`` as an IPv4 address (2130706433, 0x7f.1, 127.1)."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


class GuardedResolver(AbstractResolver):
    """Hands the connector public addresses only.

    What is checked is what is connected to (no second look-up, no rebinding).
    """

    def __init__(self, inner: AbstractResolver | None = None, admitted: Iterable[str] = ()) -> None:
        self._inner = inner or ThreadedResolver()
        self._admitted = frozenset(admitted)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve ``host``; raises ``RefusedAddress`` when it has no public address."""
        found = await self._inner.resolve(host, port, family)
        if host in self._admitted:
            return found
        public = [entry for entry in found if is_public(entry["host"])]
        if not public:
            raise RefusedAddress(f"{host} resolves to no public address")
        return public

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._inner.close()
