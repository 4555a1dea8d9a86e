"""Rules for what is sent: packed where it pays, kept as it may be, and what its readers get."""

import gzip
from hashlib import sha256

import pytest

from report.publishing.parcels import parcel_of
from report.publishing.site import FOR_EVER, HTML, Access, Manner, made
from tests.fakes import MemoryStorage

EVERYBODY = Manner(access=Access.POLICY)


@pytest.mark.parametrize(
    ("body", "content_type", "coding"),
    [
        pytest.param(b"a" * 600, "text/csv; charset=utf-8", "gzip", id="a table"),
        pytest.param(b"a" * 600, "application/json", "gzip", id="numbers"),
        pytest.param(b"a" * 100, "text/csv; charset=utf-8", "", id="too small to pay"),
        pytest.param(b"a" * 600, "image/png", "", id="packed already"),
        pytest.param(bytes(range(256)) * 3, "text/plain", "gzip", id="repeated"),
        pytest.param(sha256(b"x").digest() * 17, "image/jpeg", "", id="a photograph"),
    ],
)
def test_files_are_packed_where_it_pays(body: bytes, content_type: str, coding: str) -> None:
    """Unpacked by the browser, a file is what it was, and its checksum is of that."""
    parcel = parcel_of(MemoryStorage(), made("x", body, content_type), EVERYBODY)

    assert parcel.coding == coding
    assert (gzip.decompress(parcel.body) if coding else parcel.body) == body
    assert parcel.sha256 == sha256(body).hexdigest()


def test_a_folder_has_plain_files() -> None:
    """A disk says no coding, so nothing is packed there."""
    parcel = parcel_of(MemoryStorage(), made("x", b"a" * 600, "text/plain"), Manner(packs=False))

    assert (parcel.body, parcel.coding) == (b"a" * 600, "")


def test_what_is_private_is_kept_by_its_reader_alone() -> None:
    """A cache between may keep what everybody reads, and not what a signed link opens."""
    file = made("x", b"a", HTML, FOR_EVER)

    assert parcel_of(MemoryStorage(), file, EVERYBODY).cache_control.startswith("public, ")
    assert parcel_of(MemoryStorage(), file, Manner()).cache_control.startswith("private, ")
