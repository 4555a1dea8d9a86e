"""Rules for frozen editions."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from report.editions import (
    Edition,
    File,
    announce,
    archived,
    describe,
    edition_folder,
    freeze,
    last_revision,
    latest,
    load,
    newest_of,
)
from report.errors import AlreadyExists, NotFound
from tests.fakes import MemoryStorage

FILES = {"page.html": File(b"<p>hello", "text/html; charset=utf-8"), "mail.txt": File(b"hello", "text/plain")}


def an_edition(
    day: date = date(2026, 11, 20), revision: int = 1, files: Mapping[str, File] = FILES
) -> Edition:
    folder = edition_folder("trends", day.isoformat(), revision)
    return Edition("trends", "Twitter Trends", "News.", day, "UTC", revision, folder, describe(files))


def frozen(storage: MemoryStorage, edition: Edition, files: Mapping[str, File] = FILES) -> Edition:
    freeze(storage, edition, files)
    announce(storage, edition)
    return edition


def test_an_edition_comes_back_as_it_was_frozen() -> None:
    """Manifest and files round-trip."""
    storage = MemoryStorage()
    edition = frozen(storage, an_edition())

    assert load(storage, edition.folder) == edition
    assert storage.get(edition.folder + "page.html") == b"<p>hello"
    assert storage.content_type(edition.folder + "page.html") == "text/html; charset=utf-8"


def test_what_a_report_says_of_itself_is_frozen() -> None:
    """Later runs judge an edition by its manifest: which period, how complete, which order, how many."""
    storage = MemoryStorage()
    edition = replace(
        an_edition(),
        folder=edition_folder("trends", "2026-W47", 1),
        period="2026-W47",
        coverage=0.5,
        ranking=("a", "b"),
        totals={"tweets": 7},
    )
    freeze(storage, edition, FILES)

    assert newest_of(storage, "trends", "2026-W47") == edition


def test_an_edition_of_before_these_were_frozen_loads() -> None:
    """An old manifest names neither period nor ranking: the period is its day."""
    storage = MemoryStorage()
    edition = frozen(storage, an_edition())
    manifest = json.loads(storage.get(f"{edition.folder}manifest.json"))
    for name in ("period", "coverage", "is_empty", "ranking", "totals"):
        del manifest[name]
    storage.put(f"{edition.folder}manifest.json", json.dumps(manifest).encode())

    assert load(storage, edition.folder) == edition
    assert edition.period == "2026-11-20"


def test_the_archive_has_days_and_weeks_by_their_end() -> None:
    """The last to end comes first, a week before its Sunday; days so far are parts of days."""
    storage = MemoryStorage()
    ids = ["2026-11-22", "2026-11-23", "2026-W47", "2026-W46", "2026-11-20", "2026-11-20T0730Z", "old copies"]
    for period_id in ids:
        storage.put(edition_folder("trends", period_id, 1) + "manifest.json", b"{}")

    assert archived(storage, "trends") == ["2026-11-23", "2026-W47", "2026-11-22", "2026-11-20", "2026-W46"]


def test_without_a_manifest_there_is_no_edition() -> None:
    """A build killed half-way leaves nothing a reader could meet."""
    storage = MemoryStorage()
    storage.put(edition_folder("trends", "2026-11-20", 1) + "page.html", b"half")

    assert last_revision(storage, "trends", "2026-11-20") == 0
    with pytest.raises(NotFound, match="no trends edition of 2026-11-20"):
        newest_of(storage, "trends", "2026-11-20")


def test_freezing_again_completes_what_was_begun() -> None:
    """The same bytes are no conflict."""
    storage = MemoryStorage()
    edition = an_edition()
    storage.put(edition.folder + "page.html", b"<p>hello")
    freeze(storage, edition, FILES)
    freeze(storage, edition, FILES)

    assert load(storage, edition.folder) == edition


def test_a_frozen_edition_is_never_written_over() -> None:
    """Other bytes want another revision."""
    storage = MemoryStorage()
    edition = frozen(storage, an_edition())
    other = {**FILES, "page.html": File(b"<p>other", "text/html")}

    with pytest.raises(AlreadyExists):
        freeze(storage, an_edition(files=other), other)
    assert storage.get(edition.folder + "page.html") == b"<p>hello"


def test_the_newest_is_the_latest_day_whatever_is_built_last() -> None:
    """Rebuilding an old day does not bring it to the front."""
    storage = MemoryStorage()
    frozen(storage, an_edition(date(2026, 11, 20)))
    newest = frozen(storage, an_edition(date(2026, 11, 20), revision=2))
    frozen(storage, an_edition(date(2026, 11, 19)))

    assert latest(storage, "trends") == newest
    assert newest_of(storage, "trends", "2026-11-20").revision == 2
    assert archived(storage, "trends") == ["2026-11-20", "2026-11-19"]


def test_the_newest_of_a_report_of_months_is_a_month() -> None:
    """The pointer says which period, since a month's edition does not lie under its last day."""
    storage = MemoryStorage()
    for month, day in (("2026-10", date(2026, 10, 31)), ("2026-09", date(2026, 9, 30))):
        where = edition_folder("requests", month, 1)
        frozen(storage, replace(an_edition(day), report="requests", period=month, folder=where))

    assert latest(storage, "requests").period == "2026-10"
    assert archived(storage, "requests") == ["2026-10", "2026-09"]


def test_a_pointer_without_a_period_is_of_the_day() -> None:
    """As those were that are written already."""
    storage = MemoryStorage()
    edition = frozen(storage, an_edition())
    storage.put("editions/trends/latest.json", b'{"day": "2026-11-20", "revision": 1}')

    assert latest(storage, "trends") == edition


def test_racing_announcers_end_with_the_newest() -> None:
    """Compare-and-swap: a slower host with an older day changes nothing."""

    class Racing(MemoryStorage):
        raced = False

        def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = "") -> None:
            if not self.raced:
                self.raced = True
                announce(self, an_edition(date(2026, 11, 22)))
            super().put_if_match(key, body, etag, content_type)

    storage = Racing()
    for day in (20, 21, 22):
        freeze(storage, an_edition(date(2026, 11, day)), FILES)
    announce(storage, an_edition(date(2026, 11, 20)))
    announce(storage, an_edition(date(2026, 11, 21)))

    assert latest(storage, "trends").day == date(2026, 11, 22)


def test_a_pointer_nobody_can_read_is_written_anew() -> None:
    """A cut file hides no edition for longer than the next build."""
    storage = MemoryStorage()
    storage.put("editions/trends/latest.json", b"{")
    with pytest.raises(NotFound, match="the next build writes it anew"):
        latest(storage, "trends")

    edition = frozen(storage, an_edition())

    assert latest(storage, "trends") == edition
