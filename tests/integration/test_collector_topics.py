"""Rules for collecting what is trending, from files and from a real server."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.__main__ import collector
from collector.demo.topics import topics_of_place
from collector.feed import start_feed
from collector.topics import fetch_topics
from report.__main__ import main
from report.catalogue.topics.payloads import payload_of
from report.errors import FeedError
from tests.fakes import MemoryStorage

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
ANSWER = b"""[{"trends": [{"name": "#Budget", "tweet_volume": null}], "as_of": "2026-11-20T11:58:00Z",
  "locations": [{"name": "Worldwide", "woeid": 1}]}]"""


@pytest.fixture
def feed() -> Iterator[tuple[str, list[bytes]]]:
    """Return the address of a server, and what it answers next."""
    answers = [ANSWER, ANSWER]
    server = start_feed(lambda _: answers.pop(), "127.0.0.1", 0, lambda: NOON)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tweet", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_minute_holds_one_answer_as_it_came(feed: tuple[str, list[bytes]]) -> None:
    """Fired again within the minute, the feed is not asked; in the next one it is."""
    (url, answers), source = feed, MemoryStorage()

    key, is_new = fetch_topics(url, source, NOON)
    again = fetch_topics(url, source, NOON.replace(second=59))
    asked = 2 - len(answers)
    later, _ = fetch_topics(url, source, NOON.replace(minute=1))

    assert (is_new, again, asked) == (True, (key, False), 1)
    assert key.startswith("dt=2026-11-20/120000Z-1-")
    assert later.startswith("dt=2026-11-20/120100Z-1-")
    assert source.get(key) == ANSWER


def test_what_is_no_answer_is_refused_and_nothing_stored(feed: tuple[str, list[bytes]]) -> None:
    """A tweet is none."""
    (url, answers), source = feed, MemoryStorage()
    answers[:] = [b'{"id": 1}']

    with pytest.raises(FeedError, match="no answer of trends/place"):
        fetch_topics(url, source, NOON)
    assert list(source.list("")) == []


def test_without_feed_and_files_the_command_says_what_it_needs() -> None:
    """TOPICS_URL is empty by default."""
    told = CliRunner().invoke(collector, ["topics"], env={"TOPICS_URL": ""})

    assert (told.exit_code, "set TOPICS_URL" in told.output) == (2, True)


@pytest.fixture
def demo_feed() -> Iterator[str]:
    """Return the address of the demo's feed."""
    topics = partial(topics_of_place, 1)
    with start_feed(lambda _: b"{}", "127.0.0.1", 0, lambda: NOON, topics) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/trends/place"
        server.shutdown()


def test_the_demo_feed_gives_what_a_report_is_made_from(
    demo_feed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a laptop the command collects each place the feed knows, worldwide where none is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOPICS_URL", demo_feed)
    at = ("--at", NOON.isoformat())

    told = CliRunner().invoke(collector, ["topics", *at])
    tokyo = CliRunner().invoke(collector, ["topics", "--url", f"{demo_feed}.json?id=1118370", *at])

    assert told.output.startswith("stored dt=2026-11-20/120000Z-1-")
    assert tokyo.output.startswith("stored dt=2026-11-20/120000Z-1118370-")
    stored = tmp_path / "data" / "sources" / "topics" / told.output.split()[1]
    assert payload_of(stored.read_bytes()).as_of == NOON


@pytest.mark.parametrize("query", ["?id=2", "?id=London", "?id=%C2%B2", "?id=" + "9" * 5000, "/?id=1"])
def test_a_place_the_feed_does_not_know_is_said_in_one_line(demo_feed: str, query: str) -> None:
    """Nothing is stored of it, and the query, which may hold a secret, is not repeated."""
    with pytest.raises(FeedError, match=f"{demo_feed}/? answered 404 Not Found; check the address$"):
        fetch_topics(f"{demo_feed}{query}", MemoryStorage(), NOON)


@pytest.mark.real_data
def test_genuine_files_become_reports_by_the_commands(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored twice they lie there once, each by the moment it is of; its day has a report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_URL", "file:data")
    files = sorted(map(str, (real_data / "trends-v11").glob("*.json")))

    stored = [CliRunner().invoke(collector, ["topics", *files]).output for _ in range(2)]
    built = CliRunner().invoke(main, ["build", "--report", "topics", "--date", "2016-01-17"])

    assert [said.count("stored") for said in stored] == [4, 0]
    assert built.exit_code == 0, built.output
    said = json.loads((tmp_path / "data/editions/topics/2016-01-17/r1/data.json").read_text(encoding="utf-8"))
    (place,) = said["places"]
    assert (place["place"], len(place["topics"]), place["topics"][0]) == (
        "New York",
        15,
        {"rank": 1, "name": "Duette", "tweets": None},
    )
