"""Rules for the collector's commands, run as people run them."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result

from collector.__main__ import collector
from collector.demo.hours import demo_tweet, hour_documents
from collector.demo.writing import demo_key
from collector.feed import Tweets, start_feed, tweets_of_file
from report.adapters.directory_storage import DirectoryStorage
from report.composition import services_from
from report.errors import FeedError
from report.settings import Settings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    return DirectoryStorage(tmp_path / "data")


def run(storage: DirectoryStorage, *arguments: str) -> Result:
    return CliRunner().invoke(collector, arguments, obj=replace(services_from(Settings()), storage=storage))


@contextmanager
def feed_at(tweets: Tweets, moment: datetime) -> Iterator[str]:
    with start_feed(tweets, "127.0.0.1", 0, lambda: moment) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def body_of(url: str) -> bytes:
    with closing(urllib.request.urlopen(url, timeout=5)) as response:
        content: bytes = response.read()
    return content


def lines_of(storage: DirectoryStorage, key: str) -> list[bytes]:
    return zstandard.ZstdDecompressor().decompress(storage.get(key)).splitlines()


def test_the_chain_from_feed_to_storage(storage: DirectoryStorage) -> None:
    """`fetch` stores what the feed gives; twice in a minute it says so, and both are successes."""
    with feed_at(lambda moment: demo_tweet(1, moment), NOON) as feed:
        command = ("fetch", "--url", f"{feed}/tweet", "--at", "2026-11-20T13:05:00+01:00")
        first, again = run(storage, *command), run(storage, *command)

    (info,) = storage.list()
    assert info.key.startswith("raw/dt=2026-11-20/hour=12/20261120T120500Z-")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output.startswith("stored tweet ")
    assert f" as {info.key} (" in first.output
    assert again.output == f"this minute is already collected: {info.key}\n"
    assert storage.get(info.key) == demo_tweet(1, NOON)


def test_a_failed_fetch_is_one_line(storage: DirectoryStorage) -> None:
    """A failure says what went wrong in one line on stderr and exits with 1."""
    with feed_at(lambda moment: b"[]", NOON) as feed:
        result = run(storage, "fetch", "--url", f"{feed}/tweet")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert result.stderr.startswith(f"Error: the feed {feed}/tweet answered with ")


@pytest.mark.parametrize("at", ["yesterday", "2026-11-20T13:05:00"])
def test_a_time_needs_its_zone(storage: DirectoryStorage, at: str) -> None:
    """A time that could mean several moments is wrong usage: exit code 2."""
    result = run(storage, "fetch", "--at", at)

    assert result.exit_code == 2
    assert "2026-11-20T13:05:00Z" in result.stderr


def test_wrong_settings_end_with_two_and_help_works(tmp_path: Path) -> None:
    """Wrong settings exit with 2 and no trace; the help of a command is shown nevertheless."""
    wrong = {**os.environ, "STORAGE_URL": "nowhere", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "collector", "fetch"]
    ran = subprocess.run(command, env=wrong, cwd=tmp_path, capture_output=True, text=True)
    helped = subprocess.run([*command, "--help"], env=wrong, cwd=tmp_path, capture_output=True, text=True)

    assert ran.returncode == 2
    assert ran.stderr.startswith("Error: wrong settings:\n  STORAGE_URL is 'nowhere'")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "python -m collector fetch --at 2026-11-20T13:05:00Z" in helped.stdout


def test_feed_gives_one_tweet_a_second() -> None:
    """Within a second the feed repeats itself."""
    with feed_at(lambda moment: demo_tweet(1, moment), NOON) as feed:
        assert body_of(f"{feed}/tweet") == body_of(f"{feed}/tweet") == demo_tweet(1, NOON)


def test_feed_says_where_the_tweets_are() -> None:
    """Any other address is not found, and the answer says what there is."""
    with feed_at(lambda moment: b"{}", NOON) as feed:
        with pytest.raises(urllib.error.HTTPError, match="404") as raised:
            body_of(f"{feed}/tweets")
        with raised.value as answer:
            assert b"GET /tweet gives one tweet" in answer.read()


def test_feed_serves_a_file_over_and_over(tmp_path: Path) -> None:
    """Each second gives the file's next tweet; lines that are no tweet are left out."""
    first, second = demo_tweet(1, NOON), demo_tweet(2, NOON)
    path = tmp_path / "tweets.jsonl"
    path.write_bytes(b"\n".join([first, b'{"delete":{}}', b"", b"{cut", second]) + b"\n")
    tweets = tweets_of_file(path)

    served = [tweets(NOON + timedelta(seconds=seconds)) for seconds in range(4)]
    assert set(served) == {first, second}
    assert served[:2] == served[2:]


