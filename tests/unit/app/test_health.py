"""Rules for what load balancers and people on call are told."""

from flask.testing import FlaskClient

from tests.some_editions import FragileStorage, publish


def test_a_server_without_an_edition_is_well(client: FlaskClient) -> None:
    """Nothing built yet is no illness."""
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok", "storage": "ok", "newest": None})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_well_server_names_its_newest_edition(storage: FragileStorage, client: FlaskClient) -> None:
    """Whoever looks can see whether the morning's edition has arrived."""
    publish(storage)

    assert client.get("/healthz").json == {"status": "ok", "storage": "ok", "newest": "2026-11-20 r1"}


def test_a_server_that_can_show_nothing_is_taken_out(storage: FragileStorage, client: FlaskClient) -> None:
    """Only where no page at all can be shown is the answer 503."""
    storage.is_cut_off = True

    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_json()["status"]) == (503, "failing")
