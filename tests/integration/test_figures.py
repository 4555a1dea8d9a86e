"""Rules for the figures a host puts besides its mails, with the servers that take and give them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.figures import figures_of
from report.__main__ import main
from report.adapters.directory_storage import DirectoryStorage
from report.adapters.web_counts import web_counts
from report.composition import services_from
from report.errors import SignError
from report.services import Services
from report.setting_rules import StorageUrl
from report.settings import Settings
from report.signs import WebCounts
from tests.aws_server import use_aws
from tests.gunicorn_server import gunicorn
from tests.some_editions import publish

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOBODY_THERE = 1


def services_in(folder: Path, port: int = NOBODY_THERE) -> Services:
    """Return services over a folder with the edition of the day before `NOW`."""
    publish(DirectoryStorage(folder / "data", None, "http://localhost"))
    where = StorageUrl(folder=folder / "data")
    return services_from(
        Settings(
            storage_url=where,
            cache_dir=folder / "cache" / "to be made",
            port=port,
            metrics_namespace="Trends",
        )
    )


def test_an_edition_and_the_disks_are_measured(tmp_path: Path) -> None:
    """Where no web server runs, nothing is said of one."""
    figures = figures_of(services_in(tmp_path), NOW)

    assert figures.keys() == {"EditionStale", "EditionAgeHours", "DiskFreePercent"}
    assert (figures["EditionStale"], figures["EditionAgeHours"]) == (0, 12)
    assert 0 < figures["DiskFreePercent"] <= 100
    assert figures_of(services_in(tmp_path), NOW + timedelta(days=2))["EditionStale"] == 1


def test_what_the_web_answered_since_the_last_run_is_counted(tmp_path: Path) -> None:
    """Errors among it; a server that started anew is counted from its start."""
    services = services_in(tmp_path)
    with gunicorn({"STORAGE_URL": f"file:{tmp_path / 'data'}"}, "--workers", "1") as server:
        ours = replace(services, settings=replace(services.settings, port=server.port))
        figures_of(ours, NOW)
        server.ask("/")
        server.ask("/freshness?")  # whatever it says, it is no failure of the web's
        server.ask("/subscribe")  # 503: there is no SECRET_KEY
        for _ in range(100):  # an answer is counted when it is sent, which is a moment before
            if (web_counts(server.port) or WebCounts(0, 0)).errors:
                break
        second = figures_of(ours, NOW)

    assert second["WebRequests"] >= 4
    assert second["WebErrors"] == 1
    assert WebCounts(3, 0).since(WebCounts(9, 9)) == WebCounts(3, 0)


def test_another_server_is_no_web_of_ours(s3_endpoint: str) -> None:
    """It is named by its port, and what else was measured is put all the same."""
    with pytest.raises(SignError, match="is it ours"):
        web_counts(int(s3_endpoint.rpartition(":")[2]))


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        pytest.param("2026-11-20", {"BuildsMade", "BuildsFailed", "BuildSeconds"}, id="made"),
        pytest.param("2099-01-01", {"BuildsFailed"}, id="failed"),
    ],
)
def test_a_build_puts_how_it_went(
    tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, period: str, expected: set[str]
) -> None:
    """By the names the alarms watch."""
    use_aws(monkeypatch, s3_endpoint)
    namespace = f"Trends/{tmp_path.name}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_URL", f"file:{tmp_path}/data")
    monkeypatch.setenv("METRICS_NAMESPACE", namespace)
    storage = DirectoryStorage(tmp_path / "data", None, "http://localhost")
    tweet = {"id": "1", "text": "#news", "user": {"id": "2"}, "created_at": "2026-11-20T12:00:00Z"}
    storage.put("raw/dt=2026-11-20/hour=12/a.jsonl", json.dumps(tweet).encode(), "application/x-ndjson")

    CliRunner().invoke(main, ["build", "--period", period])

    from report.adapters.cloudwatch_metrics import cloudwatch_client

    found = cloudwatch_client().list_metrics(Namespace=namespace)["Metrics"]
    assert {metric["MetricName"] for metric in found} == expected
