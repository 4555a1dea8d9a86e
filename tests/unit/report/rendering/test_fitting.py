"""Rules for a mail that has more to say than a mail may hold."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.catalogue.trends.describing import describe
from report.editions import File
from report.mail import LARGEST_MESSAGE_BYTES, size_of
from report.rendering.files import render_files
from report.rendering.fitting import fitted_mail
from report.rendering.foot import LARGEST_FOOT_BYTES
from report.trends import Label
from report.values import Column, Kind, Report, Section, Table
from tests.report_builders import a_counted_day, a_course, a_report, a_trend

BASE, LINK, SITE = "/editions/2026-11-20/r1/", "https://t.example/editions/2026-11-20/", "https://t.example"
COLUMNS = (Column("Hashtag", Kind.TAG), Column("Tweets", Kind.COUNT))


def a_table(rows: int, slug: str = "long") -> Table:
    """A table of as many hashtags, told apart by their numbers."""
    return Table(slug, "All of them", COLUMNS, tuple((f"{slug}{at:05}", 100_000 + at) for at in range(rows)))


def mail_of(report: Report) -> tuple[str, str]:
    """Return the mail's HTML and text, both of which fit."""
    html, text = fitted_mail(report, BASE, LINK, SITE, {})

    assert size_of(text, html, {}) + LARGEST_FOOT_BYTES <= LARGEST_MESSAGE_BYTES
    return html, text


def said_more(words: str) -> list[str]:
    return re.findall(r"([0-9,]+) more on the page", words)


def rows_in(words: str, slug: str = "long") -> list[int]:
    """Return which rows of a table are shown, by their hashtags, however often each is linked."""
    return [int(number) for number in dict.fromkeys(re.findall(rf"#{slug}(\d{{5}})", words))]


def test_what_stands_in_the_csv_alone_is_no_row_a_mail_leaves_out() -> None:
    """Ten thousand rows of which ten are shown take the room of ten, and the text says where the rest is."""
    rows = tuple((f"place {number}", number) for number in range(10_000))
    columns = Column("Place", Kind.PHRASE), Column("Cases", Kind.COUNT)
    table = Table("all", "All places", columns, rows, shown=10)

    html, text = mail_of(a_report(table))

    assert "9,990 more in the CSV." in " ".join(text.split())
    assert "9,990 more in the CSV." in html
    assert "place 9<" in html
    assert "on the page" not in text


def test_what_fits_is_whole() -> None:
    """Nothing is said of anything left out."""
    html, text = mail_of(a_report(a_table(40)))

    assert rows_in(html) == rows_in(text) == list(range(40))
    assert "on the page" not in html + text
    assert "Left out" not in html + text


def test_rows_go_first_and_the_table_says_how_many() -> None:
    """The table keeps its first rows and links to the page; the text part is whole, and says so."""
    html, text = mail_of(a_report(a_table(400)))
    shown = len(rows_in(html))

    assert rows_in(html) == list(range(shown))
    assert 100 <= shown < 400
    assert said_more(html) == [f"{400 - shown}"]
    assert f'<a href="{LINK}"' in html
    assert rows_in(text) == list(range(400))
    assert f"In HTML this mail leaves {400 - shown} of them to the page." in text.replace("\n", " ")


def test_a_text_part_may_not_grow_without_end() -> None:
    """Ten thousand rows make a mail of a few rows in both parts, each saying what is left out."""
    html, text = mail_of(a_report(a_table(10_000)))

    assert 10 <= len(rows_in(html)) <= len(rows_in(text))
    assert said_more(text) == [f"{10_000 - len(rows_in(text)):,}"]
    assert f"{10_000 - len(rows_in(html)):,}" in text


def test_every_table_keeps_its_first_rows() -> None:
    """No table goes while another has more than ten rows."""
    html, _ = mail_of(a_report(*(a_table(300, f"t{at}-") for at in range(6))))

    assert all(rows_in(html, f"t{at}-")[:10] == list(range(10)) for at in range(6))


def a_long_report(*signs: int) -> Report:
    """A section of as many table cells as each number says; the first is needed, each next spares more."""
    columns = (Column("Hashtag", Kind.TAG), Column("What", Kind.WORD))
    sections = tuple(
        Section(f"Part {at}", (Table(f"t{at}", f"T{at}", columns, (("x", "語" * count),)),), spare=at)
        for at, count in enumerate(signs)
    )
    return replace(a_report(), sections=sections)


@pytest.mark.parametrize(
    ("signs", "left_out"),
    [
        pytest.param((10, 10, 10), "", id="all fits"),
        pytest.param((10, 4_000, 6_000), "Part 2", id="the sparest goes first"),
        pytest.param((10, 9_500, 10), "Part 1, Part 2", id="in turn, until it fits"),
    ],
)
def test_a_mail_goes_without_what_it_can_spare(signs: tuple[int, ...], left_out: str) -> None:
    """Where no row can go, sections do, and each part names those it goes without."""
    for part in mail_of(a_long_report(*signs)):
        said = re.search(
            r"Left out here, since a mail may not grow larger: (.*?)\. ", part.replace("\n", " ")
        )

        assert (said[1] if said else "") == left_out


def test_the_page_goes_without_nothing() -> None:
    """Only a mail has a size to keep to."""
    files = render_files(a_long_report(10, 9_500, 10), BASE, LINK, SITE)

    assert all(f"Part {at}</h2>" in files["page.html"].body.decode() for at in range(3))


def a_day_of_the_longest_hashtags() -> dict[str, File]:
    longest = [f"語{at:02}" + "語" * 136 for at in range(15)]
    trends = [
        a_trend(tag, 900 - at, label=Label.RISING, score=9.0 + at, place=at + 1, place_before=None)
        for at, tag in enumerate(longest[:10])
    ]
    gone = [a_trend(tag, 0, label=Label.GONE, score=-9.0, place=None) for tag in longest[10:]]
    courses = [a_course(tag, spellings=tuple((f"{at}{tag}", 9) for at in range(9))) for tag in longest[:10]]
    return render_files(describe(a_counted_day(*trends, *gone, courses=courses)), BASE, LINK, SITE)


def test_no_hashtag_makes_the_mail_too_large() -> None:
    """The longest legal hashtags in every place, spelt in many ways: the news still fits."""
    files = a_day_of_the_longest_hashtags()
    pictures = {name: file.body for name, file in files.items() if name.endswith(".png")}
    mail, text = files["mail.html"].body.decode(), files["mail.txt"].body.decode()

    assert size_of(text, mail, pictures) + LARGEST_FOOT_BYTES <= LARGEST_MESSAGE_BYTES
    assert "What fell</h2>" in mail
    assert "SPELLINGS" in text


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(0, 900), min_size=1, max_size=4))
def test_whatever_the_tables_the_text_shows_what_the_html_shows(sizes: list[int]) -> None:
    """The mail fits, and the text part has each row of the HTML, and each number said of what is missing."""
    html, text = mail_of(a_report(*(a_table(rows, f"t{at}-") for at, rows in enumerate(sizes))))

    for at in range(len(sizes)):
        assert set(rows_in(html, f"t{at}-")) <= set(rows_in(text, f"t{at}-"))
    assert set(said_more(html)) <= set(re.findall(r"[0-9,]+", text))
