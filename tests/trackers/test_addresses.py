"""Which addresses count as those of the public internet."""

import ipaddress

import pytest

from integrations.addresses import is_public


@pytest.mark.parametrize(
    "private",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "fc00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "64:ff9b:1:a::1", "::7f00:1", "::a01:203", "fec0::1",
        "feff::1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_private_addresses_are_not_public_whatever_they_wear(private: str) -> None:
    assert not is_public(ipaddress.ip_address(private))


@pytest.mark.parametrize("public", ["140.82.121.4", "2606:50c0:8000::153", "64:ff9b::8c52:7904"])
def test_addresses_of_the_internet_are_public(public: str) -> None:
    assert is_public(ipaddress.ip_address(public))
