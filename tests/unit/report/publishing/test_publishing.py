"""Rules for publishing: what a site shows, what is sent, and what a run leaves that is killed on the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from report.errors import PublishError
from report.publishing.difference import GRACE
from report.publishing.memory import recall
from report.publishing.publishing import all_editions, editions_of, not_shown
from report.publishing.site import INDEX, Access, Manner
from tests.fakes import MemoryStorage
from tests.site_builders import (
    DAY,
    NOW,
    MemorySite,
    SiteOutage,
    a_place,
    an_edition,
    dead_links,
    planned,
    publish,
)

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def site() -> MemorySite:
    return MemorySite()


def test_the_published_pages_are_the_served_bytes(storage: MemoryStorage, site: MemorySite) -> None:
    """At a host's root an edition's page is byte for byte the one that was frozen, wherever it stands."""
    edition = an_edition(storage)

    publish(storage, a_place(site), edition)

    page = storage.get(f"{edition.folder}page.html")
    for key in ("editions/2026-11-20/index.html", "editions/2026-11-20/r1/page.html", "latest/index.html"):
        assert site.files[key].body == page
    assert site.files["latest.json"].body == storage.get(f"{edition.folder}data.json")


def test_what_the_site_shows_it_goes_on_showing(storage: MemoryStorage, site: MemorySite) -> None:
    """A day that is published comes beside the others; the newest is the newest day, not the last sent."""
    publish(storage, a_place(site), an_edition(storage, news="Later"))
    publish(storage, a_place(site), an_edition(storage, BEFORE, news="Earlier"))

    index = site.page(INDEX)
    assert index.index("Later.") < index.index("Earlier.")
    assert "<h1>Later" in site.page("latest/index.html")
    assert dead_links(site) == []


def test_nothing_is_sent_twice(storage: MemoryStorage, site: MemorySite) -> None:
    """A second run finds all as it should be and sends nothing, the index not either."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)

    assert publish(storage, a_place(site), edition) == []


def test_a_file_changed_by_hand_is_mended(storage: MemoryStorage, site: MemorySite) -> None:
    """What somebody changed or removed on the site is sent again, and only that."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)
    changed, removed = "latest/index.html", "editions/2026-11-20/r1/top.csv"
    site.files[changed] = replace(site.files[changed], body=b"not ours")
    del site.files[removed]

    assert sorted(publish(storage, a_place(site), edition)) == sorted([changed, removed])


def test_other_headers_are_sent_anew(storage: MemoryStorage, site: MemorySite) -> None:
    """Where access changes, every file goes again: its headers and its ACL are others."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)

    again = publish(storage, a_place(site, Manner(packs=False, access=Access.ACL)), edition)

    assert sorted(again) == sorted(site.files)


def test_a_new_revision_takes_the_days_place(storage: MemoryStorage, site: MemorySite) -> None:
    """A revised day shows its last version; the one before keeps its own address."""
    publish(storage, a_place(site), an_edition(storage, news="First"))
    publish(storage, a_place(site), an_edition(storage, news="Second", revision=2))

    assert "<h1>Second" in site.page("editions/2026-11-20/index.html")
    assert "<h1>First" in site.page("editions/2026-11-20/r1/index.html")
    assert "You are reading version 1." in site.page("editions/2026-11-20/r1/index.html")
    assert "You are reading" not in site.page("editions/2026-11-20/r2/index.html")
    assert dead_links(site) == []


