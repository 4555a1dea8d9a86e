"""Rules for the mail's benchmark: every way delivers, so that what is compared is the same work."""

from pathlib import Path

import pytest

from benchmarks.mail import Bench, in_sink, markdown
from report.adapters.directory_storage import DirectoryStorage
from tests.mail_builders import a_frozen_edition


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    data = tmp_path / "data"
    a_frozen_edition(DirectoryStorage(data))
    return Bench(data, tmp_path, readers=10, rounds=1)


def test_every_way_delivers_to_every_reader(bench: Bench) -> None:
    """In the open and encrypted with a password; a way that is refused a mail fails."""
    found = in_sink(bench)

    assert list(found["plain"]) == ["ours", "bare"]
    assert list(found["encrypted"]) == ["ours", "bare", "reconnecting"]
    assert len(list(markdown(found))) == 9
