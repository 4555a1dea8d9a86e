"""Rules for the histories of hashtags, through the commands, on the folder and on S3."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_hashtags import DuckDBHashtags
from report.adapters.duckdb_history import DuckDBHistory
from report.adapters.s3_storage import S3Storage
from report.counts import CountingRules
from report.errors import EngineError
from report.hashtag_histories import Known, Lately, Observed, shard_of
from report.hashtag_keeping import Keeper
from report.hashtag_shards import index_from_json, shard_from_json
from report.places import counted_day, hashtag_index, hashtag_shard, raw_hour
from report.storage import Storage
from report.trends import Parameters
from tests.builders import a_v1_document, lines
from tests.fakes import MemoryStorage
from tests.gunicorn_server import gunicorn
from tests.s3_server import variables_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).parents[2]
UTC_ZONE = ZoneInfo("UTC")
WITH, WITHOUT = CountingRules(retweets=True), CountingRules(retweets=False)
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)

Run = Callable[..., str]


def ago(days: int) -> date:
    return YESTERDAY - timedelta(days=days)


def collect(storage: Storage, back: int, *tags: str, name: str = "import") -> None:
    """Put a tweet for each of `tags`, hashtags apart by spaces; one with "!" is a retweet."""
    noon = datetime(ago(back).year, ago(back).month, ago(back).day, 12, tzinfo=UTC)
    documents = []
    for at, words in enumerate(tags):
        hashtags = words.replace("!", "").split()
        documents.append(
            a_v1_document(
                id=10**18 + 1000 * back + at + 500 * (name != "import"),
                created_at=noon + timedelta(minutes=at % 600),
                hashtags=hashtags,
                user={"id_str": str(at % 3)},
                retweeted_status=a_v1_document(hashtags=hashtags) if "!" in words else None,
            )
        )
    storage.put(f"{raw_hour(noon)}{name}.jsonl", lines(*documents))


def settled(storage: Storage, back: int, zone: ZoneInfo = UTC_ZONE, rules: CountingRules = WITH) -> Keeper:
    """Count the days up to `back` days before yesterday, and return what keeps their histories."""
    history = DuckDBHistory(storage, lambda: DuckDBEngine(storage), zone, rules, Parameters())
    history.settle(ago(back))
    return Keeper(storage, zone.key, rules.retweets, DuckDBHashtags(storage, zone, rules))


def shards(storage: Storage) -> dict[str, bytes]:
    return {
        info.key: storage.get(info.key)
        for info in storage.list("hashtags/")
        if not info.key.endswith("days.json")
    }


def told(storage: Storage, key: str) -> dict[date, tuple[int, int, int]]:
    """Return a hashtag's tweets, authors and place by day."""
    shard = shard_from_json(storage.get(hashtag_shard("UTC", shard_of(key))), only=key)
    return {
        use.day: (use.tweets, use.authors, use.place)
        for history in shard.hashtags.values()
        for use in history.uses
    }


# ---- what is gathered --------------------------------------------------------------------------------


def test_a_day_is_gathered_as_it_was_counted() -> None:
    """Tweets, authors, places, spellings and companions, all those of the counted day."""
    storage = MemoryStorage()
    collect(storage, 0, "Tax budget", "tax Budget", "tax budget!", "other", "Tax")
    counts = settled(storage, 0).counts
    day = counts.gather(YESTERDAY)

    assert day.observed == Observed(5, 1440)
    assert [(one.key, one.tag, one.use.tweets, one.use.authors, one.use.place) for one in day.hashtags] == [
        ("tax", "Tax", 4, 3, 1),
        ("budget", "budget", 3, 3, 2),
        ("other", "other", 1, 1, 3),
    ]
    assert day.hashtags[1].lately == Lately((("budget", 2), ("Budget", 1)), (("Tax", 3),))
    assert counts.known(YESTERDAY)["budget"] == Known("budget", YESTERDAY, 2, YESTERDAY, 1)


