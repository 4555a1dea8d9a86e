"""Rules for what is uploaded to Lambda, run as Lambda runs it: on S3 over HTTP and a feed on loopback."""

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from collector.demo.hours import demo_tweet
from collector.feed import start_feed
from deploy.packaging.function import LARGEST_BYTES, write_function
from tests.s3_server import client_of, variables_of

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
AS_LAMBDA_DOES = """
import json, sys, zoneinfo
zoneinfo.reset_tzpath([])
sys.path[:0] = sys.argv[1:]
from collector.lambda_function import lambda_handler
events = [{"time": "2026-11-20T12:00:00Z"}] * 2
answers = [lambda_handler(event, None) for event in events]
files = [module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
print(json.dumps({"answers": answers, "files": files}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("build") / "function.zip"
    write_function(ROOT, path)
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """Return a folder with boto3 and what it stands on, as Lambda's runtime has."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    for name in RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        place = Path(spec.origin)
        (folder / (place.name if name == "six" else name)).symlink_to(
            place if name == "six" else place.parent
        )
    return folder


@pytest.fixture
def feed_url() -> Iterator[str]:
    tweet = demo_tweet(1, NOON)
    with start_feed(lambda moment: tweet, "127.0.0.1", 0, lambda: NOON) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tweet"
        server.shutdown()


def test_the_function_runs_on_nothing_but_its_zip_and_boto3(
    package: Path, runtime: Path, feed_url: str, s3_endpoint: str, bucket: str
) -> None:
    """An interpreter without our folder, other packages and time zones stores one tweet a minute.

    It reads each file of the zip: nothing lacks, nothing is spare.
    """
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", AS_LAMBDA_DOES, str(package), str(runtime)],
        env={**variables_of(s3_endpoint), "STORAGE_URL": f"s3://{bucket}/a", "FEED_URL": feed_url},
        cwd="/",
        capture_output=True,
        text=True,
    )

    assert ran.stderr == ""
    said = json.loads(ran.stdout)
    first, again = said["answers"]
    assert (first["stored"], again["stored"]) == (True, False)
    assert client_of(s3_endpoint).get_object(Bucket=bucket, Key=f"a/{first['key']}")["Body"].read()
    read = {file.removeprefix(f"{package}/") for file in said["files"] if file.startswith(f"{package}/")}
    assert read | {"tzdata/zoneinfo/UTC"} == set(zipfile.ZipFile(package).namelist())
    assert [file for file in said["files"] if "site-packages" in file and str(runtime) not in file] == []


def test_two_builds_are_the_same_bytes(package: Path, tmp_path: Path) -> None:
    """A zip with nothing new in it can be told by its hash; it stays small enough to start at once."""
    again = tmp_path / "function.zip"

    assert write_function(ROOT, again) < LARGEST_BYTES
    assert again.read_bytes() == package.read_bytes()