def test_feed_refuses_a_file_without_tweets(tmp_path: Path) -> None:
    """A feed that could serve nothing does not start."""
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"\n")

    with pytest.raises(FeedError, match=r"empty\.jsonl has no line that is a tweet"):
        tweets_of_file(path)


def test_feed_refuses_a_taken_port() -> None:
    """A taken port is said in one line."""
    with feed_at(lambda moment: b"", NOON) as feed:
        port = int(feed.rpartition(":")[2])
        with pytest.raises(FeedError, match=r"cannot listen on 127\.0\.0\.1:.*--port"):
            start_feed(lambda moment: b"", "127.0.0.1", port, lambda: NOON)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_feed_command_says_where_it_listens_and_stops_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    """The command prints its address, and both ways of stopping it are no failure."""
    command = [sys.executable, "-u", "-m", "collector", "feed", "--port", "0"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().split()[2].rstrip(",")
        assert {"id", "data"} & json.loads(body_of(address)).keys()
        process.send_signal(stop)
        assert process.stdout.read() == "feed stopped\n"
    assert process.returncode == 0


def test_demo_writes_hours_and_adds_what_is_missing(storage: DirectoryStorage) -> None:
    """A later run leaves closed hours alone and finishes the one that was running."""
    first = run(storage, "demo", "--days", "1", "--until", "2026-11-20T02:30:00Z")
    before = {info.key: info.modified_at for info in storage.list()}
    running = lines_of(storage, demo_key(1, NOON.replace(hour=2)))
    later = run(storage, "demo", "--days", "1", "--until", "2026-11-20T03:10:00Z")
    after = {info.key: info.modified_at for info in storage.list()}
    closed = [document.line for document in hour_documents(1, NOON.replace(hour=2))]

    assert (first.exit_code, later.exit_code) == (0, 0)
    assert "up to 2026-11-20 02:30 UTC" in first.output
    assert "in 2 hours, seed 1" in later.output
    assert f"{len(before) - 1} older hours were there already" in later.output
    assert {key for key in before if after[key] != before[key]} == {demo_key(1, NOON.replace(hour=2))}
    assert after.keys() - before.keys() == {demo_key(1, NOON.replace(hour=3))}
    assert len(running) < len(closed)
    assert running == closed[: len(running)]
    assert lines_of(storage, demo_key(1, NOON.replace(hour=2))) == closed


@pytest.mark.parametrize(
    "own", ["raw/dt=2025-01-01/hour=00/import-ab.jsonl.gz", "raw/dt=2026-11-20/hour=01/demo-1.jsonl"]
)
def test_demo_never_mixes_with_ones_own_tweets(storage: DirectoryStorage, own: str) -> None:
    """Of whatever day they are: the command fails, says what it found, and writes nothing."""
    storage.put(own, b"{}\n")
    refused = run(storage, "demo", "--days", "1", "--until", "2026-11-20T01:30:00Z")

    assert refused.exit_code == 1
    assert f"no tweets were made up: there are others, such as {own}" in refused.output
    assert [info.key for info in storage.list()] == [own]


def test_demo_gives_the_same_bytes_wherever_it_runs(storage: DirectoryStorage, tmp_path: Path) -> None:
    """The same seed and end give the same objects, to the byte."""
    other = DirectoryStorage(tmp_path / "other")
    for place in (storage, other):
        run(place, "demo", "--days", "1", "--until", "2026-11-20T01:30:00Z", "--seed", "3")

    keys = [info.key for info in storage.list()]
    assert keys == [info.key for info in other.list()]
    assert list(storage.get_many(keys)) == list(other.get_many(keys))


def test_import_is_loaded_only_when_asked_for() -> None:
    """The other commands do not pay for what `import` needs."""
    script = "import sys, collector.__main__; print('collector.importing' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout == "False\n"