def test_without_retweets_only_originals_are_told() -> None:
    """Numbers, places and spellings follow the counting rule of the report."""
    storage = MemoryStorage()
    collect(storage, 0, "Tax!", "Tax!", "tax", "budget", "budget")
    counts = settled(storage, 0, rules=WITHOUT).counts
    day = counts.gather(YESTERDAY)

    assert [(one.key, one.use.tweets) for one in day.hashtags] == [("budget", 2), ("tax", 1)]
    assert day.hashtags[1].lately.spellings == (("tax", 1),)
    assert DuckDBHashtags(storage, UTC_ZONE, WITH).known(YESTERDAY) == {}


def test_the_thousand_most_used_are_kept() -> None:
    """The first hundred whatever they have, then those with two tweets; none past the first thousand."""
    storage = MemoryStorage()
    twice = [" ".join(f"t{at:04}" for at in range(first, first + 50)) for first in range(0, 1050, 50)]
    collect(storage, 1, *twice, *twice)
    collect(storage, 0, *twice[:3])
    counts = settled(storage, 0).counts

    assert len(counts.gather(ago(1)).hashtags) == 1000
    assert len(counts.gather(ago(0)).hashtags) == 100


def test_a_companion_without_a_page_is_not_named() -> None:
    """Each link of a page leads to a page."""
    storage = MemoryStorage()
    alone = [f"a{at:03}" for at in range(99)]
    collect(storage, 0, *["first"] * 5, *alone, "first zzz")
    day = settled(storage, 0).counts.gather(YESTERDAY)

    assert "zzz" not in {one.key for one in day.hashtags}
    assert day.hashtags[0].lately.companions == ()


def test_foreign_counts_are_named() -> None:
    """A file that is none of ours among the counts stops the run, and says which."""
    storage = MemoryStorage()
    collect(storage, 0, "tax")
    keeper = settled(storage, 0)
    storage.put(counted_day("UTC", YESTERDAY), b"no Parquet")

    with pytest.raises(EngineError, match="could not gather"):
        keeper.keep_up()


# ---- the same, whatever happened ---------------------------------------------------------------------


def test_late_tweets_change_just_what_follows() -> None:
    """The day and the one it may echo in are taken in again: the shards are those of one run over all."""
    late, at_once = MemoryStorage(), MemoryStorage()
    for storage in (late, at_once):
        for back in range(3, -1, -1):
            collect(storage, back, "tax", "tax", "budget Tax", f"only{back}")
    settled(late, 0).keep_up()
    for storage in (late, at_once):
        collect(storage, 2, "budget", "budget", "Café", name="late")
    for back in (2, 1, 0):
        keeper = settled(late, back)
    taken = keeper.keep_up()
    settled(at_once, 0).keep_up()

    assert taken == [ago(2), ago(1)]
    assert told(late, "budget")[ago(2)] == (3, 3, 1)
    assert shards(late) == shards(at_once)


def test_days_are_those_of_the_zone() -> None:
    """Each zone has histories of its own, and a day as long as its clocks say."""
    storage = MemoryStorage()
    collect(storage, 0, "tax")
    settled(storage, 0, ZoneInfo("Europe/Paris")).keep_up()

    shard = shard_from_json(storage.get(hashtag_shard("Europe/Paris", shard_of("tax"))))
    assert YESTERDAY in shard.observed
    assert list(storage.list("hashtags/UTC/")) == []


# ---- through the commands ----------------------------------------------------------------------------


@pytest.fixture
def environs(tmp_path: Path, s3_endpoint: str, bucket: str) -> dict[str, dict[str, str]]:
    """Return the settings of a folder and of a bucket."""
    return {
        "folder": {"STORAGE_URL": f"file:{tmp_path / 'data'}"},
        "s3": {
            "STORAGE_URL": f"s3://{bucket}/team",
            "CACHE_DIR": str(tmp_path / "cache"),
            **variables_of(s3_endpoint),
        },
    }


def run(environ: Mapping[str, str], *arguments: str) -> str:
    ran = CliRunner().invoke(main, arguments, env=environ, catch_exceptions=False)
    assert ran.exit_code == 0, ran.stderr
    return ran.stdout


