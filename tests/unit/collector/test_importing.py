"""Rules for importing files of tweets."""

import gzip
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner

from collector.importing import ImportResult, Refusal, import_command, import_files
from report.storage import Storage
from tests.builders import NOON, a_notice, a_v1_document, a_v2_tweet, lines
from tests.fakes import MemoryStorage


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


def a_file(folder: Path, body: bytes, name: str = "some.jsonl") -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def stored(storage: MemoryStorage) -> dict[str, list[Any]]:
    """Return every object's documents, line by line."""
    return {
        info.key: [json.loads(line) for line in unpacked(storage.get(info.key)).splitlines()]
        for info in storage.list()
    }


def unpacked(body: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)) as reader:
        return reader.read()


def test_each_tweet_lies_under_its_hour(storage: MemoryStorage, tmp_path: Path) -> None:
    """A tweet's place is the UTC hour it was written in; notices stay with the tweet before them."""
    late = NOON.replace(hour=13)
    first, second = a_v1_document(id=10**18), a_v1_document(id=10**18 + 1, created_at=late)
    path = a_file(tmp_path, lines(a_notice(1), first, a_notice(2), second))

    result = import_files([path], storage)

    noon, one = stored(storage).values()
    assert noon == [a_notice(1), first, a_notice(2)]
    assert one == [second]
    assert result == ImportResult(2, 0, {"delete": 2}, (), 0, tuple(stored(storage)))


def test_importing_again_changes_nothing(storage: MemoryStorage, tmp_path: Path) -> None:
    """The same file gives the same keys and the same bytes."""
    path = a_file(tmp_path, lines(a_v1_document(), a_notice()))
    import_files([path], storage)
    before = {info.key: storage.get(info.key) for info in storage.list()}

    import_files([path], storage)

    assert {info.key: storage.get(info.key) for info in storage.list()} == before


def test_what_is_refused_is_kept(storage: MemoryStorage, tmp_path: Path) -> None:
    """A line that can't be read is named, and stored as a document that holds it."""
    path = a_file(tmp_path, lines(a_v1_document()) + b'{"text": "cut\n\xff\xfe!\n')

    result = import_files([path], storage)

    [kept] = stored(storage).values()
    assert result.refused == (
        Refusal("some.jsonl", 2, "a cut line"),
        Refusal("some.jsonl", 3, "not UTF-8 but UTF-16; save the file as UTF-8"),
    )
    assert kept[1]["refused"]["text"] == '{"text": "cut'
    assert kept[2]["refused"] == {
        "file": "some.jsonl",
        "line": 3,
        "reason": "not UTF-8 but UTF-16; save the file as UTF-8",
        "base64": "//4h",
    }


def test_an_imported_object_can_be_imported(storage: MemoryStorage, tmp_path: Path) -> None:
    """What an import wrote, refused lines and all, reads as what it was."""
    import_files([a_file(tmp_path, lines(a_v1_document()) + b"junk\n")], storage)
    [info] = storage.list()
    again = a_file(tmp_path, storage.get(info.key), "again.jsonl.zst")

    result = import_files([again], MemoryStorage())

    assert (result.tweets, result.refused) == (
        1,
        (Refusal("again.jsonl.zst", 2, "refused by an earlier import"),),
    )


def test_a_file_without_tweets_is_kept_apart(storage: MemoryStorage, tmp_path: Path) -> None:
    """With no tweet to tell the hour, notices and refused lines lie outside raw/."""
    import_files([a_file(tmp_path, lines(a_notice()) + b"junk\n")], storage)

    [key] = stored(storage)
    assert key.startswith("unplaced/some-")


