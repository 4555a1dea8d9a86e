"""Every store, each empty, for the suites they all pass."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from report.adapters.directory_storage import DirectoryStorage
from report.links import LinkSigner
from report.storage import Storage
from tests.fakes import MemoryStorage


@pytest.fixture(params=["memory", "directory", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """Return one of the stores, empty."""
    if request.param == "memory":
        yield MemoryStorage()
    elif request.param == "directory":
        yield DirectoryStorage(
            tmp_path / "store", LinkSigner("secret"), "http://localhost:8000", lambda: datetime.now(UTC)
        )
    else:
        from report.adapters.s3_storage import S3Storage

        yield S3Storage(request.getfixturevalue("s3"), request.getfixturevalue("bucket"), "some/prefix/")


@pytest.fixture
def put_quickly(storage: Storage, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return what puts one object of many into the store, without a request where those are slow."""
    if not isinstance(storage, MemoryStorage | DirectoryStorage):
        from tests.s3_server import put_unasked

        bucket = request.getfixturevalue("bucket")
        return lambda key: put_unasked(bucket, f"some/prefix/{key}")
    return lambda key: storage.put(key, b"x")
