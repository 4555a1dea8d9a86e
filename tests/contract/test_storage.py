"""What every store promises, whatever it keeps things in."""

import io
import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pytest

from report.errors import AlreadyExists, BadKey, NotFound, StorageError
from report.storage import OCTETS, Description, Folder, Storage, unheard

RACERS = 8
STRANGE_KEYS = [
    pytest.param("spaces in/the  name ", id="spaces"),
    pytest.param("100%/%41/%2F", id="percent"),
    pytest.param("a?b=c#d&e", id="query signs"),
    pytest.param("a+b", id="plus"),
    pytest.param(".hidden/..x/...", id="leading dots"),
    pytest.param("日本語/ça/🎈.json", id="unicode"),
    pytest.param("é/é", id="composed and decomposed"),
    pytest.param("quotes'\"<>|*:", id="signs Windows refuses"),
    pytest.param("-rf", id="leading hyphen"),
    pytest.param("n" * 255, id="long name"),
    pytest.param("/".join(["f" * 127] * 7), id="long key"),
]


def fill(storage: Storage, keys: Iterable[str]) -> None:
    """Put an object under each key, several at a time."""
    with ThreadPoolExecutor(RACERS) as pool:
        list(pool.map(storage.put, keys, repeat(b"x")))


def keys_of(storage: Storage, prefix: str = "") -> list[str]:
    return [info.key for info in storage.list(prefix)]


def race(task: Callable[[int], object], racers: int = RACERS) -> list[object]:
    """Run the task in threads that start together; return what each gave or raised."""
    barrier = threading.Barrier(racers)

    def run(number: int) -> object:
        barrier.wait(timeout=30)
        try:
            return task(number)
        except StorageError as error:
            return error

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


@pytest.mark.parametrize(
    "body",
    [b"", b"text", bytes(range(256)), b"\r\n\r\n", b"x" * 300_000],
    ids=["empty", "text", "every byte", "line ends", "large"],
)
def test_object_comes_back(storage: Storage, body: bytes) -> None:
    """What is put is what is got, to the byte."""
    storage.put("a/b", body)

    assert storage.get("a/b") == body
    assert storage.head("a/b").size == len(body)


def test_overwrite_replaces(storage: Storage) -> None:
    """A second put replaces body, size, type and etag."""
    storage.put("a.txt", b"first one", "text/x-first")
    first = storage.head("a.txt")
    storage.put("a.txt", b"second")

    assert storage.get("a.txt") == b"second"
    assert storage.content_type("a.txt") == OCTETS
    assert storage.head("a.txt").size == 6
    assert storage.head("a.txt").etag != first.etag


@pytest.mark.parametrize(
    ("key", "content_type"),
    [
        ("page.html", "text/html; charset=utf-8"),
        ("page.html", "text/html"),
        ("page.html", OCTETS),
        ("data.unknown", "application/vnd.apache.parquet"),
        ("bare", "text/plain; charset=utf-8"),
        ("folder/", "application/x-directory"),
    ],
)
def test_content_type_is_kept(storage: Storage, key: str, content_type: str) -> None:
    """The type given is the type kept, whatever the suffix says, by every way of writing."""
    storage.put_if_absent(key, b"1", content_type)
    assert storage.content_type(key) == content_type

    storage.put(key, b"2", "text/x-between")
    storage.put(key, b"3", content_type)
    assert storage.content_type(key) == content_type

    storage.put_if_match(key, b"4", storage.head(key).etag, content_type)
    assert storage.content_type(key) == content_type


def test_content_type_goes_with_the_object(storage: Storage) -> None:
    """A new object under an old key has its own type, not the old one's."""
    storage.put("a", b"", "text/x-old")
    storage.delete("a")
    storage.put("a", b"")

    assert storage.content_type("a") == OCTETS


@pytest.mark.parametrize("key", ["missing", "folder/missing", "folder", "folder/", "object/below"])
def test_missing_object_is_not_found(storage: Storage, key: str, tmp_path: Path) -> None:
    """Every verb that reads says NotFound of what is not there, and names the key."""
    storage.put("folder/other", b"")
    storage.put("object", b"")

    for read in (storage.get, storage.get_with_etag, storage.head, storage.content_type, storage.describe):
        with pytest.raises(NotFound, match=key):
            read(key)
    with pytest.raises(NotFound, match=key):
        storage.download(key, tmp_path / "file")
    with pytest.raises(NotFound, match=key):
        storage.copy_to(key, io.BytesIO())
    with pytest.raises(NotFound, match=key):
        storage.share(key, timedelta(hours=1))
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("key", ["missing", "folder", "folder/", "object/below"])
def test_deleting_the_missing_is_no_error(storage: Storage, key: str) -> None:
    """Deleting what is not there changes nothing."""
    storage.put("folder/other", b"")
    storage.put("object", b"")

    storage.delete(key)

    assert keys_of(storage) == ["folder/other", "object"]


