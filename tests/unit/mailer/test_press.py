"""Rules for which edition may be mailed."""

from dataclasses import replace

import pytest

from mailer.press import correction_heading, heading, is_held
from report.settings import Settings
from tests.mail_builders import FIVE
from tests.some_editions import an_edition, some_files


@pytest.mark.parametrize(
    ("coverage", "is_empty", "held"),
    [
        pytest.param(0.49, False, True, id="too little was seen"),
        pytest.param(0.5, False, False, id="just enough"),
        pytest.param(0.0, True, False, id="nothing was collected"),
        pytest.param(None, False, False, id="a report without minutes"),
    ],
)
def test_a_mail_waits_for_data_under_the_share(coverage: float | None, is_empty: bool, held: bool) -> None:
    """Under MAIL_HOLD_BELOW it is held; that nothing was collected is news, and goes."""
    edition = replace(an_edition(some_files()), coverage=coverage, is_empty=is_empty)

    assert is_held(edition, 50) is held


def test_each_report_is_told_by_its_subject() -> None:
    """MAIL_SUBJECT stands over the server's own report, a title over any other; corrections say so."""
    settings = Settings(mail_subject="The trends at five")
    trends = an_edition(some_files())
    rates = replace(trends, report="rates", title="County cancer rates", period="2026-10")

    assert heading(settings, trends, FIVE).subject == "The trends at five"
    assert heading(settings, rates, FIVE).subject == "County cancer rates"
    assert correction_heading(settings, rates, FIVE).subject == "Correction: County cancer rates, 2026-10"


def test_a_share_of_nothing_holds_nothing() -> None:
    """With MAIL_HOLD_BELOW at 0, and by hand, every mail goes."""
    assert not is_held(replace(an_edition(some_files()), coverage=0.0), 0)
