"""Rules for showing editions from memory."""

from datetime import date

import pytest

from app.library import Library
from report.errors import NotFound, StorageUnavailable
from tests.some_editions import DAY, FragileStorage, publish, some_files


@pytest.fixture
def library(storage: FragileStorage) -> Library:
    """Return a library that asks storage for the newest each time."""
    return Library(storage, "trends", max_age_seconds=0)


def test_the_newest_edition_is_shown_whole_without_storage(storage: FragileStorage, library: Library) -> None:
    """Once an edition was seen, its page and all its files outlive the way to storage."""
    publish(storage)
    library.newest()
    storage.is_cut_off = True

    edition = library.newest()

    assert {name: library.file(edition, name).body for name in edition.files} == {
        name: file.body for name, file in some_files().items()
    }
    assert library.is_behind


def test_the_day_of_the_newest_edition_is_shown_without_storage(
    storage: FragileStorage, library: Library
) -> None:
    """The link to the newest edition's own day works as long as the edition does."""
    publish(storage)
    library.newest()
    storage.is_cut_off = True

    assert library.newest_of(str(DAY)).day == library.revision(str(DAY), 1).day == DAY


def test_storage_that_comes_back_is_used_again(storage: FragileStorage, library: Library) -> None:
    """A fault passes without a restart."""
    publish(storage)
    library.newest()
    storage.is_cut_off = True
    library.newest()
    storage.is_cut_off = False
    publish(storage, day=date(2026, 11, 21))

    assert library.newest().day == date(2026, 11, 21)
    assert not library.is_behind


def test_a_lost_pointer_is_not_the_end_of_an_edition(storage: FragileStorage, library: Library) -> None:
    """Where storage forgot which edition is the newest, the last one known stays."""
    publish(storage)
    library.newest()
    storage.delete("editions/trends/latest.json")

    assert library.newest().day == DAY


def test_a_broken_pointer_is_a_fault_of_storage(storage: FragileStorage, library: Library) -> None:
    """Bytes that are no pointer are named, and do not take the page with them."""
    publish(storage)
    library.newest()
    storage.put("editions/trends/latest.json", b"{")

    assert library.newest().day == DAY


def test_files_are_read_once(storage: FragileStorage, library: Library) -> None:
    """What never changes is asked of storage once."""
    publish(storage)
    edition = library.revision(str(DAY), 1)
    library.file(edition, "data.json")
    reads = storage.reads

    library.file(library.revision(str(DAY), 1), "data.json")

    assert storage.reads == reads


def test_a_day_without_an_edition_is_not_found(library: Library) -> None:
    """An empty day is said to be one, each time it is asked for."""
    with pytest.raises(NotFound, match="2026-11-20"):
        library.newest_of(str(DAY))


def test_an_unseen_edition_needs_storage(storage: FragileStorage, library: Library) -> None:
    """What was never in memory is the one thing storage's absence takes away."""
    publish(storage)
    storage.is_cut_off = True

    with pytest.raises(StorageUnavailable):
        library.revision(str(DAY), 1)
