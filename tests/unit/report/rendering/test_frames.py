"""Rules for what page, mail and text say around the body: a notice first, and of nothing two lines."""

from dataclasses import replace
from html.parser import HTMLParser

from report.rendering.body import render_body
from report.rendering.foot import with_foot
from report.rendering.mail_html import render_mail
from report.rendering.page import render_page
from report.rendering.text import render_text
from report.values import Report
from tests.report_builders import a_report

BASE, LINK = "/editions/2026-11-20/r1/", "https://t.example/editions/2026-11-20/"
NOTICE = "Only 71\N{NO-BREAK SPACE}% of the minutes were seen <b>."


class Lines(HTMLParser):
    """The text of a document, without its head, a line a run."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.in_body = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.in_body = self.in_body or tag in ("main", "td")

    def handle_data(self, data: str) -> None:
        if self.in_body and data.strip():
            self.lines.append(" ".join(data.split(" ")).strip(" \n"))


def lines_of(html: str) -> list[str]:
    reader = Lines()
    reader.feed(html)
    return reader.lines


def mail_of(report: Report) -> str:
    return render_mail(report, render_body(report, BASE), "https://t.example", LINK)


def test_a_notice_is_the_very_first_line() -> None:
    """On the page, in the mail and in the text, before the report's own name; and escaped."""
    report = replace(a_report(), notice=NOTICE)
    page, mail = render_page(report, render_body(report, BASE)), mail_of(report)

    assert lines_of(page)[0] == lines_of(mail)[0] == NOTICE
    assert "<b>" not in page + mail
    assert render_text(report, LINK).startswith(f"{NOTICE}\n\nTWITTER TRENDS\n")


def test_without_a_notice_there_is_no_line_for_it() -> None:
    """The page begins with the news, the mail with its name."""
    report = a_report()

    assert lines_of(render_page(report, render_body(report, BASE)))[0] == report.headline
    assert lines_of(mail_of(report))[0] == report.title


def test_of_nothing_a_mail_says_two_lines() -> None:
    """That nothing was collected, and what to look at; no empty tables, in HTML as in text."""
    report = replace(a_report(), headline="Nothing was collected on Friday.", is_empty=True)
    look = (
        "Nothing arrived (Friday, 20 November 2026, 00:00 to 24:00, UTC): look whether the collector runs "
        "and its feed answers. What arrives late is shown here:"
    )

    assert lines_of(mail_of(report)) == ["Nothing was collected on Friday.", look, LINK]
    said = [line for line in with_foot(render_text(report, LINK), {}).splitlines() if line.strip()]
    assert said == ["Nothing was collected on Friday.", f"{look} {LINK}"]