def test_one_day_is_called_a_day(tmp_path: Path) -> None:
    """What a compaction says of the histories counts as people do."""
    collect(DirectoryStorage(tmp_path / "data", None, "http://localhost"), 0, "tax")

    said = run({"STORAGE_URL": f"file:{tmp_path / 'data'}"}, "compact")

    assert "compacted 0 hours and 1 day from 1 raw object\n" in said
    assert f"took 1 day into the hashtags' histories, up to {YESTERDAY}" in said


def test_compacting_brings_the_pages(
    environs: dict[str, dict[str, str]], tmp_path: Path, s3: "S3Client", bucket: str
) -> None:
    """On S3 as on the folder, to the byte; a second run has nothing to do; a rebuild ends in the same."""
    stores: dict[str, Storage] = {
        "folder": DirectoryStorage(tmp_path / "data", None, "http://localhost"),
        "s3": S3Storage(s3, bucket, "team/"),
    }
    found = []
    for kind, storage in stores.items():
        for back in (2, 0):
            collect(storage, back, "Budget tax", "budget Tax", f"only{back}")
        said = run(environs[kind], "compact")
        assert f"took 3 days into the hashtags' histories, up to {YESTERDAY}" in said
        assert "histories" not in run(environs[kind], "compact")
        found.append(shards(storage))
    run(environs["folder"], "compact", "--rebuild")

    assert found[0] == found[1] == shards(stores["folder"])
    assert told(stores["s3"], "budget") == {ago(2): (2, 2, 1), ago(0): (2, 2, 1)}
    with gunicorn(environs["s3"]) as server:
        data = json.loads(server.ask("/tags/budget.json").body)
        assert [day["tweets"] for day in data["days"]] == [2, None, 2]
        assert [day["observed_share"] for day in data["days"]] == [0.0021, 0, 0.0021]
        assert b'href="/tags/tax"' in server.ask("/tags/budget").body
        assert b'href="/tags/budget"' in server.ask("/tags/").body
        assert server.ask("/tags/nobody").status == 404


def test_building_brings_the_pages_of_its_hashtags(
    environs: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """A first report's hashtags have pages at once: no link of it leads nowhere."""
    storage = DirectoryStorage(tmp_path / "data", None, "http://localhost")
    collect(storage, 0, "Budget", "budget", "tax", "音楽", "Cut")
    run(environs["folder"], "build")

    assert index_from_json(storage.get(hashtag_index("UTC"))).newest[0] == ("Budget", 2)
    with gunicorn(environs["folder"]) as server:
        page = server.ask("/").body.decode()
        links = {part.partition('"')[0] for part in page.split('<a href="')[1:] if part.startswith("/tags/")}
        assert links >= {"/tags/budget", "/tags/tax", "/tags/%E9%9F%B3%E6%A5%BD"}
        assert {server.ask(link).status for link in links} == {200}


def test_showing_a_history_loads_nothing_that_counts_or_draws(tmp_path: Path) -> None:
    """A page comes from a file and a template: a worker needs no engine, no frames and no charts for it."""
    storage = DirectoryStorage(tmp_path / "data", None, "http://localhost")
    collect(storage, 0, "budget", "tax")
    settled(storage, 0).keep_up()
    code = """
import sys
from app import create_app
client = create_app(start_build=lambda build: None).test_client()
for path in ("/tags/", "/tags/budget", "/tags/budget.json"):
    assert client.get(path).status_code == 200, path
print(*{"pandas", "numpy", "bokeh", "matplotlib", "duckdb", "boto3", "babel"} & set(sys.modules))
"""
    environ = {"STORAGE_URL": f"file:{tmp_path / 'data'}", "PATH": "/usr/bin:/bin"}

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert (ran.stdout.split(), ran.returncode) == ([], 0), ran.stderr


def test_another_s_run_is_left_alone(environs: dict[str, dict[str, str]], tmp_path: Path) -> None:
    """While another host keeps the histories, a run says so and ends well."""
    storage = DirectoryStorage(tmp_path / "data", None, "http://localhost")
    collect(storage, 0, "budget")
    until = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    held = json.dumps({"host": "another", "pid": 1, "id": "x", "until": until}).encode()
    storage.put("leases/hashtags.json", held)

    assert "left to another run: process 1 on another" in run(environs["folder"], "compact")
    assert shards(storage) == {}
