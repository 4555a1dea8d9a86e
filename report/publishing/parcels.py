"""Makes what is sent out of what the site should hold: links as the place needs them, bytes packed."""

import gzip
from hashlib import sha256

from report.errors import PublishError
from report.publishing.links import key_of, relative, relinked
from report.publishing.site import ERROR, Access, Manner, Parcel, SiteFile
from report.rendering.superseded import superseded
from report.storage import Storage

_SMALLEST_WORTH_IT = 512
_COMPRESSIBLE = ("text/", "application/json", "application/atom+xml", "application/xml", "image/svg+xml")


def parcel_of(storage: Storage, file: SiteFile, manner: Manner) -> Parcel:
    """Return the file as it is sent; raise `PublishError` where storage has other bytes than were frozen."""
    body = storage.get(file.stored) if file.stored else file.body
    if sha256(body).hexdigest() != file.sha256:
        raise PublishError(f"{file.stored} is not what was frozen: its SHA-256 differs from its manifest's")
    if file.superseded:
        body = superseded(body, *file.superseded)
    if manner.is_relative and file.is_page:
        body = _relinked(body.decode(), file.key, manner).encode()
    packed = _packed(body, file.content_type) if manner.packs else body
    return Parcel(
        key=file.key,
        body=packed,
        content_type=file.content_type,
        cache_control=_kept(file.cache_control, manner),
        sha256=sha256(body).hexdigest(),
        coding="gzip" if packed is not body else "",
        saved_as=file.saved_as,
    )


def _relinked(page: str, key: str, manner: Manner) -> str:
    """S3 shows the error page in the place of any other: its links cannot be relative to where it lies."""
    if key == ERROR and manner.root:
        return relinked(page, lambda link: f"{manner.root}{key_of(link, is_relative=True)}")
    return relinked(page, lambda link: relative(link, key))


def _packed(body: bytes, content_type: str) -> bytes:
    """Without a time in its head: the same file gives the same bytes, and so the same etag."""
    if len(body) < _SMALLEST_WORTH_IT or not content_type.startswith(_COMPRESSIBLE):
        return body
    packed = gzip.compress(body, compresslevel=9, mtime=0)
    return packed if len(packed) < len(body) else body


def _kept(cache_control: str, manner: Manner) -> str:
    return cache_control.replace("public", "private", 1) if manner.access is Access.PRIVATE else cache_control
