"""Brings a machine to what its stack says: fetches the project and its settings, and deploys them.

Runs as root on what Ubuntu has, its python3 and python3-boto3: the template's user data holds a copy of
this file and starts it. By hand it is `sudo twitter-trends-from-stack`, after a change of the stack or of a
secret.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

SECRETS = ("PAGE_PASSWORD", "PING_URL", "SECRET_KEY", "SMTP_PASSWORD")
"""Settings that are parameters of their own, of the type SecureString; those that lack are not set."""
_MORE = "more"  # lines of further settings, where somebody made that parameter
_OPENS, _DOLLAR = "$" + "{", "$" + "{:-$}"  # in two parts, or CloudFormation would take them for its own
_READ_TOGETHER = 10
_PLACE = "/var/tmp"  # noqa: S108 - a folder of our own is made in it, on disk rather than in memory


class StackError(Exception):
    """What the stack says cannot be followed; the message names the parameter."""


def main() -> None:
    """Deploy what the parameters below the path on the command line say; end with the deployment's status."""
    region, path = sys.argv[1:]
    try:
        said = parameters(boto3.client("ssm", region_name=region), path)
        with tempfile.TemporaryDirectory(dir=_PLACE) as folder:
            source = fetch(said["source"], Path(folder), boto3.client("s3", region_name=region))
            settings = write_settings(said, Path(folder, "settings.env"))
            deploy = ["/bin/bash", "bootstrap.sh", "deploy", "--settings", str(settings)]
            done = subprocess.run(deploy, cwd=source, check=False)  # noqa: S603 - the project's own
    except StackError as error:
        sys.exit(str(error))
    sys.exit(done.returncode)


def parameters(ssm: Any, path: str) -> dict[str, str]:
    """Return what lies below `path`, by its last name; raise `StackError` where what a stack has lacks."""
    names = [f"{path}/{name}" for name in ("settings", "source", _MORE, *SECRETS)]
    found: dict[str, str] = {}
    for start in range(0, len(names), _READ_TOGETHER):
        answer = ssm.get_parameters(Names=names[start : start + _READ_TOGETHER], WithDecryption=True)
        found |= {one["Name"].rpartition("/")[2]: one["Value"] for one in answer["Parameters"]}
    missing = [f"{path}/{name}" for name in ("settings", "source") if name not in found]
    if missing:
        raise StackError(f"there is no parameter {' and no '.join(missing)}: the stack makes them")
    return found


def fetch(source: str, folder: Path, s3: Any) -> Path:
    """Return the new folder with the project from `source`, s3://bucket/key.zip or https://repository[#tag]."""
    project = folder / "project"
    if source.startswith("s3://"):
        bucket, _, key = source.removeprefix("s3://").partition("/")
        s3.download_file(bucket, key, str(folder / "source.zip"))
        _unpack(folder / "source.zip", project)
    else:
        url, _, tag = source.partition("#")
        branch = ["--branch", tag] if tag else []
        clone = ["git", "clone", "--quiet", "--depth", "1", *branch, "--", url, str(project)]
        subprocess.run(clone, check=True)  # noqa: S603 - as the stack's owner wished
    return project


def write_settings(said: Mapping[str, str], path: Path) -> Path:
    """Write the file of settings, for root's eyes alone, and return its path; raise `StackError`."""
    lines = [said["settings"].rstrip("\n"), said.get(_MORE, "").rstrip("\n")]
    for name in SECRETS:
        if name in said:
            if not said[name].isprintable():
                raise StackError(f"the parameter {name} holds a line break or a sign nobody sees")
            lines.append(f'{name}="{_escaped(said[name])}"')
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="utf-8") as file:
        file.write("\n".join(filter(None, lines)) + "\n")
    return path


def _escaped(value: str) -> str:
    """Return what python-dotenv reads as `value`: its dollars put no other variable's value in."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace(_OPENS, _DOLLAR + "{")


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack a zip with the modes it knows, which Python's own way drops."""
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = Path(packed.extract(member, folder))
            mode = member.external_attr >> 16 & 0o777
            if mode and not member.is_dir():
                path.chmod(mode)


if __name__ == "__main__":
    main()