def test_deleted_object_is_gone(storage: Storage) -> None:
    """A deleted object is neither read nor listed, and its key is free for either use."""
    storage.put("a/b/c", b"")
    storage.delete("a/b/c")
    storage.delete("a/b/c")

    assert keys_of(storage) == []
    assert storage.list_folders("") == []
    storage.put("a/b", b"now an object")
    assert storage.get("a/b") == b"now an object"


def test_head_says_when(storage: Storage) -> None:
    """The time of change is aware, in UTC, and now."""
    storage.put("a", b"")

    modified_at = storage.head("a").modified_at

    assert modified_at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - modified_at) < timedelta(minutes=1)


def test_list_goes_by_bytes(storage: Storage) -> None:
    """Listing goes by the key's UTF-8 bytes, as S3 does it, not folder by folder."""
    keys = ["a-b", "a.b", "a/", "a/b", "a/b-c", "a/b.c", "a0", "a_", "b", "Z/z", "é", "日/本", "\uffee", "🎈"]
    fill(storage, random.Random(7).sample(keys, len(keys)))
    storage.put("a/c/d", b"")

    assert keys_of(storage) == sorted([*keys, "a/c/d"], key=str.encode)


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["dt=1/x", "dt=10/y", "dt=2/z", "other"]),
        ("dt=1", ["dt=1/x", "dt=10/y"]),
        ("dt=1/", ["dt=1/x"]),
        ("dt=1/x", ["dt=1/x"]),
        ("dt=1/xx", []),
        ("dt", ["dt=1/x", "dt=10/y", "dt=2/z"]),
        ("nothing/here/", []),
        ("other/", []),
    ],
)
def test_list_goes_by_prefix(storage: Storage, prefix: str, found: list[str]) -> None:
    """A prefix may end anywhere in a key."""
    fill(storage, ["dt=10/y", "dt=1/x", "other", "dt=2/z"])

    assert keys_of(storage, prefix) == found


def test_list_says_what_head_says(storage: Storage) -> None:
    """A listing and a head agree on an object."""
    storage.put("a/b", b"body")

    (listed,) = storage.list("a")

    head = storage.head("a/b")
    assert (listed.key, listed.size, listed.etag) == (head.key, head.size, head.etag)
    assert abs(listed.modified_at - head.modified_at) < timedelta(seconds=1)


def test_list_passes_a_thousand(storage: Storage, put_quickly: Callable[[str], None]) -> None:
    """Listing goes on where S3's first page of 1,000 ends."""
    keys = [f"n/{number:04}" for number in range(1001)]
    for key in keys:
        put_quickly(key)

    assert keys_of(storage, "n/") == keys


def test_folders_are_listed(storage: Storage) -> None:
    """Folders are the names one level below that have something below them, in order."""
    fill(storage, ["raw/dt=2/x", "raw/dt=2/y", "raw/dt=10/h/z", "raw/dt=2-b/x", "raw/file", "rawer/x", "top"])

    assert storage.list_folders("") == ["raw", "rawer"]
    assert storage.list_folders("raw/") == ["dt=10", "dt=2", "dt=2-b"]
    assert storage.list_folders("raw/dt=2/") == []
    assert storage.list_folders("nothing/") == []


def test_folder_object_comes_back(storage: Storage) -> None:
    """A key that ends in "/", as S3 consoles make them, is an object like any other."""
    storage.put("a/b/", b"")
    storage.put("a/b/c", b"")

    assert storage.get("a/b/") == b""
    assert keys_of(storage) == ["a/b/", "a/b/c"]
    assert storage.list_folders("a/") == ["b"]
    storage.delete("a/b/")
    assert keys_of(storage) == ["a/b/c"]


