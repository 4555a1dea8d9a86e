"""Rules for readers as CSV."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.reader_table import BadLine, GoodLine, read_table, write_table
from report.errors import MailError
from report.readers import Every, Reader, Rhythm

DEFAULT = Reader("", ("trends",), Rhythm(Every.DAY, time(5)), ZoneInfo("UTC"))
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ANN = Reader("ann@example.com", ("trends",), Rhythm(Every.WEEK, time(7, 30)), ZoneInfo("Asia/Kolkata"), NOW)
BOB = Reader("bob@example.com", ("trends",), Rhythm(Every.HOUR), ZoneInfo("UTC"), NOW)


def good(text: str) -> list[Reader]:
    """Return the readers of the good lines."""
    return [line.reader for line in read_table(text, DEFAULT) if isinstance(line, GoodLine)]


def bad(text: str) -> list[str]:
    """Return what is said of the bad lines."""
    return [str(line) for line in read_table(text, DEFAULT) if isinstance(line, BadLine)]


def test_what_is_written_is_read_back() -> None:
    """An export is an import that changes nothing."""
    assert good(write_table([ANN, BOB])) == [ANN, BOB]


@pytest.mark.parametrize("user", ["=1+1", "+1", "-1", "'ann", "=cmd|'/c'!a0"])
def test_no_address_becomes_a_formula(user: str) -> None:
    """Whoever subscribes chooses the address; a spreadsheet that opens the export must only show it."""
    reader = replace(ANN, address=f"{user}@example.com")
    written = write_table([reader])

    assert not [
        cell for row in csv.reader(io.StringIO(written)) for cell in row if cell[:1] in ("=", "+", "-", "@")
    ]
    assert good(written) == [reader]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("address,rhythm,zone\nann@example.com,weekly mon 07:30,Asia/Kolkata\n", id="plain"),
        pytest.param(
            "\ufeffaddress,rhythm,zone\r\nann@example.com,weekly mon 7:30,Asia/Kolkata\r\n", id="BOM, CRLF"
        ),
        pytest.param(
            "Zone;E-Mail;Rhythm\nAsia/Kolkata;ann@example.com;weekly mon 07:30", id="semicolons, order"
        ),
        pytest.param(
            "name\taddress\tzone\trhythm\nX\tann@example.com\tAsia/Kolkata\tWeekly Mon 07:30\n", id="tabs"
        ),
        pytest.param(
            'address,rhythm,zone\n\n"Ann <ann@example.com>","weekly mon 07:30", Asia/Kolkata\n,,\n',
            id="quotes",
        ),
    ],
)
def test_a_table_is_understood_however_it_is_written(text: str) -> None:
    """Columns in any order and under common names, other columns passed over, empty lines too."""
    [ann] = good(text)

    assert (ann.address, ann.rhythm, ann.zone, ann.since) == (ANN.address, ANN.rhythm, ANN.zone, None)
    assert bad(text) == []


def test_an_empty_cell_means_the_default() -> None:
    """Only the address must be there."""
    assert good("address,rhythm,zone,reports\nann@example.com,,,\nbob@example.com\n") == [
        Reader("ann@example.com", DEFAULT.reports, DEFAULT.rhythm, DEFAULT.zone),
        Reader("bob@example.com", DEFAULT.reports, DEFAULT.rhythm, DEFAULT.zone),
    ]


def test_bad_lines_are_named_and_good_ones_taken() -> None:
    """Each by its number in the file, with what is wrong; nobody else loses a mail by it."""
    text = (
        "address,rhythm,zone,reports\n"
        "ann@example.com,,,\n"
        "nobody,,,\n"
        "a@b.org,sometimes,,\n"
        "b@b.org,,Mars,\n"
        "c@b.org,,,weather\n"
        "ANN@example.com,hourly,,\n"
        "d@b.org,,,,surplus\n"
        "bob@example.com,,,\n"
    )

    assert [reader.address for reader in good(text)] == ["ann@example.com", "bob@example.com"]
    starts = [
        "line 3: 'nobody' is no mail address",
        "line 4: 'sometimes' is no rhythm",
        "line 5: 'Mars' is no time zone",
        "line 6: there is no report 'weather'; there are: trends",
        "line 7: ANN@example.com stands in line 2 already",
        "line 8: it has 5 cells, the first line 4",
    ]
    assert [said[: len(start)] for said, start in zip(bad(text), starts, strict=True)] == starts


@pytest.mark.parametrize(
    "text", ["", "\n", "ann@example.com\n", "rhythm,zone\nhourly,UTC\n", "address,email\na,b\n"]
)
def test_a_table_without_addresses_is_refused(text: str) -> None:
    """Nothing is guessed: a list of bare addresses needs its first line."""
    with pytest.raises(MailError, match="the first line must name the columns"):
        list(read_table(text, DEFAULT))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever stands in the file, it ends in lines or in our own error."""
    list(read_table(f"address\n{text}", DEFAULT))


def test_the_readme_shows_a_table_that_is_taken() -> None:
    """Who copies it has readers with each column as it is written there."""
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("```csv\n")[2].partition("```")[0]

    ann, bob = good(shown)

    assert (ann.reports, str(ann.rhythm), ann.zone.key) == (
        ("trends", "rates"),
        "weekly mon 05:00",
        "Europe/Paris",
    )
    assert replace(bob, address="") == replace(DEFAULT, address="")
