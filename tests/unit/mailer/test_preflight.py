"""Rules for what is found wrong with a mail before anybody gets it."""

from datetime import time
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.confirming import letter_of as letter_of_wish
from mailer.preflight import LARGEST_ATTACHMENTS_BYTES, problems_of
from report.catalogue.trends.describing import describe
from report.editions import File
from report.mail import LARGEST_MESSAGE_BYTES, message
from report.readers import Every, Reader, Rhythm
from report.rendering.files import render_files
from report.rendering.foot import with_foot
from report.settings import Settings
from report.tokens import Wish
from report.trends import Label
from report.values import Column, Kind, Report, Table
from tests.mail_builders import FIVE, a_mail
from tests.report_builders import a_counted_day, a_course, a_report, a_trend

SITE = "https://trends.example"
BODY = (
    '<p style="color:#191a1c">#budget: 1,412 tweets</p><img src="cid:hours.png" width="560" alt="The hours">'
)
TEXT = "#budget: 1,412 tweets\n"
LINKS = {"manage": f"{SITE}/manage/x", "unsubscribe": f"{SITE}/unsubscribe/x"}


def a_letter(body: str = BODY, text: str = TEXT, **changes: Any) -> EmailMessage:
    return message(a_mail(html=f"<html><body>{body}</body></html>", text=text, **changes))


def problems(letter: EmailMessage, site: str = SITE) -> str:
    return "\n".join(problems_of(letter, site))


def letter_of(files: dict[str, File], links: dict[str, str]) -> EmailMessage:
    """Return the letter the mailer would make of an edition's files."""
    html, text = (with_foot(files[name].body.decode(), links) for name in ("mail.html", "mail.txt"))
    pictures = {name: file.body for name, file in files.items() if name.endswith(".png")}
    return message(a_mail(html=html, text=text, pictures=pictures))


def files_of(report: Report, site: str = SITE) -> dict[str, File]:
    return render_files(report, "/editions/2026-11-20/r1/", f"{site}/editions/2026-11-20/", site)


def a_whole_day() -> Report:
    labels = [Label.NEW, Label.RISING, Label.FALLING, Label.BACK, Label.STEADY] * 3
    trends = [
        a_trend(f"tag{at}語", 12_345 - at, at * 7_000, label=label, score=9.0 - at, place=at + 1)
        for at, label in enumerate(labels)
    ]
    courses = [a_course(one.tag, spellings=((one.tag, 9_000), (one.tag.upper(), 3))) for one in trends]
    return describe(a_counted_day(*trends, courses=courses))


@pytest.mark.parametrize("links", [LINKS, {}], ids=["with links", "without"])
def test_a_days_mail_is_sound(links: dict[str, str]) -> None:
    """The report as it is: every table, chart and strip, with numbers shortened in HTML."""
    assert problems(letter_of(files_of(a_whole_day()), links)) == ""


def test_nothing_collected_is_sound_too() -> None:
    """Two lines are a mail."""
    report = Report(**{**vars(a_report()), "is_empty": True})

    assert problems(letter_of(files_of(report), LINKS)) == ""


