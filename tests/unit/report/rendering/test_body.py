"""Rules for the body, and the page and mail around it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from report.rendering.body import render_body
from report.rendering.mail_html import render_mail
from report.rendering.page import render_page
from report.values import ChartKind, ChartSpec, Column, Kind, Report, Series, Table
from tests.report_builders import a_report

BASE = "/editions/2026-11-20/r1/"
SITE = "https://trends.example"
HOSTILE = "<script>alert(1)</script>"


def tags_table(*tags: str) -> Table:
    columns = (Column("Rank", Kind.RANK), Column("Hashtag", Kind.TAG), Column("Tweets", Kind.COUNT))
    return Table("tags", "The tags", columns, tuple((at, tag, 10) for at, tag in enumerate(tags, 1)))


def hours_chart() -> ChartSpec:
    series = (Series("20 November", (1.0, None)),)
    return ChartSpec(
        "hours", "Busiest at 00:00", ChartKind.COLUMNS, "hour, UTC", "tweets", ("00", "01"), series
    )


def mail_of(report: Report) -> str:
    return render_mail(report, render_body(report, BASE), SITE, f"{SITE}/editions/2026-11-20/")


class Words(HTMLParser):
    """The words of a document, in order, without its head."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipped = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.skipped = self.skipped or (tag if tag in ("head", "script", "header", "footer") else "")

    def handle_endtag(self, tag: str) -> None:
        self.skipped = "" if tag == self.skipped else self.skipped

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.words += data.split()


def words(html: str) -> list[str]:
    reader = Words()
    reader.feed(html)
    return reader.words


@pytest.mark.parametrize("render", [mail_of, lambda report: render_page(report, render_body(report, BASE))])
def test_tweets_are_hostile_text(render: object) -> None:
    """Whatever a hashtag holds, it never becomes markup."""
    assert callable(render)
    html = render(a_report(tags_table(HOSTILE, '" onload="x'), headline=HOSTILE))

    assert "<script>alert" not in html
    assert not re.search(r"<[^>]*[\s\"']onload", html)


def test_page_and_mail_say_the_same() -> None:
    """Same words, same numbers, same order."""
    report = a_report(tags_table("budget", "音楽", "خبر"), hours_chart())
    body = words(str(render_body(report, BASE)))
    page = words(render_page(report, render_body(report, BASE)))
    mail = words(mail_of(report))

    assert len(body) > 15
    assert body == page[-len(body) :]
    assert "\x00".join(body) in "\x00".join(mail)


def test_tables_are_real_tables() -> None:
    """Caption, column headings and a row heading, for those who hear the page."""
    html = str(render_body(a_report(tags_table("budget")), BASE))

    assert "<caption>The tags</caption>" in html
    assert '<th scope="col" class="count">Tweets</th>' in html
    assert '<th scope="row" class="tag"><a href="/tags/budget"><bdi dir="auto">#budget</bdi></a></th>' in html


def test_a_hashtag_leads_to_its_page() -> None:
    """On the page and in the mail; whatever the hashtag holds, the address stays ours."""
    report = a_report(tags_table("Ａｂ", "音楽", '" onclick="x', "//evil.example"))
    paths = ["/tags/ab", "/tags/%E9%9F%B3%E6%A5%BD", "/tags/%22%20onclick%3D%22x", "/tags/%2F%2Fevil.example"]
    page, mail = str(render_body(report, BASE)), mail_of(report)

    assert re.findall(r'<a href="(/tags/[^"]*)">', page) == paths
    assert re.findall(r'<a href="([^"]*/tags/[^"]*)"', mail) == [f"{SITE}{path}" for path in paths]


def test_pictures_have_their_size_before_they_load() -> None:
    """Nothing jumps; and the alternative says the finding."""
    html = str(render_body(a_report(hours_chart()), BASE))

    assert re.search(
        rf'<img src="{BASE}hours\.png" width="720" height="260" alt="Chart: Busiest at 00:00', html
    )


def test_mail_has_absolute_links_and_its_own_pictures() -> None:
    """A mail has no address of its own to be relative to."""
    html = mail_of(a_report(tags_table("budget"), hours_chart()))

    assert 'src="cid:hours.png"' in html
    assert f'href="{SITE}{BASE}tags.csv"' in html
    assert not re.search(r'(?:href|src)="/', html)


def test_a_mail_links_a_hashtag_once() -> None:
    """Where it is first named; and never by an address of a kilobyte."""
    second = replace(tags_table("budget", "food"), slug="again")
    html = mail_of(a_report(tags_table("budget", "語" * 139), second))

    assert re.findall(rf'href="{SITE}(/tags/[^"]*)"', html) == ["/tags/budget", "/tags/food"]
    assert html.count("#budget</bdi>") == 2


def test_mail_holds_nothing_a_mail_may_not() -> None:
    """No script, no sheet from elsewhere, no data: picture, no vector graphics."""
    html = mail_of(a_report(tags_table("budget"), hours_chart()))

    assert not re.search(r"<script|<link|<svg|data:|data-chart|var\(", html)
    assert "font-family: Georgia" in html.replace('"', "").replace(":Georgia", ": Georgia")


def test_mail_keeps_words_that_look_like_attributes() -> None:
    """Only tags lose their class; a hashtag keeps every sign."""
    assert 'win class="x" now' in mail_of(a_report(tags_table('win class="x" now')))


def test_a_long_hashtag_is_cut_where_it_is_shown() -> None:
    """Ten legal hashtags of 139 signs would make the mail too large for anybody."""
    html = mail_of(a_report(tags_table("語" * 139)))

    assert f"#{'語' * 39}…" in html
    assert "語" * 40 not in html