@pytest.mark.parametrize("key", STRANGE_KEYS)
def test_strange_key_is_kept(storage: Storage, key: str, tmp_path: Path) -> None:
    """Any key the rules allow can be written, read, listed, shared and removed."""
    storage.put(key, b"strange")

    assert storage.get(key) == b"strange"
    assert list(storage.get_many([key])) == [(key, b"strange")]
    assert keys_of(storage) == [key]
    assert storage.share(key, timedelta(hours=1))
    storage.download(key, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"strange"
    storage.delete(key)
    assert keys_of(storage) == []


@pytest.mark.parametrize(
    "key", ["", "/", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a\\b", "a\0", "\ud800"]
)
def test_bad_key_is_refused(storage: Storage, key: str, tmp_path: Path) -> None:
    """Every verb refuses a key that could lead elsewhere."""
    here = tmp_path / "file"
    here.write_bytes(b"")
    for verb in (
        lambda: storage.get(key),
        lambda: storage.get_with_etag(key),
        lambda: list(storage.get_many([key])),
        lambda: storage.head(key),
        lambda: storage.content_type(key),
        lambda: storage.put(key, b""),
        lambda: storage.put_if_absent(key, b""),
        lambda: storage.made_ready(key, b""),
        lambda: storage.put_if_match(key, b"", "etag"),
        lambda: storage.upload(here, key),
        lambda: storage.download(key, here),
        lambda: storage.delete(key),
        lambda: list(storage.delete_many([key])),
        lambda: storage.describe(key),
        lambda: storage.upload_described(here, key, Description(), unheard),
        lambda: storage.copy_to(key, io.BytesIO()),
        lambda: storage.share(key, timedelta(hours=1)),
    ):
        with pytest.raises(BadKey):
            verb()


@pytest.mark.parametrize("prefix", ["/", "../", "a//"])
def test_bad_prefix_is_refused(storage: Storage, prefix: str) -> None:
    """A prefix no key can have is refused at once, not when the list is read."""
    with pytest.raises(BadKey):
        storage.list(prefix)
    with pytest.raises(BadKey):
        storage.list_level(prefix)
    with pytest.raises(BadKey):
        storage.list_folders(prefix)


def test_folder_prefix_ends_in_a_slash(storage: Storage) -> None:
    """Folders are asked for by a whole folder's name."""
    with pytest.raises(BadKey, match="does not end in '/'"):
        storage.list_folders("raw")


def test_taken_key_is_refused(storage: Storage) -> None:
    """put_if_absent leaves a taken key as it was."""
    storage.put_if_absent("a", b"first", "text/x-first")

    with pytest.raises(AlreadyExists, match="a' "):
        storage.put_if_absent("a", b"second")

    assert storage.get("a") == b"first"
    assert storage.content_type("a") == "text/x-first"


def test_what_is_made_ready_is_seen_when_it_is_put(storage: Storage) -> None:
    """Until then the key is free for others; who comes second is refused."""
    first, second = (storage.made_ready("a/b", body, "text/x-own") for body in (b"first", b"second"))
    assert [*storage.list("")] == []

    second()
    with pytest.raises(AlreadyExists, match="a/b' "):
        first()

    assert (storage.get("a/b"), storage.content_type("a/b")) == (b"second", "text/x-own")


def test_one_racer_takes_the_key(storage: Storage) -> None:
    """However many race for a key, one gets it, and the object is that one's."""
    for lap in range(5):
        key = f"claims/{lap}"
        results = race(lambda number, key=key: storage.put_if_absent(key, b"%d" % number * 1000))  # type: ignore[misc]

        winners = [number for number, result in enumerate(results) if result is None]
        assert len(winners) == 1
        assert storage.get(key) == b"%d" % winners[0] * 1000
        assert sum(isinstance(result, AlreadyExists) for result in results) == RACERS - 1


def test_swap_needs_the_etag_read(storage: Storage) -> None:
    """put_if_match replaces what was read, and nothing newer."""
    storage.put("a", b"first")
    _, etag = storage.get_with_etag("a")
    storage.put_if_match("a", b"second", etag)

    with pytest.raises(AlreadyExists):
        storage.put_if_match("a", b"third", etag)

    assert storage.get("a") == b"second"
    assert storage.head("a").etag == storage.get_with_etag("a")[1]


def test_swap_of_the_gone_is_refused(storage: Storage) -> None:
    """put_if_match does not bring back what somebody removed."""
    storage.put("a", b"first")
    etag = storage.head("a").etag
    storage.delete("a")

    with pytest.raises(AlreadyExists):
        storage.put_if_match("a", b"second", etag)

    assert keys_of(storage) == []


def test_counter_loses_nothing(storage: Storage) -> None:
    """Racers that add one by compare-and-swap add up."""
    storage.put("counter", b"0")

    def add(_: int) -> None:
        for _ in range(3):
            while True:
                body, etag = storage.get_with_etag("counter")
                try:
                    storage.put_if_match("counter", b"%d" % (int(body) + 1), etag)
                    break
                except AlreadyExists:
                    continue

    assert race(add) == [None] * RACERS
    assert storage.get("counter") == b"%d" % (3 * RACERS)


def test_many_come_in_order(storage: Storage) -> None:
    """get_many keeps the order asked for, twice if asked twice, and leaves out what has gone."""
    keys = [f"m/{number}" for number in range(150)]
    fill(storage, keys)
    asked = [*reversed(keys), "m/gone", "m/7"]

    assert [key for key, _ in storage.get_many(asked)] == [*reversed(keys), "m/7"]
    assert list(storage.get_many([])) == []


def test_many_can_be_left_early(storage: Storage) -> None:
    """Who stops reading get_many does not read the rest."""
    fill(storage, ["a", "b"])
    asked: list[str] = []

    def endless() -> Iterable[str]:
        for key in ["a", "b"] * 5_000:
            asked.append(key)
            yield key

    reading = storage.get_many(endless())

    assert next(iter(reading)) == ("a", b"x")
    assert len(asked) <= 300  # of 10,000: how many are read ahead depends on how soon they come


def test_file_goes_up_and_comes_down(storage: Storage, tmp_path: Path) -> None:
    """A file goes up with its type and comes down byte for byte, over what was there."""
    up, down = tmp_path / "up", tmp_path / "down"
    up.write_bytes(random.Random(1).randbytes(9_000_000))
    down.write_bytes(b"older")

    storage.upload(up, "big/file.parquet", "application/vnd.apache.parquet")
    for _ in range(2):
        storage.download("big/file.parquet", down)

    assert down.read_bytes() == up.read_bytes()
    assert storage.content_type("big/file.parquet") == "application/vnd.apache.parquet"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["down", "up"]


def test_downloaded_file_stays(storage: Storage, tmp_path: Path) -> None:
    """A file that came down does not change when its object does."""
    storage.put("a", b"old")
    storage.download("a", tmp_path / "file")
    storage.put("a", b"new")
    storage.delete("a")

    assert (tmp_path / "file").read_bytes() == b"old"


def test_upload_of_no_file_is_said(storage: Storage, tmp_path: Path) -> None:
    """A file that cannot be read is named, and nothing is written."""
    with pytest.raises(StorageError, match="absent"):
        storage.upload(tmp_path / "absent", "a")

    assert keys_of(storage) == []


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=7, seconds=1)])
def test_link_lives_seven_days_at_most(storage: Storage, lifetime: timedelta) -> None:
    """A link lives a second at least and seven days at most."""
    storage.put("a", b"")

    with pytest.raises(StorageError, match="one second to 7 days"):
        storage.share("a", lifetime)


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("", ["a-b", "a/", "b/", "é/"]),
        ("a", ["a-b", "a/"]),
        ("a/", ["a/", "a/b", "a/c/"]),
        ("a/c", ["a/c/"]),
        ("a/c/", ["a/c/d", "a/c/e/"]),
        ("nothing/", []),
    ],
)
def test_level_shows_a_folder_once(storage: Storage, prefix: str, found: list[str]) -> None:
    """One level holds its objects, and each folder once, in the order of the keys' bytes."""
    fill(storage, ["a/c/d", "a/c/e/f", "a/b", "é/x", "a/c/e/g", "a-b", "b/c/d", "a/"])

    assert [one.key for one in storage.list_level(prefix)] == found