def test_the_question_whether_to_subscribe_is_sound_too() -> None:
    """It is a mail like the others, and should arrive as well."""
    reader = Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30)), ZoneInfo("Asia/Kolkata"))
    asking = Settings(mail_from="trends@example.org", public_url=SITE, secret_key="a secret of the tests")

    assert problems(letter_of_wish(asking, FIVE)(Wish(reader, FIVE), "00ff")) == ""


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.text(min_size=1, max_size=60), st.integers(0, 10**10), st.floats(0, 1e6)), max_size=40
    )
)
def test_no_hashtag_and_no_number_makes_a_mail_unsound(rows: list[tuple[str, int, float]]) -> None:
    """Whatever people write and however much of it: a morning's mail must not fail for it."""
    columns = Column("Hashtag", Kind.TAG), Column("Tweets", Kind.COUNT), Column("Busy", Kind.SHADE)
    table = Table("tags", "Tags", columns, tuple((tag, count, int(busy)) for tag, count, busy in rows))

    assert problems(letter_of(files_of(a_report(table)), LINKS)) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<script>x()</script>", "<script>"),
        ('<svg viewBox="0 0 1 1"></svg>', "<svg>"),
        ('<link rel="stylesheet" href="https://trends.example/a.css">', "<link>"),
        ('<iframe src="https://trends.example/"></iframe>', "<iframe>"),
        ('<form action="https://trends.example/"></form>', "<form>"),
        ('<base href="https://trends.example/">', "<base>"),
        ('<p onclick="x()">words</p>', "event handler onclick"),
        ('<IMG SRC="cid:hours.png" WIDTH="1" ALT="x" ONERROR="x()">', "event handler onerror"),
        ('<img src="data:image/png;base64,AA" alt="x" width="1">', "data: address in src"),
        ('<p style="background:url(data:image/png;base64,AA)">x</p>', "data: address in style"),
        ('<p style="background:url(https://trends.example/x.png)">x</p>', "picture for a ground"),
        ('<a href="/editions/">x</a>', "'/editions/'"),
        ('<a href="http://trends.example/">x</a>', "'http://trends.example/'"),
        ('<a href="javascript:x()">x</a>', "'javascript:x()'"),
        ('<a href="https://">x</a>', "'https://'"),
        ('<a href="https://[">x</a>', "'https://['"),
        ('<img src="https://trends.example/x.png" alt="x" width="1">', "mail programs block"),
        ('<img src="cid:hours.png" width="1">', "has no alt"),
        ('<img src="cid:hours.png" alt=" " width="1">', "has no alt"),
        ('<img src="cid:hours.png" alt="x" width="100%">', "has no width"),
        ('<img src="cid:hours.png" alt="x" width="720">', "A <img> is 720 pixels wide"),
        ('<table width="640"><tr><td>x</td></tr></table>', "A <table> is 640 pixels wide"),
        ('<table><tr><td style="width:601px">x</td></tr></table>', "A <td> is 601 pixels wide"),
        ('<div style="min-width:700px">x</div>', "A <div> is 700 pixels wide"),
        (f"<style>{'a{}' * 6_000}</style>", "18,000 bytes, over 16,384"),
        ('<p style="color:#999999">pale</p>', "'pale' cannot be read as it is"),
        ('<p style="color:#0b1620;background-color:#5f98cb">x</p>', "in a dark mode that turns lightness"),
        ('<p style="color:#333333;background-color:#999933">x</p>', "with colours inverted"),
        ('<table bgcolor="#191a1c"><tr><td>unseen</td></tr></table>', "'unseen' cannot be read"),
        ('<p style="color:var(--ink)">x</p>', "'var(--ink)'"),
        ("<p>98 % of 2,265</p>", "lacks 2 of the numbers the HTML shows (98, 2,265)"),
        ("<p>12k tweets</p>", "(12k)"),
    ],
)
def test_what_breaks_a_rule_is_named(body: str, words: str) -> None:
    """Each rule fails on a mail of its own, in words that say what is wrong."""
    assert words in problems(a_letter(BODY + body))


def test_a_picture_that_is_not_brought_is_named() -> None:
    """A `cid:` that no part has shows as a hole."""
    letter = a_letter()
    picture = next(part for part in letter.walk() if part.get_content_maintype() == "image")
    picture.replace_header("Content-ID", "<other.png>")

    assert "'cid:hours.png' is shown, but no part of the message" in problems(letter)