def test_duplicates_are_counted_over_all_files(storage: MemoryStorage, tmp_path: Path) -> None:
    """An id counts once in a command; its lines are all kept."""
    one = a_file(tmp_path, lines(a_v1_document(), a_v1_document()), "one.jsonl")
    two = a_file(tmp_path, lines(a_v1_document()), "two.jsonl")

    result = import_files([one, two], storage)

    assert (result.tweets, result.duplicates) == (1, 2)
    assert sum(map(len, stored(storage).values())) == 3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("a.jsonl.gz", gzip.compress(lines(a_v1_document())), id="gzip"),
        pytest.param("a.jsonl.zst", zstandard.compress(lines(a_v1_document())), id="zstandard"),
        pytest.param("a.json", gzip.compress(lines(a_v1_document())), id="gzip by its bytes"),
        pytest.param("ä b.json", lines(a_v1_document()), id="strange name"),
    ],
)
def test_compression_is_told_by_the_bytes(
    storage: MemoryStorage, tmp_path: Path, name: str, body: bytes
) -> None:
    """A file is decompressed for what it holds, whatever it is called."""
    assert import_files([a_file(tmp_path, body, name)], storage).tweets == 1


def test_a_cut_archive_gives_what_it_has(storage: MemoryStorage, tmp_path: Path) -> None:
    """What can be decompressed is imported; the damage is named."""
    whole = gzip.compress(lines(*(a_v1_document(id=10**18 + n, text=f"{n * 7919}") for n in range(5000))))

    result = import_files([a_file(tmp_path, whole[: len(whole) // 2], "a.jsonl.gz")], storage)

    assert 0 < result.tweets < 5000
    assert "cut or damaged" in result.refused[-1].reason


def test_a_folder_gives_its_json_files(storage: MemoryStorage, tmp_path: Path) -> None:
    """Of a folder only what is JSON by name is read, at any depth."""
    (tmp_path / "deep").mkdir()
    a_file(tmp_path / "deep", lines(a_v1_document()))
    a_file(tmp_path, b"read me", "LICENSE")

    assert str(import_files([tmp_path], storage)) == "1 tweet, 0 duplicates, 0 notices, 0 refused"


def test_a_missing_file_stops_nothing(storage: MemoryStorage, tmp_path: Path) -> None:
    """A file that isn't there is refused by name, and the next is imported."""
    result = import_files([tmp_path / "none.jsonl", a_file(tmp_path, lines(a_v1_document()))], storage)

    assert result.tweets == 1
    assert result.refused[0].reason == "could not be imported: No such file or directory"


def test_many_hours_need_no_many_open_files(storage: MemoryStorage, tmp_path: Path) -> None:
    """A file that spans years is imported whole."""
    moments = [datetime(2010 + n % 10, 1 + n % 12, 1 + n % 28, n % 24, tzinfo=UTC) for n in range(3000)]
    body = lines(*(a_v1_document(id=10**18 + n, created_at=moment) for n, moment in enumerate(moments)))

    result = import_files([a_file(tmp_path, body)], storage)

    assert result.tweets == 3000
    assert len(result.stored) == len(set(moments))


@dataclass
class _Services:
    storage: Storage


def run(storage: Storage, *arguments: str, stdin: bytes | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(import_command, arguments, obj=_Services(storage), input=stdin)
    return result.exit_code, result.output


def test_the_command_closes_with_the_totals(storage: MemoryStorage, tmp_path: Path) -> None:
    """The last line tells tweets, duplicates, notices by kind and what was refused."""
    path = a_file(tmp_path, lines(a_v1_document(), a_v1_document(), a_notice()) + b"junk\n")

    code, output = run(storage, str(path))

    assert code == 0
    assert output.splitlines()[-1] == "1 tweet, 1 duplicate, 1 notice (1 delete), 1 refused"
    assert "some.jsonl:4: not JSON" in output


def test_the_command_reads_standard_input(storage: MemoryStorage) -> None:
    """A dash stands for what is piped in."""
    code, output = run(storage, "-", stdin=lines({"data": a_v2_tweet()}))

    assert (code, output.splitlines()[-1]) == (0, "1 tweet, 0 duplicates, 0 notices, 0 refused")


def test_the_command_fails_if_nothing_could_be_imported(storage: MemoryStorage, tmp_path: Path) -> None:
    """Only junk ends with status 1, and says how much was not listed."""
    code, output = run(storage, str(a_file(tmp_path, b"junk\n" * 25)))

    assert code == 1
    assert "… and 5 more refused" in output


def test_an_empty_file_is_fine(storage: MemoryStorage, tmp_path: Path) -> None:
    """Nothing in, nothing out, no complaint."""
    assert run(storage, str(a_file(tmp_path, b"")))[0] == 0
    assert not list(storage.list())
