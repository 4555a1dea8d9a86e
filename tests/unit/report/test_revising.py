"""Rules for what becomes another revision, and what it says of the one before."""

from contextlib import suppress
from dataclasses import replace

import pytest

from report import editions
from report.editions import Edition
from report.errors import NotFound
from report.revising import freeze_next
from report.services import Services, not_given
from report.settings import Settings
from report.values import Note, Report
from tests.fakes import MemoryStorage
from tests.report_builders import a_report


def services_at(public_url: str, storage: MemoryStorage) -> Services:
    return Services(Settings(public_url=public_url), storage, not_given, not_given, not_given)


def frozen(storage: MemoryStorage, report: Report, public_url: str = "https://a.example") -> Edition:
    """Return what stands after the report was made by a host with this address."""
    standing = None
    with suppress(NotFound):
        standing = editions.newest_of(storage, report.name, report.period.id)
    return freeze_next(services_at(public_url, storage), report, standing)[0]


def page_of(storage: MemoryStorage, edition: Edition) -> str:
    return storage.get(f"{edition.folder}page.html").decode()


def made_up(report: Report) -> Report:
    return replace(report, headline=f"Demo: {report.headline}", data={"demo": True})


OWN = a_report(Note(("own words",)))


def test_other_words_are_a_revision() -> None:
    """Though no figure is another: a report may consist of words alone."""
    storage = MemoryStorage()
    frozen(storage, OWN)
    second = frozen(storage, a_report(Note(("other words",))), "https://b.example")

    assert second.revision == 2
    assert "What changed since the version before" in page_of(storage, second)


@pytest.mark.parametrize("names", [("a", "b", "a"), ("a", "long-name/below", "a")], ids=["alike", "longer"])
def test_another_address_alone_is_none(names: tuple[str, ...]) -> None:
    """What stands is right for every host."""
    storage = MemoryStorage()

    assert {frozen(storage, OWN, f"https://{name}.example").revision for name in names} == {1}


def test_own_files_correct_no_sample() -> None:
    """What was made up was no news; what comes late of one's own is compared with one's own."""
    storage = MemoryStorage()
    frozen(storage, made_up(OWN))
    own = frozen(storage, OWN)
    again = frozen(storage, OWN)
    late = frozen(storage, a_report(Note(("late words",))))

    assert (own.revision, again) == (2, own)
    assert "What changed" not in page_of(storage, own)
    assert "This is version 3: since version 2 was made" in page_of(storage, late)
