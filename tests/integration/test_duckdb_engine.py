"""Rules for answering questions with DuckDB."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.duckdb_workroom import Workroom
from report.engine import Questions
from report.places import raw_hour, raw_slot
from report.window import Window
from tests.builders import NOON, a_notice, a_v1_document, a_v2_tweet, lines
from tests.fakes import MemoryStorage

DAY = Window(datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@contextmanager
def opened(storage: MemoryStorage, window: Window = DAY) -> Iterator[Questions]:
    with DuckDBEngine(storage).open(window) as questions:
        yield questions


def tags(questions: Questions) -> dict[str, int]:
    rows = questions.ask("top_hashtags", {"retweets": "with", "limit": 100})
    return {row["hashtag"]: row["tweets"] for row in rows}


def kinds(questions: Questions) -> dict[str, int]:
    return {row["notice_kind"] or row["kind"]: row["documents"] for row in questions.ask("document_count")}


@pytest.mark.parametrize(
    ("ending", "packed"),
    [
        pytest.param(".jsonl", bytes, id="plain"),
        pytest.param(".jsonl.gz", gzip.compress, id="gzip"),
        pytest.param(".jsonl.zst", zstandard.compress, id="zstandard"),
        pytest.param(".json", bytes, id="one document"),
    ],
)
def test_every_ending_is_read(storage: MemoryStorage, ending: str, packed: type[bytes]) -> None:
    """Objects are read whether plain or compressed, by the ending of their key."""
    storage.put(f"{raw_hour(NOON)}some{ending}", packed(lines(a_v1_document(hashtags=["café"]))))

    with opened(storage) as questions:
        assert tags(questions) == {"café": 1}


def test_an_unknown_ending_is_passed_over(storage: MemoryStorage) -> None:
    """What is no JSON by its name is left alone."""
    storage.put(f"{raw_hour(NOON)}readme.txt", b"not for us")

    with opened(storage) as questions:
        assert kinds(questions) == {}


def test_an_empty_window_has_no_tweets() -> None:
    """A stretch without objects gives empty tables, not an error."""
    with opened(MemoryStorage()) as questions:
        assert questions.ask("tweet_count", {"retweets": "with"})[0]["tweets"] == 0


def test_only_what_was_seen_in_the_window_counts(storage: MemoryStorage) -> None:
    """The window is half open, to the second."""
    start, end = NOON, NOON + timedelta(minutes=30)
    moments = [start - timedelta(seconds=1), start, end - timedelta(seconds=1), end]
    documents = [a_v1_document(id=10**18 + n, created_at=moment) for n, moment in enumerate(moments)]
    storage.put(f"{raw_hour(start)}a.jsonl", lines(*documents))

    with opened(storage, Window(start, end)) as questions:
        assert kinds(questions) == {"tweet": 2}


def test_a_collected_tweet_was_seen_in_its_slot(storage: MemoryStorage) -> None:
    """The key's minute tells when a tweet was seen, however old the tweet is."""
    old = a_v1_document(created_at=datetime(2016, 4, 27, 18, tzinfo=UTC), hashtags=["old"])
    storage.put(raw_slot(NOON, "feed"), lines(old))

    with opened(storage) as questions:
        [sample] = questions.ask("samples", {"folding": "old\x1fold", "limit": 9})
    assert sample["seen_at"] == NOON


def test_a_tweet_cannot_choose_when_it_was_seen(storage: MemoryStorage) -> None:
    """What a document says of its own path is not believed."""
    forged = {**a_v1_document(hashtags=["now"]), "$path": "/dt=2026-11-20/hour=13/20261120T130000Z-x.json"}
    storage.put(raw_slot(NOON, "feed"), lines(forged))

    with opened(storage) as questions:
        [sample] = questions.ask("samples", {"folding": "now\x1fnow", "limit": 9})
    assert sample["seen_at"] == NOON


def test_a_tweet_counts_once(storage: MemoryStorage) -> None:
    """Of tweets that share an id the first seen is kept; the others are duplicates."""
    storage.put(raw_slot(NOON + timedelta(minutes=1), "feed"), lines(a_v1_document(hashtags=["late"])))
    storage.put(raw_slot(NOON, "feed"), lines(a_v1_document(hashtags=["early"])))

    with opened(storage) as questions:
        assert tags(questions) == {"early": 1}
        assert kinds(questions) == {"tweet": 2}


