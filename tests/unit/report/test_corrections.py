"""Rules for what a later revision says of the one before."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from report.corrections import corrected, top_changed
from report.editions import Edition
from report.values import Note, Report
from tests.report_builders import a_report

REASON = (
    "This is version 2: since version 1 was made, data came in late or was corrected, or the report is made "
    "otherwise. Version 1 stays as it was."
)

KNOWN: dict[str, Any] = {
    "ranking": ("#a", "#b", "#c"),
    "totals": {"tweets": 1300, "authors": 9},
    "coverage": 0.62,
}


def the_first(**said: Any) -> Edition:
    first = Edition(
        "trends", "T", "News.", date(2026, 11, 20), "UTC", 1, "editions/trends/2026-11-20/r1/", {}
    )
    return replace(first, **{**KNOWN, **said})


def report_of(**said: Any) -> Report:
    return replace(a_report(Note(("the rest",))), **{**KNOWN, **said})


def told(report: Report) -> tuple[str, ...]:
    """Return what the report's first section says."""
    (note,) = report.sections[0].blocks
    assert isinstance(note, Note)
    return note.paragraphs


def test_a_first_revision_corrects_nothing() -> None:
    """It is the report, and no more."""
    assert corrected(report_of(), None, 1) == report_of()


def test_moves_among_the_first_are_told() -> None:
    """Who came, who went, who changed places; who stands where it stood is not named."""
    told_of = told(corrected(report_of(ranking=("#c", "#b", "#d")), the_first(), 2))

    assert told_of[0] == REASON
    assert told_of[1] == (
        "Among the first 3, before in brackets: #c 1st (3rd), #d 3rd (not among them), #a no longer (1st)."
    )


def test_totals_that_changed_are_told() -> None:
    """Figures and coverage, each beside what it was; one that is the same is left out."""
    after = report_of(totals={"tweets": 1412, "authors": 9}, coverage=0.98)

    assert told(corrected(after, the_first(), 2))[1:] == (
        "The first 3 are the same, in the same order.",
        "In all, before in brackets: tweets 1,412 (1,300), minutes observed 98\N{NO-BREAK SPACE}% "
        "(62\N{NO-BREAK SPACE}%).",
    )


def test_a_correction_without_other_numbers_says_so() -> None:
    """Nobody is left to compare two pages line by line."""
    assert told(corrected(report_of(), the_first(), 2))[1:] == (
        "The first 3 are the same, in the same order.",
        "The totals are the same.",
    )


def test_what_was_not_frozen_is_not_compared() -> None:
    """An edition of before these were kept, and a report without a ranking, leave the reason alone."""
    before = the_first(ranking=(), totals={}, coverage=None)

    assert told(corrected(report_of(ranking=()), before, 2)) == (REASON,)
    assert told(corrected(report_of(), before, 2)) == (REASON,)


def test_days_of_two_zones_are_not_compared() -> None:
    """Other hours were counted: what differs is no correction of what was."""
    said = told(corrected(report_of(ranking=("#z",)), the_first(zone="Asia/Tokyo"), 2))

    assert said == (
        "This is version 2: version 1 was of other hours, those of Asia/Tokyo; this one is of UTC. "
        "Version 1 stays as it was.",
    )


def test_a_correction_stands_first_and_in_the_data() -> None:
    """The rest of the report follows as it is; a program reads what was corrected too."""
    after = corrected(report_of(), the_first(), 2)

    assert after.sections[1:] == report_of().sections
    assert after.data["corrects"] == {
        "revision": 1,
        "ranking": ["#a", "#b", "#c"],
        "totals": {"tweets": 1300, "authors": 9},
        "coverage": 0.62,
    }


@pytest.mark.parametrize(
    ("before", "after", "is_changed"),
    [
        pytest.param({}, {}, False, id="the same"),
        pytest.param({}, {"ranking": ("#b", "#a", "#c")}, True, id="another order"),
        pytest.param({}, {"ranking": ("#a", "#b", "#d")}, True, id="another hashtag"),
        pytest.param({}, {"totals": {"tweets": 9999}}, False, id="other totals alone"),
        pytest.param({"zone": "Asia/Tokyo", "ranking": ("#z",)}, {}, False, id="the day of another zone"),
        pytest.param({"ranking": (), "is_empty": True, "coverage": 0.0}, {}, True, id="nothing before"),
        pytest.param({"ranking": (), "coverage": None}, {}, False, id="not frozen before"),
        pytest.param({"ranking": (), "coverage": None}, {"ranking": ()}, False, id="no ranking at all"),
    ],
)
def test_a_second_mail_hangs_on_the_first_ten(
    before: dict[str, Any], after: dict[str, Any], is_changed: bool
) -> None:
    """Only what a reader would have read otherwise is worth a second mail."""
    assert top_changed(the_first(**before), the_first(revision=2, **after)) is is_changed
