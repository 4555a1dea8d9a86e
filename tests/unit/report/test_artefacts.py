"""Rules for files kept with their checksum."""

from pathlib import Path

import pytest

from report import artefacts
from report.errors import BadArtefact, NotFound
from report.storage import OCTETS
from tests.fakes import MemoryStorage

NAME = "state/UTC/2026-11-20"


def saved(storage: MemoryStorage, folder: Path, body: bytes, **facts: object) -> artefacts.Artefact:
    path = folder / "made.parquet"
    path.write_bytes(body)
    return artefacts.save(storage, NAME, path, OCTETS, facts)


def test_what_is_fetched_is_what_was_saved(tmp_path: Path) -> None:
    """Bytes and facts come back as they went."""
    storage = MemoryStorage()
    made = saved(storage, tmp_path, b"rows", version=1)
    fetched = artefacts.fetch(storage, NAME, tmp_path / "back")

    assert (tmp_path / "back").read_bytes() == b"rows"
    assert fetched == made
    assert fetched.facts == {"version": 1}


def test_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    """A file that was changed or cut is not used, and the error names it."""
    storage = MemoryStorage()
    made = saved(storage, tmp_path, b"rows")
    storage.put(made.key, b"rowz")

    with pytest.raises(BadArtefact, match=made.key):
        artefacts.fetch(storage, NAME, tmp_path / "back")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"key": "state/x"}', id="fields missing"),
        pytest.param(b"\xff", id="no text"),
    ],
)
def test_a_foreign_manifest_is_refused(body: bytes) -> None:
    """What is not ours is named, and what to do."""
    storage = MemoryStorage()
    storage.put(f"{NAME}.json", body)

    with pytest.raises(BadArtefact, match="delete it"):
        artefacts.known(storage, NAME)


def test_what_was_replaced_goes_when_it_is_old(tmp_path: Path) -> None:
    """A young file stays: whoever wrote it may be about to name it."""
    storage = MemoryStorage()
    old = saved(storage, tmp_path, b"old")
    body, content_type, written_at = storage._kept[old.key]
    storage._kept[old.key] = (body, content_type, written_at - 2 * artefacts.LONGEST_WRITE)
    young = saved(storage, tmp_path, b"young")
    made = saved(storage, tmp_path, b"new")

    assert {info.key for info in storage.list("state/")} == {young.key, made.key, f"{NAME}.json"}


def test_a_file_that_is_gone_is_told_and_saved_again(tmp_path: Path) -> None:
    """The manifest alone is no model: the error says what to run, and saving anew mends it."""
    storage = MemoryStorage()
    made = saved(storage, tmp_path, b"rows")
    storage.delete(made.key)

    assert not artefacts.stands(storage, made)
    with pytest.raises(BadArtefact, match="report compact"):
        artefacts.fetch(storage, NAME, tmp_path / "back")
    saved(storage, tmp_path, b"rows")
    assert artefacts.stands(storage, made)


def test_saving_the_same_again_changes_nothing(tmp_path: Path) -> None:
    """A rerun ends where the first run ended."""
    storage = MemoryStorage()
    saved(storage, tmp_path, b"rows", version=1)
    before = {info.key: info.etag for info in storage.list()}
    saved(storage, tmp_path, b"rows", version=1)

    assert {info.key: info.etag for info in storage.list()} == before


class Raced(MemoryStorage):
    """A storage where another writer is always a moment quicker."""

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        self.put(key, self.get(key).replace(b'"facts": {}', b'"facts": {"theirs": 1}'))
        super().put_if_match(key, body, etag, content_type)


def test_the_slower_of_two_writers_leaves_the_other_its_place(tmp_path: Path) -> None:
    """Whoever comes second leaves what is named as it is."""
    storage = Raced()
    theirs = saved(storage, tmp_path, b"theirs")
    saved(storage, tmp_path, b"ours")

    assert artefacts.known(storage, NAME).facts == {"theirs": 1}
    assert theirs.key in [info.key for info in storage.list(f"{NAME}-")]


def test_nothing_saved_is_not_found() -> None:
    """There is no artefact without a manifest."""
    with pytest.raises(NotFound):
        artefacts.known(MemoryStorage(), NAME)
