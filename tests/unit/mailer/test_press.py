"""Rules for which edition may be mailed."""

from dataclasses import replace

import pytest

from mailer.press import is_held
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


def test_a_share_of_nothing_holds_nothing() -> None:
    """With MAIL_HOLD_BELOW at 0, and by hand, every mail goes."""
    assert not is_held(replace(an_edition(some_files()), coverage=0.0), 0)
