"""Rules for the ids of requests."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.some_editions import FragileStorage, publish

AMAZON = "Root=1-67891233-abcdef012345678912345678;Self=1-a"


@pytest.mark.parametrize("address", ["/", "/nothing", "/healthz", "/static/charts.js"])
def test_every_answer_has_its_own_id(client: FlaskClient, storage: FragileStorage, address: str) -> None:
    """Also one that is repeated."""
    publish(storage)

    ids = {client.get(address).headers["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(len(one) == 16 for one in ids)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Request-ID": "4e1243bd22c66e76c2ba9eddc1f91394"}, "4e1243bd22c66e76c2ba9eddc1f91394"),
        ({"X-Amzn-Trace-Id": AMAZON}, AMAZON),
        ({"X-Request-ID": "first-of-all", "X-Amzn-Trace-Id": AMAZON}, "first-of-all"),
    ],
)
def test_the_id_given_in_front_is_kept(client: FlaskClient, headers: dict[str, str], expected: str) -> None:
    """So that both logs tell of the same request."""
    assert client.get("/healthz", headers=headers).headers["X-Request-ID"] == expected


@pytest.mark.parametrize("said", ["", "short", "a" * 129, "a b c d e f g h", 'a"b=c d="e', "é" * 9, "=" * 9])
def test_what_is_no_id_is_passed_over(client: FlaskClient, said: str) -> None:
    """A log is read by others: nobody writes into it what they please."""
    assert client.get("/healthz", headers={"X-Request-ID": said}).headers["X-Request-ID"] != said


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_the_page_of_an_error_names_its_request(client: FlaskClient, accept: str) -> None:
    """Whoever writes to us about it can say which it was."""
    answer = client.get("/nothing", headers={"Accept": accept})

    assert answer.headers["X-Request-ID"] in answer.text


def test_processes_give_different_ids() -> None:
    """gunicorn loads the pages once and forks then; no worker repeats what another says."""
    says = "os.write(1, f'{new_id()} '.encode())"  # at once: print may write a line's end by itself
    code = f"import os; from app.request_ids import new_id; new_id(); os.fork(); {says}"
    root = Path(__file__).parents[3]

    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)

    first, second = ran.stdout.split()
    assert first != second
