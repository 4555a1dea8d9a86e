"""Ways of reading one-tweet objects from S3; each runs in a process of its own, with the keys as its input.

The clock starts when the client stands and has read one object: connecting is nobody's cost.
"""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.tweets import DAY
from report.adapters.duckdb_engine import DuckDBEngine
from report.adapters.s3_client import s3_client
from report.adapters.s3_storage import S3Storage
from report.storage import ObjectInfo
from report.window import day_window

BUCKET = "tweets"
_TOP = 10
_SIZE_BYTES = 3_000  # near enough: a listing says that they are small


class Given(S3Storage):
    """Lists the keys that were given, since nginx cannot."""

    keys: list[str]

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects below `prefix`."""
        seen_at = datetime.combine(DAY, datetime.min.time(), UTC)
        return (
            ObjectInfo(key, _SIZE_BYTES, "etag", seen_at)
            for key in sorted(self.keys)
            if key.startswith(prefix)
        )


def naive(keys: list[str]) -> Callable[[], int]:
    """Get one after the other with boto3."""
    read = _boto3(keys)
    return lambda: sum(1 for key in keys if read(key))


def ours(keys: list[str]) -> Callable[[], int]:
    """Get as the engine does."""
    storage = _storage(keys)
    return lambda: sum(1 for _, body in storage.get_many(keys) if body)


def naive_counted(keys: list[str]) -> Callable[[], list[Any]]:
    """Get one after the other with boto3, and count what `json.loads` finds among the hashtags."""
    read = _boto3(keys)

    def count() -> list[Any]:
        found: Counter[str] = Counter()
        for key in keys:
            found.update({tag["text"] for tag in json.loads(read(key))["entities"]["hashtags"]})
        return _top(list(found.items()))

    return count


def ours_counted(keys: list[str]) -> Callable[[], list[Any]]:
    """Count as a report does: with every rule for what a tweet is, when it was seen, and which came twice."""
    engine, window = DuckDBEngine(_storage(keys)), day_window(DAY, ZoneInfo("UTC"))

    def count() -> list[Any]:
        with engine.open(window) as questions:
            rows = questions.ask("spellings", {"retweets": "with"})
        return _top([(row["spelling"], row["tweets"]) for row in rows])

    return count


WAYS: dict[str, Callable[[list[str]], Callable[[], Any]]] = {
    "naive": naive,
    "ours": ours,
    "naive, counted": naive_counted,
    "ours, counted": ours_counted,
}


def _boto3(keys: list[str]) -> Callable[[str], bytes]:
    import boto3

    client = boto3.client("s3")

    def read(key: str) -> bytes:
        return client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    read(keys[0])
    return read


def _storage(keys: list[str]) -> S3Storage:
    storage = Given(s3_client(False), BUCKET)
    storage.keys = keys
    list(storage.get_many(keys[:1]))
    return storage


def _top(counted: list[tuple[str, int]]) -> list[Any]:
    return [list(pair) for pair in sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:_TOP]]


def main() -> None:
    """Run one way; print its seconds, its seconds of CPU and its answer as JSON."""
    work = WAYS[sys.argv[1]](json.loads(sys.stdin.read()))
    begun, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    answer = work()
    seconds, now = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu_seconds = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "answer": answer}))  # noqa: T201 the process's answer


if __name__ == "__main__":
    main()