def test_what_no_page_leads_to_goes_a_day_later(storage: MemoryStorage, site: MemorySite) -> None:
    """A leftover of ours stays while somebody may have an older page open; what others put there stays."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)
    site.files["of-somebody-else.html"] = site.files["robots.txt"]

    nowhere = a_place(site, address="")  # without an address there is no sitemap
    publish(storage, nowhere, edition, now=NOW + timedelta(hours=1))
    assert "sitemap.xml" in site.files

    assert "sitemap.xml" in publish(storage, nowhere, edition, now=NOW + timedelta(hours=1) + GRACE)
    assert "sitemap.xml" not in site.files
    assert "of-somebody-else.html" in site.files


def test_the_index_goes_last(storage: MemoryStorage, site: MemorySite) -> None:
    """The index is the last file of a run, and whatever is new comes before whatever is replaced."""
    publish(storage, a_place(site), an_edition(storage, BEFORE))
    standing = set(site.files)

    sent = publish(storage, a_place(site), an_edition(storage))

    assert sent[-1] == INDEX
    is_new = [key not in standing for key in sent]
    assert is_new == sorted(is_new, reverse=True)


@pytest.mark.parametrize("stands_before", [False, True], ids=["the first run", "a later run"])
def test_a_killed_run_leaves_no_dead_link(stands_before: bool) -> None:
    """Cut off after any number of files, the site has no dead link, and the next run makes it whole."""
    puts = 0
    while _killed_after(puts, stands_before):
        puts += 1

    assert puts > 10


def _killed_after(puts: int, stands_before: bool) -> bool:
    """Whether a run that may send so many files was cut off."""
    storage, site = MemoryStorage(), MemorySite()
    first, second = an_edition(storage, BEFORE, tags=("old",)), an_edition(storage, tags=("old", "new"))
    if stands_before:
        publish(storage, a_place(site), first)
    site.puts_left = puts
    try:
        publish(storage, a_place(site), first, second)
    except SiteOutage:
        assert dead_links(site) == [], puts
    else:
        return False
    site.puts_left = None
    publish(storage, a_place(site), first, second)
    assert dead_links(site) == []
    assert "News." in site.page(INDEX)
    return True


def test_a_killed_run_is_not_begun_anew(storage: MemoryStorage, site: MemorySite) -> None:
    """What a killed run sent before it came to the index is not sent again."""
    edition = an_edition(storage)
    length = len(planned(storage, a_place(site), edition).difference.files)
    site.puts_left = length - 1
    with pytest.raises(SiteOutage):
        publish(storage, a_place(site), edition)
    site.puts_left = None

    assert publish(storage, a_place(site), edition) == [INDEX]


def test_an_edition_that_cannot_be_read_is_not_remembered(storage: MemoryStorage, site: MemorySite) -> None:
    """Where an edition's file is not what was frozen, it is named, and later runs are not held up by it."""
    good, bad = an_edition(storage, BEFORE), an_edition(storage)
    storage.put(f"{bad.folder}top.csv", b"other bytes")

    with pytest.raises(PublishError, match=r"2026-11-20/r1/top\.csv is not what was frozen"):
        publish(storage, a_place(site), bad)

    publish(storage, a_place(site), good)
    assert [one.period for one in recall(storage, "memory:").editions] == ["2026-11-19"]


def test_a_lost_memory_costs_sending_again(storage: MemoryStorage, site: MemorySite) -> None:
    """Without what we remember of it, a site is sent anew, and ends as it was."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)
    before = dict(site.files)
    for info in list(storage.list("sites/")):
        storage.delete(info.key)

    assert len(publish(storage, a_place(site), edition)) == len(before)
    assert site.files == before


def test_a_damaged_memory_is_named(storage: MemoryStorage, site: MemorySite) -> None:
    """What is known of a site and cannot be read is not taken for nothing."""
    edition = an_edition(storage)
    publish(storage, a_place(site), edition)
    key = next(iter(storage.list("sites/"))).key
    storage.put(key, b"{}")

    with pytest.raises(PublishError, match=f"{key}.*delete it, then publish with --all"):
        publish(storage, a_place(site), edition)


def test_all_are_days_and_weeks(storage: MemoryStorage) -> None:
    """--all takes the last revision of each whole day and week of every report, and no day so far."""
    an_edition(storage)
    an_edition(storage, revision=2)
    an_edition(storage, date(2026, 11, 22), period="2026-W47")
    an_edition(storage, period="2026-11-20T0730Z")
    an_edition(storage, report="rates")

    found = [(one.report, one.period, one.revision) for one in all_editions(storage)]

    assert found == [("rates", "2026-11-20", 1), ("trends", "2026-11-20", 2), ("trends", "2026-W47", 1)]
    assert [one.report for one in all_editions(storage, "rates")] == ["rates"]


def test_a_report_that_was_not_built_is_said(storage: MemoryStorage, site: MemorySite) -> None:
    """Who asks for what does not exist is told how it is built."""
    with pytest.raises(PublishError, match="no trends report yet: `python -m report build --report trends`"):
        editions_of(storage, "trends", "")
    with pytest.raises(PublishError, match="build --report trends --period 2026-W47"):
        editions_of(storage, "trends", "2026-W47")
    with pytest.raises(PublishError, match="nothing to publish yet"):
        planned(storage, a_place(site))


def test_what_was_built_and_is_not_shown_is_named() -> None:
    """Whole periods of every report that a site lacks are told; days so far and unfinished ones are not."""
    storage, place = MemoryStorage(), a_place(MemorySite())
    shown = an_edition(storage)
    an_edition(storage, DAY - timedelta(days=1))
    an_edition(storage, date(2026, 10, 31), report="rates", period="2026-10")
    an_edition(storage, period="2026-11-20T0730Z")
    storage.put("editions/trends/2026-11-18/r1/page.html", b"half an edition")

    assert not_shown(storage, planned(storage, place, shown).shelf) == [
        ("rates", "2026-10"),
        ("trends", "2026-11-19"),
    ]
