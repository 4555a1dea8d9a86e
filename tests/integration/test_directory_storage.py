"""What a folder promises besides the contract: to other processes, to the disk, to its neighbours."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from report.adapters.directory_storage import DirectoryStorage
from report.errors import BadKey, LinkExpired, NotFound, StorageError
from report.links import LinkSigner

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)

CLAIM = """
import sys
from pathlib import Path
from report.adapters.directory_storage import DirectoryStorage
from report.errors import AlreadyExists
storage = DirectoryStorage(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
won = []
for lap in range(20):
    try:
        storage.put_if_absent(f"claims/{lap}", sys.argv[2].encode() * 1000)
        won.append(lap)
    except AlreadyExists:
        pass
print(*won)
"""

OVERWRITE = """
import sys
from itertools import count
from pathlib import Path
from report.adapters.directory_storage import DirectoryStorage
storage = DirectoryStorage(Path(sys.argv[1]))
for turn in count():
    storage.put("object", b"%d" % (turn % 10) * 500_000)
    if turn == 0:
        print("ready", flush=True)
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python of its own; it says "ready" when it is."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def storage(root: Path) -> DirectoryStorage:
    return DirectoryStorage(root, LinkSigner("secret"), "http://localhost:8000/", lambda: NOW)


def test_one_process_takes_the_key(storage: DirectoryStorage, root: Path) -> None:
    """However many processes race for a key, one gets it, and the object is that one's."""
    racers = {name: python(CLAIM, str(root), name) for name in "abcd"}
    for racer in racers.values():
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = {name: racer.communicate(timeout=60)[0].split() for name, racer in racers.items()}

    assert sorted(lap for laps in won.values() for lap in laps) == sorted(map(str, range(20)))
    for name, laps in won.items():
        for lap in laps:
            assert storage.get(f"claims/{lap}") == name.encode() * 1000


def test_killed_writer_leaves_a_whole_object(storage: DirectoryStorage, root: Path) -> None:
    """Whenever a writer is killed, the object is one that somebody finished, and can be replaced."""
    for lap in range(6):
        writer = python(OVERWRITE, str(root))
        deadline = time.monotonic() + lap * 0.007
        while time.monotonic() < deadline:
            body = storage.get("object")
            assert (len(body), len(set(body))) == (500_000, 1)
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=30)

        body = storage.get("object")
        assert (len(body), len(set(body))) == (500_000, 1)
        assert [info.key for info in storage.list()] == ["object"]
        storage.put("object", b"z" * 500_000)


def test_left_overs_are_swept(root: Path) -> None:
    """What killed writers left goes after a day; what is being written now stays."""
    DirectoryStorage(root).put("a", b"")
    old, new = root / ".storage/tmp/old", root / ".storage/tmp/new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))

    DirectoryStorage(root).put("a", b"")

    assert [path.name for path in (root / ".storage/tmp").iterdir()] == ["new"]


def test_what_is_made_ready_and_dropped_leaves_nothing(storage: DirectoryStorage, root: Path) -> None:
    """Its bytes are on disk before it has a key, and go with whoever was to give it one."""
    put = storage.made_ready("a", b"1")
    drafts = [path.read_bytes() for path in (root / ".storage/tmp").iterdir()]
    del put

    assert drafts == [b"1"]
    assert [*(root / ".storage/tmp").iterdir()] == []


def test_nothing_is_left_behind(storage: DirectoryStorage, root: Path) -> None:
    """A write and a delete leave no draft, no type and no empty folder."""
    storage.put("a/b/c", b"", "text/x-odd")
    storage.delete("a/b/c")

    left = {str(path.relative_to(root)) for path in root.rglob("*") if "locks/" not in str(path)}
    assert left == {".storage", ".storage/tmp", ".storage/locks", ".storage/types"}


def test_reading_makes_nothing(storage: DirectoryStorage, root: Path) -> None:
    """Reading from a folder that does not exist yet finds nothing, and does not make it."""
    assert list(storage.list()) == []
    assert storage.list_folders("") == []
    storage.delete("a")
    with pytest.raises(NotFound):
        storage.get("a")
    assert not root.exists()


def test_file_put_by_hand_is_an_object(storage: DirectoryStorage, root: Path) -> None:
    """A file somebody copied into the folder is an object, with its suffix's type."""
    (root / "raw").mkdir(parents=True)
    (root / "raw/tweet.json").write_bytes(b"{}")

    assert storage.get("raw/tweet.json") == b"{}"
    assert storage.content_type("raw/tweet.json") == "application/json"
    assert [info.key for info in storage.list("raw/")] == ["raw/tweet.json"]


