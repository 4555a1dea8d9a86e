"""Rules for what is said of a domain's records."""

from collections.abc import Mapping, Sequence

import pytest

from mailer.doctor.domain import answers, check_domain, dkim, dmarc, spf
from mailer.doctor.verdicts import Level
from report.errors import DnsError

OK, SKIPPED, WARNING, WRONG = Level.OK, Level.SKIPPED, Level.WARNING, Level.WRONG
NAME = "trends._domainkey.example.org"


class Zone:
    """A DNS of a few names, or one that does not answer."""

    def __init__(
        self, texts: Mapping[str, list[str]] | None, hosts: Sequence[str] = ("mx.example.org",)
    ) -> None:
        self.known, self.hosts = texts, hosts

    def texts(self, name: str) -> list[str]:
        if self.known is None:
            raise DnsError("DNS did not answer")
        return self.known.get(name, [])

    def mail_hosts(self, name: str) -> list[str]:
        return [*self.hosts]


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        pytest.param(["v=spf1 include:amazonses.com ~all"], OK, id="one"),
        pytest.param(["google-site-verification=1", "V=SPF1 mx -all"], OK, id="among others"),
        pytest.param([], WARNING, id="none"),
        pytest.param(["v=spf10 -all"], WARNING, id="another version"),
        pytest.param(["v=spf1 mx +all"], WARNING, id="everybody"),
        pytest.param(["v=spf1 mx -all", "v=spf1 -all"], WRONG, id="two"),
    ],
)
def test_spf(texts: list[str], level: Level) -> None:
    """One record, not for everybody; with two, receivers take neither."""
    assert spf("example.org", texts).level is level


@pytest.mark.parametrize(
    ("texts", "problem", "level"),
    [
        pytest.param(["v=DKIM1; p=x"], "", OK, id="ours"),
        pytest.param(["v=DKIM1; p=x"], "the key there is not the one of DKIM_KEY", WRONG, id="another's"),
        pytest.param([], "", WRONG, id="none"),
        pytest.param(["v=DKIM1; p=x", "v=DKIM1; p=y"], "", WRONG, id="two"),
    ],
)
def test_dkim(texts: list[str], problem: str, level: Level) -> None:
    """What is signed must be verified by what DNS has: one key, the other half of ours."""
    verdict = dkim(NAME, texts, lambda record: problem)

    assert (verdict.level, NAME in verdict.says, problem in verdict.says) == (level, True, True)


@pytest.mark.parametrize(
    ("texts", "is_signed", "level"),
    [
        pytest.param(["v=DMARC1; p=none"], False, OK, id="none asked"),
        pytest.param(["v=DMARC1; p=reject"], True, OK, id="strict and signed"),
        pytest.param(["v=DMARC1;p=Quarantine; pct=100"], False, WARNING, id="strict and unsigned"),
        pytest.param([], True, WARNING, id="no record"),
        pytest.param(["v=DMARC1; p=none", "v=DMARC1; p=none"], True, WRONG, id="two"),
    ],
)
def test_dmarc(texts: list[str], is_signed: bool, level: Level) -> None:
    """A record there must be; a strict one wants a signature."""
    assert dmarc("example.org", texts, is_signed=is_signed).level is level


@pytest.mark.parametrize(
    ("hosts", "level"),
    [
        pytest.param(["mx.example.org"], OK, id="one"),
        pytest.param([], WARNING, id="none"),
        pytest.param(["."], WARNING, id="mail refused, RFC 7505"),
        pytest.param([""], WARNING, id="the root"),
    ],
)
def test_mx(hosts: list[str], level: Level) -> None:
    """Somebody must take answers and notices of failure."""
    assert answers("example.org", hosts).level is level


def test_a_domain_in_order_has_four_good_lines() -> None:
    """SPF, DKIM, DMARC of the domain above, and MX."""
    zone = Zone(
        {
            "news.example.org": ["v=spf1 mx -all"],
            "trends._domainkey.news.example.org": ["v=DKIM1; p=x"],
            "_dmarc.example.org": ["v=DMARC1; p=reject"],
        }
    )

    found = [*check_domain("news.example.org", "trends", lambda record: "", zone)]

    assert [(verdict.about, verdict.level) for verdict in found] == [
        ("SPF", OK),
        ("DKIM", OK),
        ("DMARC", OK),
        ("MX", OK),
    ]


def test_without_a_key_dkim_is_left_to_the_server() -> None:
    """Who does not sign is not held against DNS."""
    found = [*check_domain("example.org", "", None, Zone({}))]

    assert [verdict.level for verdict in found if verdict.about == "DKIM"] == [SKIPPED]


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        pytest.param("example.org", Zone(None), id="no answer"),
        pytest.param("localhost", Zone({}), id="no domain"),
    ],
)
def test_what_cannot_be_looked_at_is_not_judged(domain: str, zone: Zone) -> None:
    """One line says so, and nothing is called wrong."""
    assert [verdict.level for verdict in check_domain(domain, "", None, zone)] == [SKIPPED]