def test_a_sound_mail_has_no_problems() -> None:
    """What the broken ones are built on."""
    assert problems(a_letter()) == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("1,412", "1412", id="separators"),
        pytest.param("07", "7", id="zeros in front"),
        pytest.param("2.50", "2.5", id="zeros behind a point"),
        pytest.param("12k", "12,345", id="thousands in short"),
        pytest.param("1.2M", "1,234,567", id="millions in short"),
        pytest.param("#0k", "#0k", id="a hashtag like a number in short"),
        pytest.param("20 Nov 2026", "2026-11-20", id="a day"),
        pytest.param('x<p style="display:none"><b>77</b></p>', "x", id="what is not shown"),
        pytest.param("<style>p{margin:77px}</style>x", "x", id="what is style"),
    ],
)
def test_a_number_is_the_same_however_written(html: str, text: str) -> None:
    """Only numbers a reader of the HTML sees must stand in the text, in any form."""
    assert problems(a_letter(f"<p>{html}</p>", text + "\n", pictures={})) == ""


def test_links_may_be_http_where_the_site_is() -> None:
    """A server by its EC2 name has no certificate; only its own pages may be linked so."""
    site = "http://ec2-1.example"
    own, foreign = f'<a href="{site}/today">x</a>', '<a href="http://ec2-1.example.evil/">x</a>'

    assert problems(a_letter(BODY + own), site) == ""
    assert "ec2-1.example.evil" in problems(a_letter(BODY + foreign), site)
    assert "http://ec2-1.example/today" in problems(a_letter(BODY + own))


def test_the_text_part_links_by_https_too() -> None:
    """Its addresses are followed as well."""
    assert "http://trends.example/x, which is not https" in problems(
        a_letter(text=f"{TEXT}http://trends.example/x\n")
    )


def test_a_mail_that_would_be_clipped_is_named_with_its_parts() -> None:
    """The message as it travels counts, its attachments apart."""
    letter = a_letter()
    letter.get_body(("plain",)).set_content("1412 " + "x" * LARGEST_MESSAGE_BYTES)  # type: ignore[union-attr]

    assert "over 80,000" in problems(letter)
    assert "hours.png" in problems(letter)


def test_attachments_have_a_limit_of_their_own() -> None:
    """A large file is no clipped mail; but one that servers refuse is named."""
    letter = a_letter()
    letter.add_attachment(b"x" * 200_000, "text", "csv", filename="tags.csv")
    assert problems(letter) == ""

    letter.add_attachment(b"x" * LARGEST_ATTACHMENTS_BYTES, "text", "html", filename="page.html")
    assert "The attachments are" in problems(letter)
    assert "page.html 9," in problems(letter)


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID"])
def test_the_headers_are_there_once(name: str) -> None:
    """One that is missing or doubled is named."""
    missing = a_letter()
    del missing[name]
    twice = a_letter()
    twice._headers.append((name, twice[name]))  # type: ignore[attr-defined]

    assert f"0 headers {name}" in problems(missing)
    assert f"2 headers {name}" in problems(twice)


def test_a_header_cannot_smuggle_in_another() -> None:
    """A line break that begins a new header is named; a folded line is none."""
    letter = a_letter()
    letter._headers.append(("X-Note", "a\r\nBcc: x@example.com"))  # type: ignore[attr-defined]
    folded = a_letter()
    folded._headers.append(("X-Note", "a\r\n b"))  # type: ignore[attr-defined]

    assert "X-Note has a line break" in problems(letter)
    assert problems(folded) == ""


def test_a_part_that_is_no_utf_8_is_named() -> None:
    """By what it says of itself, and by its bytes."""
    letter = a_letter()
    letter.get_body(("plain",)).set_content("1412 é", charset="latin-1")  # type: ignore[union-attr]

    assert "no UTF-8" in problems(letter)
    assert "its charset is iso-8859-1" in problems(letter)


def test_a_mail_needs_both_parts() -> None:
    """Some programs show only text, others only HTML."""
    letter = EmailMessage(policy=SMTP)
    letter.set_content("words")

    assert "lacks a text part or an HTML part" in problems(letter)