def test_the_longest_ids_are_told_apart(storage: MemoryStorage) -> None:
    """An id of nineteen digits counts once, and is not taken for its neighbour's."""
    longest = [a_v1_document(id=10**19 - near, hashtags=[f"near{near}"]) for near in (1, 1, 2)]
    storage.put(f"{raw_hour(NOON)}a.jsonl", lines(*longest))

    with opened(storage) as questions:
        assert tags(questions) == {"near1": 1, "near2": 1}


def test_bad_lines_and_notices_are_counted(storage: MemoryStorage) -> None:
    """Whatever lies between the tweets is counted for what it is and stops nothing."""
    body = lines(a_notice()) + b'{"id_str": "5", "text": "cu\n\xff\xfe\n[1]\n17\n\n' + lines(a_v1_document())
    storage.put(f"{raw_hour(NOON)}a.jsonl", body)

    with opened(storage) as questions:
        assert kinds(questions) == {"delete": 1, "refused": 4, "tweet": 1}


@pytest.mark.parametrize(
    ("name", "body", "refused"),
    [
        pytest.param("a.json", b'{\n "id": "1"\n}\n', 3, id="pretty-printed"),
        pytest.param("a.json", b'[{"id": "1"},\n{"id": "2"}]', 2, id="an array over lines"),
        pytest.param("a.jsonl.gz", b"not gzip", 1, id="no gzip"),
        pytest.param("a.jsonl.zst", b"not zstandard", 1, id="no zstandard"),
        pytest.param("a.jsonl.gz", b"", 0, id="empty gzip"),
        pytest.param("a.jsonl", b"\xff\xfe{\0}\0\n\0", 2, id="utf-16"),
        pytest.param("a.jsonl", b'{"text": "' + b"x" * 6_000_000 + b'"}', 1, id="a very long line"),
    ],
)
def test_foreign_garbage_is_counted(storage: MemoryStorage, name: str, body: bytes, refused: int) -> None:
    """Whatever somebody else put under raw/ is refused line by line, and the rest is read."""
    storage.put(f"{raw_hour(NOON)}{name}", body)
    storage.put(f"{raw_hour(NOON)}sound.jsonl", lines(a_v1_document()))

    with opened(storage) as questions:
        counted = kinds(questions)
    assert (counted["tweet"], counted.get("refused", 0)) == (1, refused)


def test_a_v2_response_counts_as_its_tweet(storage: MemoryStorage) -> None:
    """A retweet's tags are the whole ones of its original."""
    retweet = a_v2_tweet(hashtags=["cut"], referenced_tweets=[{"type": "retweeted", "id": "5"}])
    original = a_v2_tweet(id=5, hashtags=["whole", "cut"])
    storage.put(raw_slot(NOON, "feed"), lines({"data": retweet, "includes": {"tweets": [original]}}))

    with opened(storage) as questions:
        assert tags(questions) == {"whole": 1, "cut": 1}


def test_strange_keys_are_read(storage: MemoryStorage) -> None:
    """A name with signs that mean something to DuckDB is only a name."""
    storage.put(f"{raw_hour(NOON)}a[1]*?'{{}}.jsonl", lines(a_v1_document()))

    with opened(storage) as questions:
        assert kinds(questions) == {"tweet": 1}


def test_nothing_is_left_behind(storage: MemoryStorage, tmp_path: Path) -> None:
    """The scratch folder is empty again when the window closes."""
    storage.put(f"{raw_hour(NOON)}a.jsonl", lines(a_v1_document()))

    with DuckDBEngine(storage, Workroom(scratch=tmp_path)).open(DAY):
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


@pytest.mark.real_data
def test_the_real_sample_counts_as_known(storage: MemoryStorage, real_data: Path) -> None:
    """The 2016 sample's leaders are the known ones."""
    hour = datetime(2016, 4, 27, 18, tzinfo=UTC)
    storage.put(f"{raw_hour(hour)}a.jsonl", (real_data / "tweets-v11-sample-2016/output.txt").read_bytes())

    with opened(storage, Window(hour, hour + timedelta(hours=1))) as questions:
        assert list(tags(questions).items())[:3] == [("EFyM", 12), ("Sit", 12), ("ProjectXATL", 7)]
        [first] = questions.ask("top_hashtags", {"retweets": "without", "limit": 1})
    assert first["hashtag"] == "ProjectXATL"
