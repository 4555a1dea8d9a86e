"""Rules for telling visitors apart."""

import pytest

from app.visitors import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:" + "x" * 99, "unix:" + "x" * 59),
    ],
)
def test_a_visitor_is_a_network(address: str, network: str) -> None:
    """Whoever has a house's whole IPv6 network is one visitor; what is no address is one by its text."""
    assert network_of(address) == network
