"""Rules for who can be told by a topic."""

import pytest

from report.errors import MailError, TopicError
from report.topics import EMAIL, SMS, Subscription, endpoint_of


@pytest.mark.parametrize(
    ("protocol", "text", "endpoint"),
    [
        pytest.param(EMAIL, "owner@example.org", "owner@example.org", id="address"),
        pytest.param(EMAIL, "Owner <owner@example.org>", "owner@example.org", id="with a name"),
        pytest.param(SMS, "+33612345678", "+33612345678", id="number"),
        pytest.param(SMS, "+33 (0).6-12", None, id="a zero no number has, and short"),
        pytest.param(SMS, "+1 (206) 555-0100", "+12065550100", id="as people write it"),
        pytest.param(SMS, "0612345678", None, id="no country"),
        pytest.param(SMS, "+0612345678", None, id="no such country"),
        pytest.param(SMS, "+1234567890123456", None, id="too long"),
        pytest.param(SMS, "+٣٣٦١٢٣٤٥٦٧٨", None, id="other digits"),
        pytest.param(EMAIL, "owner", None, id="no address"),
        pytest.param(EMAIL, "+33612345678", None, id="a number for an address"),
    ],
)
def test_an_endpoint_is_checked_before_sns_sees_it(protocol: str, text: str, endpoint: str | None) -> None:
    """An address as the house takes one, a phone's number by E.164; all else is refused by name."""
    if endpoint is None:
        with pytest.raises((TopicError, MailError)):
            endpoint_of(protocol, text)
    else:
        assert endpoint_of(protocol, text) == endpoint


def test_who_has_not_confirmed_is_pending() -> None:
    """A subscription without an ARN is told nothing yet."""
    assert Subscription(EMAIL, "owner@example.org").is_pending
    assert not Subscription(EMAIL, "owner@example.org", "arn:aws:sns:eu-west-1:123456789012:t:1").is_pending
