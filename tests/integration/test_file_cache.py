"""What the cache of fetched files promises: bounded, whole, shared, and never in the way."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from report.adapters.file_cache import FileCache
from report.adapters.s3_storage import S3Storage
from report.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RACER = """
import random, sys
from pathlib import Path
from report.adapters.file_cache import FileCache
folder, home, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
cache, chance = FileCache(folder, 4_000), random.Random(seed)
for lap in range(300):
    name, place = str(chance.randrange(6)), home / f"{seed}-{lap}"
    cache.bring(name, 1_000, place, lambda path: path.write_bytes(name.encode() * 1_000))
    assert place.read_bytes() == name.encode() * 1_000, (name, lap)
"""


class Afar:
    """A place files are fetched from; it keeps which were."""

    def __init__(self, folder: Path, limit_bytes: int = 1_000_000) -> None:
        self.cache = FileCache(folder / "cache", limit_bytes)
        self.fetched: list[str] = []
        self._folder = folder
        self._brought = 0

    def bring(self, name: str, body: bytes = b"body") -> bytes:
        """Ask the cache for a file, and return what is in it."""
        self._brought += 1
        path = self._folder / f"brought{self._brought}"

        def fetch(place: Path) -> None:
            self.fetched.append(name)
            place.write_bytes(body)

        self.cache.bring(name, len(body), path, fetch)
        return path.read_bytes()


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "cache").iterdir())


def test_file_is_fetched_once(tmp_path: Path) -> None:
    """A file that was fetched is there the next time."""
    afar = Afar(tmp_path)

    assert [afar.bring("a"), afar.bring("a")] == [b"body"] * 2
    assert afar.fetched == ["a"]


def test_longest_unasked_goes_first(tmp_path: Path) -> None:
    """Room is made by what was not asked for the longest, and the limit holds at every moment."""
    afar = Afar(tmp_path, limit_bytes=3_000)
    for number, name in enumerate("abc"):
        afar.bring(name, name.encode() * 1_000)
        (newest,) = set(kept(tmp_path)) - {path for path in kept(tmp_path) if path.stat().st_mtime < 1_000}
        os.utime(newest, (number, number))
    afar.bring("a", b"a" * 1_000)
    afar.bring("d", b"d" * 1_000)

    assert sorted(path.read_bytes()[:1] for path in kept(tmp_path)) == [b"a", b"c", b"d"]
    assert sum(path.stat().st_size for path in kept(tmp_path)) == 3_000


def test_dead_drafts_make_room(tmp_path: Path) -> None:
    """What a killed process left half-fetched counts, and goes; what is not ours stays."""
    (tmp_path / "cache").mkdir()
    left, foreign = tmp_path / "cache" / f"{'0' * 32}.draft", tmp_path / "cache" / "letter.txt"
    for path in (left, foreign):
        path.write_bytes(b"x" * 900)
    Afar(tmp_path, limit_bytes=1_000).bring("a", b"a" * 200)

    assert not left.exists()
    assert foreign.exists()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda path: path.write_bytes(b"bodx"), id="another byte"),
        pytest.param(lambda path: path.write_bytes(b"bo"), id="cut short"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
    ],
)
def test_broken_file_is_fetched_anew(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    """A file that is not what was fetched is never given out, and is replaced."""
    afar = Afar(tmp_path)
    afar.bring("a")
    harm(*kept(tmp_path))

    assert [afar.bring("a"), afar.bring("a")] == [b"body"] * 2
    assert afar.fetched == ["a", "a"]
    assert len(kept(tmp_path)) == 1


def test_large_file_passes_by(tmp_path: Path) -> None:
    """A file larger than the cache is fetched past it, and displaces nothing."""
    afar = Afar(tmp_path, limit_bytes=10)
    afar.bring("small", b"small")

    assert afar.bring("large", b"large" * 3) == b"large" * 3
    assert [path.read_bytes() for path in kept(tmp_path)] == [b"small"]


def test_full_disk_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the cache cannot be written the file is fetched without it, and the log says so."""

    def fetch(place: Path) -> None:
        place.write_bytes(b"body"[: 2 if place.parent == tmp_path / "cache" else 4])
        if place.parent == tmp_path / "cache":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    FileCache(tmp_path / "cache", 1_000).bring("a", 4, tmp_path / "file", fetch)

    assert (tmp_path / "file").read_bytes() == b"body"
    assert kept(tmp_path) == []
    assert "No space left" in caplog.text
    assert "CACHE_DIR" in caplog.text


def test_impossible_folder_costs_only_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A cache where a file stands is no cache, and no failure."""
    (tmp_path / "cache").write_bytes(b"")

    assert Afar(tmp_path).bring("a") == b"body"
    assert "reading without the cache" in caplog.text


def test_failed_fetch_leaves_nothing(tmp_path: Path) -> None:
    """A fetch that fails is the asker's to hear of, once, and nothing is kept of it."""
    tries: list[Path] = []

    def fetch(place: Path) -> None:
        tries.append(place)
        place.write_bytes(b"hal")
        raise NotFound("gone")

    with pytest.raises(NotFound):
        FileCache(tmp_path / "cache", 1_000).bring("a", 4, tmp_path / "file", fetch)

    assert len(tries) == 1
    assert kept(tmp_path) == []
    assert not (tmp_path / "file").exists()


def test_processes_share_it(tmp_path: Path) -> None:
    """Processes that fill, read and make room at once each get the right bytes, and keep the bound."""
    (tmp_path / "home").mkdir()
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, tmp_path / "cache", tmp_path / "home", str(seed)],
            stderr=subprocess.DEVNULL,
        )
        for seed in range(2)
    ]

    assert [racer.wait(timeout=60) for racer in racers] == [0, 0]
    assert sum(path.stat().st_size for path in kept(tmp_path)) <= 5_000
    assert all(path.suffix != ".draft" for path in kept(tmp_path))


def test_changed_object_is_fetched_anew(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    """A download comes from the cache as long as the object's etag is the same."""
    storage = S3Storage(s3, bucket, "team/", cache=FileCache(tmp_path / "cache", 1_000))

    def downloaded() -> bytes:
        storage.download("day.parquet", tmp_path / "file")
        return (tmp_path / "file").read_bytes()

    storage.put("day.parquet", b"first")
    assert [downloaded(), downloaded()] == [b"first"] * 2
    assert len(kept(tmp_path)) == 1
    storage.put("day.parquet", b"second")
    assert [downloaded(), downloaded()] == [b"second"] * 2

    assert len(kept(tmp_path)) == 2
    storage.delete("day.parquet")
    with pytest.raises(NotFound):
        downloaded()


def test_kept_object_is_not_read_again(s3: "S3Client", bucket: str, tmp_path: Path) -> None:
    """What is kept answers for the object, whose bytes are not asked for; it is the cache's file itself."""
    storage = S3Storage(s3, bucket, cache=FileCache(tmp_path / "cache", 1_000))
    storage.put("day.parquet", b"body")
    for name in ("one", "two"):
        storage.download("day.parquet", tmp_path / name)

    (file,) = kept(tmp_path)
    assert (tmp_path / "two").samefile(file)
    assert (tmp_path / "one").samefile(file)
