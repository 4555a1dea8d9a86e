"""Brings much from S3 at little cost: many small objects, and whole files through a cache."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from report.adapters.file_cache import FileCache

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from report.adapters.s3_reader import S3Reader


class S3Bulk:
    """Reads from one bucket by `S3Reader`; a file that was downloaded comes from `cache` the next time."""

    def __init__(self, client: "S3Client", bucket: str, cache: FileCache | None) -> None:
        self._client = client
        self._bucket = bucket
        self._cache = cache

    @cached_property
    def reader(self) -> "S3Reader":
        """What reads without boto3."""
        from report.adapters.s3_reader import S3Reader  # Lambda collects without it, from a small zip

        return S3Reader(self._client, self._bucket)

    def download(self, name: str, path: Path) -> None:
        """Write the object to a file, whole or not at all; raise `NotRead`, or what boto3 raises."""
        beside = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._fetch(name, beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)  # renaming a link over its own twin leaves both

    def _fetch(self, name: str, path: Path) -> None:
        if self._cache is None:
            self.reader.read_into(name, path)
            return
        about = self._client.head_object(Bucket=self._bucket, Key=name)
        etag = about["ETag"]
        self._cache.bring(
            f"{self._bucket}/{name} {etag}",
            about["ContentLength"],
            path,
            lambda place: self.reader.read_into(name, place, etag),
        )
