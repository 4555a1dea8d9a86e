"""Rules for versions of models and files."""

import json
import pickle
from pathlib import Path

import pytest

from report import artefacts
from report.artefact_versions import add, roll_back, version, versions
from report.artefacts import Artefact
from report.errors import AlreadyExists, BadArtefact, NotFound
from report.storage import OCTETS
from tests.fakes import MemoryStorage

NAME = "models/sentiment"


def added(storage: MemoryStorage, folder: Path, body: bytes, **facts: object) -> Artefact:
    path = folder / "made.onnx"
    path.write_bytes(body)
    return add(storage, NAME, path, OCTETS, facts)


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


def test_the_latest_is_what_was_added_last(storage: MemoryStorage, tmp_path: Path) -> None:
    """Every version stays, oldest first; the pointer is a manifest like any other."""
    first = added(storage, tmp_path, b"one", trained="2026-11-19")
    second = added(storage, tmp_path, b"two", trained="2026-11-20")

    assert versions(storage, NAME) == (second, (first, second))
    assert version(storage, NAME) == artefacts.known(storage, NAME) == second
    assert artefacts.fetch(storage, NAME, tmp_path / "back").facts == {"trained": "2026-11-20"}
    assert (tmp_path / "back").read_bytes() == b"two"


def test_the_same_bytes_are_one_version(storage: MemoryStorage, tmp_path: Path) -> None:
    """Adding what is there makes it the latest, with the new facts."""
    first = added(storage, tmp_path, b"one", trained=1)
    second = added(storage, tmp_path, b"two")
    again = added(storage, tmp_path, b"one", trained=2)

    assert again.key == first.key
    assert versions(storage, NAME) == (again, (second, again))


def test_rolling_back_goes_step_by_step(storage: MemoryStorage, tmp_path: Path) -> None:
    """Each step goes to the version saved before; nothing is lost, and there is a way forward."""
    first, second, third = (added(storage, tmp_path, body) for body in (b"1", b"2", b"3"))

    assert roll_back(storage, NAME) == second
    assert roll_back(storage, NAME) == first
    with pytest.raises(NotFound, match=f"no version of {NAME} before {first.version}"):
        roll_back(storage, NAME)
    assert roll_back(storage, NAME, third.version) == third
    assert versions(storage, NAME) == (third, (first, second, third))


@pytest.mark.parametrize("begins", ["0000", "", "x"], ids=["none", "all", "no hex"])
def test_a_version_is_one_alone(storage: MemoryStorage, tmp_path: Path, begins: str) -> None:
    """What begins no version, or says too little, names none."""
    made = added(storage, tmp_path, b"1")

    if begins:
        with pytest.raises(NotFound, match="versions of"):
            version(storage, NAME, begins)
    with pytest.raises(NotFound):
        version(storage, NAME, made.version[:3])
    assert version(storage, NAME, made.version[:4].upper()) == made


def test_no_way_back_to_what_cannot_be_verified(storage: MemoryStorage, tmp_path: Path) -> None:
    """A version that was changed, cut or removed does not become the latest."""
    first, second = (added(storage, tmp_path, body) for body in (b"one", b"two"))
    storage.put(first.key, b"evil")
    with pytest.raises(BadArtefact, match=first.key):
        roll_back(storage, NAME)
    storage.delete(first.key)
    with pytest.raises(BadArtefact, match="is gone"):
        roll_back(storage, NAME)

    assert version(storage, NAME) == second


class Raced(MemoryStorage):
    """A storage where another writer adds a version just before each of the first pointers is replaced."""

    races = 3

    def put_if_match(self, key: str, body: bytes, etag: str, content_type: str = OCTETS) -> None:
        if self.races:
            self.races -= 1
            made = Artefact(f"{NAME}-{self.races:064x}"[: len(NAME) + 17], f"{self.races:064x}", 1, {})
            manifest = json.loads(self.get(key))
            manifest["versions"].append(vars(made))
            self.put(key, json.dumps(manifest).encode())
        super().put_if_match(key, body, etag, content_type)