def test_file_without_a_key_is_left_out(
    storage: DirectoryStorage, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file whose name cannot be a key is named in the log, and hides no other."""
    storage.put("good", b"")
    (root / "back\\slash").touch()
    (root / os.fsdecode(b"latin-\xe9")).touch()

    assert [info.key for info in storage.list()] == ["good"]
    assert len(caplog.messages) == 2
    assert "has a backslash" in caplog.text


@pytest.mark.parametrize("target", ["outside", "inside"])
def test_links_are_not_followed(storage: DirectoryStorage, root: Path, tmp_path: Path, target: str) -> None:
    """No symbolic link below the root is read, written, removed or listed, wherever it leads."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    storage.put("inside/secret", b"secret")
    (root / "link").symlink_to(outside if target == "outside" else root / "inside")
    (root / "file").symlink_to(outside / "secret" if target == "outside" else root / "inside/secret")

    for key in ("link/secret", "link/new", "file"):
        with pytest.raises(BadKey, match="symbolic link"):
            storage.get(key)
        with pytest.raises(BadKey, match="symbolic link"):
            storage.put(key, b"changed")
        with pytest.raises(BadKey, match="symbolic link"):
            storage.delete(key)
    assert [info.key for info in storage.list()] == ["inside/secret"]
    assert list(storage.list("link/")) == []
    assert storage.list_folders("") == ["inside"]
    assert (outside / "secret").read_bytes() == b"secret"


def test_root_may_be_a_link(tmp_path: Path) -> None:
    """The folder itself may be reached by a link: who runs this chose it."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")

    DirectoryStorage(tmp_path / "data").put("a/b", b"body")

    assert (tmp_path / "disk/a/b").read_bytes() == b"body"


@pytest.mark.parametrize("key", [".storage/locks/00", "a/.storage", ".storage", ".storage/"])
def test_own_corner_is_closed(storage: DirectoryStorage, key: str) -> None:
    """The folder's own corner is neither read nor written nor listed by keys."""
    storage.put("a/b", b"")

    with pytest.raises(BadKey, match="keeps for itself"):
        storage.put(key, b"")
    assert list(storage.list(".storage")) == []
    assert list(storage.list(".storage/locks/")) == []
    assert storage.list_folders(".storage/") == []


def test_long_name_is_refused(storage: DirectoryStorage) -> None:
    """A part no file system can name is refused before anything is tried."""
    with pytest.raises(BadKey, match="255 bytes"):
        storage.put("ü" * 128, b"")


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a", "a/"), ("a", "a/b/c")])
def test_object_and_folder_of_one_name_clash(storage: DirectoryStorage, first: str, second: str) -> None:
    """A folder cannot hold an object and a folder of one name: it says so, and keeps the first."""
    storage.put(first, b"first")

    for write in (storage.put, storage.put_if_absent):
        with pytest.raises(StorageError, match="an object and a folder of one name"):
            write(second, b"second")
    assert [info.key for info in storage.list()] == [first]
    assert storage.get(first) == b"first"


def test_download_shares_the_bytes(storage: DirectoryStorage, root: Path, tmp_path: Path) -> None:
    """Within one file system a download copies nothing."""
    storage.put("a", b"body")
    storage.download("a", tmp_path / "file")

    assert (tmp_path / "file").samefile(root / "a")


def test_download_to_nowhere_is_said(storage: DirectoryStorage, tmp_path: Path) -> None:
    """A folder that is not there is named, and is not mistaken for the object."""
    storage.put("a", b"body")

    with pytest.raises(StorageError, match=r"cannot write .*/absent/file") as caught:
        storage.download("a", tmp_path / "absent/file")
    assert not isinstance(caught.value, NotFound)


def test_link_verifies(storage: DirectoryStorage) -> None:
    """A shared link names the key, and opens it until its lifetime is over."""
    storage.put("editions/a b#1.html", b"")

    link = storage.share("editions/a b#1.html", timedelta(hours=1))

    parts = urlsplit(link)
    assert link.startswith("http://localhost:8000/files/editions/a%20b%231.html?expires=")
    key = unquote(parts.path.removeprefix("/files/"))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    LinkSigner("secret").check(key, query["expires"], query["signature"], NOW + timedelta(minutes=59))
    with pytest.raises(LinkExpired):
        LinkSigner("secret").check(key, query["expires"], query["signature"], NOW + timedelta(hours=1))


def test_link_needs_a_secret(root: Path) -> None:
    """Without a secret no link is given, and the message names the setting."""
    storage = DirectoryStorage(root)
    storage.put("a", b"")

    with pytest.raises(StorageError, match="set SECRET_KEY"):
        storage.share("a", timedelta(hours=1))


def test_etag_tells_quick_writes_apart(storage: DirectoryStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writes of one size within a tick of the clock have different etags."""
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a disk so quick that many writes share a tick
    etags = set()
    for _ in range(200):
        storage.put("a", b"x")
        etags.add(storage.head("a").etag)

    assert len(etags) == 200


def test_folder_needs_no_boto3() -> None:
    """Who keeps things in a folder does not pay for loading boto3."""
    code = "import sys, report.adapters.directory_storage; print([m for m in sys.modules if 'boto' in m])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