def test_level_tells_folders_from_objects(storage: Storage) -> None:
    """A folder is no object, and an object is as `list` has it."""
    fill(storage, ["x/a/b", "x/c"])

    folder, info = storage.list_level("x/")

    assert folder == Folder("x/a/")
    assert [info] == list(storage.list("x/c"))


def test_level_passes_a_thousand(storage: Storage, put_quickly: Callable[[str], None]) -> None:
    """A level goes on where S3's first page ends, folders and objects in one order."""
    keys = [f"n/{number:04}{'/x' if number % 2 else ''}" for number in range(1005)]
    for key in keys:
        put_quickly(key)

    assert [one.key for one in storage.list_level("n/")] == [key.removesuffix("x") for key in keys]


def test_description_comes_back(storage: Storage, tmp_path: Path) -> None:
    """A file keeps the type and the notes it was put with, and tells how many bytes have gone."""
    up = tmp_path / "up"
    told: list[int] = []
    up.write_bytes(random.Random(2).randbytes(9_000_000))
    description = Description("text/x-own", {"owner": "The boss", "a-b_c.1": "~", "empty": ""})

    storage.upload_described(up, "big/file.txt", description, told.append)

    assert storage.describe("big/file.txt") == description
    assert storage.get("big/file.txt") == up.read_bytes()
    assert sum(told) == 9_000_000


