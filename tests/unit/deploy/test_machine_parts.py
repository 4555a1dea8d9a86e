"""Rules for the parts of a deployment that need no machine: what they make of what is there already."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def said_by(script: str, folder: Path) -> tuple[int, str]:
    """Run a script with the parts at hand; return its status and what it said."""
    words = """
    fail() { shift; echo "$*"; exit 1; }
    have() { command -v "$1" >/dev/null; }
    step() { shift; echo "$@"; }
    NAME=twitter-trends STATE=/var/lib/twitter-trends APP=/ ETC=$1 SETTINGS=$1/settings.env
    for part in packages settings status; do . "deploy/machine/$part.sh"; done
    """
    command = ["/bin/bash", "-euc", f"{words}\n{script}", "bash", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "is_said"),
    [
        ("STORAGE_URL=s3://a", True),
        ("  export STORAGE_URL = s3://a", True),
        ("STORAGE_URL=", False),
        ("#STORAGE_URL=s3://a", False),
    ],
)
def test_settings_of_ones_own_are_known(tmp_path: Path, line: str, is_said: bool) -> None:
    """However the one line that makes a server is written: a demonstration must not replace it."""
    (tmp_path / "settings.env").write_text(f"PORT=80\n{line}\n", encoding="utf-8")

    assert said_by("has_own_settings", tmp_path)[0] == (0 if is_said else 1)


def test_what_was_begun_to_be_filled_in_is_kept(tmp_path: Path) -> None:
    """A demonstration comes in its place, and it lies beside."""
    (tmp_path / "settings.env").write_text("STORAGE_URL=\nMAIL_TO=ann@example.com\n", encoding="utf-8")

    assert said_by('write_settings "$SETTINGS" demonstration', tmp_path)[0] == 0

    assert "ann@example.com" in (tmp_path / "settings.env.old").read_text(encoding="utf-8")
    assert "# A demonstration" in (tmp_path / "settings.env").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("user", "group", "said"),
    [
        ("", "", "--user-group"),
        ("", "twitter-trends:x:9:", "--gid=twitter-trends"),
        ("twitter-trends:x:9:9::/var/lib/twitter-trends:/bin/false", "", ""),
        ("twitter-trends:x:9:9:Ann:/home/ann:/bin/bash", "", "somebody else's"),
    ],
    ids=["neither", "a group", "ours", "a person"],
)
def test_a_user_of_the_name_is_ours_or_nobodys(tmp_path: Path, user: str, group: str, said: str) -> None:
    """A person's account of that name is neither used nor, later, removed."""
    known = f"""
    id() {{ [[ -n '{user}' ]]; }}
    getent() {{ if [[ $1 == passwd ]]; then echo '{user}'; else [[ -n '{group}' ]]; fi; }}
    make_user
    """

    status, told = said_by(known, tmp_path)

    assert status == (1 if "somebody" in said else 0)
    assert said in told
    assert bool(told) == bool(said)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    """As where a disk is not mounted; status goes on to the next line."""
    status, told = said_by('FOLDERS=("$1/gone"); LEAST_DISK_MB=0; tell_disk', tmp_path)

    assert status == 0
    assert f"there is no folder {tmp_path}/gone" in told
