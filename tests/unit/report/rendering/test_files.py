"""Rules for the files of an edition."""

import csv
import json
import re
from datetime import date
from io import BytesIO, StringIO

from PIL import Image

from report.editions import File
from report.rendering.files import render_files
from report.rendering.picture import HEIGHT, WIDTH
from report.values import (
    Change,
    ChartKind,
    ChartSpec,
    Column,
    Kind,
    Report,
    Series,
    Strip,
    StripLine,
    Table,
    Value,
    Verdict,
)
from tests.report_builders import a_report

BASE = "/editions/2026-11-20/r1/"


def files_of(report: Report) -> dict[str, File]:
    return render_files(report, BASE, "http://localhost/editions/2026-11-20/", "http://localhost")


def whole_report() -> Report:
    hours = ChartSpec(
        "hours",
        "Busy",
        ChartKind.COLUMNS,
        "hour, UTC",
        "tweets",
        ("00", "01"),
        (Series("today", (3.0, None)),),
    )
    bars = ChartSpec(
        "tongues", "T", ChartKind.BARS, "language", "tweets", ("English",), (Series("t", (3.0,)),)
    )
    strip = Strip("by-hour", "By hour", "hour", ("00",), (StripLine("Tweets", (3,), (3,), 3),))
    table = Table("tags", "Tags", (Column("Hashtag", Kind.TAG),), (("budget",),))
    return a_report(table, hours, bars, strip)


def rows(file: File) -> list[list[str]]:
    return list(csv.reader(StringIO(file.body.decode())))


def tag_csv(*values: Value, kind: Kind = Kind.TAG) -> list[list[str]]:
    table = Table("tags", "Tags", (Column("It", kind),), tuple((value,) for value in values))
    return rows(files_of(a_report(table))["tags.csv"])


def test_every_block_has_its_files() -> None:
    """Page, mail, text, data; a CSV for each block of numbers; pictures and charts."""
    assert set(files_of(whole_report())) == {
        "page.html",
        "mail.html",
        "mail.txt",
        "data.json",
        "tags.csv",
        "hours.csv",
        "hours.png",
        "hours-chart.json",
        "hours-chart-dark.json",
        "tongues.csv",
        "tongues-chart.json",
        "tongues-chart-dark.json",
        "by-hour.csv",
    }


def test_the_same_report_gives_the_same_bytes() -> None:
    """Whatever was drawn before in this process."""
    first = files_of(whole_report())
    files_of(a_report(*whole_report().charts()[::-1]))

    assert files_of(whole_report()) == first


def test_data_says_report_and_period() -> None:
    """Machines read the same period people do."""
    data = json.loads(files_of(whole_report())["data.json"].body)

    assert data["report"] == "trends"
    assert data["period"] == {
        "id": "2026-11-20",
        "day": "2026-11-20",
        "start": "2026-11-20T00:00:00+00:00",
        "end": "2026-11-21T00:00:00+00:00",
        "zone": "UTC",
        "open": False,
    }


def test_the_picture_has_the_size_the_page_says_twice_over() -> None:
    """Sharp on fine screens, and no jump when it loads."""
    with Image.open(BytesIO(files_of(whole_report())["hours.png"].body)) as picture:
        assert picture.size == (WIDTH * 2, HEIGHT * 2)
        assert picture.convert("RGB").getpixel((WIDTH * 2 - 1, 0)) == (255, 255, 255)


def test_a_spreadsheet_runs_nothing_from_a_tweet() -> None:
    """Text that a spreadsheet would take for a formula is quoted."""
    assert tag_csv("=cmd()", "@x", "budget", kind=Kind.WORD) == [["it"], ["'=cmd()"], ["'@x"], ["budget"]]


def test_a_change_takes_two_columns_in_the_csv() -> None:
    """The number and the verdict are kept apart."""
    change = Change(10, 16, 57.44, Verdict.NOISE)

    assert tag_csv(change, kind=Kind.CHANGE) == [["it_percent", "it_is"], ["57.4", "within noise"]]
    assert tag_csv(Change(0, 5, None, Verdict.REAL), kind=Kind.CHANGE)[1] == ["", "real"]


def test_whole_numbers_stay_whole() -> None:
    """A missing number beside it does not make 5 into 5.0."""
    assert tag_csv(5, None, kind=Kind.COUNT) == [["it"], ["5"], [""]]


def test_data_stands_in_the_csv() -> None:
    """As exactly as it is known, whatever a page has room for."""
    columns = Column("Hashtag", Kind.TAG), Column("Score", Kind.DATA)
    table = Table("tags", "Tags", columns, (("a", 2.25), ("b", None)))

    assert rows(files_of(a_report(table))["tags.csv"]) == [["hashtag", "score"], ["a", "2.25"], ["b", ""]]


def test_days_are_iso_days_in_the_csv() -> None:
    """A spreadsheet sorts them."""
    assert tag_csv(date(2026, 11, 6), None, kind=Kind.DAY) == [["it"], ["2026-11-06"], [""]]


def test_the_dark_chart_is_the_light_one_in_other_colours() -> None:
    """Only colours differ, and every one of them does."""
    files = files_of(whole_report())
    light, dark = (files[f"hours-chart{scheme}.json"].body.decode() for scheme in ("", "-dark"))
    colours = re.compile(r'"#[0-9a-f]{6}"')

    assert colours.sub("", light) == colours.sub("", dark)
    assert not set(colours.findall(light)) & set(colours.findall(dark))
