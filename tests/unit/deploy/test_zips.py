"""Rules for zip files that hold nothing of when, where and by whom they were made."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from deploy.packaging.zips import Member, PackageError, write_zip, zip_of

CODE = Member("app/code.py", b"x = 1\n")
HOOK = Member("hooks/start.sh", b"#!/bin/sh\n", is_program=True)


def test_the_same_members_make_the_same_bytes() -> None:
    """Neither the order nor the moment of making can be seen in a zip."""
    made = zip_of([CODE, HOOK])

    assert made == zip_of([HOOK, CODE])
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert [one.filename for one in archive.infolist()] == [CODE.name, HOOK.name]
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_programs_can_be_executed_and_files_cannot() -> None:
    """What unpacks the zip finds the modes of Unix, whatever the umask was here."""
    with zipfile.ZipFile(BytesIO(zip_of([CODE, HOOK]))) as archive:
        assert [oct(one.external_attr >> 16) for one in archive.infolist()] == ["0o100644", "0o100755"]


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../up.py", "a/../b.py", "a//b.py", "a\\b.py", "a/"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    """Unpacking can write nowhere but below the folder it is unpacked in."""
    with pytest.raises(PackageError, match="no name of a file inside a zip"):
        Member(name, b"")


def test_a_name_is_in_a_zip_once() -> None:
    """Two files of one name would hide one another."""
    with pytest.raises(PackageError, match=r"'app/code\.py' would be twice"):
        zip_of([CODE, Member(CODE.name, b"x = 2\n")])


def test_a_zip_that_grew_too_large_is_not_written(tmp_path: Path) -> None:
    """A limit that is passed leaves the zip of before, and says both sizes."""
    path = tmp_path / "build" / "app.zip"
    size = write_zip(path, [CODE], largest_bytes=1000)
    before = path.read_bytes()

    with pytest.raises(PackageError, match=f"would have {size} bytes, and at most {size - 1} are expected"):
        write_zip(path, [CODE], largest_bytes=size - 1)
    assert [one.name for one in path.parent.iterdir()] == ["app.zip"]
    assert path.read_bytes() == before == zip_of([CODE])
