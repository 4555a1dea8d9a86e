"""Rules for the hashtags' pages a site has."""

from datetime import date

import pytest

from report.errors import PublishError
from report.hashtag_histories import HashtagHistory, Index, Known, Lately, Observed, Shard, Use, shard_of
from report.hashtag_shards import index_to_json, shard_to_json
from report.places import hashtag_index, hashtag_shard
from report.publishing.hashtags import hashtag_pages
from report.publishing.shelf import Shelved, shelve
from report.rendering.hashtag_page import render_hashtag
from tests.fakes import MemoryStorage
from tests.site_builders import DAY, LIVE, an_edition

SHARD = Shard(
    True,
    {DAY: Observed(1440, 1440)},
    {
        "budget": HashtagHistory(
            Known("Budget", DAY, 1, DAY, 1), (Use(DAY, 9, 5, 1),), Lately(companions=(("other", 2),))
        )
    },
)


@pytest.fixture
def storage() -> MemoryStorage:
    storage = MemoryStorage()
    storage.put(hashtag_shard("UTC", shard_of("budget")), shard_to_json(SHARD))
    storage.put(
        hashtag_index("UTC"), index_to_json(Index(True, {date(2026, 11, 20): "e"}, "s", (("Budget", 9),)))
    )
    return storage


def a_shelf(storage: MemoryStorage) -> list[Shelved]:
    return [shelve(storage, an_edition(storage, tags=("budget", "forgotten")))]


def test_what_reports_lead_to_is_told(storage: MemoryStorage) -> None:
    """A hashtag's page is the server's, but for whom its form asks; what is not kept has none."""
    files = {file.key: file for file in hashtag_pages(storage, "UTC", a_shelf(storage), False, LIVE)}

    assert sorted(files) == ["tags/budget", "tags/budget.json", "tags/index.html"]
    page = files["tags/budget"].body.decode()
    assert page.replace(f'action="{LIVE}/find"', 'action="/find"') == render_hashtag("budget", SHARD, "UTC")
    assert f'action="{LIVE}/find"' in page


def test_before_the_first_counted_day_there_are_none(storage: MemoryStorage) -> None:
    """A site of reports without histories is published without them."""
    bare = MemoryStorage()

    assert hashtag_pages(bare, "UTC", a_shelf(bare), False, LIVE) == []


def test_a_damaged_history_is_named(storage: MemoryStorage) -> None:
    """What cannot be read is said with what mends it."""
    storage.put(hashtag_shard("UTC", shard_of("budget")), b"[]")

    with pytest.raises(PublishError, match=r"hashtags/UTC/.*cannot be read.*compact --rebuild"):
        hashtag_pages(storage, "UTC", a_shelf(storage), False, LIVE)
