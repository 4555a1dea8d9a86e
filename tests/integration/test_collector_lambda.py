"""Rules for the collector's Lambda function, on S3 over HTTP and a feed on loopback."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from collector import lambda_function
from collector.demo.hours import demo_tweet
from collector.demo.topics import topics_of_place
from collector.feed import start_feed
from collector.lambda_function import lambda_handler
from report.errors import FeedError, SettingsError
from tests.s3_server import variables_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TWEET = demo_tweet(1, NOON)
EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "time": "2026-11-20T12:00:00Z"}

ROOT = Path(__file__).parents[2]


@pytest.fixture
def feed_url() -> Iterator[str]:
    topics = partial(topics_of_place, 1)
    with start_feed(lambda moment: TWEET, "127.0.0.1", 0, lambda: NOON, topics) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tweet"
        server.shutdown()


@pytest.fixture
def function(
    monkeypatch: pytest.MonkeyPatch, s3_endpoint: str, bucket: str, feed_url: str
) -> Iterator[pytest.MonkeyPatch]:
    """Set the function's variables as Lambda would, and start it cold."""
    variables = {
        "FEED_URL": feed_url,
        "STORAGE_URL": f"s3://{bucket}/trends",
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    lambda_function._services.cache_clear()
    yield monkeypatch
    lambda_function._services.cache_clear()


def keys(s3: "S3Client", bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.usefixtures("function")
def test_each_event_stores_one_tweet_in_its_minute(s3: "S3Client", bucket: str) -> None:
    """The event's time is the minute; an event delivered twice stores one tweet."""
    first, again = lambda_handler(EVENT, None), lambda_handler(EVENT, None)

    assert first["key"].startswith("raw/dt=2026-11-20/hour=12/20261120T120000Z-")
    assert keys(s3, bucket) == [f"trends/{first['key']}"]
    assert s3.get_object(Bucket=bucket, Key=keys(s3, bucket)[0])["Body"].read() == TWEET
    assert (first["stored"], again["stored"], again["key"]) == (True, False, first["key"])
    assert json.loads(json.dumps(first)) == first


@pytest.mark.usefixtures("function")
def test_the_client_is_kept_between_events() -> None:
    """A warm function makes no new connection to S3."""
    lambda_handler(EVENT, None)
    services = lambda_function._services()
    lambda_handler({**EVENT, "time": "2026-11-20T12:01:00Z"}, None)

    assert lambda_function._services() is services


@pytest.mark.usefixtures("function")
def test_an_event_without_time_means_now() -> None:
    """Started by hand, the function fills the minute it is."""
    before = datetime.now(UTC)
    key = lambda_handler({}, None)["key"]

    assert f"{before:%Y%m%dT%H%M}00Z" <= key.rpartition("/")[2] <= f"{datetime.now(UTC):%Y%m%dT%H%M}00Z~"


@pytest.mark.usefixtures("function")
def test_an_event_with_a_strange_time_is_refused(s3: "S3Client", bucket: str) -> None:
    """A schedule that is set up wrong is told so, and stores nothing."""
    with pytest.raises(SettingsError, match="expected one such as 2026-11-20T13:05:00Z"):
        lambda_handler({"time": "<aws.scheduler.scheduled-time>"}, None)
    assert keys(s3, bucket) == []


def test_an_event_may_ask_for_topics(
    function: pytest.MonkeyPatch, feed_url: str, s3: "S3Client", bucket: str
) -> None:
    """Once TOPICS_URL is set, they lie where the report looks for them; delivered twice, there is one."""
    event = {**EVENT, "collect": "topics"}
    with pytest.raises(SettingsError, match="TOPICS_URL set"):
        lambda_handler(event, None)
    function.setenv("TOPICS_URL", feed_url.replace("tweet", "trends/place"))
    lambda_function._services.cache_clear()

    first, again = lambda_handler(event, None), lambda_handler(event, None)

    assert (first["stored"], again) == (True, {"key": first["key"], "stored": False})
    assert keys(s3, bucket) == [f"trends/sources/topics/{first['key']}"]
    with pytest.raises(SettingsError, match="says to collect 'trends'; expected"):
        lambda_handler({"collect": "trends"}, None)


def test_a_failure_is_raised_for_lambda_to_count(function: pytest.MonkeyPatch, feed_url: str) -> None:
    """What goes wrong is raised, never returned: that is what alarms watch."""
    function.setenv("FEED_URL", f"{feed_url}s")

    with pytest.raises(FeedError, match="404 Not Found; check the address"):
        lambda_handler(EVENT, None)


def test_both_variables_are_asked_for(function: pytest.MonkeyPatch) -> None:
    """The laptop's defaults mean nothing in Lambda."""
    function.delenv("FEED_URL")
    function.delenv("STORAGE_URL")

    with pytest.raises(SettingsError, match="FEED_URL and STORAGE_URL not set"):
        lambda_handler(EVENT, None)


def test_lambda_needs_nothing_but_boto3(s3_endpoint: str, bucket: str, feed_url: str) -> None:
    """What a report counts and draws with is not in Lambda's runtime, nor in a small zip."""
    absent = (
        "obstore",
        "duckdb",
        "pandas",
        "bokeh",
        "matplotlib",
        "msgspec",
        "regex",
        "flask",
        "dotenv",
        "babel",
    )
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}))\n"
        "from collector.lambda_function import lambda_handler\n"
        "print(lambda_handler({'time': '2026-11-20T13:05:00Z'}, None)['stored'])"
    )
    environ = {**variables_of(s3_endpoint), "STORAGE_URL": f"s3://{bucket}", "FEED_URL": feed_url}
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True
    )

    assert (ran.stdout, ran.stderr) == ("True\n", "")
