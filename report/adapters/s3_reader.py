"""Reads objects of S3 with obstore, for a tenth of boto3's work and just as boto3 would.

Only obstore's synchronous calls are used: its asynchronous ones may abort the process as it ends.
Nothing is tried twice here and no error is told apart: whoever asks turns to boto3, which tries
again, knows S3's refusals by name, and follows a bucket into another region.
"""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from botocore.credentials import Credentials, ReadOnlyCredentials
from obstore.exceptions import BaseError
from obstore.store import S3Store

from report.adapters.s3_client import CONNECT_SECONDS, READ_SECONDS, is_anonymous
from report.adapters.s3_errors import NotRead

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from obstore.store import ClientConfig, S3Credential

_WHOLE_OBJECT_SECONDS = 3600
_FAILURES = (BaseError, OSError, ValueError)  # obstore has built-in errors among its own
_NOBODY = ReadOnlyCredentials("anonymous", "anonymous", None)


class S3Reader:
    """Reads from one bucket with the endpoint, region and credentials of a boto3 client."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._lock = threading.Lock()
        self._made: tuple[ReadOnlyCredentials, S3Store] | None = None

    def read(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the bytes of each object of these names in the bucket, or None for one that was not read."""
        try:
            store = self._store()
        except NotRead:
            return [None] * len(names)
        return [_read(store, name) for name in names]

    def read_into(self, name: str, path: Path, etag: str | None = None) -> None:
        """Write the object to a new file, part by part, only if it still has the etag that is given.

        Raise `NotRead`, or `OSError` for the file's sake.
        """
        if _is_folder(name):
            raise NotRead("obstore would drop the slash at the end of the name")
        store = self._store()
        with _told_apart():
            parts = iter(obstore.get(store, name, options={"if_match": etag} if etag else None))
        with path.open("wb") as file:
            while True:
                with _told_apart():
                    part = next(parts, None)
                if part is None:
                    return
                file.write(part)

    def _store(self) -> S3Store:
        """Return a store with the credentials of this moment: those of a role are renewed by boto3."""
        credentials = self._credentials()
        with self._lock:
            if self._made is None or self._made[0] != credentials:
                self._made = credentials, self._new_store(credentials)
            return self._made[1]

    def _credentials(self) -> ReadOnlyCredentials:
        if is_anonymous(self._client):
            return _NOBODY
        # boto3 has no public way to a client's own credentials; a test holds it to this one.
        found: Credentials | None = self._client._get_credentials()  # type: ignore[attr-defined]
        if found is None:
            raise NotRead("there are no credentials")
        return found.get_frozen_credentials()

    def _new_store(self, credentials: ReadOnlyCredentials) -> S3Store:
        """Return a store that looks for nothing in the environment: boto3 has done so, and knows more."""
        given: S3Credential = {
            "access_key_id": credentials.access_key or "",
            "secret_access_key": credentials.secret_key or "",
            "token": credentials.token,
            "expires_at": None,
        }
        endpoint, own_host = self._endpoint()
        waits: ClientConfig = {
            "allow_http": endpoint.startswith("http:"),
            "connect_timeout": f"{CONNECT_SECONDS}s",
            "read_timeout": f"{READ_SECONDS}s",
            "timeout": f"{_WHOLE_OBJECT_SECONDS}s",
        }
        return S3Store(
            self._bucket,
            aws_endpoint_url_s3=endpoint,
            region=self._client.meta.region_name,
            credential_provider=lambda: given,
            skip_signature=is_anonymous(self._client),
            virtual_hosted_style_request=own_host,
            client_options=waits,
            retry_config={"max_retries": 0},
        )

    def _endpoint(self) -> tuple[str, bool]:
        """Return where boto3 would ask for an object, and whether the host's name holds the bucket's."""
        place: dict[str, Any] = {"Bucket": self._bucket, "Key": "any"}
        asked = urlsplit(self._client.generate_presigned_url("get_object", Params=place))
        folder = asked.path.removesuffix("/any")
        own_host = not folder.endswith(f"/{self._bucket}")
        folder = folder if own_host else folder.removesuffix(f"/{self._bucket}")
        return f"{asked.scheme}://{asked.netloc}{folder}", own_host


def _read(store: S3Store, name: str) -> bytes | None:
    if _is_folder(name):
        return None
    try:
        return obstore.get(store, name).bytes().to_bytes()
    except _FAILURES:
        return None


def _is_folder(name: str) -> bool:
    """Tell whether obstore would ask for another object: it drops a slash at the end of a name."""
    return name.endswith("/")


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    """Raise `NotRead` for what obstore raises."""
    try:
        yield
    except _FAILURES as error:
        raise NotRead(str(error)) from error
