"""Rules for the notice that too little was observed."""

from dataclasses import replace

import pytest

from report.completeness import noticed
from tests.report_builders import a_report

NOTICE = (
    "Only 62\N{NO-BREAK SPACE}% of the minutes were observed: numbers may be too low, and what was rare may "
    "be missing."
)


def test_a_report_begins_by_saying_that_much_was_missed() -> None:
    """Whoever reads one line knows that the numbers are not to be trusted."""
    assert noticed(replace(a_report(), coverage=0.62), 90).notice == NOTICE


@pytest.mark.parametrize(
    ("coverage", "is_empty", "warn_below"),
    [
        pytest.param(0.9, False, 90, id="just enough"),
        pytest.param(0.62, False, 60, id="enough by the setting"),
        pytest.param(0.01, False, 0, id="nobody wants to be warned"),
        pytest.param(None, False, 90, id="no notion of minutes"),
        pytest.param(0.0, True, 90, id="nothing at all: the headline says so"),
    ],
)
def test_a_report_that_can_be_trusted_has_no_notice(
    coverage: float | None, is_empty: bool, warn_below: int
) -> None:
    """A warning that is always there is read by nobody."""
    report = replace(a_report(), coverage=coverage, is_empty=is_empty)

    assert noticed(report, warn_below) == report
