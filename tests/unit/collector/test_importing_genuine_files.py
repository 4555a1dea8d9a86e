"""Every genuine file imports with the totals known of it, or is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from collector.importing import import_files
from tests.fakes import MemoryStorage

_BROKEN = "tweets-v11-tweetparser-2017/broken_and_unsupported_payloads"

# tweets, duplicates, notices, refused; what is refused here is no tweet by its SOURCE.txt
TOTALS = {
    "tweets-v11-extended-2018/lines.json": (71, 1, 0, 0),
    "tweets-v11-extended-2018/streaming_extended_tweet.json": (1, 0, 0, 0),
    "tweets-v11-extended-2019-ja/extended_tweet.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/extended_tweet_in_compat_mode.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/extended_tweet_in_extended_mode.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_home_timeline.json": (20, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_retweets_count.json": (24, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_search.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_search_geocode.json": (15, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_search_raw.json": (100, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_status.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_status_extra_params.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_status_with_place.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_statuses.1.json": (100, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_statuses.map.1.json": (100, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_user_timeline.json": (20, 0, 0, 0),
    "tweets-v11-rest-2008-2018/get_user_timeline_count.json": (63, 0, 0, 0),
    "tweets-v11-rest-2008-2018/models_status_no_user.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/public_timeline.json": (20, 0, 0, 0),
    "tweets-v11-rest-2008-2018/public_timeline_error.json": (0, 0, 0, 1),
    "tweets-v11-rest-2008-2018/status_quoted_tweet.json": (1, 0, 0, 0),
    "tweets-v11-rest-2008-2018/user_timeline.json": (1, 0, 0, 0),
    "tweets-v11-sample-2016/output.txt": (869, 1, 129, 0),
    "tweets-v11-tweetparser-2017/activity_streams_examples.json": (0, 0, 0, 25),
    f"{_BROKEN}/activity_streams_additional_field.json": (1, 0, 0, 0),
    f"{_BROKEN}/activity_streams_missing_field.json": (0, 0, 0, 1),
    f"{_BROKEN}/original_format_additional_field.json": (1, 0, 0, 0),
    f"{_BROKEN}/original_format_missing_field.json": (1, 0, 0, 0),
    f"{_BROKEN}/original_format_missing_quotetweet_field.json": (1, 0, 0, 0),
    f"{_BROKEN}/original_format_missing_user.json": (1, 0, 0, 0),
    f"{_BROKEN}/public_api_sample.json": (20, 0, 0, 0),
    "tweets-v11-tweetparser-2017/original_format_examples.json": (25, 0, 0, 0),
    "tweets-v2-twarc/2sets.jsonl": (200, 0, 1, 0),
    "tweets-v2-twarc/brexit.jsonl": (100, 0, 0, 0),
    "tweets-v2-twarc/cashtags.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/cotweet.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/counts.jsonl": (0, 0, 0, 1),
    "tweets-v2-twarc/edited.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/edited_after.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/edited_before.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/empty.json": (0, 0, 0, 0),
    "tweets-v2-twarc/entities_test.jsonl": (474, 0, 11, 0),
    "tweets-v2-twarc/flat.jsonl": (100, 0, 0, 0),
    "tweets-v2-twarc/geo_tweets.jsonl": (2, 0, 0, 0),
    "tweets-v2-twarc/kpop.jsonl": (100, 0, 1, 0),
    "tweets-v2-twarc/lists.jsonl": (0, 0, 0, 2),
    "tweets-v2-twarc/many_urls.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/media_policy_violation_off.jsonl": (100, 0, 0, 0),
    "tweets-v2-twarc/media_policy_violation_on.jsonl": (100, 0, 0, 0),
    "tweets-v2-twarc/media_tweet.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/mentions_tweet.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/noflat.jsonl": (100, 0, 1, 0),
    "tweets-v2-twarc/quoted_edit.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/streaming_output_with_error.jsonl": (7, 0, 0, 1),
    "tweets-v2-twarc/tweets_compliance.jsonl": (0, 0, 0, 2),
    "tweets-v2-twarc/two_tweets.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/users.jsonl": (0, 0, 0, 1),
    "tweets-v2-twarc/users_compliance.jsonl": (0, 0, 0, 2),
    "tweets-v2-twarc/verified_type.jsonl": (1, 0, 0, 0),
    "tweets-v2-twarc/withheld.jsonl": (215, 0, 5, 0),
}
NO_TWEETS = {"SOURCE.txt", "LICENSE", "reference_counts.json"}


@pytest.mark.real_data
@pytest.mark.parametrize("name", TOTALS)
def test_a_genuine_file_imports_with_its_totals(name: str, real_data: Path) -> None:
    """Tweets, duplicates, notices and refusals are what is known of the file."""
    result = import_files([real_data / name], MemoryStorage())

    totals = (result.tweets, result.duplicates, sum(result.notices.values()), result.refused_count)
    assert totals == TOTALS[name]
    if reference := _reference(real_data, name):
        assert result.tweets == reference["unique_ids"]
        assert result.tweets + result.duplicates == reference["tweets"]
        assert result.notices.get("errors", 0) == (reference.get("errors", 0) if reference["tweets"] else 0)


@pytest.mark.real_data
def test_every_genuine_file_is_looked_at(real_data: Path) -> None:
    """No file of tweets is left out."""
    found = (path for folder in real_data.glob("tweets-*") for path in folder.rglob("*") if path.is_file())
    assert {str(path.relative_to(real_data)) for path in found if path.name not in NO_TWEETS} == TOTALS.keys()


def _reference(real_data: Path, name: str) -> dict[str, Any] | None:
    folder, _, inner = name.partition("/")
    path = real_data / folder / "reference_counts.json"
    counts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return counts.get(inner)
