"""Rules for how a machine follows its stack, on moto's SSM and S3."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from deploy.packaging.zips import Member, zip_of
from deploy.stack import from_stack
from report.setting_file import setting_file
from tests.stack import GIVEN, an_account

DEPLOY = b"""#!/bin/bash
echo "$@" >"$SEEN/arguments"
stat --format %a "$3" >"$SEEN/mode"
cp "$3" "$SEEN/settings"
pwd >"$SEEN/folder"
exit 7
"""
SOURCE = [Member("bootstrap.sh", DEPLOY, is_program=True), Member("app/__init__.py", b"")]


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder a made-up deployment writes to, in an account with a stack's parameters."""
    monkeypatch.setenv("SEEN", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["from_stack.py", "us-east-1", "/trends"])
    with an_account():
        boto3.client("s3").put_object(Bucket=GIVEN["CodeBucket"], Key="source.zip", Body=zip_of(SOURCE))
        put("settings", "STORAGE_URL='s3://data'\nPORT='80'\n")
        put("source", f"s3://{GIVEN['CodeBucket']}/source.zip")
        yield tmp_path


def put(name: str, value: str) -> None:
    boto3.client("ssm").put_parameter(Name=f"/trends/{name}", Type="String", Value=value, Overwrite=True)


def follow() -> object:
    """Run the program; return what it exits with."""
    with pytest.raises(SystemExit) as ended:
        from_stack.main()
    return ended.value.code


def test_the_project_is_deployed_with_settings_and_secrets(seen: Path) -> None:
    """Its own bootstrap.sh gets a file only root reads, ends the run with its status, and nothing is left."""
    put("SMTP_PASSWORD", 'a#b $c"d\\e')
    put("more", "MAIL_AT=06:00")

    assert follow() == 7
    assert (seen / "arguments").read_text().split()[:2] == ["deploy", "--settings"]
    assert (seen / "mode").read_text() == "600\n"
    assert setting_file(seen / "settings") == {
        "STORAGE_URL": "s3://data",
        "PORT": "80",
        "MAIL_AT": "06:00",
        "SMTP_PASSWORD": 'a#b $c"d\\e',
    }
    assert not Path((seen / "folder").read_text().strip()).exists()


def test_a_stack_that_is_not_there_is_named(seen: Path) -> None:
    """Started with another stack's name, nothing is deployed."""
    sys.argv[2] = "/other"

    assert follow() == "there is no parameter /other/settings and no /other/source: the stack makes them"
    assert not (seen / "arguments").exists()


@pytest.mark.parametrize(
    "secret", ["it's", 'a"b', "ends with \\", "\\\\ \\n \\'", "pa${HOME}ss", "$HOME ${", "# ü "]
)
def test_a_secret_arrives_as_it_is(seen: Path, secret: str) -> None:
    """Whatever quotes, dollars and backslashes it has, neither it nor the setting behind it is altered."""
    put("PAGE_PASSWORD", secret)
    put("SECRET_KEY", "x" * 16)

    assert follow() == 7
    said = setting_file(seen / "settings")
    assert (said["PAGE_PASSWORD"], said["SECRET_KEY"]) == (secret, "x" * 16)


def test_a_secret_no_setting_can_hold_is_refused_unseen(seen: Path) -> None:
    """It is named, its value is not, and the machine stays as it was."""
    put("SECRET_KEY", "two\nlines")

    assert follow() == "the parameter SECRET_KEY holds a line break or a sign nobody sees"
    assert not (seen / "arguments").exists()


def test_the_project_comes_by_git_as_well(seen: Path, tmp_path: Path) -> None:
    """A tag after "#" is the version that is taken."""
    made = tmp_path / "made"
    with zipfile.ZipFile(write(tmp_path / "source.zip")) as packed:
        packed.extractall(made)
    for words in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "one"],
        ["tag", "v1"],
        ["rm", "--quiet", "bootstrap.sh"],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "two"],
    ):
        subprocess.run(["git", *words], cwd=made, check=True)
    put("source", f"file://{made}#v1")

    assert follow() == 7


def write(path: Path) -> Path:
    path.write_bytes(zip_of(SOURCE))
    return path
