"""Rules for the study of counties: what counts, what is left out, and what is said of it."""

from zoneinfo import ZoneInfo

import pytest

from report.catalogue import Ingredients
from report.catalogue.rates import build
from report.catalogue.rates.study import FILE, read_study
from report.corrections import corrected
from report.editions import Edition
from report.errors import BuildError
from report.mail import LARGEST_MESSAGE_BYTES, size_of
from report.periods import period_of
from report.rendering.files import render_files
from report.values import Note, Report
from tests.fakes import MemoryStorage

STUDY = b"cancer,population\n1,445\n0,559\n3,677\n"


def a_source(body: bytes) -> MemoryStorage:
    storage = MemoryStorage()
    storage.put(FILE, body)
    return storage


def a_study(body: bytes) -> Report:
    return build(Ingredients(MemoryStorage(), None, a_source(body)), period_of("2026-10", ZoneInfo("UTC")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(STUDY.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + STUDY, id="a byte order mark"),
        pytest.param(b" Cancer , Population\n 1 , 445 \n0 ,559\n3, 677", id="spaces"),
        pytest.param(b"name,population,cancer\nAda,445,1\nBay,559,0\nClay,677,3\n", id="other columns"),
        pytest.param(b"cancer,population\n1,445.0\n\n0,559\n3.,677\n", id="numbers of a spreadsheet"),
    ],
)
def test_one_study_is_read_alike_however_it_is_written(body: bytes) -> None:
    """Line ends, marks, spaces, and the order of columns are the program's that wrote it."""
    found = [(one.row, one.cancer, one.population) for one in read_study(a_source(body)).counties]

    assert found == [(1, 1, 445), (2, 0, 559), (3, 3, 677)]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param(",559", "cancer is missing", id="missing"),
        pytest.param("5", "population is missing", id="cut short"),
        pytest.param("-1,559", "cancer is -1, which is below 0", id="negative"),
        pytest.param("1,-559", "population is -559, which is below 0", id="fewer than nobody"),
        pytest.param("1,0", "population is 0, so there is no rate", id="nobody"),
        pytest.param("6,5", "cancer is 6, more than the 5 people there are", id="more cases than people"),
        pytest.param("one,559", "cancer is 'one', which is no whole number", id="a word"),
        pytest.param("1,nan", "population is 'nan', which is no whole number", id="no number"),
        pytest.param(f"{'9' * 5000},5", f"cancer is '{'9' * 40}', which is no whole number", id="too long"),
    ],
)
def test_a_row_that_cannot_be_right_is_named_by_its_line(row: str, says: str) -> None:
    """It is left out and counted, and the rows about it count."""
    report = a_study(f"cancer,population\n1,445\n{row}\n3,677\n".encode())

    assert next(table.rows for table in report.tables() if table.slug == "left-out") == ((3, says),)
    assert [row[0] for table in report.tables() if table.slug == "rates" for row in table.rows] == [1, 3]
    assert report.headline.endswith("; 1 row left out.")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "cancer", id="empty"),
        pytest.param(b"cancer,people\n1,2\n", "population", id="no such column"),
        pytest.param(b"cancer;population\n1;2\n", "save it with commas", id="semicolons"),
        pytest.param(b"cancer,population\n\xff,2\n", "not UTF-8", id="another encoding"),
        pytest.param(b"cancer,population\n1,0\n", "no row that counts; line 2: population is 0", id="no row"),
    ],
)
def test_a_file_that_is_no_study_is_refused(body: bytes, says: str) -> None:
    """Nothing is frozen of it, and the error names the file and what it lacks."""
    with pytest.raises(BuildError, match=f"{FILE}.*{says}"):
        a_study(body)


def test_a_study_of_another_name_is_no_study() -> None:
    """Who named the file otherwise is shown what lies there instead."""
    source = MemoryStorage()
    source.put("Cancer.csv", STUDY)

    with pytest.raises(
        BuildError, match=r"cancer\.csv is missing in the source of rates, which has Cancer\.csv"
    ):
        read_study(source)


def test_thousands_of_rows_leave_the_mail_small() -> None:
    """The CSV has them all; page and mail show the ends, and ten of those left out."""
    rows = [f"{at % 90},{at * 7 + 1000}" for at in range(20_000)] + ["x,1"] * 2000
    report = a_study("\n".join(["cancer,population", *rows]).encode())

    files = render_files(report, "/reports/rates/", "https://t.example/", "https://t.example")

    assert files["rates.csv"].body.count(b"\n") == 20_001
    assert b"1,990 more in the CSV." in files["page.html"].body
    pictures = {name: file.body for name, file in files.items() if name.endswith(".png")}
    text, html = (files[name].body.decode() for name in ("mail.txt", "mail.html"))
    assert size_of(text, html, pictures) < LARGEST_MESSAGE_BYTES
    assert len(files["page.html"].body) < 60_000


def test_a_corrected_study_says_what_is_another() -> None:
    """Of a row that was put right the sums tell, though as many counties count as before."""
    before, now = a_study(STUDY), a_study(STUDY.replace(b"3,677", b"5,680"))
    then = Edition("rates", "T", "N.", before.period.day, "UTC", 1, "", {}, totals=before.totals)

    (note,) = corrected(now, then, 2).sections[0].blocks

    assert isinstance(note, Note)
    assert note.paragraphs[1:] == (
        "In all, before in brackets: cases of cancer 6 (4), people 1,684 (1,681).",
    )
