"""Rules for the reports there are."""

import subprocess
import sys

import pytest

from report.catalogue import FIRST, find, recipes, titles
from report.errors import BuildError
from report.values import Span

HEAVY = ("bokeh", "boto3", "duckdb", "matplotlib", "pandas", "pyarrow")


def test_every_report_has_a_title_and_is_of_days_or_of_months() -> None:
    """The server's own stands first, the others by name; one period of each can be the newest."""
    names = list(recipes())

    assert names == [FIRST, *sorted(set(names) - {FIRST})]
    assert all(title.strip() for title in titles().values())
    assert all((Span.DAY in one.spans) != (Span.MONTH in one.spans) for one in recipes().values())
    assert all(one.needs.strip() and "{" not in one.needs for one in recipes().values())


def test_looking_up_a_title_loads_nothing_heavy() -> None:
    """Web workers and the mailer list the reports at each start."""
    look = "import sys; from report.catalogue import titles; titles()"
    say = f"print([name for name in {HEAVY} if name in sys.modules])"
    command = [sys.executable, "-c", f"{look}; {say}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_an_unknown_report_is_refused_with_those_there_are() -> None:
    """A slip is answered with the right names."""
    with pytest.raises(BuildError, match="no report named 'trend'; there are: trends"):
        find("trend")