def test_racers_lose_nothing(tmp_path: Path) -> None:
    """However often another is quicker, both versions are kept, and ours comes last."""
    storage = Raced()
    first = added(storage, tmp_path, b"first")
    ours = added(storage, tmp_path, b"ours")

    latest, found = versions(storage, NAME)
    assert latest == found[-1] == ours
    assert found[0] == first
    assert len(found) == 5


def test_an_endless_race_is_given_up(tmp_path: Path) -> None:
    """Trying again has a limit."""
    storage = Raced()
    added(storage, tmp_path, b"first")
    storage.races = 1000

    with pytest.raises(AlreadyExists):
        added(storage, tmp_path, b"ours")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_refused(storage: MemoryStorage, tmp_path: Path, protocol: int) -> None:
    """What runs code where it is loaded is not kept, whatever it is called."""
    path = tmp_path / "model.onnx"
    path.write_bytes(pickle.dumps({"weights": [1.0]}, protocol))

    with pytest.raises(BadArtefact, match="is a pickle"):
        add(storage, NAME, path, OCTETS, {})
    assert list(storage.list()) == []


@pytest.mark.parametrize("name", ["model.pkl", "model.PKL.gz", "model.joblib", "model.pt"])
def test_what_is_called_a_pickle_is_refused(storage: MemoryStorage, tmp_path: Path, name: str) -> None:
    """The older pickles begin like any text: their names tell."""
    (tmp_path / name).write_bytes(b"(dp0\n.")

    with pytest.raises(BadArtefact, match="ONNX or safetensors"):
        add(storage, NAME, tmp_path / name, OCTETS, {})


GOOD = {"key": f"{NAME}-{'a' * 16}", "sha256": "a" * 64, "size": 1, "facts": {}}


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(GOOD | {"key": "subscribers/x.json"}, id="another's file"),
        pytest.param(GOOD | {"key": f"{NAME}-{'b' * 16}"}, id="another version's file"),
        pytest.param(GOOD | {"key": 7}, id="no key"),
        pytest.param(GOOD | {"sha256": "a" * 63}, id="a short checksum"),
        pytest.param(GOOD | {"size": "1"}, id="no size"),
        pytest.param(GOOD | {"facts": []}, id="no facts"),
        pytest.param(GOOD | {"versions": 7}, id="no versions"),
        pytest.param(GOOD | {"versions": ["x"]}, id="strange versions"),
        pytest.param(GOOD | {"versions": [GOOD | {"size": 2}]}, id="a latest of its own"),
        pytest.param([], id="no object"),
    ],
)
def test_a_foreign_pointer_is_refused(storage: MemoryStorage, tmp_path: Path, manifest: object) -> None:
    """What is not ours is not followed and not overwritten."""
    storage.put(f"{NAME}.json", json.dumps(manifest).encode())

    with pytest.raises(BadArtefact, match="no manifest of ours"):
        versions(storage, NAME)
    with pytest.raises(BadArtefact, match="no manifest of ours"):
        artefacts.known(storage, NAME)
    with pytest.raises(BadArtefact, match="no manifest of ours"):
        added(storage, tmp_path, b"x")
    assert json.loads(storage.get(f"{NAME}.json")) == manifest


def test_one_version_is_a_history_too(storage: MemoryStorage, tmp_path: Path) -> None:
    """What was saved alone, as the state of a day, is listed, and gets versions when one is added."""
    (tmp_path / "x").write_bytes(b"alone")
    alone = artefacts.save(storage, NAME, tmp_path / "x", OCTETS, {})
    assert versions(storage, NAME) == (alone, (alone,))

    made = added(storage, tmp_path, b"more")
    assert versions(storage, NAME) == (made, (alone, made))
