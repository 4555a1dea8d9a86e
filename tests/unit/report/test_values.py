"""Rules for the values a report is made of."""

import pytest

from report.values import ChartKind, ChartSpec, Column, Kind, Note, Series, Strip, StripLine, Table
from tests.report_builders import a_report

WORD = Column("What", Kind.WORD)


def test_a_row_fits_its_columns() -> None:
    """A table that lies about its columns is refused when it is made."""
    with pytest.raises(ValueError, match="'sizes' has 1 columns"):
        Table("sizes", "Sizes", (WORD,), (("one", 2),))


def test_a_series_fits_its_labels() -> None:
    """So is a chart."""
    with pytest.raises(ValueError, match="does not fit 2 labels"):
        ChartSpec("a", "A", ChartKind.BARS, "x", "y", ("one", "two"), (Series("s", (1.0,)),))


def test_a_strip_fits_its_labels() -> None:
    """So is a strip."""
    with pytest.raises(ValueError, match="does not fit 2 labels"):
        Strip("a", "A", "hour", ("00", "01"), (StripLine("Tweets", (1, 2), (1,), 2),))


def test_a_slug_is_a_safe_file_name() -> None:
    """Slugs become file names and addresses."""
    with pytest.raises(ValueError, match="a slug is of"):
        Table("../up", "Up", (WORD,), ())


def test_slugs_are_used_once() -> None:
    """Two tables of one name would overwrite each other's file."""
    table = Table("sizes", "Sizes", (WORD,), ())

    with pytest.raises(ValueError, match="uses a slug twice"):
        a_report(table, Note(("between",)), table)
