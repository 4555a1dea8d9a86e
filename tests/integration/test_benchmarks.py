"""Rules for the days benchmarks keep on disk, and for the processes they measure."""

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import zstandard

from benchmarks.comparing import compare
from benchmarks.corpus import FORMS, day_of_copies, day_of_lines, day_of_objects, raw_files
from benchmarks.measuring import MemoryWatch, WayFailed, measured
from benchmarks.work import Scale, Way, Work
from benchmarks.works import WORKS

MEGABYTES = 80


def test_every_form_holds_the_same_lines(tmp_path: Path) -> None:
    """A compressed day is the plain one, compressed."""
    days = [day_of_lines(100, form, tmp_path) for form in FORMS]
    bodies = [[_read(path) for path in raw_files(day)] for day in days]

    assert bodies[0] == bodies[1] == bodies[2]
    assert sum(body.count(b"\n") for body in bodies[0]) == 100


def test_copies_are_the_same_tweets_with_other_ids(tmp_path: Path) -> None:
    """A day held three times counts three times the tweets, and none of them as a repeat of another."""
    once = measured("benchmarks.day:ours", day_of_lines(200, root=tmp_path)).answer
    thrice = measured("benchmarks.day:ours", day_of_copies(200, 3, tmp_path)).answer

    assert thrice["totals"]["tweets"] == 3 * once["totals"]["tweets"]
    assert thrice["totals"]["duplicates"] == 3 * once["totals"]["duplicates"]
    assert thrice["hours"] == [3 * tweets for tweets in once["hours"]]


def test_a_day_is_made_once(tmp_path: Path) -> None:
    """What is there is used again."""
    first = day_of_objects(5, tmp_path)
    (first / "mark").touch()

    assert (day_of_objects(5, tmp_path) / "mark").exists()
    assert len(raw_files(first)) == 5


@pytest.mark.parametrize("name", ["day", "files", "compaction"])
def test_the_ways_of_a_work_agree(tmp_path: Path, name: str) -> None:
    """Each way runs to its end, and those that know the rules come to the same, to the tweet."""
    said: list[str] = []
    work = WORKS[name](Scale(divisor=1_000, root=tmp_path))

    result = compare(work, said.append, rounds=1)

    assert result.differing == []
    assert len(said) == len(work.ways)
    assert len(result.verdicts) == len([goal for goal in work.goals if goal.ways <= set(result.runs)])


def test_a_compaction_tells_how_much_it_wrote(tmp_path: Path) -> None:
    """What is not compared is said beside what is."""
    run = measured("benchmarks.compacting:bare", day_of_lines(100, root=tmp_path))

    assert run.answer[0] > 80
    assert run.remark == "0 MB written"


def test_a_way_that_lacks_its_package_is_left_out(tmp_path: Path) -> None:
    """Whoever has not installed a peer is told so, and measures the others."""
    said: list[str] = []
    data = day_of_objects(5, tmp_path)
    ways = [Way(name, "", "benchmarks.one_by_one:lean", data, 5, needs=name) for name in ("json", "no_such")]

    result = compare(Work("A work", "About it.", ways), said.append, rounds=1)

    assert [way.name for way in result.ran] == ["json"]
    assert said[0] == "  no_such is left out: it needs no_such; `make bench` installs it"


def test_memory_of_children_counts() -> None:
    """Whoever gives the work to other processes has their memory counted, all of it together."""
    watch = MemoryWatch(os.getpid())
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(_holding(MEGABYTES))
        watch.look()

    assert watch.peak_bytes > 2 * MEGABYTES << 20


def test_a_way_that_fails_is_named(tmp_path: Path) -> None:
    """A way that breaks ends the benchmark; it does not count as a quick one."""
    with pytest.raises(WayFailed, match=r"benchmarks\.day_pandas:count on .* ended with 1"):
        measured("benchmarks.day_pandas:count", tmp_path)


@contextmanager
def _holding(megabytes: int) -> Iterator[None]:
    """Have a process hold so much memory meanwhile."""
    hold = f"import sys; held = b'x' * ({megabytes} << 20); print(len(held), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=-1, stdout=-1) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        yield
        child.stdin.close()


def _read(path: Path) -> bytes:
    body = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(body)
    return zstandard.ZstdDecompressor().decompressobj().decompress(body) if path.suffix == ".zst" else body
