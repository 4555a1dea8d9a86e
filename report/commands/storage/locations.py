"""Where a word of the command line points: a key of STORAGE_URL, or s3://bucket/key."""

from dataclasses import dataclass, replace

import click

from report.composition import services_from_environ, storage_at
from report.setting_rules import StorageUrl
from report.settings import Settings
from report.storage import Storage
from report.terminal import printable

_S3 = "s3://"


@dataclass(frozen=True)
class Location:
    """A storage, and a key or prefix of it."""

    settings: Settings
    url: StorageUrl
    storage: Storage
    key: str

    def shown(self, key: str) -> str:
        """Return where a key of this storage lies, for a terminal."""
        if self.url.folder is not None:
            return printable(str(self.url.folder / key) + "/" * key.endswith("/"))
        return printable(f"{_S3}{self.url.bucket}/{self.url.prefix}{key}")


def object_at(word: str, anonymous: bool = False, acl: str = "") -> Location:
    """Return the location of an object; raise `click.UsageError` for a word without a key."""
    found = location(word, anonymous, acl)
    if not found.key:
        raise click.UsageError(f"{printable(word)!r} names no key: write one, or {_S3}bucket/key")
    return found


def location(word: str, anonymous: bool = False, acl: str = "") -> Location:
    """Return where a key or prefix points, and with which credentials: the settings' or none.

    What is put there gets the canned ACL `acl` of S3, where one is given. Raise `click.UsageError` for
    what only S3 has, and `BadKey` for a bucket S3 cannot have.
    """
    services = services_from_environ()
    settings, url = services.settings, services.settings.storage_url
    key = word
    if word.startswith(_S3):
        bucket, _, key = word.removeprefix(_S3).partition("/")
        url = StorageUrl(bucket=bucket)
    elif url.folder is not None and (anonymous or acl):
        option = "--anonymous" if anonymous else "--public"
        raise click.UsageError(
            f"{option} is for S3, and STORAGE_URL is the folder {url.folder}: write {_S3}bucket/key"
        )
    if anonymous:
        settings = replace(settings, storage_anonymous=True)
    if url == services.settings.storage_url and not (anonymous or acl):
        return Location(settings, url, services.storage, key)
    return Location(settings, url, storage_at(settings, url, acl), key)
