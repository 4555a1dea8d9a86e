"""Rules for signs of life, with the servers that take them."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mailer.signals import Tally, give_signs
from report.adapters.cloudwatch_metrics import CloudWatchMetrics, cloudwatch_client
from report.adapters.http_ping import ping
from report.composition import services_from
from report.errors import SignError
from report.settings import Settings
from tests.aws_server import use_aws

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
SECRET = "0a1b2c3d-secret"


@contextmanager
def switch(status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Serve a dead-man's switch; yield its address and the requests it gets."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{SECRET}", asked
        server.shutdown()
        thread.join()


def test_a_switch_is_asked_once() -> None:
    """One GET of the address as it stands."""
    with switch() as (url, asked):
        ping(url)

    assert asked == [f"GET /{SECRET}"]


def test_a_switch_that_refuses_is_an_error() -> None:
    """Its status is said, its address is not."""
    with switch(404) as (url, _), pytest.raises(SignError, match="answered 404") as told:
        ping(url)

    assert SECRET not in str(told.value)


def test_a_switch_that_is_silent_is_not_waited_for() -> None:
    """A server that takes the request and says nothing costs the timeout and no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/{SECRET}"
        with pytest.raises(SignError, match="could not be asked"):
            ping(url, timeout_seconds=0.1)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"http://127.0.0.1:1/{SECRET}", id="nobody there"),
        pytest.param(f"http://user:{SECRET}@127.0.0.1:1/", id="a password"),
        pytest.param(f"http://127.0.0.1:1/{SECRET} x", id="a space"),
        pytest.param(f"http://127.0.0.1:{SECRET}/", id="no port"),
    ],
)
def test_what_cannot_be_asked_never_shows(url: str) -> None:
    """An error of a library may hold the address; ours does not."""
    with pytest.raises(SignError) as told:
        ping(url, timeout_seconds=1)

    assert SECRET not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_counts_arrive_in_cloudwatch(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each count is a metric of the namespace, without dimensions, so that one alarm sees all hosts."""
    use_aws(monkeypatch, s3_endpoint)
    client = cloudwatch_client()

    CloudWatchMetrics(client, "Trends/test").put({"MailsAccepted": 3, "MailsMissing": 0}, NOW)

    found = client.get_metric_statistics(
        Namespace="Trends/test",
        MetricName="MailsAccepted",
        StartTime=NOW - timedelta(minutes=5),
        EndTime=NOW + timedelta(minutes=5),
        Period=900,
        Statistics=["Sum"],
    )
    assert [point["Sum"] for point in found["Datapoints"]] == [3.0]
    names = client.list_metrics(Namespace="Trends/test")["Metrics"]
    assert sorted((metric["MetricName"], len(metric["Dimensions"])) for metric in names) == [
        ("MailsAccepted", 0),
        ("MailsMissing", 0),
    ]


def test_the_alarm_that_is_shipped_watches_what_is_put(
    s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CloudWatch takes deploy/missing-mail.json, whose metric is one that a run puts."""
    use_aws(monkeypatch, s3_endpoint)
    client = cloudwatch_client()
    metrics = json.loads((ROOT / "deploy/missing-mail.json").read_text(encoding="utf-8"))

    client.put_metric_alarm(
        AlarmName="missing",
        Metrics=metrics,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    give_signs(services_from(Settings(metrics_namespace="TwitterTrends")), Tally(1, 0, 0), NOW)

    [alarm] = client.describe_alarms(AlarmNames=["missing"])["MetricAlarms"]
    watched = [found["MetricStat"]["Metric"] for found in alarm["Metrics"] if "MetricStat" in found]
    assert [metric["Namespace"] for metric in watched] == ["TwitterTrends"]
    put = client.list_metrics(Namespace="TwitterTrends")["Metrics"]
    assert {metric["MetricName"] for metric in watched} < {metric["MetricName"] for metric in put}


def test_cloudwatch_away_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the right to be given and the setting to be emptied."""
    use_aws(monkeypatch, "http://127.0.0.1:1")

    with pytest.raises(SignError, match="cloudwatch:PutMetricData, or empty METRICS_NAMESPACE"):
        CloudWatchMetrics(cloudwatch_client(attempts=1), "Trends/test").put({"MailsAccepted": 3}, NOW)
