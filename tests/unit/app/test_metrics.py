"""Rules for what the server tells of itself."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.some_editions import FragileStorage, publish

NOW = datetime.now(UTC)


def numbers(text: str) -> dict[str, float]:
    """Return the values of all series, by name alone."""
    found = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in found for sample in family.samples}


def test_this_machine_is_told(client: FlaskClient, storage: FragileStorage) -> None:
    """What was counted, and how old the newest edition is."""
    publish(storage, day=(NOW - timedelta(days=3)).date())

    answer = client.get("/metrics")

    said = numbers(answer.text)
    assert answer.content_type.startswith("text/plain; version=")
    assert said["trends_edition_stale"] == 1
    assert 1.9 < said["trends_edition_age_seconds"] / 86_400 < 3.1
    assert "trends_builds_started_total" in said


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        pytest.param({}, "192.0.2.7", id="another machine"),
        pytest.param({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", id="by a web server"),
        pytest.param({"Forwarded": "for=127.0.0.1"}, "127.0.0.1", id="by a standard one"),
        pytest.param({"Via": "1.1 a"}, "127.0.0.1", id="by a cache"),
        pytest.param({}, "", id="nobody knows whom"),
    ],
)
def test_nobody_else_is(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    """Without a password of the pages there is nothing here for them."""
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == 404
    assert "trends_" not in answer.text


def test_a_failing_storage_is_counted(client: FlaskClient, storage: FragileStorage) -> None:
    """Also where nothing is known of any edition, and the rest is told all the same."""
    before = numbers(client.get("/metrics").text)["trends_storage_errors_total"]
    storage.is_cut_off = True

    assert client.get("/editions/2026-11-20/").status_code == 503
    said = numbers(client.get("/metrics").text)
    assert said["trends_storage_errors_total"] == before + 1
    assert "trends_edition_stale" not in said


def test_a_fresh_edition_is_told(client: FlaskClient, storage: FragileStorage) -> None:
    """Which one, how old, and how complete."""
    yesterday = (NOW - timedelta(days=1)).date()
    publish(storage, day=yesterday)

    answer = client.get("/freshness")

    said = answer.get_json()
    assert (answer.status_code, said["status"], said["newest"]) == (200, "fresh", f"{yesterday} r1")
    assert 0 <= said["age_seconds"] < 2 * 86_400
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("days", "status"), [(None, "stale"), (3, "stale")])
def test_a_missing_edition_is_an_alarm(
    client: FlaskClient, storage: FragileStorage, days: int | None, status: str
) -> None:
    """503, for whoever looks at the status alone; the server's own health is another matter."""
    if days:
        publish(storage, day=(NOW - timedelta(days=days)).date())

    answer = client.get("/freshness")

    assert (answer.status_code, answer.get_json()["status"]) == (503, status)
    assert client.get("/healthz").status_code == 200


def test_without_storage_nothing_is_known(client: FlaskClient, storage: FragileStorage) -> None:
    """And nothing is claimed."""
    storage.is_cut_off = True

    answer = client.get("/freshness")

    assert (answer.status_code, answer.get_json()) == (503, {"status": "unknown"})
