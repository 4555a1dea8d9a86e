"""Rules for what is said of alarms."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from report.alert_words import Heading, alert_mail, alert_text, line_of, subject_of, without_addresses
from report.alerts import Alarm, Change, Notice

FIVE = datetime(2026, 11, 21, 4, tzinfo=UTC)
HEADING = Heading("Twitter Trends", "web-1", FIVE, ZoneInfo("Europe/Paris"))


def a_notice(
    alarm: Alarm = Alarm.READER_REFUSED, change: Change = Change.RAISED, *says: str, about: str = "trends"
) -> Notice:
    """Return a notice of something that is so since yesterday at five."""
    return Notice(alarm, about, change, FIVE - timedelta(days=1), says)


def test_a_mail_says_what_is_new_what_lasts_and_what_is_over() -> None:
    """Each in its own paragraph, with since when by the report's clock, then what to do and who tells."""
    text = alert_text(
        [
            a_notice(Alarm.COLLECTOR_STOPPED, Change.OVER, about="raw"),
            a_notice(Alarm.HELD, Change.LASTS, "40 % of the minutes", about="trends 2026-11-20"),
            a_notice(Alarm.READER_REFUSED, Change.RAISED, "ann: 550", "bob: 551", about="trends 2026-11-20"),
        ],
        HEADING,
    )

    assert text.split("\n\n")[:3] == [
        "New:\n- reader refused, trends 2026-11-20: ann: 550\n- reader refused, trends 2026-11-20: bob: 551",
        "Still so:\n- held, trends 2026-11-20 (since 2026-11-20 05:00): 40 % of the minutes",
        "Over:\n- collector stopped, raw (since 2026-11-20 05:00)",
    ]
    assert "python -m mailer doctor" in text
    assert text.endswith("Told by web-1 at 2026-11-21 05:00 Europe/Paris.\n")


def test_a_bad_night_is_one_short_mail() -> None:
    """Of a thousand refused readers twenty are named, and the others counted."""
    says = [f"reader {number}" for number in range(1_000)]

    text = alert_text([a_notice(Alarm.READER_REFUSED, Change.RAISED, *says), a_notice(Alarm.LATE)], HEADING)

    assert text.count("\n- ") == 20
    assert "\n\nand 981 more\n\n" in text


def test_a_servers_words_cannot_shape_the_mail() -> None:
    """Line breaks, escapes and length of what others said are taken out."""
    mail = alert_mail(
        [a_notice(Alarm.READER_REFUSED, Change.RAISED, "550 no\r\nBcc: x@example.com\x1b[31m" + "x" * 5_000)],
        HEADING,
        "trends@example.org",
        "owner@example.org",
    )

    [line] = [line for line in mail.get_content().splitlines() if "550" in line]
    assert line.startswith("- reader refused, trends: 550 no Bcc: x@example.com [31mxxx")
    assert len(line) == 400
    assert mail["Bcc"] is None


def test_the_mail_is_plain_and_says_that_a_machine_wrote_it() -> None:
    """To the owner only, as text, with RFC 3834's header; strange letters survive the way."""
    mail = alert_mail(
        [a_notice(Alarm.LATE, Change.RAISED, "zu spät")], HEADING, "Trends <t@example.org>", "o@example.org"
    )

    assert (mail["To"], mail["Auto-Submitted"], mail.get_content_type()) == (
        "o@example.org",
        "auto-generated",
        "text/plain",
    )
    assert (mail["Cc"], mail["Bcc"]) == (None, None)
    assert mail["Message-ID"].endswith("@example.org>")
    assert "zu spät" in mail.get_content()
    assert max(mail.as_bytes()) < 128


def test_a_subject_says_what_it_is_about() -> None:
    """News first, then what lasts, then what is over; each alarm once."""
    notices = [
        a_notice(Alarm.HELD, Change.OVER),
        a_notice(Alarm.LATE, about="a"),
        a_notice(Alarm.LATE, about="b"),
        a_notice(Alarm.BUILD_FAILED, Change.LASTS),
    ]

    assert subject_of(notices, "Twitter Trends") == "Twitter Trends: late; still so: build failed; over: held"


@pytest.mark.parametrize("name", ["Trends", "T" * 300], ids=["short", "long"])
def test_a_subject_fits_whatever_is_wrong(name: str) -> None:
    """All that can be wrong at once still makes a subject SNS takes: under 100 signs."""
    assert len(subject_of([a_notice(alarm) for alarm in Alarm], name)) < 100


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("bob@example.com: 550", "(an address) 550", id="bare"),
        pytest.param("550 <bob@example.com>: gone", "550 <(an address)>: gone", id="in a server's words"),
        pytest.param("бob@пример.рф gone", "(an address) gone", id="foreign"),
        pytest.param("no address", "no address", id="none"),
    ],
)
def test_no_address_goes_to_a_topic(text: str, shown: str) -> None:
    """Who subscribed to a topic does not learn who reads."""
    assert without_addresses(text) == shown


def test_a_log_line_is_one_line() -> None:
    """However many findings there are, the log has one line of bounded length."""
    line = line_of(
        a_notice(Alarm.READER_REFUSED, Change.RAISED, *("x\n" * 300 for _ in range(90))), HEADING.zone
    )

    assert "\n" not in line
    assert line.startswith("new: reader refused, trends: x x")
    assert len(line) <= 2_000
