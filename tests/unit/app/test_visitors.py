"""Rules for telling visitors apart."""

import pytest
from flask import Flask
from werkzeug.exceptions import TooManyRequests

from app.visitors import Visitors, networks_of


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("192.0.2.7", ("192.0.2.7",)),
        ("2001:db8:1:2:3:4:5:6", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("fe80::1%eth0", ("fe80::/64", "fe80::/48")),
        ("::ffff:192.0.2.7", ("192.0.2.7",)),
        ("", ("",)),
        ("unix:" + "x" * 99, ("unix:" + "x" * 59,)),
    ],
)
def test_a_visitor_is_a_network(address: str, networks: tuple[str, ...]) -> None:
    """Whoever has a house's whole IPv6 network is one visitor; what is no address is one by its text."""
    assert networks_of(address) == networks


def test_a_site_of_many_networks_has_a_limit_of_its_own(app: Flask) -> None:
    """Who goes from one of a site's 65,536 networks to the next is stopped after four times as much."""
    visitors = Visitors()
    for number in range(40):
        with app.test_request_context(environ_base={"REMOTE_ADDR": f"2001:db8:1:{number:x}::1"}):
            visitors.count_wish()

    one_more = app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8:1:ffff::1"})
    with one_more, pytest.raises(TooManyRequests):
        visitors.count_wish()
    with app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8:2:ffff::1"}):
        visitors.count_wish()