def test_description_goes_with_the_object(storage: Storage, tmp_path: Path) -> None:
    """A new object under an old key has its own notes, by every way of writing, or none."""
    (tmp_path / "up").write_bytes(b"x")

    def renewed(delete: Callable[[], object]) -> None:
        delete()
        storage.put_if_absent("a", b"3")

    ways: list[Callable[[], object]] = [
        lambda: storage.put("a", b"1"),
        lambda: storage.put_if_match("a", b"2", storage.head("a").etag),
        lambda: storage.upload(tmp_path / "up", "a"),
        lambda: renewed(lambda: storage.delete("a")),
        lambda: renewed(lambda: list(storage.delete_many(["a"]))),
    ]
    for way in ways:
        storage.upload_described(tmp_path / "up", "a", Description("text/x-own", {"k": "v"}), unheard)
        way()
        assert storage.describe("a") == Description()


@pytest.mark.parametrize(
    "metadata",
    [
        {"Upper": "x"},
        {"": "x"},
        {"a b": "x"},
        {"a\n": "x"},
        {"a": "ünder"},
        {"a": "line\r\nX-Header: 1"},
        {"a": " x"},
        {"a": "x" * 2048},
    ],
)
def test_metadata_that_is_no_header_is_refused(
    storage: Storage, tmp_path: Path, metadata: dict[str, str]
) -> None:
    """What S3 could not send as a header, or would change, is refused before anything is sent."""
    (tmp_path / "up").write_bytes(b"")

    with pytest.raises(StorageError, match="metadata"):
        storage.upload_described(tmp_path / "up", "a", Description(metadata=metadata), unheard)

    assert keys_of(storage) == []


class Slow:
    """Takes bytes, and raises when it has had enough."""

    def __init__(self, enough: int) -> None:
        self.taken, self.enough = bytearray(), enough

    def write(self, part: bytes) -> None:
        self.taken += part
        if len(self.taken) > self.enough:
            raise BrokenPipeError("enough")


def test_object_is_copied_in_order(storage: Storage, tmp_path: Path) -> None:
    """A large object comes whole and in order, to what cannot seek as well."""
    (tmp_path / "up").write_bytes(random.Random(3).randbytes(20_000_000))
    storage.upload(tmp_path / "up", "a")
    sink = Slow(20_000_000)

    storage.copy_to("a", sink)

    assert sink.taken == (tmp_path / "up").read_bytes()


def test_object_is_added_to_a_file(storage: Storage) -> None:
    """The bytes go where the file stands: what can seek is not moved, and keeps what it has."""
    storage.put("a", b"x" * 9_000_000)
    file = io.BytesIO(b"before")
    file.seek(0, io.SEEK_END)

    storage.copy_to("a", file)

    assert file.getvalue() == b"before" + b"x" * 9_000_000


def test_copying_ends_where_nobody_listens(storage: Storage, tmp_path: Path) -> None:
    """What the sink raises comes through as it is."""
    (tmp_path / "up").write_bytes(bytes(20_000_000))
    storage.upload(tmp_path / "up", "a")

    with pytest.raises(BrokenPipeError, match="enough"):
        storage.copy_to("a", Slow(0))


def test_many_are_deleted(storage: Storage, put_quickly: Callable[[str], None]) -> None:
    """Any number of objects goes, the missing are no error, and each is named."""
    keys = [f"m/{number:04}" for number in range(1001)]
    for key in [*keys, "kept"]:
        put_quickly(key)

    gone = list(storage.delete_many(iter([*keys, "m/missing"])))

    assert sorted(gone) == [*keys, "m/missing"]
    assert keys_of(storage) == ["kept"]


def test_nothing_is_deleted_unasked(storage: Storage) -> None:
    """Who asks for no key removes none."""
    fill(storage, ["a", "b"])
    storage.delete_many(["a"])

    assert keys_of(storage) == ["a", "b"]
    assert list(storage.delete_many([])) == []
