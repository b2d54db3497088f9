"""Nothing of ours can be reached through a URL that somebody else wrote."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from crawlers.errors import RefusedAddress
from crawlers.guard import Guard, GuardedResolver, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.0.1",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "2002:0a00:0001::",
        "64:ff9b::7f00:1",
        "64:ff9b::169.254.169.254",
        "not an address",
        "",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "123.30.215.10", "2405:4800::1", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "::1", "169.254.169.254", "10.0.0.8", "2130706433", "0x7f.1", "127.1"]
)
def test_literal_hosts_are_refused(host: str) -> None:
    with pytest.raises(RefusedAddress):
        Guard().check_literal(host)
    Guard().check_literal("bao.example")
    Guard().check_literal("8.8.8.8")


def test_only_the_named_host_and_port_are_admitted() -> None:
    guard = Guard(["127.0.0.1:8123", "Bao.example=127.0.0.1:8124"])
    assert guard.route("127.0.0.1:8123") == "127.0.0.1:8123"
    assert guard.route("127.0.0.1:8125") is None
    assert guard.route("bao.example") == "127.0.0.1:8124"
    assert guard.route("bao.example:443") == "127.0.0.1:8124"
    assert guard.route("khac.example") is None


class Table(AbstractResolver):
    """A resolver with fixed answers, one list per look-up."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers.pop(0)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0) for address in found
        ]

    async def close(self) -> None:
        pass


def test_names_of_private_addresses_are_refused() -> None:
    async def look() -> list[str]:
        resolver = GuardedResolver(Table(["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "::1"]))
        first = await resolver.resolve("bao.example", 443)
        with pytest.raises(RefusedAddress):
            # The second answer of the same name points inside: DNS rebinding.
            await resolver.resolve("bao.example", 443)
        return [entry["host"] for entry in first]

    assert asyncio.run(look()) == ["93.184.216.34"]
