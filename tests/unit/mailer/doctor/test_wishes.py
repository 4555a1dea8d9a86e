"""Rules for what is said of settings."""

from typing import Any

import pytest

from mailer.doctor.mail_server import port_verdicts
from mailer.doctor.verdicts import Level, Verdict, is_healthy, ok, skipped, warning, wrong
from mailer.doctor.wishes import check_settings, topic
from report.setting_rules import SmtpUrl
from report.settings import Settings
from report.topics import Subscription

OK, WARNING, WRONG = Level.OK, Level.WARNING, Level.WRONG
SECRET = "0123456789abcdef-secret"
SERVER = SmtpUrl(host="mail.example.org", port=587, user="trends", security="starttls")
PRODUCTION: dict[str, Any] = {
    "smtp_url": SERVER,
    "smtp_password": SECRET,
    "secret_key": SECRET,
    "mail_owner": "owner@example.org",
    "alert_topic": "arn:aws:sns:eu-west-1:123456789012:trends",
    "ping_url": f"https://example.com/{SECRET}",
    "public_url": "https://trends.example.org",
}


def levels(readers: int = 3, **changes: Any) -> dict[str, Level]:
    """Return the verdicts on the settings of a good installation, with changes."""
    settings = Settings(**{**PRODUCTION, **changes})
    return {verdict.about: verdict.level for verdict in check_settings(settings, readers)}


def test_a_good_installation_is_well() -> None:
    """Every line is ok."""
    assert set(levels().values()) == {OK}


@pytest.mark.parametrize(
    ("about", "level", "changes"),
    [
        pytest.param("readers", WRONG, {"readers": 0}, id="nobody reads"),
        pytest.param("owner", WRONG, {"mail_owner": "", "alert_topic": ""}, id="nobody is told"),
        pytest.param("owner", WARNING, {"alert_topic": ""}, id="told by mail alone"),
        pytest.param("owner", OK, {"mail_owner": ""}, id="told by the topic"),
        pytest.param("dead man", WARNING, {"ping_url": ""}, id="nothing waits"),
        pytest.param("dead man", OK, {"ping_url": "", "metrics_namespace": "T"}, id="CloudWatch waits"),
        pytest.param("unsubscribing", WARNING, {"secret_key": ""}, id="no links"),
        pytest.param("unsubscribing", WARNING, {"public_url": "http://trends.example.org"}, id="no https"),
        pytest.param("unsubscribing", WRONG, {"public_url": "http://localhost:8000"}, id="own machine"),
        pytest.param("gates", WARNING, {"mail_hold_below": 95}, id="held before it warns"),
    ],
)
def test_what_is_missing_is_said(about: str, level: Level, changes: dict[str, Any]) -> None:
    """Each gap is a line of its own, as bad as what comes of it."""
    found = levels(**changes)

    assert found.pop(about) is level
    assert set(found.values()) == {OK}


def test_a_laptop_has_nothing_wrong() -> None:
    """The defaults, by which no mail leaves, are warned of at most."""
    assert WRONG not in {verdict.level for verdict in check_settings(Settings(), 1)}


@pytest.mark.parametrize(
    ("arns", "level", "words"),
    [
        pytest.param(["arn:1", "arn:2"], OK, "2 subscribed", id="both are told"),
        pytest.param(["arn:1", ""], WARNING, "not confirmed yet: 1@example.org", id="one has not confirmed"),
        pytest.param([""], WARNING, "nobody hears", id="nobody has confirmed"),
        pytest.param([], WARNING, "nobody hears", id="nobody"),
    ],
)
def test_a_topic_needs_ears(arns: list[str], level: Level, words: str) -> None:
    """What is told to a topic without a confirmed subscriber is told to nobody."""
    subscriptions = [Subscription("email", f"{number}@example.org", arn) for number, arn in enumerate(arns)]

    verdict = topic(subscriptions)

    assert (verdict.level, verdict.says[: len(words)]) == (level, words)


def test_no_secret_is_ever_said() -> None:
    """Password, keys and the ping's address stay out of every line."""
    said = [str(verdict) for verdict in check_settings(Settings(**PRODUCTION), 3)]

    assert SECRET not in "\n".join(said)


@pytest.mark.parametrize(
    ("url", "about"),
    [
        pytest.param(SERVER, [], id="submission"),
        pytest.param(
            SmtpUrl(host="mail.example.org", port=25, security="starttls"), ["port 25"], id="port 25"
        ),
        pytest.param(SmtpUrl(host="mail.example.org", port=25), ["port 25", "encryption"], id="in the clear"),
        pytest.param(SmtpUrl(host="localhost", port=25), [], id="this machine"),
        pytest.param(SmtpUrl(host="127.0.0.1", port=25), [], id="its address"),
        pytest.param(SmtpUrl(host="10.0.0.1", port=587), ["encryption"], id="the next one"),
    ],
)
def test_the_way_to_the_server(url: SmtpUrl, about: list[str]) -> None:
    """Port 25 leaves clouds throttled, and what is unencrypted is read; on one machine neither matters."""
    assert [verdict.about for verdict in port_verdicts(url)] == about


@pytest.mark.parametrize(
    ("verdicts", "healthy"),
    [
        pytest.param([ok("a", "b"), skipped("a", "b"), warning("a", "b", "c")], True, id="warned"),
        pytest.param([ok("a", "b"), wrong("a", "b", "c")], False, id="wrong"),
    ],
)
def test_what_is_wrong_decides(verdicts: list[Verdict], healthy: bool) -> None:
    """A warning is no failure, one wrong line is."""
    assert is_healthy(verdicts) is healthy
    assert str(verdicts[-1]).split()[:1] == [verdicts[-1].level]
