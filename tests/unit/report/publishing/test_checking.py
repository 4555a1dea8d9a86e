"""Rules for checking a site: each file as its readers get it, and where its links lead."""

from dataclasses import replace

import pytest

from report.publishing.checking import check
from report.publishing.memory import recall
from report.publishing.site import Manner
from tests.fakes import MemoryStorage
from tests.site_builders import MemorySite, a_place, an_edition, publish


def problems(storage: MemoryStorage, site: MemorySite, manner: Manner) -> list[str]:
    """Return all that a check says."""
    return [said for _, found in check(site, manner, recall(storage, "memory:")) for said in found]


@pytest.mark.parametrize(
    "manner",
    [
        Manner(packs=False),
        Manner(is_relative=True, root="", packs=False),
        Manner(is_relative=True, root="/reports/", packs=False),
    ],
    ids=["at a root", "in a folder", "below a prefix"],
)
def test_a_site_as_it_was_sent_passes(manner: Manner) -> None:
    """Every file is fetched, and nothing is found."""
    storage, site = MemoryStorage(), MemorySite()
    publish(storage, a_place(site, manner), an_edition(storage))

    assert problems(storage, site, manner) == []
    assert len(list(check(site, manner, recall(storage, "memory:")))) == len(site.files)


def test_each_fault_is_named() -> None:
    """What is missing, changed, of another type, or leads nowhere, is said with its key."""
    storage, site = MemoryStorage(), MemorySite()
    publish(storage, a_place(site), an_edition(storage))
    del site.files["today"]
    site.files["latest.json"] = replace(site.files["latest.json"], body=b"{}")
    site.files["favicon.ico"] = replace(site.files["favicon.ico"], content_type="text/plain")
    page = site.page("tags/budget").encode().replace(b'href="/latest/"', b'href="/latst/"')
    site.files["tags/budget"] = replace(site.files["tags/budget"], body=page)

    found = problems(storage, site, Manner(packs=False))

    assert found == [
        "favicon.ico: came as text/plain, not as image/svg+xml (favicon.ico)",
        "latest.json: is not what was sent: somebody changed it, or a cache holds an older one (latest.json)",
        "tags/budget: is not what was sent: somebody changed it, or a cache holds an older one (tags/budget)",
        "tags/budget: leads to latst/index.html, which the site does not have (tags/budget)",
        "today: answered 404 (today)",
    ]
